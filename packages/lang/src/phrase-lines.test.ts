// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { phraseLines } from "./phrase-lines.js";

it("leaves a short predicate as it is", () => {
	expect(phraseLines("is_tcp .&&. has_port 80", 40)).toEqual(["is_tcp .&&. has_port 80"]);
});

it("cuts a long one at its loosest operator, and what is still long at the next", () => {
	expect(phraseLines("is_icmp .||. is_tcp .&&. has_port 80 .||. is_udp", 16)).toEqual([
		"is_icmp",
		"  .||. is_tcp",
		"    .&&. has_port 80",
		"  .||. is_udp",
	]);
});

it("goes into parentheses where there is nothing else to cut at", () => {
	expect(phraseLines("is_tcp .&&. (has_port 80 .||. has_port 443)", 24)).toEqual([
		"is_tcp",
		"  .&&. (has_port 80",
		"        .||. has_port 443)",
	]);
});

it("cuts no string", () => {
	expect(phraseLines('has_addr "a .||. ( b" .||. is_ip', 10)).toEqual(['has_addr "a .||. ( b"', "  .||. is_ip"]);
});
