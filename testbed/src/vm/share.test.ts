// SPDX-License-Identifier: BSD-3-Clause
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hiddenFolders } from "./share.js";

it("tells which folders the guest would not see, each once and none inside another", () => {
	const folder = mkdtempSync("/tmp/pfq-share-");
	try {
		const inside = join(folder, "inside");
		mkdirSync(inside);
		expect(hiddenFolders(["/usr", inside, folder, inside, "/"])).toEqual([folder]);
		expect(hiddenFolders([inside, "/usr"])).toEqual([inside]);
		expect(hiddenFolders(["/usr"])).toEqual([]);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
