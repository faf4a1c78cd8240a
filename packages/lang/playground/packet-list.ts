// SPDX-License-Identifier: BSD-3-Clause
import type { Client } from "./client.js";
import { element } from "./element.js";
import type { Fate, Row } from "./workbench.js";

export interface PacketList {
	/** Shows so many packets of one fate, or of all; the rows are asked for as they come into sight. */
	show(fate: Fate | null, count: number): void;
}

const ROW_HEIGHT = 27;
/** Rows that are made above and below those in sight. */
const MARGIN = 20;

const timeText = (time: number | null): string => (time === null ? "" : time.toFixed(6));

const rowElement = (row: Row, index: number, isChosen: boolean): HTMLElement => {
	const made = element(
		`div.row.${row.fate}`,
		{ role: "option", id: `row-${index}`, "aria-selected": String(isChosen), "data-index": String(index) },
		element("span.number", {}, String(row.number)),
		element("span.time", {}, timeText(row.time)),
		element("span.summary", { title: row.summary }, row.summary),
		element("span.length", {}, String(row.length)),
		element("span.outcome", { title: row.outcome }, row.outcome),
	);
	made.style.top = `${index * ROW_HEIGHT}px`;
	return made;
};

/** A list of any length, of which only the part in sight is there. The arrow keys move through it. */
export const createPacketList = (
	client: Client,
	scroller: HTMLElement,
	chosen: (packet: number) => void,
): PacketList => {
	const inside = element("div.rows");
	scroller.append(inside);
	let fate: Fate | null = null;
	let count = 0;
	let current = -1;
	/** Of the last request for rows: an older one's answer comes too late. */
	let asked = 0;

	const draw = async (): Promise<void> => {
		const request = ++asked;
		const first = Math.max(Math.floor(scroller.scrollTop / ROW_HEIGHT) - MARGIN, 0);
		const last = Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW_HEIGHT) + MARGIN;
		const rows = count === 0 ? [] : await client.rows(fate, first, last);
		if (request !== asked) return;
		inside.replaceChildren(...rows.map((row, index) => rowElement(row, first + index, first + index === current)));
	};

	const choose = async (index: number): Promise<void> => {
		if (count === 0) return;
		current = Math.min(Math.max(index, 0), count - 1);
		const top = current * ROW_HEIGHT;
		if (top < scroller.scrollTop) scroller.scrollTop = top;
		else if (top + ROW_HEIGHT > scroller.scrollTop + scroller.clientHeight)
			scroller.scrollTop = top + ROW_HEIGHT - scroller.clientHeight;
		scroller.setAttribute("aria-activedescendant", `row-${current}`);
		const [row] = await client.rows(fate, current, current + 1);
		await draw();
		if (row) chosen(row.number);
	};

	const page = (): number => Math.max(Math.floor(scroller.clientHeight / ROW_HEIGHT) - 1, 1);
	const keys: Readonly<Record<string, () => number>> = {
		ArrowDown: () => current + 1,
		ArrowUp: () => current - 1,
		PageDown: () => current + page(),
		PageUp: () => current - page(),
		Home: () => 0,
		End: () => count - 1,
	};

	scroller.addEventListener("keydown", (event) => {
		const target = keys[event.key];
		if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		void choose(target());
	});
	scroller.addEventListener("click", ({ target }) => {
		const row = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
		if (row) void choose(Number(row.dataset.index));
	});
	scroller.addEventListener("scroll", () => void draw());
	addEventListener("resize", () => void draw());

	return {
		show(newFate, newCount) {
			if (newFate !== fate || newCount !== count) {
				current = -1;
				scroller.scrollTop = 0;
				scroller.removeAttribute("aria-activedescendant");
			}
			fate = newFate;
			count = newCount;
			inside.style.height = `${count * ROW_HEIGHT}px`;
			void draw();
		},
	};
};
