// SPDX-License-Identifier: BSD-3-Clause
import { Class } from "@pfq/abi";
import { Command, InvalidArgumentError } from "commander";
import type { Computation } from "../computation.js";
import { Failure } from "./failure.js";
import { nameOf } from "./file.js";
import { type Example, examples } from "./help.js";
import { loadProgram, type ProgramOptions } from "./program.js";
import { printable } from "./terminal.js";
import { runWatched, type WatchOptions, watchOption } from "./watch.js";

interface LoadOptions extends ProgramOptions, WatchOptions {
	readonly gid: number;
}

/** What is used of @pfq/core, which is built upon this package and cannot be one of its dependencies. */
interface Core {
	readonly Socket: {
		open(options: { readonly rxSlots: number }): {
			readonly host: "user" | "kernel";
			hasGroup(gid: number): boolean;
			joinGroup(options: { readonly gid: number; readonly policy: "shared"; readonly classMask: bigint }): {
				setComputation(computation: Computation): void;
			};
			close(): void;
		};
	};
}

const shown: readonly Example[] = [
	["load --gid 0 web.pfq", "The program of group 0 is web.pfq from now on."],
	["load --gid 0 --watch web.pfq", "And again whenever you change it."],
	["load --gid 0 -e 'main = steer_flow'", "A program on the command line."],
];

const about = `
The group must be one of pfq.ko, and shared: \`pfq run --shared\`, or a program that joined it with the policy "shared". Without pfq.ko
the groups of a process live in it alone; it can change its program itself (group.setComputation in TypeScript, pfq_set_computation in C).
`;

const parseGid = (text: string): number => {
	if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("the number of a group is wanted.");
	return Number(text);
};

export const loadCommand = (name: string): Command =>
	new Command("load")
		.description("Load a program into a group that runs.")
		.argument("[file]", "the program; - is standard input")
		.option("-e, --expression <text>", "the program itself")
		.requiredOption("-g, --gid <n>", "the group, as `pfq run` shows it", parseGid)
		.addOption(watchOption())
		.addHelpText("after", `${about}${examples(name, shown)}`)
		.action((file: string | undefined, options: LoadOptions) => runWatched(options, [file], () => load(file, options)));

const load = async (file: string | undefined, options: LoadOptions): Promise<void> => {
	const { computation } = loadProgram(file, options);
	const { gid } = options;
	const { Socket } = await importCore();
	try {
		const socket = Socket.open({ rxSlots: 1 });
		try {
			if (socket.host === "user")
				throw new Failure(
					`group ${gid}: there is no pfq.ko here, and without it a group lives in the process that made it (docs/kernel.md)`,
				);
			if (!socket.hasGroup(gid)) throw new Failure(`group ${gid}: there is none`);
			// A member of the management class gets no packets, and is no receiver that steering would count.
			socket.joinGroup({ gid, policy: "shared", classMask: Class.CONTROL }).setComputation(computation);
		} finally {
			socket.close();
		}
	} catch (error) {
		if (error instanceof Error && error.name === "PfqError") throw new Failure(error.message);
		throw error;
	}
	const { length } = computation.nodes;
	const what = file === undefined ? "the program" : printable(nameOf(file));
	process.stdout.write(`group ${gid}: runs ${what}, ${length} ${length === 1 ? "node" : "nodes"}\n`);
};

const importCore = async (): Promise<Core> => {
	const core = "@pfq/core";
	try {
		return await import(core);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
		throw new Failure("loading into a group needs the package @pfq/core beside @pfq/lang");
	}
};
