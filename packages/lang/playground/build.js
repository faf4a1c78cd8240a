// SPDX-License-Identifier: BSD-3-Clause
// Bundles the playground into dist/page, with the examples and a capture to try them on.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = new URL("./", import.meta.url);
const into = new URL("../dist/page/", import.meta.url);
const examples = new URL("../../../examples/", import.meta.url);

rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });
await build({
	entryPoints: ["main.ts", "worker.ts", "style.css"].map((name) => fileURLToPath(new URL(name, here))),
	outdir: fileURLToPath(into),
	bundle: true,
	format: "esm",
	splitting: true,
	minify: true,
	platform: "browser",
	target: "es2022",
	chunkNames: "[name]-[hash]",
	logLevel: "warning",
});
for (const name of ["index.html", "icon.svg", "sample.pcap"]) copyFileSync(new URL(name, here), new URL(name, into));

const programs = readdirSync(examples).filter((name) => name.endsWith(".pfq"));
const listed = programs.map((name) => ({
	name: name.slice(0, -".pfq".length),
	text: readFileSync(new URL(name, examples), "utf8").replace(/^-- SPDX-.*\n/, ""),
}));
writeFileSync(new URL("examples.json", into), JSON.stringify(listed));
