// SPDX-License-Identifier: BSD-3-Clause
import { steeringKeys } from "@pfq/abi";
import { type HaskellFunction, number } from "./haskell-values.js";

/** The keys of `steer_key` that have names. */
export const keyNames: readonly HaskellFunction[] = Object.entries(steeringKeys).map(([name, { value }]) => ({
	name,
	type: "Word64",
	modules: [
		"Network.PFQ.Lang",
		"Network.PFQ.Lang.Default",
		"Network.PFQ.Lang.Experimental",
		"Network.PFQ.Lang.Prelude",
	],
	arity: 0,
	run: (_, expander) => number(BigInt(value), expander),
}));
