// SPDX-License-Identifier: BSD-3-Clause
import type { ListType, Parameter, ScalarType } from "@pfq/abi";
import { readCIDR, readIPv4, readIPv6, readMAC, writeAddress, writeCIDR, writeMAC } from "./address.js";
import type { Value } from "./computation.js";

/** The range of each integer type, both ends included. */
const ranges: ReadonlyMap<string, readonly [bigint, bigint]> = new Map([
	...[8, 16, 32, 64].flatMap((bits): [string, readonly [bigint, bigint]][] => [
		[`Int${bits}`, [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]],
		[`Word${bits}`, [0n, (1n << BigInt(bits)) - 1n]],
	]),
	["Int", [-(1n << 31n), (1n << 31n) - 1n]],
]);

export const integerRange = (type: string): readonly [bigint, bigint] | undefined => ranges.get(type);

export type Limits = Pick<Parameter, "min" | "max">;

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const good = <T>(value: T): Checked<T> => ({ ok: true, value });
const bad = (reason: string): Checked<never> => ({ ok: false, reason });

const shown = (value: unknown): string => {
	if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
	return typeof value === "object" || typeof value === "function" ? `a value of type ${typeof value}` : String(value);
};

const integer = (
	type: string,
	[lowest, highest]: readonly [bigint, bigint],
	value: unknown,
	{ min, max }: Limits,
): Checked<Value> => {
	if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value)))
		return bad(`${shown(value)} is no integer`);
	const exact = BigInt(value);
	const from = min === undefined ? lowest : BigInt(min);
	const to = max === undefined ? highest : BigInt(max);
	if (exact < from || exact > to) {
		const narrowed = min !== undefined || max !== undefined;
		return bad(
			`${exact} is out of range: ${narrowed ? "it goes" : `${/^I/.test(type) ? "an" : "a"} ${type} goes`} from ${from} to ${to}`,
		);
	}
	return good(type.endsWith("64") ? exact : Number(exact));
};

const string = (value: string): Checked<Value> => {
	if (value.includes("\0")) return bad("a String has no NUL character");
	return /\p{Surrogate}/u.test(value) ? bad(`${shown(value)} is no well-formed Unicode`) : good(value);
};

const text = (type: ScalarType, value: string): Checked<Value> => {
	if (type === "String") return string(value);
	if (type === "CIDR") {
		const network = readCIDR(value);
		return typeof network === "string" ? bad(`${shown(value)} is no CIDR: ${network}`) : good(writeCIDR(network));
	}
	const octets = type === "MAC" ? readMAC(value) : type === "IPv6" ? readIPv6(value) : readIPv4(value);
	if (typeof octets === "string") return bad(`${shown(value)} is no ${type}: ${octets}`);
	return good(type === "MAC" ? writeMAC(octets) : writeAddress(octets));
};

/** Checks a value against its type (and the limits of its parameter) and gives its canonical form. */
export const checkScalar = (type: ScalarType, value: unknown, limits: Limits = {}): Checked<Value> => {
	const range = ranges.get(type);
	if (range) return integer(type, range, value, limits);
	if (type === "Double")
		return typeof value === "number" || typeof value === "bigint"
			? good(Number(value))
			: bad(`${shown(value)} is no number`);
	return typeof value === "string" ? text(type, value) : bad(`${shown(value)} is no ${type}, which is written as text`);
};

export const isListType = (type: string): type is ListType => type.startsWith("[");

export const elementType = (type: ListType): ScalarType => type.slice(1, -1) as ScalarType;

/** As checkScalar, for a list too. */
export const checkValue = (
	type: ScalarType | ListType,
	value: unknown,
	limits: Limits = {},
): Checked<Value | readonly Value[]> => {
	if (!isListType(type)) return checkScalar(type, value, limits);
	if (!Array.isArray(value)) return bad(`${shown(value)} is no list`);
	const element = elementType(type);
	const values: Value[] = [];
	for (const [index, item] of value.entries()) {
		const checked = checkScalar(element, item, limits);
		if (!checked.ok) return bad(`element ${index + 1}: ${checked.reason}`);
		values.push(checked.value);
	}
	return good(Object.freeze(values));
};
