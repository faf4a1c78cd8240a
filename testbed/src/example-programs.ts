// SPDX-License-Identifier: BSD-3-Clause
// The programs of examples/, built and started as the comments at their heads say.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = join(root, "testbed/build/examples");

export const exampleNames = ["count", "capture", "balance", "forward", "generate"] as const;
export type ExampleName = (typeof exampleNames)[number];

interface Language {
	readonly folder: string;
	readonly suffix: string;
	/** What the line in the head that compiles it, or runs it, begins with; and options that tests add. */
	readonly command: string;
	readonly strict: string;
	/** What its programs stand on, besides libpfq. */
	readonly library?: string;
}

const languages = {
	TypeScript: { folder: "typescript", suffix: "ts", command: "node", strict: "" },
	C: { folder: "c", suffix: "c", command: "cc", strict: "-Wall -Wextra -Wpedantic -Werror" },
	"C++": {
		folder: "cpp",
		suffix: "cpp",
		command: "c++",
		strict: "-Wall -Wextra -Wpedantic -Werror",
		library: "bindings/cpp/include/pfq",
	},
	Haskell: {
		folder: "haskell",
		suffix: "hs",
		command: "ghc",
		strict: "-v0 -Wall -Werror",
		library: "bindings/haskell/src/Network",
	},
} as const satisfies Record<string, Language>;

export type LanguageName = keyof typeof languages;
export const languageNames = Object.keys(languages) as LanguageName[];

const sourceOf = (language: Language, name: ExampleName): string =>
	join("examples", language.folder, `${name}.${language.suffix}`);

const programOf = (language: Language, name: ExampleName): string => join(built, language.folder, name);

/** The lines of the comment at the head that are commands. */
const headOf = (source: string): string[] =>
	readFileSync(join(root, source), "utf8")
		.split("\n")
		.slice(0, 20)
		.flatMap((line) => /^(?: \* {3}|\/{3} {3}|-- > {2})(\S.*)$/.exec(line)?.[1] ?? []);

const changed = (path: string): number => {
	const { mtimeMs } = statSync(path);
	return statSync(path).isDirectory()
		? Math.max(mtimeMs, ...readdirSync(path).map((each) => changed(join(path, each))))
		: mtimeMs;
};

const isFresh = (language: Language, name: ExampleName): boolean => {
	const program = programOf(language, name);
	const parts = [sourceOf(language, name), "bindings/c/build/libpfq.so.0", language.library ?? []].flat();
	return existsSync(program) && parts.every((part) => changed(join(root, part)) < changed(program));
};

const compile = (language: Language, name: ExampleName): void => {
	const source = sourceOf(language, name);
	const head = headOf(source);
	const last = head.findIndex((line) => line.startsWith(`${language.command} `));
	const lines = head.slice(0, last + 1).map((line) =>
		line
			.replace(new RegExp(`^${language.command.replaceAll("+", "\\+")} `), `$& ${language.strict} `)
			.replace(/ -outputdir build\//, ` -outputdir ${built}/objects/`)
			.replace(/ -o (\w+)$/, ` -o ${built}/${language.folder}/$1`)
			.replace(/^make /, "make -s "),
	);
	mkdirSync(join(built, language.folder), { recursive: true });
	// an outer make's options are not for the commands of a head
	const { status, stdout, stderr } = spawnSync("sh", ["-ec", lines.join("\n")], {
		cwd: root,
		encoding: "utf8",
		env: { ...process.env, MAKEFLAGS: "" },
	});
	if (last < 0 || status !== 0) throw new Error(`${source}: cannot be built:\n${lines.join("\n")}\n${stdout}${stderr}`);
};

/** Why there are no programs of this language here. */
export const whyNot = (name: LanguageName): string | undefined => {
	if (name !== "Haskell") return undefined;
	const missing = ["ghc", "cabal"].find((tool) => spawnSync(tool, ["--version"]).error);
	if (missing) return `${missing} is not installed`;
	const lacks = (each: string): boolean =>
		spawnSync("ghc-pkg", ["--simple-output", "list", each], { encoding: "utf8" }).stdout.trim() === "";
	const absent = ["QuickCheck", "hspec"].find(lacks);
	return absent && `the Haskell package ${absent} is not installed`;
};

/** Builds those that are not up to date; those in TypeScript for emulated machines, where to compile them takes a minute. */
export const buildExamples = (): void => {
	const { status, stdout } = spawnSync(
		"node_modules/.bin/tsc",
		["-p", "examples/typescript", "--noEmit", "false", "--outDir", join(built, "typescript")],
		{ cwd: root, encoding: "utf8" },
	);
	if (status !== 0) throw new Error(stdout);
	for (const name of languageNames.filter((each) => each !== "TypeScript" && !whyNot(each)))
		for (const example of exampleNames) if (!isFresh(languages[name], example)) compile(languages[name], example);
};

/** How an example is started in the folder of the checkout: as its head says, but in an emulated machine. */
export const commandOf = (name: LanguageName, example: ExampleName): string[] => {
	const language = languages[name];
	if (name !== "TypeScript") return [programOf(language, example)];
	if (process.env.PFQ_GUEST === "1") return [process.execPath, `${programOf(language, example)}.js`];
	const source = sourceOf(language, example);
	const line = headOf(source).find((each) => each.includes(source)) ?? "";
	const [, options = ""] = new RegExp(`(?:node|"\\$\\(which node\\)") (.*${source})`).exec(line) ?? [];
	return [process.execPath, ...options.split(" ")];
};

export interface RunningExample extends Disposable {
	/** What it has said and its status when it has ended, by itself or by `stop`. */
	readonly ended: Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
	/** Ctrl-C, or another signal; gives what it printed. Throws if it complained. */
	stop(signal?: "SIGINT" | "SIGTERM"): Promise<string>;
}

export const startExample = (
	name: LanguageName,
	example: ExampleName,
	args: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): RunningExample => {
	const [program = "", ...options] = commandOf(name, example);
	const child: ChildProcess = spawn(program, [...options, ...args], {
		cwd: root,
		env: { ...process.env, PFQ_LANG: join(root, "packages/lang/bin/pfq-lang.js"), ...environment },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let stdout = "";
	let stderr = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const ended = new Promise<Awaited<RunningExample["ended"]>>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (status) => resolve({ status, stdout, stderr }));
	});
	return {
		ended,
		async stop(signal = "SIGINT") {
			child.kill(signal);
			const end = await ended;
			if (end.status !== 0 || end.stderr) throw new Error(`${name} ${example}: status ${end.status}: ${end.stderr}`);
			return end.stdout;
		},
		[Symbol.dispose]: () => void child.kill("SIGKILL"),
	};
};

/** Runs one to its end, as on a file; gives what it printed. */
export const runExample = async (
	name: LanguageName,
	example: ExampleName,
	args: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): Promise<string> => {
	using running = startExample(name, example, args, environment);
	const { status, stdout, stderr } = await running.ended;
	if (status !== 0 || stderr) throw new Error(`${name} ${example}: status ${status}: ${stderr}`);
	return stdout;
};

/** What balance printed. */
export const balanceOf = (said: string): { readonly threads: number[]; readonly rest: string } => ({
	threads: [...said.matchAll(/^thread \d+: (\d+) packets$/gm)].map(([, count]) => Number(count)),
	rest: said.replaceAll(/^thread \d+: \d+ packets\n/gm, ""),
});

/** tcpdump's reading of a capture file: times in nanoseconds since the epoch, and octets in hexadecimal. */
export const readCapture = (path: string): { readonly time: bigint; readonly octets: string }[] => {
	const { stdout, status, stderr } = spawnSync(
		"tcpdump",
		["-r", path, "-nn", "-tt", "-xx", "--time-stamp-precision=nano"],
		{ encoding: "utf8", maxBuffer: 1 << 28 },
	);
	if (status !== 0) throw new Error(`tcpdump: ${stderr}`);
	return stdout
		.split(/^(?=\d+\.\d{9} )/m)
		.filter(Boolean)
		.map((text) => {
			const [, seconds = "", nanoseconds = ""] = /^(\d+)\.(\d{9}) /.exec(text) ?? [];
			const dump = [...text.matchAll(/^\t0x[0-9a-f]{4}: {2}([0-9a-f ]+?) *$/gm)].map(([, words = ""]) => words);
			return { time: BigInt(seconds + nanoseconds), octets: dump.join("").replaceAll(" ", "") };
		});
};
