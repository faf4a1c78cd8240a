// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { contains, network } from "./network.js";

const address = (text: string) => network(`${text}/${text.includes(":") ? 128 : 32}`).address;

describe("a network", () => {
	it.each([
		["10.0.0.0/8", "10.255.255.255", true],
		["10.0.0.0/8", "11.0.0.0", false],
		["10.1.2.3/32", "10.1.2.3", true],
		["10.1.2.3/32", "10.1.2.2", false],
		["0.0.0.0/0", "255.255.255.255", true],
		["128.0.0.0/1", "128.0.0.1", true],
		["128.0.0.0/1", "127.0.0.1", false],
		["0.0.0.0/0", "::", false],
		["::/0", "0.0.0.0", false],
		["::/0", "2001:db8::1", true],
		["2001:db8::/32", "2001:db8:ffff::1", true],
		["2001:db8::/32", "2001:db9::1", false],
		["2001:db8::1/128", "2001:db8::1", true],
		["2001:db8::1/128", "2001:db8::2", false],
		["2001:db8:0:0:8000::/65", "2001:db8::8000:0:0:1", true],
		["2001:db8:0:0:8000::/65", "2001:db8::7fff:0:0:1", false],
		["::ffff:10.0.0.0/104", "::ffff:a01:203", true],
	])("%s holds %s: %s", (cidr, candidate, expected) => {
		expect(contains(network(cidr), address(candidate))).toBe(expected);
	});

	it.each(["10.0.0.0", "10.0.0/8", "10.0.0.0/33", "::/129", "1:2:3/16", "1:2:3:4:5:6:7:8::/16", "10.0.0.0/x"])(
		"%s is none",
		(text) => {
			expect(() => network(text)).toThrow();
		},
	);
});
