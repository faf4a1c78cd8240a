// SPDX-License-Identifier: BSD-3-Clause
import { type Computation, compile, type ModuleFinder, type Program, renderDiagnostics, writeImage } from "@pfq/lang";
import { PfqError } from "./errors.js";

/** A program made with the eDSL, a computation, an image, or the text of a program. */
export type ComputationSource = Program | Computation | Uint8Array | string;

export interface SourceOptions {
	/** What messages call a program that is given as text. */
	readonly file?: string;
	/** Where the modules come from that such a program imports; without it there are those that are built in. */
	readonly modules?: ModuleFinder;
}

export interface Loadable {
	readonly image: Uint8Array;
	/** What the image was made of, if that is known. */
	readonly computation?: Computation;
}

/** Throws a PfqError with code `EINVAL`, the place, and the compiler's message where a text is no program. */
export const loadable = (source: ComputationSource, { file = "program", modules }: SourceOptions): Loadable => {
	if (source instanceof Uint8Array) return { image: source };
	const computation =
		typeof source === "string" ? compiled(source, { file, ...(modules && { modules }) }) : computationOf(source);
	return { image: writeImage(computation), computation };
};

const computationOf = (source: Program | Computation): Computation =>
	"computation" in source ? source.computation : source;

const compiled = (text: string, options: SourceOptions): Computation => {
	const result = compile(text, options);
	if (result.ok) return result.computation;
	const [first] = result.diagnostics;
	throw new PfqError("EINVAL", renderDiagnostics(result.diagnostics).trimEnd(), first ? { place: first.place } : {});
};

/** What libpfq says of a node of an image, with where that node comes from. */
export const located = (error: unknown, computation: Computation | undefined): unknown => {
	if (!(error instanceof PfqError) || error.node === undefined) return error;
	const node = computation?.nodes[error.node];
	if (!node) return error;
	const { place, symbol } = node;
	const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
	return new PfqError(error.code, `${where}${error.message}`, { node: error.node, symbol, ...(place && { place }) });
};
