// SPDX-License-Identifier: BSD-3-Clause
import { startClient } from "./client.js";
import { createEditor } from "./editor.js";
import { byId, element } from "./element.js";
import { showExplanation } from "./explanation-view.js";
import { createPacketList } from "./packet-list.js";
import { createSummary } from "./summary.js";
import { createTabs } from "./tabs.js";
import { followTheme } from "./theme.js";
import type { CompiledProgram, Problem } from "./workbench.js";

interface Example {
	readonly name: string;
	readonly text: string;
}

const KEPT = "pfq-playground-program";
/** After the last key, in milliseconds. */
const PAUSE = 150;

const client = startClient("worker.js");
const editor = createEditor(client, byId("editor"), () => programChanged());
const tabs = createTabs(byId("results"));
const list = createPacketList(client, byId("packets"), (packet) => void explain(packet));
const summary = createSummary(byId("summary"), (fate, count) => list.show(fate, count));

const examplePicker = byId<HTMLSelectElement>("example");
const graph = byId("graph");
const explanation = byId("explanation");
/** Between two looks at how far a run is, in milliseconds. */
const LOOK = 300;
/** Sizes of the graph, in pixels for a point of Graphviz. */
const [LEAST_SCALE, LARGEST_SCALE] = [0.72, 1.5];
let pause: ReturnType<typeof setTimeout> | undefined;
/** The graph that is shown, for Graphviz. */
let drawn: string | null = null;
/** The packet that is explained. */
let chosen: number | null = null;

followTheme(byId("theme"));
addEventListener("resize", () => {
	const picture = graph.querySelector("svg");
	if (picture) fit(picture);
});

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const problemElement = ({ line, column, message }: Problem): HTMLElement => {
	const [first = "", ...more] = message.split("\n");
	const button = element(
		"button.problem",
		{ type: "button" },
		element("span.place", {}, `${line}:${column}`),
		element("span", {}, first),
		...more.map((each) => element("span.more", {}, each)),
	);
	button.addEventListener("click", () => editor.goTo(line, column));
	return button;
};

const showStatus = ({ problems, result }: CompiledProgram): void => {
	const status = byId("status");
	status.classList.toggle("bad", result === null);
	const text = result ? `Compiles to ${plural(result.nodes, "node")}` : plural(problems.length, "error");
	status.replaceChildren(element("span.light"), text);
	byId("problems").replaceChildren(...problems.map(problemElement));
};

const showGraph = async (dot: string | null): Promise<void> => {
	if (dot === drawn) return;
	drawn = dot;
	if (dot === null) {
		graph.replaceChildren(element("p.empty", {}, "This program is too large to be drawn."));
		return;
	}
	const svg = await client.draw(dot);
	if (drawn !== dot) return;
	const picture = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
	for (const title of picture.querySelectorAll("title")) title.remove();
	picture.setAttribute("role", "img");
	picture.setAttribute("aria-label", "The program as a graph");
	fit(picture);
	graph.replaceChildren(document.adoptNode(picture));
};

/** Makes a picture as large as there is room for, within what can be read. */
const fit = (picture: Element): void => {
	const [, , width = 1, height = 1] = (picture.getAttribute("viewBox") ?? "").split(" ").map(Number);
	const room = Math.min((graph.clientWidth - 32) / width, (graph.clientHeight - 32) / height);
	const scale = Math.min(Math.max(room, LEAST_SCALE), LARGEST_SCALE);
	picture.setAttribute("width", `${width * scale}`);
	picture.setAttribute("height", `${height * scale}`);
};

const showResult = async ({ result }: CompiledProgram): Promise<void> => {
	byId("results").classList.toggle("stale", result === null);
	for (const id of ["save-image", "save-svg"]) byId<HTMLButtonElement>(id).disabled = result === null;
	if (result === null) return;
	const types = result.types.map(({ name, type }) =>
		element("div", {}, element("b", {}, name), element("span", {}, ` :: ${type}`)),
	);
	byId("types").replaceChildren(...types);
	byId("normal-form").textContent = result.text;
	await showGraph(result.dot);
};

const explain = async (packet: number): Promise<void> => {
	chosen = packet;
	const found = await client.explain(packet);
	if (found && chosen === packet) showExplanation(explanation, found, editor.goTo);
};

/** Shows how far a run is, once it takes long enough for that to matter; gives what ends it. */
const showProgress = (): (() => void) => {
	const bar = byId<HTMLProgressElement>("progress");
	const look = setInterval(async () => {
		bar.value = await client.progress();
		bar.hidden = endProgress !== end;
	}, LOOK);
	const end = (): void => {
		clearInterval(look);
		bar.hidden = true;
		if (endProgress === end) endProgress = () => {};
	};
	return end;
};

let endProgress = (): void => {};

const run = async (): Promise<void> => {
	endProgress();
	const end = showProgress();
	endProgress = end;
	const made = await client.run();
	end();
	byId("bottom").classList.toggle("stale", made === null);
	if (made === null) return;
	summary.show(made);
	if (chosen !== null) await explain(chosen);
};

const compileAndRun = async (): Promise<void> => {
	const text = editor.text();
	localStorage.setItem(KEPT, text);
	const compiled = await client.compile(text);
	if (text !== editor.text()) return;
	editor.showProblems(compiled.problems);
	showStatus(compiled);
	await Promise.all([showResult(compiled), run()]);
};

function programChanged(): void {
	clearTimeout(pause);
	pause = setTimeout(() => void compileAndRun(), PAUSE);
}

const openCapture = async (name: string, octets: Uint8Array): Promise<void> => {
	const { packets, problem } = await client.open(octets);
	const about = byId("capture");
	about.classList.toggle("bad", problem !== null);
	about.textContent = problem === null ? `${name} · ${plural(packets, "packet")}` : `${name}: ${problem}`;
	about.title = about.textContent;
	if (packets === 0 && problem !== null) return;
	chosen = null;
	byId("bottom").classList.add("stale");
	list.show(null, 0);
	explanation.replaceChildren(
		element(
			"p.empty",
			{},
			packets === 0 ? "The capture has no packets." : "Choose a packet to see which way it goes, and why.",
		),
	);
	await run();
};

const openFile = async (file: File | null | undefined): Promise<void> => {
	if (file) await openCapture(file.name, new Uint8Array(await file.arrayBuffer()));
};

const fetched = async (name: string): Promise<Response> => {
	const response = await fetch(name);
	if (!response.ok) throw new Error(`${name}: ${response.status}`);
	return response;
};

const openSample = async (): Promise<void> =>
	openCapture("Sample traffic", new Uint8Array(await (await fetched("sample.pcap")).arrayBuffer()));

const save = (name: string, content: BlobPart, type: string): void => {
	const address = URL.createObjectURL(new Blob([content], { type }));
	const link = element("a", { href: address, download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(address));
};

const picker = byId<HTMLInputElement>("file");
byId("open").addEventListener("click", () => picker.click());
picker.addEventListener("change", () => {
	void openFile(picker.files?.[0]);
	picker.value = "";
});
byId("sample").addEventListener("click", () => void openSample());

const format = async (): Promise<void> => {
	const text = await client.format(editor.text());
	if (text !== null) editor.setText(text);
};
byId("format").addEventListener("click", () => void format());
addEventListener("keydown", (event) => {
	if ((event.ctrlKey || event.metaKey) && event.key === "s") {
		event.preventDefault();
		void format();
	}
});

byId("save-svg").addEventListener("click", () => {
	if (drawn !== null) void client.draw(drawn).then((svg) => save("program.svg", svg, "image/svg+xml"));
});
byId("save-image").addEventListener("click", async () => {
	const image = await client.image();
	if (image) save("program.image", image as Uint8Array<ArrayBuffer>, "application/octet-stream");
});

/** What is dragged over the page; entering and leaving is told of each element in it. */
let dragged = 0;
const dragging = (change: number): void => {
	dragged += change;
	document.body.classList.toggle("dragging", dragged > 0);
};
addEventListener("dragenter", () => dragging(1));
addEventListener("dragleave", () => dragging(-1));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
	event.preventDefault();
	dragging(-dragged);
	void openFile(event.dataTransfer?.files[0]);
});

const start = async (): Promise<void> => {
	const examples = (await (await fetched("examples.json")).json()) as readonly Example[];
	for (const { name } of examples) examplePicker.append(element("option", { value: name }, name));
	examplePicker.addEventListener("change", () => {
		const found = examples.find(({ name }) => name === examplePicker.value);
		if (found) editor.setText(found.text);
		examplePicker.value = "";
	});
	tabs.choose("graph");
	editor.setText(localStorage.getItem(KEPT) ?? examples.find(({ name }) => name === "balance")?.text ?? "main = ip\n");
	await openSample();
};

await start();
