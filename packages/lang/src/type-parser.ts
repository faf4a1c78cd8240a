// SPDX-License-Identifier: BSD-3-Clause
import type { Cursor } from "./parser.js";
import type { Span } from "./source.js";
import type { TypeSyntax } from "./syntax.js";

/** Reads the types of signatures and annotations. */
export const typeParser = (cursor: Cursor): { readonly type: () => TypeSyntax } => {
	const { peek, take, at, accept, expect, spanOf, spanFrom, unexpected, deeper } = cursor;

	const type = (): TypeSyntax =>
		deeper(() => {
			const start = spanOf(peek());
			const first = applied();
			if (accept("=>")) {
				const context = first.kind === "tuple" ? first.elements : [first];
				const body = type();
				return { kind: "qualified", context, type: body, span: spanFrom(start) };
			}
			const parts = [first];
			while (accept("->")) parts.push(applied());
			const result = parts.pop() as TypeSyntax;
			return parts.length === 0 ? result : { kind: "function", parameters: parts, result, span: spanFrom(start) };
		});

	const starts = (): boolean => {
		const { kind } = peek();
		return kind === "constructor" || kind === "name" || at("(") || at("[");
	};

	const applied = (): TypeSyntax => {
		const head = atom();
		if (head.kind !== "named" || !starts()) return head;
		const args: TypeSyntax[] = [];
		while (starts()) args.push(atom());
		return { ...head, arguments: args, span: spanFrom(head.span) };
	};

	const atom = (): TypeSyntax => {
		const token = peek();
		const span = spanOf(token);
		if (token.kind === "constructor") {
			take();
			const qualified = token.qualifier === undefined ? {} : { qualifier: token.qualifier };
			return { kind: "named", name: { text: token.text, ...qualified, span }, arguments: [], span };
		}
		if (token.kind === "name") return { kind: "variable", name: take().text, span };
		if (at("(")) return parentheses(span);
		if (!at("[")) return unexpected("a type");
		take();
		const element = type();
		expect("]", "after the type of the elements");
		return { kind: "list", element, span: spanFrom(span) };
	};

	const parentheses = (open: Span): TypeSyntax => {
		take();
		const elements = [type()];
		while (accept(",")) elements.push(type());
		expect(")", "after the type");
		return elements.length === 1 ? (elements[0] as TypeSyntax) : { kind: "tuple", elements, span: spanFrom(open) };
	};

	return { type };
};
