// SPDX-License-Identifier: BSD-3-Clause
import { readCIDR, readMAC } from "../address.js";

/** An address or a network that stands outside of a string. */
export interface BareAddress {
	readonly text: string;
	readonly message: string;
}

const ipv4 = /\d{1,3}(?:\.\d{1,3}){2,3}(?:\/\d{1,3})?(?![\w.'/])/y;
const withColons = /[\da-fA-F:]{2,45}(?:\.\d{1,3}){0,3}(?:\/\d{1,3})?(?![\w:.'/])/y;
const mac = /^[\da-fA-F]{2}(?::[\da-fA-F]{2}){5}$/;
const lastIsNumber = /(?:\/\d+|:\d[\da-fA-F.]*)$/;
/** Digits and then letters, which is no number. */
const brokenNumber = /(?:^|:)(?!0[bB][01]+(?::|$)|\d+[eE]\d+(?::|$))\d+[a-fA-F]/;

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
};

/** A network of tcpdump may leave out its last octets. */
const whole = (literal: string): string => {
	const [address = "", prefix] = literal.split("/");
	const octets = address.split(".");
	return octets.length === 4 ? literal : `${octets.join(".")}.0/${prefix ?? octets.length * 8}`;
};

const made = (text: string, written: string, what: string): BareAddress => ({
	text,
	message: `${what} is written in double quotes: "${written}"`,
});

const colonAddress = (text: string, at: number): BareAddress | null => {
	const found = match(withColons, text, at);
	if (found === undefined || !found.includes(":") || /[\w)\]"']/.test(text[at - 1] ?? "")) return null;
	if (mac.test(found) && typeof readMAC(found) !== "string") return made(found, found, "a MAC address");
	if (typeof readCIDR(found) === "string") return null;
	return made(found, found, found.includes("/") ? "a network" : "an address");
};

/**
 * The address or network at this place, where it can be nothing else: `f::a` is a type signature and `aa:bb` a list, but no type
 * is a number, and no number is a list.
 */
export const bareAddress = (text: string, at: number): BareAddress | null => {
	const dotted = match(ipv4, text, at);
	if (dotted !== undefined) {
		const written = whole(dotted);
		return made(dotted, written, written.includes("/") ? "a network" : "an address");
	}
	const found = colonAddress(text, at);
	return found && (lastIsNumber.test(found.text) || brokenNumber.test(found.text)) ? found : null;
};

const LONGEST_ADDRESS = 50;

/** The address that a name, which nothing has, is a part of; and where it begins. */
export const addressAround = (text: string, at: number): (BareAddress & { readonly start: number }) | null => {
	let start = at;
	while (start > 0 && at - start < LONGEST_ADDRESS && /[\da-fA-F:]/.test(text[start - 1] as string)) start--;
	const found = colonAddress(text, start);
	return found && { ...found, start };
};
