// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath, pathToFileURL } from "node:url";
import {
	type CompletionItem,
	CompletionItemKind,
	createConnection,
	DiagnosticSeverity,
	type Hover,
	type Diagnostic as LspDiagnostic,
	MarkupKind,
	type Position,
	type Range,
	StreamMessageReader,
	StreamMessageWriter,
	TextDocumentSyncKind,
	TextDocuments,
} from "vscode-languageserver/node.js";
import { TextDocument } from "vscode-languageserver-textdocument";
import { detailsOf, type Proposal, proposalsAfter, spanIn, symbolAt } from "../assistance.js";
import { modulesBeside } from "../command/module-folder.js";
import { type CompileOptions, compile } from "../compile.js";
import type { Diagnostic } from "../diagnostic.js";
import { format } from "../formatter.js";
import type { ModuleFinder } from "../modules.js";
import type { Span } from "../source.js";
import { type ProgramSymbol, symbolsOf } from "../symbols.js";

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
			completionProvider: {},
			documentFormattingProvider: true,
		},
	}));

	/** What the compiler is told of a document: its file, and the modules beside it, as they are in the editor. */
	const optionsOf = (document: TextDocument): CompileOptions & { readonly file: string } => {
		const file = pathOf(document.uri);
		const beside = modulesBeside(file.startsWith("/") ? file : null);
		const modules: ModuleFinder = {
			...beside,
			find(name) {
				const found = beside.find(name);
				if (found === null || "problem" in found) return found;
				const open = documents.get(pathToFileURL(found.file).href);
				return open ? { ...found, text: open.getText() } : found;
			},
		};
		return { file, modules };
	};

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
		return symbolAt(symbolsIn(document), document.offsetAt(position));
	};

	const check = (document: TextDocument): void => {
		const options = optionsOf(document);
		const { diagnostics } = compile(document.getText(), { ...options, optimise: false });
		connection.sendDiagnostics({
			uri: document.uri,
			version: document.version,
			diagnostics: diagnostics.map((each) => diagnosticIn(document, each, each.place.file === options.file)),
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
		const uri = pathToFileURL(file).href;
		return { uri, range: rangeOf(TextDocument.create(uri, "pfq-lang", 0, text), definition) };
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

/** A document's file; what messages call it where it is in no file. */
const pathOf = (uri: string): string => (uri.startsWith("file:") ? fileURLToPath(uri) : uri);

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
