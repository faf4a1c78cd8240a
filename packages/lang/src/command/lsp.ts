// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";

/** Editors start it with `--stdio`, which is the only way there is. */
export const lspCommand = (name: string): Command =>
	new Command("lsp")
		.description("Serve an editor: errors while typing, types, completion, definitions, renaming, formatting.")
		.option("--stdio", "talk over standard input and output (always so)")
		.addHelpText(
			"after",
			`
Examples:
  ${name} lsp
      What an editor starts for files of pfq-lang. In Neovim, for one:
        vim.lsp.start({ name = "pfq-lang", cmd = { "pfq-lang", "lsp" } })
`,
		)
		.action(async () => (await import("../language-server/language-server.js")).serve());
