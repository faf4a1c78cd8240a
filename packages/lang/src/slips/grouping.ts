// SPDX-License-Identifier: BSD-3-Clause
import type { Core } from "../core.js";
import { findPrimitive } from "../primitive.js";
import { joined } from "../source.js";
import { netTypeOf, type Signature, signatureOf, textOf } from "./meaning.js";
import type { Slip } from "./slip.js";

const joins: Readonly<Record<string, string>> = { and: ".&&.", or: ".||.", xor: ".^^." };

const joinOf = (each: Core | undefined): string | undefined => {
	const isBuiltin = each?.kind === "reference" && each.binding.builtin?.meaning.kind === "primitive";
	return isBuiltin && each.binding.name in joins && each.span.end - each.span.start === each.binding.name.length
		? each.binding.name
		: undefined;
};

/** `dst port`, as tcpdump has it, is one word here. */
const pairOf = (each: Core, next: Core | undefined): Signature | null => {
	if (each.kind !== "reference" || next?.kind !== "reference" || signatureOf(each)?.row === undefined) return null;
	const row = /^(src|dst)$/.test(each.binding.name)
		? findPrimitive(`${each.binding.name}_${next.binding.name}`)
		: undefined;
	return row ? { parameters: row.parameters.map(({ type }) => type), result: row.result, row } : null;
};

interface Part {
	readonly text: string;
	readonly type: string | undefined;
	/** Whether it needs parentheses as an argument. */
	readonly loose: boolean;
	/** The text of the predicate that a filter is of. */
	readonly predicate: string | null;
}

class NoGrouping extends Error {}

/** Words in a row, read as someone may have meant them who expects no parentheses. */
const regrouped = (words: readonly Core[]): Part => {
	let at = 0;

	const term = (wanted?: string): Part => {
		const each = words[at];
		const text = each && textOf(each);
		if (each === undefined || text === null || text === undefined || joinOf(each)) throw new NoGrouping();
		at++;
		if (each.kind === "application") {
			const inner = regrouped([each.function, ...each.arguments]);
			return wanted === "NetPredicate" ? asPredicate(inner) : inner;
		}
		const pair = pairOf(each, words[at]);
		if (pair) at++;
		const signature = pair ?? signatureOf(each);
		if (signature === null) return { text, type: netTypeOf(each), loose: false, predicate: null };
		const { parameters, result, row } = signature;
		const name = pair?.row?.symbol ?? text;
		const isNot = row?.symbol === "not";
		const args = parameters.map((type) => argument(type, isNot));
		const predicate = row?.form === "filter" && !row.negated ? [row.of, ...args].join(" ") : null;
		const part = { text: [name, ...args].join(" "), type: result, loose: args.length > 0, predicate };
		return wanted === "NetPredicate" && predicate !== null ? asPredicate(part) : part;
	};

	const asPredicate = (part: Part): Part =>
		part.predicate === null ? part : { ...part, text: part.predicate, type: "NetPredicate" };

	/** Terms with `and` and `or` between them. */
	const operation = (wanted?: string): Part => {
		let left = term(wanted);
		for (let name = joinOf(words[at]); name !== undefined; name = joinOf(words[at])) {
			at++;
			const right = term(wanted);
			if (name === "and" && left.type === "NetFunction" && right.type === "NetFunction") {
				left = { text: `${left.text} >-> ${right.text}`, type: "NetFunction", loose: true, predicate: null };
				continue;
			}
			const [first, second] = [asPredicate(left), asPredicate(right)];
			if (first.type !== "NetPredicate" || second.type !== "NetPredicate") throw new NoGrouping();
			const text = `${first.text} ${joins[name]} ${second.text}`;
			// `and` is the tighter one in pfq-lang; tcpdump takes them as they come.
			if (text.includes(".||.") && text.includes(".&&.")) throw new NoGrouping();
			const isFilter = left.type === "NetFunction" && wanted === undefined;
			left = isFilter
				? { text: `filter (${text})`, type: "NetFunction", loose: true, predicate: text }
				: { text, type: "NetPredicate", loose: true, predicate: null };
		}
		return left;
	};

	const argument = (wanted: string, alone: boolean): string => {
		const part = wanted === "NetPredicate" && !alone ? operation(wanted) : term(wanted);
		const isNet = wanted.startsWith("Net");
		if (isNet ? part.type !== undefined && part.type !== wanted : part.type?.startsWith("Net")) throw new NoGrouping();
		return part.loose ? `(${part.text})` : part.text;
	};

	const first = operation();
	if (at >= words.length) return first;
	const parts = [first];
	while (at < words.length) parts.push(operation());
	if (parts.some(({ type }) => type !== "NetFunction")) throw new NoGrouping();
	return { text: parts.map(({ text }) => text).join(" >-> "), type: "NetFunction", loose: true, predicate: null };
};

const MOST_WORDS = 40;

/** What may have been meant; null if the words make no sense that way. */
const rewritten = (words: readonly Core[]): string | null => {
	if (words.length > MOST_WORDS) return null;
	try {
		return regrouped(words).text;
	} catch (failure) {
		if (failure instanceof NoGrouping) return null;
		throw failure;
	}
};

const MOST_ALTERNATIVES = 8;

/** `par` of so many alternatives: `par udp tcp icmp`. */
const alternatives = ({ row }: Signature, args: readonly Core[]): string | null => {
	if (!row?.symbol.startsWith("par") || args.length > MOST_ALTERNATIVES) return null;
	const texts = args.map((each) => (netTypeOf(each) === "NetFunction" ? textOf(each) : null));
	return texts.includes(null) ? null : [`par${args.length}`, ...texts].join(" ");
};

/** A function that is given more arguments than it takes: `when is_tcp inc 0`, `tcp port 80`, `is_tcp or is_udp`. */
export const groupingSlip = (target: Core, args: readonly Core[]): Slip | null => {
	const signature = signatureOf(target);
	if (signature === null || args.length <= signature.parameters.length || target.kind !== "reference") return null;
	const [vid, more] = args;
	const isVlan = signature.row?.symbol === "vlan" && more === undefined && vid?.kind === "number";
	const written = isVlan
		? `filter (has_vid ${textOf(vid)})`
		: (alternatives(signature, args) ?? rewritten([target, ...args]));
	// What makes sense in another form is looked at when it is in that form.
	const hint = written === null ? { parts: args } : { hint: `write \`${written}\``, parts: [] };
	const join = args.find((each) => joinOf(each) !== undefined);
	const name = joinOf(join);
	if (join !== undefined && name !== undefined)
		return {
			span: join.span,
			message: `\`${name}\` is written before its arguments, not between them`,
			hint: `predicates are joined by \`${joins[name]}\``,
			...hint,
		};
	if (written === null) return null;
	const takes = signature.parameters.length;
	const what = takes === 0 ? "no argument" : takes === 1 ? "one argument" : `${takes} arguments`;
	return {
		span: joined(target.span, (args.at(-1) as Core).span),
		message: `\`${target.binding.name}\` takes ${what}, but is given ${args.length}`,
		...hint,
	};
};

/** A list where a primitive takes one value: `port [80, 443]`. */
export const listSlip = (target: Core, args: readonly Core[]): Slip | null => {
	const signature = signatureOf(target);
	const [given, ...more] = args;
	const { row } = signature ?? {};
	const type = signature?.parameters[0];
	if (row === undefined || type === undefined || given === undefined || more.length > 0) return null;
	if (type.startsWith("[") || type.startsWith("Net") || row.parameters.length !== 1) return null;
	const isList = given.kind === "list" || signatureOf(given)?.result.startsWith("[");
	if (!isList || (given.kind === "reference" && signatureOf(given)?.parameters.length !== 0)) return null;
	const isFilter = row.form === "filter" && !row.negated;
	const symbol = row.form === "filter" ? row.of : row.symbol;
	const elements = given.kind === "list" ? given.elements.map((each) => textOf(each)) : [];
	const each = (joiner: string): string | null => {
		if (elements.length === 1) return `${row.symbol} ${elements[0]}`;
		if (elements.length !== 2 || elements.includes(null)) {
			const list = textOf(given);
			return list && `foldr1 (${joiner}) (map ${joiner === ">->" ? row.symbol : symbol} ${list})`;
		}
		return elements.map((element) => `${joiner === ">->" ? row.symbol : symbol} ${element}`).join(` ${joiner} `);
	};
	const isNetFunction = row.result === "NetFunction" && !isFilter;
	const isRepeatable = !isNetFunction || /^(inc|dec|forward)$/.test(symbol) || elements.length === 1;
	const isEmpty = given.kind === "list" && elements.length === 0;
	const text = isEmpty || !isRepeatable ? null : each(isNetFunction ? ">->" : ".||.");
	const written = text && isFilter && elements.length !== 1 ? `filter (${text})` : text;
	return {
		span: given.span,
		message: `\`${row.symbol}\` takes one ${type}, not a list`,
		...(written !== null && { hint: `write \`${written}\`` }),
		parts: args,
	};
};
