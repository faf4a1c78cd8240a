// SPDX-License-Identifier: BSD-3-Clause
import { getSystemErrorName } from "node:util";
import type { Place } from "@pfq/lang";

export interface PfqErrorDetails {
	/** Index of the node of the computation at fault. */
	readonly node?: number;
	/** The primitive of that node. */
	readonly symbol?: string;
	/** Where that node, or the mistake in the source, stands. */
	readonly place?: Place;
	readonly cause?: unknown;
}

/** Why an operation failed: one line that names the thing and, where there is one, the remedy. */
export class PfqError extends Error {
	/** The name of an error number, such as `ENODEV`. */
	readonly code: string;
	// declared alone: where there is none, an error that is printed has none
	declare readonly node?: number;
	declare readonly symbol?: string;
	declare readonly place?: Place;

	constructor(code: string, message: string, { node, symbol, place, cause }: PfqErrorDetails = {}) {
		super(message, cause === undefined ? undefined : { cause });
		this.name = "PfqError";
		this.code = code;
		if (node !== undefined) this.node = node;
		if (symbol !== undefined) this.symbol = symbol;
		if (place !== undefined) this.place = place;
	}
}

/** The error that the addon throws: an error number, what libpfq said, and a node or -1. */
export const nativeError = (errno: number, text: string, node: number): PfqError =>
	new PfqError(nameOf(errno), text, node >= 0 ? { node } : {});

const nameOf = (errno: number): string => (errno > 0 ? getSystemErrorName(-errno) : "EIO");
