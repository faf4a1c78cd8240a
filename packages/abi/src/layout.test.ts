// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { array, bits, group, layoutOf, records, structure, text, u8, u16, u32, u64, union } from "./layout.js";
import { structures } from "./structures.js";

const offsets = (fields: Parameters<typeof structure>[2]): Record<string, number> =>
	Object.fromEntries(
		layoutOf(structure("s", "", fields)).leaves.map(({ path, offset }): [string, number] => [path.join("."), offset]),
	);

const sizeOf = (fields: Parameters<typeof structure>[2]): number => layoutOf(structure("s", "", fields)).size;

describe("a layout", () => {
	it("puts members one after another", () => {
		expect(offsets({ a: u32(), b: u16(), c: u8(), d: u8(), e: u64() })).toEqual({ a: 0, b: 4, c: 6, d: 7, e: 8 });
	});

	it("puts the alternatives of a union in one place", () => {
		const fields = { u: union({ whole: u64(), halves: group({ low: u32(), high: u32() }) }), after: u64() };
		expect(offsets(fields)).toEqual({ "u.whole": 0, "u.halves.low": 0, "u.halves.high": 4, after: 8 });
	});

	it("counts the bits of a word from the least significant", () => {
		const { leaves } = layoutOf(structure("s", "", { _: bits("u16", { a: 12, b: 1, c: 3 }), pad: array("u8", 6) }));
		expect(leaves.slice(0, 3).map((leaf) => leaf.bits)).toEqual([
			{ shift: 0, width: 12 },
			{ shift: 12, width: 1 },
			{ shift: 13, width: 3 },
		]);
	});

	it("multiplies arrays, texts and records", () => {
		const inner = structure("inner", "", { a: u32(), b: u32() });
		expect(sizeOf({ a: array("u64", 3), b: text(16), c: records(inner, 4) })).toBe(24 + 16 + 32);
	});

	it("refuses a member that a compiler would pad", () => {
		expect(() => sizeOf({ a: u32(), b: u64() })).toThrow(/b: needs padding before it/);
		expect(() => sizeOf({ a: u8(), b: u16() })).toThrow(/b: needs padding before it/);
		expect(() => sizeOf({ a: group({ b: u64(), c: u32() }) })).toThrow(/padding after it/);
		expect(() => sizeOf({ a: u64(), b: u32() })).toThrow(/padding after it/);
	});

	it("refuses a size that depends on how a compiler aligns 64 bits", () => {
		expect(() => sizeOf({ a: u32() })).toThrow(/no multiple of 8/);
	});

	it("refuses bits that do not fill their word", () => {
		expect(() => sizeOf({ a: bits("u16", { b: 15 }) })).toThrow(/do not fill/);
	});

	it("gives every structure of the ABI offsets within its size, in order", () => {
		for (const each of structures) {
			const { size, leaves } = layoutOf(each);
			for (const { offset } of leaves) expect(offset).toBeLessThan(size);
			expect(size % 8).toBe(0);
		}
	});

	it("keeps what two sides write in cache lines of their own", () => {
		for (const each of structures.filter(({ name }) => /_queue$/.test(name)))
			for (const { path, offset } of layoutOf(each).leaves)
				if (["tail", "head"].includes(path[0] ?? "")) expect(offset % 64).toBe(0);
	});
});
