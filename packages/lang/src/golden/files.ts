// SPDX-License-Identifier: BSD-3-Clause
import { compile } from "../compile.js";
import type { Computation } from "../computation.js";
import { renderDiagnostics } from "../diagnostic.js";
import { writeImage } from "../image-writer.js";
import { writeJson } from "../json.js";
import { goldenPrograms } from "./programs.js";
import { cppSource, haskellSource, pfqLangSource, typeScriptSource } from "./sources.js";

/** Of a text as it stands: an eDSL does not optimise either. */
const computationOf = (text: string): Computation => {
	const compilation = compile(text, { optimise: false });
	if (!compilation.ok) throw new Error(renderDiagnostics(compilation.diagnostics));
	return compilation.computation;
};

export const imageOf = (text: string): Uint8Array => writeImage(computationOf(text));

/** On one line. */
const jsonOf = (text: string): string => JSON.stringify(JSON.parse(writeJson(computationOf(text))));

const folder = "packages/lang/golden";

/** Every file that is made of the golden programs: its path from the root of the repository, and its content. */
export const goldenFiles = (): Readonly<Record<string, string>> => {
	const texts = goldenPrograms.map((each) => [each.name, pfqLangSource(each)] as const);
	const images = texts.map(([name, text]) => `${name} ${Buffer.from(imageOf(text)).toString("hex")}\n`);
	const json = texts.map(([name, text]) => `${name} ${jsonOf(text)}\n`);
	return {
		[`${folder}/programs.json`]: `${JSON.stringify(Object.fromEntries(texts), null, "\t")}\n`,
		[`${folder}/images.txt`]: images.join(""),
		[`${folder}/json.txt`]: json.join(""),
		"packages/lang/src/generated/golden-sources.ts": typeScriptSource(goldenPrograms),
		"bindings/cpp/test/generated/golden_programs.inc": cppSource(goldenPrograms),
		"bindings/haskell/test/generated/GoldenPrograms.hs": haskellSource(goldenPrograms),
	};
};
