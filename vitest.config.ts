// SPDX-License-Identifier: BSD-3-Clause
import { defineConfig } from "vitest/config";

// One configuration for every package; each package's `test` script names its own folder as the root.
// The JSON report is what scripts/tally-tests.mjs sums up.
const testsThatMeasureOrWait = Number(process.env.PFQ_TEST_TIMEOUT ?? 30_000);

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
	test: {
		include: [process.env.PFQ_TEST_KERNEL === "1" ? "src/**/*.vm.test.ts" : "src/**/!(*.vm).test.ts"],
		passWithNoTests: true,
		testTimeout: testsThatMeasureOrWait,
		hookTimeout: testsThatMeasureOrWait,
		reporters: ["default", ["json", { outputFile: "build/test-results.json" }]],
	},
});
