// SPDX-License-Identifier: BSD-3-Clause
// libpfq's own test programs, which are run on pfq.ko, too.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What is done wrongly, at bad moments or by many at once. */
export const misuseTests: readonly string[] = ["close", "fork", "life", "misuse", "threads"];

/** All that are run in guests: they are built before, as that is slow in an emulated machine. */
export const libpfqTests: readonly string[] = ["live", "transmit", ...misuseTests];

/** Builds some of them. */
export const buildLibpfqTests = (names: readonly string[]): void => {
	execFileSync("make", ["-s", "-C", "bindings/c", ...names.map((name) => `build/test/${name}`)], {
		cwd: root,
		stdio: ["ignore", "ignore", "inherit"],
		env: { ...process.env, MAKEFLAGS: "" },
	});
};
