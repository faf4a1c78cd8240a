// SPDX-License-Identifier: BSD-3-Clause
import type { Details, Report } from "./diagnostic.js";
import { MAX_NESTING } from "./limits.js";
import { parsePatternOf } from "./pattern.js";
import { wordHint } from "./slips/word.js";
import { placeOf, type Source, type Span } from "./source.js";
import type * as syntax from "./syntax.js";
import type { Token } from "./token.js";
import { typeParser } from "./type-parser.js";

/** Thrown where a declaration cannot be read on, and caught where the next one begins. */
class SyntaxFailure extends Error {
	override readonly name = "SyntaxFailure";
}

/** The tokens of a source, and where the parser stands in them. */
export interface Cursor {
	readonly source: Source;
	peek(ahead?: number): Token;
	take(): Token;
	/** Whether the token at hand is this word or sign. */
	at(text: string): boolean;
	/** Takes the token at hand if it is this word or sign. */
	accept(text: string): boolean;
	/** Takes this word or sign, or fails telling what it is wanted for. */
	expect(text: string, what: string): Token;
	spanOf(token: Token): Span;
	/** Where the parser stands: the token at hand or, where a line or the program ends, the end of the one before. */
	spanHere(): Span;
	/** From a place to the end of the token that was taken last. */
	spanFrom(start: Span): Span;
	fail(span: Span, message: string, details?: Details): never;
	/** Fails at the token at hand, which is not what is wanted. */
	unexpected(wanted: string, hint?: string): never;
	/** Runs a part of the grammar one level deeper. */
	deeper<T>(parse: () => T): T;
}

const shown = (token: Token): string => {
	switch (token.kind) {
		case "end":
			return "the end of the program";
		case "open":
		case "separator":
		case "close":
			return "the end of the line";
		case "text":
			return "a string";
		case "number":
		case "fraction":
			return `the number ${token.text}`;
		default:
			return `\`${token.qualifier === undefined ? "" : `${token.qualifier}.`}${token.text}\``;
	}
};

const isWord = (token: Token, text: string): boolean =>
	token.text === text && (token.kind === "symbol" || token.kind === "keyword" || token.kind === "operator");

/** What may help where a sign is not expected. */
const signHint = ({ kind, text }: Token, isDefinition = true): string | undefined =>
	(kind === "symbol" || kind === "operator") && (text !== "=" || !isDefinition) ? wordHint(text) : undefined;

const cursorOf = (tokens: readonly Token[], source: Source, report: Report) => {
	let position = 0;
	let nesting = 0;
	let blocks = 0;
	const final = tokens.at(-1);
	const at = final?.end ?? 0;
	// Where the layout pass met a limit, there is no end.
	const last: Token =
		final?.kind === "end"
			? final
			: { kind: "end", text: "", start: at, end: at, indent: 0, column: 1, qualifier: undefined, value: undefined };
	const cursor: Cursor = {
		source,
		peek: (ahead = 0) => tokens[position + ahead] ?? last,
		take() {
			const token = cursor.peek();
			position = Math.min(position + 1, tokens.length);
			if (token.kind === "open" || isWord(token, "{")) blocks++;
			else if (token.kind === "close" || isWord(token, "}")) blocks--;
			return token;
		},
		at: (text) => isWord(cursor.peek(), text),
		accept: (text) => cursor.at(text) && cursor.take() !== undefined,
		expect: (text, what) => (cursor.at(text) ? cursor.take() : cursor.unexpected(`\`${text}\` ${what}`)),
		spanOf: ({ start, end }) => ({ source, start, end }),
		spanFrom: ({ start }) => {
			let index = position - 1;
			while (index > 0 && tokens[index]?.text === "") index--;
			return { source, start, end: Math.max(tokens[index]?.end ?? start, start) };
		},
		spanHere: () => {
			const token = cursor.peek();
			const before = tokens.slice(Math.max(position - 8, 0), position).findLast(({ text }) => text !== "");
			return token.text === "" && before ? { source, start: before.end, end: before.end } : cursor.spanOf(token);
		},
		fail(span, message, details) {
			report.add("syntax", span, message, details);
			throw new SyntaxFailure();
		},
		unexpected(wanted, hint) {
			const token = cursor.peek();
			const help = hint ?? signHint(token, !wanted.startsWith("`then`"));
			const details = { expected: wanted, found: shown(token), ...(help !== undefined && { hint: help }) };
			return cursor.fail(cursor.spanHere(), `${shown(token)} is not expected here`, details);
		},
		deeper(parse) {
			if (nesting >= MAX_NESTING)
				cursor.fail(cursor.spanOf(cursor.peek()), `this is nested more than ${MAX_NESTING} deep`);
			nesting++;
			try {
				return parse();
			} finally {
				nesting--;
			}
		},
	};
	/** Goes to the end of the declaration at hand, which is in so many blocks. */
	const recover = (depth: number): void => {
		while (cursor.peek().kind !== "end") {
			const { kind } = cursor.peek();
			if (blocks <= depth && (kind === "separator" || kind === "close" || cursor.at(";") || cursor.at("}"))) return;
			cursor.take();
		}
	};
	return { cursor, recover, depth: () => blocks };
};

const isSeparator = (cursor: Cursor): boolean => cursor.peek().kind === "separator" || cursor.at(";");

/** Reads a type that stands alone. */
export const parseType = (tokens: readonly Token[], source: Source, report: Report): syntax.TypeSyntax =>
	typeParser(cursorOf(tokens, source, report).cursor).type();

/** Reads a program. Each declaration that is not well formed is reported, and left out. */
export const parse = (tokens: readonly Token[], source: Source, report: Report): syntax.Module => {
	const { cursor, recover, depth } = cursorOf(tokens, source, report);
	const { peek, take, at, accept, expect, spanOf, spanFrom, fail, unexpected, deeper } = cursor;
	const types = typeParser(cursor);

	const nameOf = (token: Token, span = spanOf(token)): syntax.Name => ({
		text: token.text,
		...(token.qualifier !== undefined && { qualifier: token.qualifier }),
		span,
	});

	/** The items of a block, by indentation or in braces. */
	const block = <T>(item: () => T): T[] => {
		const braces = at("{");
		if (!braces && peek().kind !== "open") unexpected("a block");
		take();
		const items: T[] = [];
		const ends = (): boolean => (braces ? at("}") : peek().kind === "close");
		while (!ends()) {
			if (isSeparator(cursor)) {
				take();
				continue;
			}
			items.push(item());
			if (!ends() && !isSeparator(cursor)) unexpected("the end of the line");
		}
		take();
		return items;
	};

	/** An operator between operands, if there is one: a sign, or a name in back quotes. */
	const operatorAhead = (): boolean => peek().kind === "operator" || at("`");

	const operator = (): syntax.Name => {
		const first = take();
		if (first.text !== "`" || first.kind !== "symbol") return nameOf(first);
		const token = peek();
		if (token.kind !== "name" && token.kind !== "constructor") unexpected("a name in back quotes");
		take();
		expect("`", "after the name in back quotes");
		return nameOf(token);
	};

	const expression = (): syntax.Expression =>
		deeper(() => {
			const body = operation();
			if (!accept("::")) return body;
			const type = types.type();
			return { kind: "annotation", expression: body, type, span: spanFrom(body.span) };
		});

	const operation = (): syntax.Expression => {
		const first = operand();
		if (!operatorAhead()) return first;
		const operands = [first];
		const operators: syntax.Name[] = [];
		while (operatorAhead() && !endsSection()) {
			operators.push(operator());
			operands.push(operand());
		}
		return operators.length === 0 ? first : { kind: "operation", operands, operators, span: spanFrom(first.span) };
	};

	/** Whether the operator at hand is the last thing in its bracket, as in `(ip >->)`. */
	const endsSection = (): boolean => isWord(peek(at("`") ? 3 : 1), ")");

	const operand = (): syntax.Expression => {
		const token = peek();
		const start = spanOf(token);
		if (token.kind === "operator" && token.text === "-") {
			take();
			const negated = application();
			return { kind: "negation", operand: negated, span: spanFrom(start) };
		}
		if (at("\\")) return lambda(start);
		if (token.kind === "keyword") {
			if (token.text === "let") return letExpression(start);
			if (token.text === "if") return conditional(start);
			if (token.text === "do") return doBlock(start);
		}
		return application();
	};

	const lambda = (start: Span): syntax.Expression => {
		take();
		const patterns: syntax.Pattern[] = [];
		while (!at("->")) patterns.push(parsePatternOf(atom("a pattern, or `->`"), cursor));
		if (patterns.length === 0) unexpected("a pattern");
		take();
		const body = expression();
		return { kind: "lambda", patterns, body, span: spanFrom(start) };
	};

	const letExpression = (start: Span): syntax.Expression => {
		take();
		const declarations = block(declaration);
		expect("in", "after the definitions of `let`");
		const body = expression();
		return { kind: "let", declarations, body, span: spanFrom(start) };
	};

	const conditional = (start: Span): syntax.Expression => {
		const branches: syntax.Branch[] = [];
		do {
			take();
			const condition = expression();
			accept(";");
			expect("then", "after the condition of `if`");
			const consequent = expression();
			if (isSeparator(cursor) && isWord(peek(1), "else")) take();
			expect("else", "(an `if` has both branches; `when` has one)");
			branches.push({ condition, consequent });
		} while (at("if"));
		const otherwise = expression();
		return { kind: "if", branches, otherwise, span: spanFrom(start) };
	};

	const doBlock = (start: Span): syntax.Expression => {
		take();
		const statements = block(statement);
		if (statements.length === 0) fail(spanFrom(start), "this `do` is empty");
		return { kind: "do", statements, span: spanFrom(start) };
	};

	const statement = (): syntax.Statement => {
		if (!at("let")) return { kind: "run", expression: expression() };
		const start = spanOf(take());
		const declarations = block(declaration);
		if (!accept("in")) return { kind: "let", declarations };
		const body = expression();
		return { kind: "run", expression: { kind: "let", declarations, body, span: spanFrom(start) } };
	};

	const startsAtom = (): boolean => {
		const { kind } = peek();
		if (kind === "symbol") return at("(") || at("[");
		return kind === "name" || kind === "constructor" || kind === "number" || kind === "fraction" || kind === "text";
	};

	const application = (): syntax.Expression => {
		const head = atom("an expression");
		if (!startsAtom()) return head;
		const args: syntax.Expression[] = [];
		while (startsAtom()) args.push(atom("an argument"));
		return { kind: "application", function: head, arguments: args, span: spanFrom(head.span) };
	};

	const atom = (wanted: string): syntax.Expression => {
		const token = peek();
		const span = spanOf(token);
		switch (token.kind) {
			case "name":
			case "constructor":
				take();
				return { kind: "name", name: nameOf(token), span };
			case "number":
				take();
				return { kind: "number", value: token.value as bigint, span };
			case "fraction":
				take();
				return { kind: "fraction", value: token.value as number, span };
			case "text":
				take();
				return { kind: "text", value: token.value as string, span };
			default:
				if (at("(")) return parentheses(span);
				if (at("[")) return brackets(span);
				return unexpected(wanted);
		}
	};

	const close = (open: Span, sign: string): void => {
		if (accept(sign)) return;
		const token = peek();
		fail(cursor.spanHere(), `${shown(token)} is not expected here`, {
			expected: `\`${sign}\` or more of what is in the bracket`,
			found: shown(token),
			hint: signHint(token, false) ?? `the bracket was opened at ${place(open)}`,
		});
	};

	const place = (open: Span): string => {
		const { line, column } = placeOf(open);
		return `line ${line}, column ${column}`;
	};

	const parentheses = (open: Span): syntax.Expression => {
		take();
		if (operatorAhead() && !(peek().text === "-" && !isWord(peek(1), ")"))) {
			const name = operator();
			if (accept(")")) {
				const span = spanFrom(open);
				return { kind: "name", name: { ...name, span }, span };
			}
			const right = operation();
			close(open, ")");
			return { kind: "sectionRight", operator: name, operand: right, span: spanFrom(open) };
		}
		const first = expression();
		if (operatorAhead()) {
			const name = operator();
			close(open, ")");
			return { kind: "sectionLeft", operand: first, operator: name, span: spanFrom(open) };
		}
		if (at(",")) {
			const elements = [first];
			while (accept(",")) elements.push(expression());
			close(open, ")");
			return { kind: "tuple", elements, span: spanFrom(open) };
		}
		close(open, ")");
		return { kind: "parentheses", expression: first, span: spanFrom(open) };
	};

	const brackets = (open: Span): syntax.Expression => {
		take();
		if (accept("]")) return { kind: "list", elements: [], span: spanFrom(open) };
		const elements = [expression()];
		const first = elements[0] as syntax.Expression;
		if (accept("|")) {
			const qualifiers = [qualifier()];
			while (accept(",")) qualifiers.push(qualifier());
			close(open, "]");
			return { kind: "comprehension", element: first, qualifiers, span: spanFrom(open) };
		}
		while (accept(",")) elements.push(expression());
		if (elements.length <= 2 && accept("..")) {
			if (at("]")) unexpected("the end of the range", "lists have an end in pfq-lang");
			const to = expression();
			close(open, "]");
			return { kind: "range", from: first, second: elements[1] ?? null, to, span: spanFrom(open) };
		}
		close(open, "]");
		return { kind: "list", elements, span: spanFrom(open) };
	};

	const qualifier = (): syntax.Qualifier => {
		if (at("let")) {
			take();
			return { kind: "let", declarations: block(declaration) };
		}
		const first = expression();
		if (!accept("<-")) return { kind: "if", expression: first };
		return { kind: "from", pattern: parsePatternOf(first, cursor), expression: expression() };
	};

	const declaration = (): syntax.Declaration => {
		const token = peek();
		if (token.kind === "keyword" && token.text.startsWith("infix")) return fixity();
		if (signatureAhead()) {
			const names = [definedName()];
			while (accept(",")) names.push(definedName());
			expect("::", "and a type");
			return { kind: "signature", names, type: types.type() };
		}
		const left = operation();
		if (at("|")) unexpected("`=` and what the name stands for", "pfq-lang has no guards: use `if`");
		expect("=", "and what the name stands for");
		const head = headOf(left);
		let body = expression();
		if (at("where")) {
			take();
			body = { kind: "let", declarations: block(declaration), body, span: body.span };
		}
		return { kind: "clause", ...head, body };
	};

	const signatureAhead = (): boolean => {
		const after = peek(isWord(peek(), "(") && peek(1).kind === "operator" ? 3 : 1);
		return isWord(after, "::") || isWord(after, ",");
	};

	const definedName = (): syntax.Name => {
		const start = spanOf(peek());
		if (accept("(")) {
			if (peek().kind !== "operator") unexpected("an operator");
			const token = take();
			expect(")", "after the operator");
			return nameOf(token, spanFrom(start));
		}
		return peek().kind === "name" ? nameOf(take()) : unexpected("a name");
	};

	/** The name and the patterns of what is left of `=`. */
	const headOf = (left: syntax.Expression): { name: syntax.Name; patterns: syntax.Pattern[] } => {
		if (left.kind === "name" && isDefinable(left.name)) return { name: left.name, patterns: [] };
		if (left.kind === "application" && left.function.kind === "name" && isDefinable(left.function.name))
			return { name: left.function.name, patterns: left.arguments.map((each) => parsePatternOf(each, cursor)) };
		const [name, more] = left.kind === "operation" ? left.operators : [];
		if (left.kind === "operation" && name !== undefined && more === undefined && name.text !== ":")
			return { name, patterns: left.operands.map((each) => parsePatternOf(each, cursor)) };
		return fail(left.span, "a definition begins with the name that it defines");
	};

	const isDefinable = ({ text, qualifier }: syntax.Name): boolean =>
		qualifier === undefined && text !== "_" && !/^\p{Lu}/u.test(text);

	const fixity = (): syntax.Declaration => {
		const word = take().text;
		const token = peek();
		const precedence = token.kind === "number" && (token.value as bigint) <= 9n ? Number(take().value) : 9;
		const operators: syntax.Name[] = [];
		do {
			if (!operatorAhead()) unexpected("an operator");
			operators.push(operator());
		} while (accept(","));
		const associativity = word === "infixl" ? "left" : word === "infixr" ? "right" : "none";
		return { kind: "fixity", associativity, precedence, operators };
	};

	const moduleName = (): syntax.Name => {
		const token = peek();
		if (token.kind !== "constructor") unexpected("the name of a module");
		take();
		const { qualifier } = token;
		return { text: qualifier === undefined ? token.text : `${qualifier}.${token.text}`, span: spanOf(token) };
	};

	/** A list of names in parentheses, as in `import Data.List (foldl', sum)`. */
	const nameList = (): syntax.Name[] => {
		const names: syntax.Name[] = [];
		expect("(", "and a list of names");
		while (!at(")")) {
			const token = peek();
			if (token.kind === "constructor") {
				take();
				names.push(nameOf(token));
				if (accept("(")) {
					while (!at(")") && peek().kind !== "end") take();
					expect(")", "after the constructors");
				}
			} else if (accept("module")) names.push(moduleName());
			else names.push(definedName());
			if (!accept(",")) break;
		}
		expect(")", "after the list of names");
		return names;
	};

	const importDeclaration = (): syntax.Import => {
		take();
		const isSoft = (word: string): boolean => peek().kind === "name" && peek().text === word;
		const softly = (word: string): boolean => isSoft(word) && take() !== undefined;
		const before = softly("qualified");
		const module = moduleName();
		const qualified = softly("qualified") || before;
		const alias = softly("as") ? moduleName().text : undefined;
		const hiding = softly("hiding");
		const names = at("(") ? nameList() : null;
		return { module, qualified, hiding, names, ...(alias !== undefined && { alias }) };
	};

	let name: syntax.Name | null = null;
	let exported: readonly syntax.Name[] | null = null;
	const imports: syntax.Import[] = [];
	const declarations: syntax.Declaration[] = [];
	const broken = new Set<string>();

	const item = (): void => {
		if (at("import")) imports.push(importDeclaration());
		else declarations.push(declaration());
		const { kind } = peek();
		if (kind !== "close" && kind !== "end" && !isSeparator(cursor) && !at("}")) unexpected("the end of the definition");
	};

	const attempt = (run: () => void, base: number): void => {
		const first = peek();
		try {
			run();
		} catch (failure) {
			if (!(failure instanceof SyntaxFailure)) throw failure;
			if (first.kind === "name") broken.add(first.text);
			recover(base);
		}
	};

	attempt(() => {
		if (accept("module")) {
			name = moduleName();
			if (at("(")) exported = nameList();
			expect("where", "after the name of the module");
		}
		if (peek().kind === "open" || at("{")) take();
	}, 0);
	const base = depth();
	while (peek().kind !== "end" && !report.isFull()) {
		if (isSeparator(cursor) || peek().kind === "close" || at("}")) take();
		else attempt(item, base);
	}
	return { name, exports: exported, imports, declarations, broken };
};
