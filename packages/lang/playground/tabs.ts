// SPDX-License-Identifier: BSD-3-Clause

export interface Tabs {
	choose(panel: string): void;
}

/** Makes tabs of the buttons and panels in an element; the arrow keys change between them (WAI-ARIA's tabs pattern). */
export const createTabs = (within: HTMLElement): Tabs => {
	const buttons = [...within.querySelectorAll<HTMLElement>("[role=tab]")];
	const panelOf = (button: HTMLElement): string => button.getAttribute("aria-controls") ?? "";

	const choose = (panel: string): void => {
		for (const button of buttons) {
			const isChosen = panelOf(button) === panel;
			button.setAttribute("aria-selected", String(isChosen));
			button.tabIndex = isChosen ? 0 : -1;
			const shown = document.getElementById(panelOf(button));
			if (shown) shown.hidden = !isChosen;
		}
	};

	for (const [index, button] of buttons.entries()) {
		button.addEventListener("click", () => choose(panelOf(button)));
		button.addEventListener("keydown", ({ key }) => {
			const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
			const next = buttons[(index + step + buttons.length) % buttons.length];
			if (step === 0 || next === undefined) return;
			choose(panelOf(next));
			next.focus();
		});
	}
	return { choose };
};
