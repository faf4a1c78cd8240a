// SPDX-License-Identifier: BSD-3-Clause
import { element } from "./element.js";
import type { Fate, RunSummary } from "./workbench.js";

export interface Summary {
	show(summary: RunSummary): void;
}

const fates: readonly (readonly [fate: Fate, label: string])[] = [
	["one", "to one socket"],
	["two", "to two sockets"],
	["every", "to every socket"],
	["dropped", "dropped"],
	["notRun", "not run"],
];

/** Shares of the packets as a bar, and as buttons that choose what is listed; the counters of the group. */
export const createSummary = (into: HTMLElement, chosen: (fate: Fate | null, count: number) => void): Summary => {
	let fate: Fate | null = null;
	let last: RunSummary | null = null;

	const button = (value: Fate | null, label: string, count: number): HTMLElement => {
		const made = element(
			`button.share${value === null ? "" : `.${value}`}`,
			{ type: "button", "aria-pressed": String(fate === value) },
			...(value === null ? [] : [element("span.dot")]),
			element("b", {}, count.toLocaleString("en")),
			` ${label}`,
		);
		made.addEventListener("click", () => {
			fate = value;
			draw();
		});
		return made;
	};

	const draw = (): void => {
		if (last === null) return;
		const { packets, fates: counts, counters, copies } = last;
		if (fate !== null && counts[fate] === 0) fate = null;
		const there = fates.filter(([each]) => counts[each] > 0);
		const bar = element("div.bar", { "aria-hidden": "true" });
		for (const [each] of there) {
			const part = element(`span.${each}`);
			part.style.flexGrow = String(counts[each]);
			bar.append(part);
		}
		const shares = there.map(([each, label]) => button(each, label, counts[each]));
		const chips = counters.map(([counter, value]) =>
			element("span.chip", {}, `counter ${counter}`, element("b", {}, value.toLocaleString("en"))),
		);
		if (copies > 0) chips.push(element("span.chip", {}, "copies", element("b", {}, copies.toLocaleString("en"))));
		into.replaceChildren(
			bar,
			element("div.shares", {}, button(null, packets === 1 ? "packet" : "packets", packets), ...shares),
			element("div.chips", {}, ...chips),
		);
		chosen(fate, fate === null ? packets : counts[fate]);
	};

	return {
		show(summary) {
			last = summary;
			draw();
		},
	};
};
