// SPDX-License-Identifier: BSD-3-Clause
import type { ListType, ScalarType } from "@pfq/abi";

/**
 * A computation in the form that all back ends read: a graph of primitives, worked out by the front end or
 * written with the eDSL. Nodes refer to others by index; a node's references are all greater than its own index,
 * so a graph has no cycle, and one pass from the last node to the first meets every operand before its user.
 */
export interface Computation {
	/** At least one; the entry is node 0, a NetFunction. */
	readonly nodes: readonly Node[];
}

export interface Node {
	readonly symbol: string;
	readonly arguments: readonly Argument[];
	/** The node run after this one unless it drops (NetFunctions only), or null. */
	readonly next: number | null;
	/** Where the node comes from, for messages about it. */
	readonly place?: Place;
}

/** Where something stands in a source: lines and columns count from 1, columns in code points. */
export interface Place {
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/**
 * A typed argument. Integers of up to 32 bits are numbers, those of 64 bits bigints. IPv4, IPv6, CIDR and MAC are
 * canonical text: dotted quad; RFC 5952; either with `/prefix` and the host bits cleared; lower case with colons.
 */
export type Argument =
	| { readonly type: "Fun"; readonly value: number }
	| { readonly type: ScalarType | ListType; readonly value: Value | readonly Value[] };

export type Value = number | bigint | string;
