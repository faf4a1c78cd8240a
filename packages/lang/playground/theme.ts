// SPDX-License-Identifier: BSD-3-Clause

type Theme = "light" | "dark";

const KEY = "pfq-playground-theme";

const preferred = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

const isTheme = (value: string | null): value is Theme => value === "light" || value === "dark";

/** Light or dark as the system has it, until the button says otherwise. */
export const followTheme = (button: HTMLElement): void => {
	const kept = localStorage.getItem(KEY);
	let own: Theme | null = isTheme(kept) ? kept : null;
	const show = (): void => {
		const theme = own ?? preferred();
		document.documentElement.dataset.theme = theme;
		const label = `Change to ${theme === "dark" ? "light" : "dark"} colours`;
		button.setAttribute("aria-label", label);
		button.title = label;
	};
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
	button.addEventListener("click", () => {
		own = (own ?? preferred()) === "dark" ? "light" : "dark";
		localStorage.setItem(KEY, own);
		show();
	});
	show();
};
