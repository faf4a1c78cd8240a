// SPDX-License-Identifier: BSD-3-Clause
import type { Step } from "../src/explanation/explanation.js";
import { element } from "./element.js";
import type { PacketExplanation } from "./workbench.js";

type GoTo = (line: number, column: number) => void;

const placeOf = (step: Step, goTo: GoTo): HTMLElement => {
	const { place } = step;
	if (place === undefined) return element("span.place");
	const { line, column } = place;
	const button = element(
		"button.place",
		{ type: "button", title: `line ${line}, column ${column}` },
		`${line}:${column}`,
	);
	button.addEventListener("click", () => goTo(line, column));
	return button;
};

const stepElement = (step: Step, goTo: GoTo): HTMLElement => {
	const { expression, note, passes, steps } = step;
	const item = element(
		`li.${passes ? "passes" : "drops"}`,
		{},
		element("div.step", {}, placeOf(step, goTo), element("code", {}, expression), " ", element("span.note", {}, note)),
	);
	if (steps.length > 0) item.append(element("ol", {}, ...steps.map((each) => stepElement(each, goTo))));
	return item;
};

/** Which way a packet went through the program, and why. */
export const showExplanation = (into: HTMLElement, { row, steps }: PacketExplanation, goTo: GoTo): void => {
	const { number, summary, length, fate, outcome, time } = row;
	const when = time === null ? "" : ` · ${time.toFixed(6)} s`;
	into.replaceChildren(
		element(
			"header",
			{},
			element("strong", {}, `Packet ${number}`),
			element("span.quiet", {}, `${length} ${length === 1 ? "octet" : "octets"}${when}`),
		),
		element("p.what", {}, summary),
		element(`p.verdict.${fate}`, {}, outcome),
		element("ol.steps", {}, ...steps.map((each) => stepElement(each, goTo))),
	);
};
