// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { pfq } from "./pfq.test-support.js";

describe("pfq lang", () => {
	it("is pfq-lang, under its own name", async () => {
		expect(await pfq("lang", "compile", "--emit", "text", "-e", "main = udp >-> steer_flow")).toEqual({
			status: 0,
			stdout: "main = udp >-> steer_flow\n",
			stderr: "",
		});
		expect(await pfq("lang", "doc", "steer_flw")).toEqual({
			status: 1,
			stdout: "",
			stderr: "pfq lang doc: nothing is called `steer_flw`; did you mean `steer_flow`?\n",
		});
		expect((await pfq("lang", "--help")).stdout).toMatch(/^Usage: pfq lang \[options\] \[command\]/);
		expect((await pfq("lang", "compile", "--help")).stdout).toContain("pfq lang compile -o web.image web.pfq");
		expect(await pfq("lang", "--nonsense")).toMatchObject({ status: 2, stdout: "" });
		expect((await pfq("--help")).stdout).toMatch(/^ {2}lang /m);
	});
});
