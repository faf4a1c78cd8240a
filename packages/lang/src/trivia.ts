// SPDX-License-Identifier: BSD-3-Clause

/** A comment in the space between two tokens. */
export interface Comment {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** A line without the spaces and tabs that it ends in. */
export const withoutSpaceAtEnd = (line: string): string => {
	let end = line.length;
	while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
	return line.slice(0, end);
};

/** The comments of what is between two tokens: space, `-- …` to the end of the line, and `{- … -}`, which nest. */
export const commentsIn = (between: string): Comment[] => {
	const found: Comment[] = [];
	for (let at = 0; at < between.length; ) {
		const start = at;
		if (between.startsWith("--", at)) {
			const end = between.indexOf("\n", at);
			at = end < 0 ? between.length : end;
			found.push({ text: between.slice(start, at).trimEnd(), start, end: at });
		} else if (between.startsWith("{-", at)) {
			let depth = 0;
			do {
				const step = between.startsWith("{-", at) ? 1 : between.startsWith("-}", at) ? -1 : 0;
				depth += step;
				at += step === 0 ? 1 : 2;
			} while (depth > 0 && at < between.length);
			const text = between.slice(start, at).split("\n").map(withoutSpaceAtEnd).join("\n");
			found.push({ text, start, end: at });
		} else at++;
	}
	return found;
};
