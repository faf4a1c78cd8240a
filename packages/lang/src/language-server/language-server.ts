// SPDX-License-Identifier: BSD-3-Clause
import {
	type CompletionItem,
	CompletionItemKind,
	createConnection,
	DiagnosticSeverity,
	ErrorCodes,
	type Hover,
	type Diagnostic as LspDiagnostic,
	MarkupKind,
	type Position,
	type Range,
	ResponseError,
	StreamMessageReader,
	StreamMessageWriter,
	TextDocumentSyncKind,
	TextDocuments,
	type TextEdit,
} from "vscode-languageserver/node.js";
import { TextDocument } from "vscode-languageserver-textdocument";
import { detailsOf, type Proposal, proposalsAfter, spanIn, symbolAt } from "../assistance.js";
import { compile, NO_MAIN } from "../compile.js";
import type { Diagnostic } from "../diagnostic.js";
import { format } from "../formatter.js";
import { type Definition, occurrencesOf } from "../occurrences.js";
import type { Span } from "../source.js";
import { type ProgramSymbol, symbolsOf } from "../symbols.js";
import { checkMeaning, checkName, type Occurrences, occurrencesAround } from "./renaming.js";
import { moduleName, pathOf, type SourceOptions, uriOf, workspaceOf } from "./workspace.js";

/** Serves an editor over standard input and output, by the Language Server Protocol, until it says that it is enough. */
export const serve = (): void => {
	const connection = createConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
	const documents = new TextDocuments(TextDocument);

	connection.onInitialize(() => ({
		serverInfo: { name: "pfq-lang" },
		capabilities: {
			textDocumentSync: TextDocumentSyncKind.Incremental,
			hoverProvider: true,
			definitionProvider: true,
			referencesProvider: true,
			renameProvider: { prepareProvider: true },
			completionProvider: {},
			documentFormattingProvider: true,
		},
	}));

	const workspace = workspaceOf(documents);
	const optionsOf = (document: TextDocument): SourceOptions => workspace.optionsOf(document.uri, document.getText());

	/** The names of documents as they are now. */
	const known = new Map<string, readonly ProgramSymbol[]>();
	const symbolsIn = (document: TextDocument): readonly ProgramSymbol[] => {
		const symbols = known.get(document.uri) ?? symbolsOf(document.getText(), optionsOf(document));
		known.set(document.uri, symbols);
		return symbols;
	};

	const symbolIn = (uri: string, position: Position): ProgramSymbol | undefined => {
		const document = documents.get(uri);
		if (document === undefined) return undefined;
		const offset = document.offsetAt(position);
		const symbols = symbolsIn(document);
		return symbolAt(symbols, offset) ?? writtenSymbol(document, symbols, offset);
	};

	/** A name that stands in a signature, a further clause, an import or an export. */
	const writtenSymbol = (
		document: TextDocument,
		symbols: readonly ProgramSymbol[],
		offset: number,
	): ProgramSymbol | undefined => {
		const text = document.getText();
		const word =
			(/[\p{L}\p{N}_']*$/u.exec(text.slice(0, offset))?.[0] ?? "") +
			(/^[\p{L}\p{N}_']*/u.exec(text.slice(offset))?.[0] ?? "");
		return symbols.find((each) => {
			const target = each.name === word ? definitionOf(each) : null;
			return (
				target &&
				occurrencesOf(text, optionsOf(document), target).some(({ start, end }) => start <= offset && offset <= end)
			);
		});
	};

	/** The name at a place, wherever it stands; null if it is built in or there is none. */
	const occurrencesAt = (uri: string, position: Position): readonly Occurrences[] | null => {
		const document = documents.get(uri);
		const symbol = symbolIn(uri, position);
		const target = symbol && definitionOf(symbol);
		return document && target ? occurrencesAround(workspace, { uri, text: document.getText() }, target) : null;
	};

	const check = (document: TextDocument): void => {
		const options = optionsOf(document);
		const text = document.getText();
		const { diagnostics } = compile(text, { ...options, optimise: false });
		// A module is for others, and has no `main`.
		const isModule = ![undefined, "Main"].includes(moduleName(text));
		connection.sendDiagnostics({
			uri: document.uri,
			version: document.version,
			diagnostics: diagnostics
				.filter(({ message }) => !isModule || message !== NO_MAIN)
				.map((each) => diagnosticIn(document, each, each.place.file === options.file)),
		});
	};

	// A module's errors may come and go with those of another one.
	documents.onDidChangeContent(() => {
		known.clear();
		for (const document of documents.all()) check(document);
	});
	documents.onDidClose(({ document }) => connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }));

	connection.onHover(({ textDocument, position }): Hover | null => {
		const symbol = symbolIn(textDocument.uri, position);
		const document = documents.get(textDocument.uri);
		if (symbol === undefined || document === undefined) return null;
		return {
			contents: { kind: MarkupKind.Markdown, value: describe(symbol) },
			range: rangeOf(document, symbol.span),
		};
	});

	connection.onDefinition(({ textDocument, position }) => {
		const definition = symbolIn(textDocument.uri, position)?.definition;
		const document = documents.get(textDocument.uri);
		if (definition == null || document === undefined) return null;
		const { file, text } = definition.source;
		if (file === pathOf(textDocument.uri)) return { uri: textDocument.uri, range: rangeOf(document, definition) };
		const uri = uriOf(file);
		return { uri, range: rangeOf(TextDocument.create(uri, "pfq-lang", 0, text), definition) };
	});

	connection.onReferences(({ textDocument, position }) =>
		(occurrencesAt(textDocument.uri, position) ?? []).flatMap(({ uri, text, spans }) => {
			const document = TextDocument.create(uri, "pfq-lang", 0, text);
			return spans.map((span) => ({ uri, range: rangeOf(document, span) }));
		}),
	);

	connection.onPrepareRename(({ textDocument, position }) => {
		const document = documents.get(textDocument.uri);
		const symbol = symbolIn(textDocument.uri, position);
		if (document === undefined || symbol === undefined) return null;
		if (symbol.definition === null)
			throw new ResponseError(ErrorCodes.InvalidRequest, `\`${symbol.name}\` is built in`);
		const offset = document.offsetAt(position);
		const own = occurrencesAt(textDocument.uri, position)?.find(({ uri }) => uri === textDocument.uri);
		const span = own?.spans.find(({ start, end }) => start <= offset && offset <= end);
		return span ? { range: rangeOf(document, span), placeholder: symbol.name } : null;
	});

	connection.onRenameRequest(({ textDocument, position, newName }) => {
		const symbol = symbolIn(textDocument.uri, position);
		const found = occurrencesAt(textDocument.uri, position);
		if (symbol === undefined || found === null) return null;
		checkName(symbol.name, newName);
		checkMeaning(workspace, found, newName);
		const changes = found.map(({ uri, text, spans }): [string, TextEdit[]] => {
			const document = TextDocument.create(uri, "pfq-lang", 0, text);
			return [uri, spans.map((span) => ({ range: rangeOf(document, span), newText: newName }))];
		});
		return { changes: Object.fromEntries(changes) };
	});

	connection.onCompletion(({ textDocument, position }): CompletionItem[] => {
		const document = documents.get(textDocument.uri);
		if (document === undefined) return [];
		const line = document.getText({ start: { line: position.line, character: 0 }, end: position });
		return proposalsAfter(line, symbolsIn(document)).map(itemOf);
	});

	connection.onDocumentFormatting(({ textDocument }) => {
		const document = documents.get(textDocument.uri);
		const formatted = document && format(document.getText());
		if (document === undefined || !formatted?.ok || formatted.text === document.getText()) return [];
		const end = document.positionAt(document.getText().length);
		return [{ range: { start: { line: 0, character: 0 }, end }, newText: formatted.text }];
	});

	documents.listen(connection);
	connection.listen();
};

const definitionOf = ({ name, definition }: ProgramSymbol): Definition | null =>
	definition && { name, file: definition.source.file, start: definition.start };

const rangeOf = (document: TextDocument, { start, end }: Pick<Span, "start" | "end">): Range => ({
	start: document.positionAt(start),
	end: document.positionAt(end),
});

/** What is wrong in another file stands at the beginning of this one. */
const diagnosticIn = (document: TextDocument, each: Diagnostic, isOwn: boolean): LspDiagnostic => {
	const { start, end } = isOwn ? spanIn(document.getText(), each) : { start: 0, end: 1 };
	const { file, line, column } = each.place;
	return {
		severity: DiagnosticSeverity.Error,
		source: "pfq-lang",
		code: each.kind,
		range: rangeOf(document, { start, end: Math.max(end, start + 1) }),
		message: isOwn ? detailsOf(each) : `${file}:${line}:${column}: ${detailsOf(each)}`,
	};
};

/** A name with its type and what is known of it, in Markdown. */
const describe = ({ name, type, documentation, comment }: ProgramSymbol): string =>
	[
		`\`\`\`haskell\n${name} :: ${type ?? "?"}\n\`\`\``,
		...(documentation
			? [documentation.meaning, ...documentation.ranges, `\`\`\`haskell\n${documentation.example}\n\`\`\``]
			: comment === ""
				? []
				: [comment]),
	].join("\n\n");

const kinds = {
	function: CompletionItemKind.Function,
	value: CompletionItemKind.Variable,
	module: CompletionItemKind.Module,
} as const;

const itemOf = ({ name, kind, type, meaning }: Proposal): CompletionItem => ({
	label: name,
	kind: kinds[kind],
	...(type !== "" && { detail: type }),
	...(meaning !== "" && { documentation: meaning }),
});
