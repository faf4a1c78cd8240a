// SPDX-License-Identifier: BSD-3-Clause
import { Failure, misuse } from "../failure.js";
import { interruption } from "../interruption.js";
import { type Display, displayFor } from "./display.js";
import type { Figures } from "./figures.js";
import { fileInput, type Input, isOfUserHost } from "./inputs.js";
import type { RunOptions } from "./options.js";
import { programOf } from "./program.js";
import { openSession, type Session } from "./session.js";

/** How often devices are asked whether they are done, in milliseconds: files end, an interface may be taken away. */
const watchFiles = 10;
const watchInterfaces = 250;

export const run = async (options: RunOptions): Promise<void> => {
	const inputs = inputsOf(options);
	// where the kernel's host is loaded it would be taken
	if (inputs.some(isOfUserHost)) process.env.PFQ_HOST ||= "user";
	using session = openSession({ ...options, inputs, program: programOf(options) });
	// not before: opening a pipe may wait, and Ctrl-C is to end that
	const interrupted = interruption();

	const display = await displayFor(options, session.host);
	const stopDisplay = showEachInterval(session, display);
	try {
		await Promise.race([session.reading, end(session, inputs, options, interrupted)]);
	} finally {
		stopDisplay();
	}
	const failures = await session.finish();
	display.summary(session.figures());
	if (failures.length > 0) throw new Failure(failures.join("; "));
};

const inputsOf = ({ interface: devices = [], read = [] }: RunOptions): readonly Input[] => {
	if (devices.length + read.length === 0)
		throw misuse("no packets to run on: give -i DEV or -r FILE; see `pfq run --help`");
	return [...devices, ...read.map(fileInput)];
};

const showEachInterval = (session: Session, display: Display): (() => void) => {
	let last: Figures = session.figures();
	const timer = setInterval(() => {
		const figures = session.figures();
		display.interval(figures, last);
		last = figures;
	}, display.every);
	return () => clearInterval(timer);
};

/** Resolves when the run is over: on Ctrl-C, when the time is up, when each device is a file that was read. */
const end = (
	session: Session,
	inputs: readonly Input[],
	{ seconds }: RunOptions,
	interrupted: AbortSignal,
): Promise<void> =>
	new Promise((resolve, reject) => {
		const watch = (): void => {
			try {
				if (session.devices().every(({ state }) => state !== "running")) over();
			} catch (error) {
				clear();
				reject(error);
			}
		};
		const watching = setInterval(watch, inputs.every(({ file }) => file !== undefined) ? watchFiles : watchInterfaces);
		const timeout = seconds === undefined ? undefined : setTimeout(() => over(), seconds * 1000);
		const clear = (): void => {
			clearInterval(watching);
			clearTimeout(timeout);
			interrupted.removeEventListener("abort", over);
		};
		const over = (): void => {
			clear();
			resolve();
		};
		interrupted.addEventListener("abort", over);
		if (interrupted.aborted) over();
	});
