// SPDX-License-Identifier: BSD-3-Clause
import { Command, Option } from "commander";
import { writeDescriptors } from "../descriptor-writer.js";
import { writeDot } from "../dot.js";
import { writeImage } from "../image-writer.js";
import { writeJson } from "../json.js";
import { writeText } from "../text-writer.js";
import { misuse } from "./failure.js";
import { writeOctets } from "./file.js";
import { type Example, examples } from "./help.js";
import { type Loaded, loadProgram, type ProgramOptions } from "./program.js";
import { runWatched, type WatchOptions, watchOption } from "./watch.js";

interface CompileOptions extends ProgramOptions, WatchOptions {
	readonly emit: keyof typeof writers;
	readonly output?: string;
	readonly optimise: boolean;
}

const shown: readonly Example[] = [
	["compile -o web.image web.pfq", "A computation image, for groups that load it without the compiler."],
	[
		"compile --emit text -e 'main = filter (is_tcp .&&. not (not (has_port 80)))'",
		"What is left of a program when it is optimised.",
	],
	["compile --emit svg -o web.svg web.pfq", "A picture of the program."],
	["compile --emit types web.pfq", "The type of each definition."],
];

/** A picture by Graphviz, which comes as WebAssembly and is only loaded for this. */
const writeSvg = async (dot: string): Promise<string> => {
	const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
	return (await Graphviz.load()).dot(dot);
};

type Writer = (loaded: Loaded) => Uint8Array | string | Promise<string>;

const writers = {
	image: ({ computation }) => writeImage(computation),
	json: ({ computation }) => writeJson(computation),
	fdescr: ({ computation }) => writeDescriptors(computation),
	text: ({ computation }) => writeText(computation),
	types: ({ types }) => types.map(({ name, type }) => `${name} :: ${type}\n`).join(""),
	dot: ({ computation }) => writeDot(computation),
	svg: ({ computation }) => writeSvg(writeDot(computation)),
} satisfies Record<string, Writer>;

export const compileCommand = (name: string): Command =>
	new Command("compile")
		.description("Compile a program; or turn a compiled one (an image, or JSON) into another form.")
		.argument("[file]", "the program; - is standard input")
		.option("-e, --expression <text>", "the program itself")
		.addOption(new Option("--emit <form>", "what to make of it").choices(Object.keys(writers)).default("image"))
		.option("-o, --output <file>", "where to write it; standard output if not given")
		.option("--no-optimise", "leave the program as it is written")
		.addOption(watchOption())
		.addHelpText("after", `${forms}${examples(name, shown)}`)
		.action(async (file: string | undefined, options: CompileOptions) => {
			const { emit, output } = options;
			if (emit === "image" && output === undefined && process.stdout.isTTY)
				throw misuse("an image is not for terminals: give -o FILE, or --emit text to read the program");
			await runWatched(options, [file], async () => {
				const made = await writers[emit](loadProgram(file, options, { optimise: options.optimise }));
				if (output === undefined || output === "-") process.stdout.write(made);
				else writeOctets(output, made);
			});
		});

const forms = `
Forms:
  image   what a group loads (docs/image-format.md)
  json    a list of nodes with funSymbol, funArgs, funIndex, funLink; can be read again
  fdescr  the same for people, one node a line
  text    the program in normal form: primitives, operators and >->
  types   the type of each definition
  dot     a graph for Graphviz
  svg     a picture of that graph
`;
