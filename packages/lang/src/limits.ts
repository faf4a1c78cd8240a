// SPDX-License-Identifier: BSD-3-Clause

import { Abi } from "@pfq/abi";

/** The most nodes that a computation may have; the engine holds to the same number. */
export const MAX_NODES = Abi.IMAGE_MAX_NODES;

/** How deep the brackets, blocks and other parts of a program may be nested. */
export const MAX_NESTING = 1_000;

/** Thrown where a program is larger than it may be. `compile` tells of it as a diagnostic; `program` throws it. */
export class LimitExceeded extends Error {
	override readonly name = "LimitExceeded";
}
