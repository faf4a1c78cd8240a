// SPDX-License-Identifier: BSD-3-Clause
import { accessors } from "./accessors.js";
import { cHeader } from "./c-header.js";
import { cppEdsl } from "./cpp-edsl.js";
import { edslSource } from "./edsl.js";
import { engineDispatch, engineOpcodes, engineOperations, engineSymbols } from "./engine-tables.js";
import { haskellEdsl, haskellPrelude } from "./haskell-edsl.js";
import { referencePage } from "./reference.js";

const engine = "packages/kernel-module/engine/generated";

/** Every file that is generated from the definitions: its path from the root of the repository, and its content. */
export const generatedFiles = (): Readonly<Record<string, string>> => ({
	"packages/abi/include/pfq/abi.h": cHeader(),
	"packages/abi/src/generated/accessors.ts": accessors(),
	"packages/lang/src/generated/edsl.ts": edslSource(),
	"bindings/cpp/include/pfq/generated/primitives.hpp": cppEdsl(),
	"bindings/haskell/src/Network/PFQ/Lang/Default.hs": haskellEdsl(),
	"bindings/haskell/src/Network/PFQ/Lang/Prelude.hs": haskellPrelude(),
	"docs/pfq-lang-reference.md": referencePage(),
	[`${engine}/opcodes.h`]: engineOpcodes(),
	[`${engine}/symbols.inc`]: engineSymbols(),
	[`${engine}/dispatch.inc`]: engineDispatch(),
	[`${engine}/operations.inc`]: engineOperations(),
});
