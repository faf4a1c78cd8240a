// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Computation } from "./computation.js";
import { crc32 } from "./crc32.js";
import { goldenSources } from "./generated/golden-sources.js";
import { readImage } from "./image-reader.js";
import { writeImage } from "./image-writer.js";
import { image, program } from "./program.js";
import { arbitraryFunction } from "./testing/arbitrary-program.js";

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

/** Changes an image and makes its checksum right again, as who forges one would. */
const forged = (octets: Uint8Array, change: (view: DataView) => void): Uint8Array => {
	const copy = octets.slice();
	const view = new DataView(copy.buffer);
	change(view);
	view.setUint32(12, 0, true);
	view.setUint32(12, crc32(copy), true);
	return copy;
};

const everything = image(program(goldenSources["composed.everything"]()));
const ipAndPort = image(program(goldenSources["composed.two"]()));

describe("the image", () => {
	it("sums as zlib does", () => {
		expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
	});

	it("is read as the computation that was written", () => {
		fc.assert(
			fc.property(arbitraryFunction(), (made) => {
				const { computation } = program(made);
				const octets = writeImage(computation);
				expect(readImage(octets)).toEqual(computation);
				expect(hex(writeImage(readImage(octets)))).toBe(hex(octets));
			}),
			{ numRuns: 300 },
		);
	});

	it("is refused when any one octet is changed", () => {
		for (let index = 0; index < everything.length; index++) {
			for (const bits of [0x01, 0x80, 0xff]) {
				const changed = everything.slice();
				changed[index] = (changed[index] as number) ^ bits;
				expect(() => readImage(changed)).toThrow("not a good image");
			}
		}
	});

	it("is refused when it is cut, or something is appended", () => {
		for (let length = 0; length < everything.length; length += 7)
			expect(() => readImage(everything.subarray(0, length))).toThrow("not a good image");
		expect(() => readImage(Uint8Array.from([...everything, 0]))).toThrow("not a good image");
	});

	it("is refused or read, and never breaks the reader, when it is forged", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(everything.length - 4), fc.oneof(fc.nat(300), fc.nat(0xffff_ffff))), {
					minLength: 1,
					maxLength: 3,
				}),
				(changes) => {
					const changed = forged(everything, (view) => {
						for (const [at, value] of changes) view.setUint32(at - (at % 4), value, true);
					});
					let read: Computation | null = null;
					try {
						read = readImage(changed);
					} catch (error) {
						expect((error as Error).name).toBe("InvalidComputation");
					}
					if (read) writeImage(read);
				},
			),
			{ numRuns: 2_000 },
		);
	});

	it.each([
		["its magic", (view: DataView) => view.setUint32(0, 0, true), "not a good image: it does not begin with `PFQC`"],
		[
			"its format",
			(view: DataView) => view.setUint16(4, 2, true),
			"not a good image: it is of format 2; this reader knows 1",
		],
		[
			"its primitives",
			(view: DataView) => view.setUint16(6, 9, true),
			"not a good image: it was made for version 9 of the primitives; these are version 2",
		],
		["its entry", (view: DataView) => view.setUint32(28, 1, true), "not a good image: its entry is not node 0"],
		[
			"what comes next",
			(view: DataView) => view.setUint32(44, 0, true),
			/^node 0 \(ip\): what comes next is node 0; it must be a later one/,
		],
		[
			"an argument type",
			(view: DataView) => view.setUint16(40 + 144 + 16, 99, true),
			"not a good image: an argument of the type 99",
		],
	])("is refused for %s", (_, change, message) => {
		expect(() => readImage(forged(ipAndPort, change))).toThrow(message);
	});
});
