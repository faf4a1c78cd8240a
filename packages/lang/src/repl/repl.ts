// SPDX-License-Identifier: BSD-3-Clause
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { MalformedCapture, readCapture } from "../capture/capture.js";
import { tellDiagnostics } from "../command/diagnostics.js";
import { describeName } from "../command/doc.js";
import { Failure, reported } from "../command/failure.js";
import { readOctets, textOf } from "../command/file.js";
import { modulesBeside } from "../command/module-folder.js";
import { complaints, output, printable } from "../command/terminal.js";
import { documentedNames } from "../documentation.js";
import { wantsMore } from "./entry.js";
import { type Packets, packetsFrom } from "./packets.js";
import { type Answer, createSession } from "./session.js";

const PROMPT = "pfq> ";
const MORE = "   | ";
const MOST_HISTORY = 1000;
/** Packets that `:packets` lists if it is not told which. */
const GLANCE = 20;

const help = `EXPRESSION         a NetFunction or NetPredicate runs on the packets; of a property, its values; else what it is
NAME ... = ...     defines a name, in the place of an earlier definition
import ...         brings the names of a module
:t EXPRESSION      its type
:doc NAME          what a built-in name means
:load FILE         a program, whose names may be used then; or a capture
:packets [N[-M]]   packets of the capture, and what becomes of each by what was run last
:explain N         which way packet N goes through that, and why
:show              what was defined
:clear             forgets that, and the program that was loaded
:help, :quit
What is not complete goes on in the next line; an empty line ends it.
`;

const historyFile = (): string =>
	join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "pfq-lang", "history");

const readHistory = (): string[] => {
	try {
		return readFileSync(historyFile(), "utf8").split("\n").filter(Boolean).toReversed();
	} catch {
		return [];
	}
};

/** A history that cannot be kept is none that anybody waits for. */
const writeHistory = (lines: readonly string[]): void => {
	try {
		mkdirSync(dirname(historyFile()), { recursive: true });
		writeFileSync(
			historyFile(),
			lines
				.toReversed()
				.map((line) => `${line}\n`)
				.join(""),
			{ mode: 0o600 },
		);
	} catch {}
};

const isCapture = (octets: Uint8Array): boolean => {
	try {
		readCapture(octets).next();
		return true;
	} catch (error) {
		if (!(error instanceof MalformedCapture)) throw error;
		return !error.message.startsWith("not a capture");
	}
};

/** Answers what is typed until the end of the input; gives whether all of it made sense. */
export const runRepl = async (files: readonly string[]): Promise<boolean> => {
	const session = createSession(modulesBeside(null));
	const write = (text: string): boolean => process.stdout.write(text);
	let packets: Packets | null = null;
	let good = true;

	const thePackets = (): Packets => {
		if (packets === null) throw new Failure("there are no packets: `:load FILE` reads those of a capture");
		return packets;
	};

	const load = (file: string): void => {
		const octets = readOctets(file);
		if (isCapture(octets)) {
			const captured = [];
			try {
				for (const each of readCapture(octets)) captured.push(each);
			} catch (error) {
				if (!(error instanceof MalformedCapture)) throw error;
				process.stderr.write(`${printable(file)}: ${error.message}\n`);
				good = false;
			}
			packets = packetsFrom(captured);
			write(`${captured.length} ${captured.length === 1 ? "packet" : "packets"}\n`);
			return;
		}
		bad(session.load(file, textOf(file, octets), modulesBeside(file)));
	};

	const bad = (diagnostics: Parameters<typeof tellDiagnostics>[0]): void => {
		if (diagnostics.length === 0) return;
		good = false;
		tellDiagnostics(diagnostics);
	};

	const told = (answer: Answer, text: string): string => {
		switch (answer.kind) {
			case "bad":
				bad(answer.diagnostics);
				return "";
			case "done":
				return "";
			case "defined":
				return answer.types.map((type) => `${output.cyan(type)}\n`).join("");
			case "function":
				return packets?.run(answer) ?? `${output.cyan("NetFunction")}; :load a capture to run it\n`;
			case "predicate":
				return packets?.run(answer) ?? `${output.cyan("NetPredicate")}; :load a capture to ask it\n`;
			case "property":
				return packets?.values(answer.symbol) ?? `${output.cyan("NetProperty")}; :load a capture to see its values\n`;
			case "value":
				return `${answer.text}\n`;
			case "other":
				return `${text.trim()} :: ${output.cyan(answer.type)}\n`;
		}
	};

	const numbers = (text: string): readonly [number, number] => {
		const [, from, to] = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(text) ?? [];
		if (from === undefined) throw new Failure("a number from 1 is wanted, or a range such as 3-5");
		return [Number(from), Number(to ?? from)];
	};

	const commands: Readonly<Record<string, (rest: string) => void>> = {
		t(rest) {
			const type = session.typeOf(rest);
			if (typeof type === "string") write(`${rest} :: ${output.cyan(type)}\n`);
			else bad(type);
		},
		doc: (rest) => write(describeName(rest)),
		load: (rest) => load(rest),
		packets(rest) {
			const [first, last] = rest === "" ? [1, GLANCE] : numbers(rest);
			write(thePackets().list(first, last));
			if (rest === "" && thePackets().count > GLANCE)
				write(output.dim(`… ${thePackets().count} packets; :packets ${GLANCE + 1}-${2 * GLANCE} goes on\n`));
		},
		explain: (rest) => write(thePackets().explain(numbers(rest)[0])),
		show: () => write(session.listing()),
		clear: () => session.clear(),
		help: () => write(help),
	};

	const command = (text: string): void => {
		const [, name = "", rest = ""] = /^:(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
		const matching = Object.keys(commands).filter((each) => each === name || (name !== "" && each.startsWith(name)));
		const run = commands[matching.find((each) => each === name) ?? (matching.length === 1 ? matching[0] : "") ?? ""];
		if (run === undefined) throw new Failure(`there is no command :${printable(name)}; :help tells which there are`);
		run(rest);
	};

	const answer = (text: string): void => {
		try {
			if (text.startsWith(":")) command(text);
			else if (text.trim() !== "") write(told(session.enter(text), text));
		} catch (error) {
			const { message } = reported(error);
			good = false;
			process.stderr.write(`${complaints.red("error:")} ${message}\n`);
		}
	};

	const complete = (line: string): [string[], string] => {
		const [, path] = /^:l\w*\s+(.*)$/.exec(line) ?? [];
		if (path !== undefined) return [pathsFrom(path), path];
		if (/^:\w*$/.test(line))
			return [
				[...Object.keys(commands), "quit"].map((each) => `:${each}`).filter((each) => each.startsWith(line)),
				line,
			];
		const word = /[\p{L}_][\p{L}\p{N}_']*$/u.exec(line)?.[0] ?? "";
		const names = new Set([...session.names(), ...documentedNames().filter((each) => /^[\p{L}_]/u.test(each))]);
		return [[...names].filter((each) => each.startsWith(word)).toSorted(), word];
	};

	for (const file of files) load(file);
	const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
	const lines = createInterface({
		input: process.stdin,
		...(isTerminal && {
			output: process.stdout,
			completer: complete,
			history: readHistory(),
			historySize: MOST_HISTORY,
		}),
		terminal: isTerminal,
		prompt: PROMPT,
	});
	if (isTerminal) {
		write(output.dim("pfq-lang; :help tells what there is, Ctrl-D ends it\n"));
		lines.on("history", writeHistory);
	}
	await readEntries(lines, isTerminal, answer);
	return good || isTerminal;
};

/** Puts lines together to what is answered at once. */
const readEntries = async (lines: Interface, isTerminal: boolean, answer: (text: string) => void): Promise<void> => {
	let pending: string[] = [];
	const ask = (): void => {
		if (!isTerminal) return;
		lines.setPrompt(pending.length === 0 ? PROMPT : MORE);
		lines.prompt();
	};
	lines.on("SIGINT", () => {
		pending = [];
		process.stdout.write("\n");
		ask();
	});
	const finish = (): void => {
		const text = pending.join("\n");
		pending = [];
		answer(text);
	};
	ask();
	for await (const line of lines) {
		if (pending.length === 0 && /^:q(?:u|ui|uit)?\s*$/.test(line)) break;
		pending.push(line);
		if (line.startsWith(":") || !wantsMore(pending)) finish();
		ask();
	}
	lines.close();
	if (pending.length > 0) finish();
	if (isTerminal) process.stdout.write("\n");
};

/** Files and folders that a path may go on to. */
const pathsFrom = (path: string): string[] => {
	const folder = path.endsWith("/") ? path : dirname(path);
	const beginning = path.endsWith("/") ? "" : basename(path);
	if (!existsSync(folder)) return [];
	const prefix = path.slice(0, path.length - beginning.length);
	return readdirSync(folder, { withFileTypes: true })
		.filter(({ name }) => name.startsWith(beginning) && (beginning.startsWith(".") || !name.startsWith(".")))
		.map((each) => `${prefix}${each.name}${each.isDirectory() ? "/" : ""}`);
};
