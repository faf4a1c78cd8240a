// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { end, fold, mix } from "./hash.js";

it("mix is what SplitMix64 does to its state: the first outputs from the seed 1234567", () => {
	const step = 0x9e3779b97f4a7c15n;
	expect(mix(1234567n + step)).toBe(6457827717110365317n);
	expect(mix(1234567n + 2n * step)).toBe(3203168211198807973n);
});

it("mix takes its argument modulo 2^64", () => {
	expect(mix((1n << 64n) + 5n)).toBe(mix(5n));
});

it("fold is 32 bits wide", () => {
	expect(fold(0x1_0000_0001n)).toBe(0);
	expect(fold(0xffff_ffff_0000_0000n)).toBe(0xffff_ffff);
	expect(fold((1n << 64n) | 7n)).toBe(7);
});

it("an end tells ports, addresses and versions apart", () => {
	const ends = [
		end({ version: 4, value: 1n }, 0),
		end({ version: 4, value: 1n }, 1),
		end({ version: 4, value: 2n }, 0),
		end({ version: 6, value: 1n }, 0),
		end({ version: 6, value: 1n }, 1),
		end({ version: 6, value: 1n << 64n }, 0),
	];
	expect(new Set(ends).size).toBe(ends.length);
});
