// SPDX-License-Identifier: BSD-3-Clause
// Line charts as SVG text. By hand, since what draws charts without a browser is tens of megabytes large.

export interface Line {
	readonly name: string;
	readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
	readonly title: string;
	/** The values of x are powers of some number: the axis is logarithmic. */
	readonly x: string;
	/** From 0 on. */
	readonly y: string;
	readonly lines: readonly Line[];
}

const size = { width: 440, height: 300 } as const;
const margin = { left: 56, right: 16, top: 34, bottom: 46 } as const;
const colors = ["#1f6feb", "#d1242f", "#1a7f37", "#8250df"] as const;

const escapes = new Map([
	["&", "&amp;"],
	["<", "&lt;"],
	[">", "&gt;"],
]);
const escapeXml = (text: string): string => text.replaceAll(/[&<>]/g, (found) => escapes.get(found) ?? found);

/** The least of 1, 2, 2.5 and 5 times a power of ten that `parts` of reach `most`. */
function step(most: number, parts: number): number {
	const power = 10 ** Math.floor(Math.log10(most / parts));
	return ([1, 2, 2.5, 5].find((each) => each * power * parts >= most) ?? 10) * power;
}

function text(x: number, y: number, content: string, anchor: "start" | "middle" | "end", more = ""): string {
	return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${more}>${escapeXml(content)}</text>`;
}

function draw({ title, x: xName, y: yName, lines }: Chart, left: number, top: number): string {
	const points = lines.flatMap(({ points }) => points);
	const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
	const [first, last] = [xs.at(0) ?? 1, xs.at(-1) ?? 2];
	const most = Math.max(...points.map(({ y }) => y));
	const tick = step(most, 5);
	const end = Math.ceil(most / tick) * tick;
	const inner = {
		width: size.width - margin.left - margin.right,
		height: size.height - margin.top - margin.bottom,
	};
	const xAt = (value: number) =>
		margin.left + (inner.width * (Math.log(value) - Math.log(first))) / (Math.log(last) - Math.log(first));
	const yAt = (value: number) => margin.top + inner.height * (1 - value / end);
	const parts: string[] = [text(margin.left, 18, title, "start", ' font-weight="bold"')];

	for (let value = 0; value <= end + tick / 2; value += tick) {
		const y = yAt(value).toFixed(1);
		parts.push(`<path d="M${margin.left} ${y}H${size.width - margin.right}" stroke="#d0d7de"/>`);
		parts.push(text(margin.left - 6, yAt(value) + 4, String(Number(value.toPrecision(3))), "end"));
	}
	for (const value of xs) parts.push(text(xAt(value), size.height - margin.bottom + 16, String(value), "middle"));
	parts.push(text(margin.left + inner.width / 2, size.height - 10, xName, "middle"));
	const middle = margin.top + inner.height / 2;
	parts.push(text(14, middle, yName, "middle", ` transform="rotate(-90 14 ${middle})"`));
	for (const [index, { name, points }] of lines.entries()) {
		const color = colors[index % colors.length] ?? "#000";
		const at = points.map(({ x, y }) => `${xAt(x).toFixed(1)} ${yAt(y).toFixed(1)}`);
		parts.push(`<path d="M${at.join("L")}" fill="none" stroke="${color}" stroke-width="2"/>`);
		for (const each of at)
			parts.push(`<circle cx="${each.split(" ")[0]}" cy="${each.split(" ")[1]}" r="3" fill="${color}"/>`);
		if (lines.length > 1)
			parts.push(text(margin.left + 10, margin.top + 14 + index * 15, name, "start", ` fill="${color}"`));
	}
	return `<g transform="translate(${left} ${top})">${parts.join("\n")}</g>`;
}

/** All charts in one picture, two in a row. */
export function picture(charts: readonly Chart[], caption: string): string {
	const columns = Math.min(2, charts.length);
	const rows = Math.ceil(charts.length / columns);
	const [width, height] = [columns * size.width, rows * size.height + 24];
	const drawn = charts.map((chart, index) =>
		draw(chart, (index % columns) * size.width, Math.floor(index / columns) * size.height),
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#1f2328">
<!-- SPDX-License-Identifier: BSD-3-Clause -->
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join("\n")}
${text(width / 2, height - 8, caption, "middle", ' fill="#57606a"')}
</svg>
`;
}
