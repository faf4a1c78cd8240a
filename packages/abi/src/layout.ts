// SPDX-License-Identifier: BSD-3-Clause

/**
 * The vocabulary for shared structures, and the layout that every compiler must agree with: little-endian, natural
 * alignment, no implicit padding (a definition that would need some is an error), the size a multiple of 8.
 */

export type Scalar = "u8" | "u16" | "u32" | "u64" | "i32" | "i64";

export const scalarSize: Readonly<Record<Scalar, number>> = {
	u8: 1,
	u16: 2,
	u32: 4,
	u64: 8,
	i32: 4,
	i64: 8,
};

/** A member: a scalar, some of them in a row, an inner structure, alternatives over the same octets, or bits of one word. */
export type Field =
	| { readonly kind: "scalar"; readonly type: Scalar }
	| { readonly kind: "array"; readonly type: Scalar; readonly length: number }
	| { readonly kind: "text"; readonly length: number }
	| { readonly kind: "records"; readonly of: Structure; readonly length: number }
	| { readonly kind: "group"; readonly fields: Fields }
	| { readonly kind: "union"; readonly fields: Fields }
	| {
			readonly kind: "bits";
			readonly type: Scalar;
			readonly bits: Readonly<Record<string, number>>;
	  };

/** Member names to members, in memory order. A name that starts with `_` is an anonymous member in C. */
export type Fields = Readonly<Record<string, Described>>;
export type Described = Field & { readonly doc?: string };

export interface Structure {
	readonly name: string;
	readonly doc: string;
	readonly fields: Fields;
}

const scalar = (type: Scalar) => (doc?: string) =>
	({ kind: "scalar", type, ...(doc === undefined ? {} : { doc }) }) as const;
export const u8 = scalar("u8");
export const u16 = scalar("u16");
export const u32 = scalar("u32");
export const u64 = scalar("u64");
export const i32 = scalar("i32");
export const i64 = scalar("i64");
export const array = (type: Scalar, length: number, doc = "") => ({ kind: "array", type, length, doc }) as const;
/** NUL-terminated text in `length` octets. */
export const text = (length: number, doc = "") => ({ kind: "text", length, doc }) as const;
export const records = (of: Structure, length: number, doc = "") => ({ kind: "records", of, length, doc }) as const;
export const group = (fields: Fields, doc = "") => ({ kind: "group", fields, doc }) as const;
export const union = (fields: Fields, doc = "") => ({ kind: "union", fields, doc }) as const;
/** Bits of one word, the least significant first; together they fill it. */
export const bits = (type: Scalar, widths: Readonly<Record<string, number>>, doc = "") =>
	({ kind: "bits", type, bits: widths, doc }) as const;

export const structure = <const F extends Fields>(name: string, doc: string, fields: F) =>
	({ name, doc, fields }) as const satisfies Structure;

/** A leaf of a structure: its C path (`info.vlan.tci`), offset, size, and how it is read. */
export interface Leaf {
	readonly path: readonly string[];
	readonly offset: number;
	readonly field: Extract<Field, { kind: "scalar" | "array" | "text" | "records" }>;
	/** For a bit field: where it begins in its word, and how wide it is. */
	readonly bits?: { readonly shift: number; readonly width: number };
}

interface Extent {
	readonly size: number;
	readonly alignment: number;
	readonly leaves: readonly Leaf[];
}

const place = (field: Field, path: readonly string[], offset: number): Extent => {
	switch (field.kind) {
		case "scalar": {
			const size = scalarSize[field.type];
			return { size, alignment: size, leaves: [{ path, offset, field }] };
		}
		case "array": {
			const alignment = scalarSize[field.type];
			return { size: alignment * field.length, alignment, leaves: [{ path, offset, field }] };
		}
		case "text":
			return { size: field.length, alignment: 1, leaves: [{ path, offset, field }] };
		case "records": {
			const inner = layoutOf(field.of);
			return {
				size: inner.size * field.length,
				alignment: inner.alignment,
				leaves: [{ path, offset, field }],
			};
		}
		case "bits": {
			const size = scalarSize[field.type];
			const widths = Object.entries(field.bits);
			if (widths.reduce((sum, [, width]) => sum + width, 0) !== size * 8)
				throw new Error(`${path.join(".")}: the bits do not fill a ${field.type}`);
			let shift = 0;
			const leaves = widths.map(([name, width]): Leaf => {
				const leaf: Leaf = {
					path: [...path, name],
					offset,
					field: { kind: "scalar", type: field.type },
					bits: { shift, width },
				};
				shift += width;
				return leaf;
			});
			return { size, alignment: size, leaves };
		}
		case "group":
		case "union": {
			let end = 0;
			let alignment = 1;
			const leaves: Leaf[] = [];
			for (const [name, member] of Object.entries(field.fields)) {
				const at = field.kind === "group" ? end : 0;
				const inner = place(member, name.startsWith("_") ? path : [...path, name], offset + at);
				if (at % inner.alignment !== 0) throw new Error(`${[...path, name].join(".")}: needs padding before it`);
				alignment = Math.max(alignment, inner.alignment);
				end = field.kind === "group" ? at + inner.size : Math.max(end, inner.size);
				leaves.push(...inner.leaves);
			}
			if (end % alignment !== 0) throw new Error(`${path.join(".")}: needs padding after it`);
			return { size: end, alignment, leaves };
		}
	}
};

export const layoutOf = (of: Structure): Extent => {
	const extent = place({ kind: "group", fields: of.fields }, [], 0);
	if (extent.size % 8 !== 0) throw new Error(`${of.name}: ${extent.size} is no multiple of 8`);
	return extent;
};
