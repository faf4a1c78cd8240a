// SPDX-License-Identifier: BSD-3-Clause
import { defineConfig } from "vitest/config";

// The conformance suite, which src/conformance.ts runs: on the user host, and in guests on pfq.ko.
const patience = 120_000;

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
	test: {
		include: ["src/conformance/*.conformance.ts", ...(process.env.PFQ_GUEST === "1" ? ["src/**/*.vm.test.ts"] : [])],
		exclude: process.env.PFQ_HOST === "kernel" ? [] : ["src/conformance/stress.*"],
		// one process for all: to start one takes seconds in an emulated machine
		pool: "forks",
		isolate: false,
		fileParallelism: false,
		testTimeout: patience,
		hookTimeout: patience,
		reporters: ["verbose", ["json", { outputFile: `${process.env.PFQ_CONFORMANCE_OUTPUT}/test-results.json` }]],
	},
});
