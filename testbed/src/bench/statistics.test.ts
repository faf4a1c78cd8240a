// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { figure, meets, type Result, ratioOf, sayWanted, type Wanted } from "./result.js";
import { median, pairedRatio, quantile, spread } from "./statistics.js";

const result = (ours: number[], peer: number[], wanted: Wanted): Result => ({
	id: "X",
	work: "work",
	unit: "ns a packet",
	ours: { name: "ours", samples: ours },
	peer: { name: "peer", samples: peer },
	wanted,
});

describe("statistics", () => {
	it("interpolates between samples, in whatever order they come", () => {
		expect(median([4, 1, 3, 2])).toBe(2.5);
		expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10);
		expect(quantile([5], 0.75)).toBe(5);
		expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.2);
	});

	it("takes the ratio pair by pair, so that a machine that slows down does not change it", () => {
		expect(pairedRatio([1, 1, 10, 10], [2, 2, 20, 20])).toBe(0.5);
	});
});

describe("a verdict", () => {
	it("is about what is printed", () => {
		const atMost: Wanted = { ratio: "at most", value: 0.5 };
		expect(meets(result([0.504], [1], atMost))).toBe(true);
		expect(meets(result([0.506], [1], atMost))).toBe(false);
	});

	it("knows every kind of wish", () => {
		expect(meets(result([2], [1], { ratio: "at least", value: 2 }))).toBe(true);
		expect(meets(result([0.94], [1], { ratio: "within", value: 1, share: 0.05 }))).toBe(false);
		expect(meets(result([19, 25, 18], [1, 1, 1], { median: "at most", value: 20 }))).toBe(true);
		expect(sayWanted({ median: "at most", value: 20 }, "ns a packet")).toBe("≤ 20 ns");
	});

	it("is none where nothing is wanted or there is no peer", () => {
		const { peer: _, ...alone } = result([1], [1], { ratio: "at most", value: 1 });
		expect(meets(alone)).toBeUndefined();
		expect(ratioOf(alone)).toBeUndefined();
	});
});

describe("a figure", () => {
	it("has three digits that count", () => {
		expect([0.0705, 6.98, 668, 14_500_000, 96_500].map(figure)).toEqual(["0.0705", "6.98", "668", "14.5 M", "96.5 k"]);
	});
});
