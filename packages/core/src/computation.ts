// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import {
	type Compilation,
	type Computation,
	type ModuleFinder,
	type Program,
	renderDiagnostics,
	writeImage,
} from "@pfq/lang";
import { Failure } from "@pfq/lang/failure";
import { compilationOf, compilationOfText, isImage } from "@pfq/lang/program-file";
import { cText, functionOf, refuse } from "./checks.js";
import { PfqError } from "./errors.js";

/** A program made with the eDSL, a computation, an image, or a text: a program, or a computation as JSON. */
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
	if (source instanceof Uint8Array) return { image: imageOf(source) };
	if (typeof source !== "string") return written(computationOf(source));
	const name = cText("file", file);
	if (modules !== undefined) functionOf("modules: find", modules?.find);
	return compiled(() => compilationOfText(name, source, modules ? { modules } : {}));
};

/** A copy: what is shared with other threads may change while it is checked. To libpfq an empty one means none. */
const imageOf = (octets: Uint8Array): Uint8Array =>
	octets.length > 0 ? new Uint8Array(octets) : refuse("setComputation", octets, "no image; null removes a computation");

/** The same for a file: an image, JSON, or a text, whose modules are found in its folder. */
export const loadableFile = (path: string): Loadable => {
	const octets = octetsOfFile(path);
	return isImage(octets) ? { image: octets } : compiled(() => compilationOf(path, octets, {}));
};

const octetsOfFile = (path: string): Uint8Array => {
	try {
		return readFileSync(path);
	} catch (cause) {
		const { code = "EIO", message } = cause as NodeJS.ErrnoException;
		throw new PfqError(code, message, { cause });
	}
};

const computationOf = (source: Program | Computation): Computation => {
	const computation = typeof source === "object" && source && "computation" in source ? source.computation : source;
	if (Array.isArray(computation?.nodes)) return computation;
	return refuse("setComputation", source, "no program, no image, no text and not null");
};

const written = (computation: Computation): Loadable => {
	try {
		return { image: writeImage(computation), computation };
	} catch (cause) {
		throw new PfqError("EINVAL", `no good computation: ${(cause as Error).message}`, { cause });
	}
};

const compiled = (compile: () => Compilation): Loadable => {
	const result = ((): Compilation => {
		try {
			return compile();
		} catch (cause) {
			if (cause instanceof Failure) throw new PfqError("EINVAL", cause.message, { cause });
			throw cause;
		}
	})();
	if (result.ok) return written(result.computation);
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
