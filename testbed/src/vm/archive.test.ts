// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { archive } from "./archive.js";

it("writes headers, names and contents in multiples of four octets, and an end", () => {
	const made = archive([{ path: "bin" }, { path: "bin/one", content: Buffer.from("12345"), executable: true }]);
	expect(made.length % 4).toBe(0);
	expect(made.subarray(0, 22).toString()).toBe("0707010000000100004" + "1ed");
	expect(made.toString("latin1").match(/070701/g)).toHaveLength(3);
	const second = 116; // 110 octets of header and "bin\\0", padded
	expect(made.subarray(second, second + 6).toString()).toBe("070701");
	expect(made.subarray(second + 120, second + 125).toString()).toBe("12345");
	expect(made.toString("latin1")).toContain("TRAILER!!!\0");
});
