// SPDX-License-Identifier: BSD-3-Clause
// `make debug-kernel`.
import { buildDebugKernel } from "./vm/debug-kernel.js";

try {
	const { version, image } = buildDebugKernel((text) => process.stdout.write(`${text}\n`));
	process.stdout.write(`Linux ${version} for vm --debug: ${image}\n`);
} catch (error) {
	process.stderr.write(`debug-kernel: ${error instanceof Error ? error.message : error}\n`);
	process.exitCode = 1;
}
