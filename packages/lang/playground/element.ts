// SPDX-License-Identifier: BSD-3-Clause

/** An element of the page that must be there. */
export const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => {
	const found = document.getElementById(id);
	if (found === null) throw new Error(`the page has no #${id}`);
	return found as Kind;
};

/** Makes an element: its tag and classes ("button.quiet"), its attributes, what is in it. */
export const element = (
	tagAndClasses: string,
	attributes: Readonly<Record<string, string>> = {},
	...content: readonly (Node | string)[]
): HTMLElement => {
	const [tag = "div", ...classes] = tagAndClasses.split(".");
	const made = document.createElement(tag);
	made.classList.add(...classes);
	for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
	made.append(...content);
	return made;
};
