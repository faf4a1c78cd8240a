// SPDX-License-Identifier: BSD-3-Clause
import type { Computation } from "./computation.js";
import { computationOf } from "./graph.js";
import { writeImage } from "./image-writer.js";
import { type NetFunction, sequence } from "./term.js";

/** A whole program, ready to be loaded into a group. */
export interface Program {
	readonly computation: Computation;
}

/** The program that runs these functions from left to right, each unless one before it dropped. */
export const program = (...functions: readonly NetFunction[]): Program =>
	Object.freeze({ computation: computationOf(sequence(...functions)) });

/** The computation image of a program: what a group loads, and what a file keeps. */
export const image = ({ computation }: Program): Uint8Array => writeImage(computation);
