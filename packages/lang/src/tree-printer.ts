// SPDX-License-Identifier: BSD-3-Clause

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null;

/** What a part is called: its kind, its own text or value, or that of the name in it. */
const headline = (part: Readonly<Record<string, unknown>>): string => {
	const words = [part.kind ?? ""];
	if (part.kind === "text") words.push(JSON.stringify(part.value));
	else if (typeof part.text === "string") words.push(part.text);
	else if (part.value !== undefined && !isObject(part.value)) words.push(String(part.value));
	for (const inner of [part.name, part.binding]) {
		if (typeof inner === "string") words.push(inner);
		else if (isObject(inner)) words.push(String(inner.text ?? inner.name));
	}
	return words.join(" ").trim();
};

const hidden = new Set(["span", "kind", "name", "binding", "text"]);

/** A tree of a pass as indented lines, without the places of its parts. */
export const printTree = (root: unknown): string => {
	const lines: string[] = [];
	const stack: { readonly part: unknown; readonly depth: number; readonly role: string }[] = [
		{ part: root, depth: 0, role: "" },
	];
	for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
		const { part, depth, role } = top;
		if (Array.isArray(part)) {
			for (const each of part.toReversed()) stack.push({ part: each, depth, role });
			continue;
		}
		if (!isObject(part)) continue;
		const words = [role, headline(part)].filter((word) => word !== "").join(": ");
		if (words !== "") lines.push(`${"  ".repeat(depth)}${words}`);
		const inner = words === "" ? depth : depth + 1;
		for (const [key, value] of Object.entries(part).reverse())
			if (!hidden.has(key) && isObject(value)) stack.push({ part: value, depth: inner, role: key });
	}
	return lines.join("\n");
};
