// SPDX-License-Identifier: BSD-3-Clause

/** Edits (insert, remove, replace, swap of neighbours) from one word to the other, or `limit` + 1 where it takes more. */
const distance = (from: string, to: string, limit: number): number => {
	if (Math.abs(from.length - to.length) > limit) return limit + 1;
	let before: number[] = [];
	let last = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (let i = 1; i <= from.length; i++) {
		const row = [i];
		for (let j = 1; j <= to.length; j++) {
			const replaced = (last[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
			let best = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
			if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
				best = Math.min(best, (before[j - 2] as number) + 1);
			row.push(best);
		}
		if (Math.min(...row) > limit) return limit + 1;
		[before, last] = [last, row];
	}
	return last[to.length] as number;
};

const wordStart = /^[\p{L}_]/u;

/** The known name that is nearest to a misspelt one, if one is near enough. */
export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
	if (name.length < 2 || name.length > 64) return undefined;
	const plain = name.toLowerCase().replaceAll("_", "");
	const limit = name.length <= 4 ? 1 : name.length <= 8 ? 2 : 3;
	const isWord = wordStart.test(name);
	let best: string | undefined;
	let least = limit + 1;
	for (const each of known) {
		if (wordStart.test(each) !== isWord) continue;
		const edits = each.toLowerCase().replaceAll("_", "") === plain ? 0 : distance(name, each, limit);
		if (edits < least || (edits === least && best !== undefined && each < best)) [best, least] = [each, edits];
	}
	return least <= limit ? best : undefined;
};
