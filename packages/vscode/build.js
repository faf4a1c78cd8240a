// SPDX-License-Identifier: BSD-3-Clause
// Bundles the extension with the client of the Language Server Protocol into one file, as VS Code loads it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({
	entryPoints: [fileURLToPath(new URL("src/extension.ts", import.meta.url))],
	outfile: fileURLToPath(new URL("dist/extension.cjs", import.meta.url)),
	bundle: true,
	format: "cjs",
	platform: "node",
	target: "node20",
	external: ["vscode"],
	minify: true,
	logLevel: "warning",
});
