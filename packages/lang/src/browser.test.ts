// SPDX-License-Identifier: BSD-3-Clause
// The compiler, the evaluator and the reader of captures know nothing of Node.js: a browser runs them.
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { captureOf } from "./testing/capture-writer.js";
import { samplePackets } from "./testing/sample-packets.js";

/** All that a browser uses, bundled as for a browser: an import of Node.js fails. */
const bundle = async (contents: string): Promise<string> => {
	const { outputFiles } = await build({
		stdin: { contents, resolveDir: fileURLToPath(new URL("./", import.meta.url)), loader: "ts" },
		bundle: true,
		write: false,
		format: "iife",
		globalName: "bundled",
		platform: "browser",
		target: "es2022",
		logLevel: "silent",
	});
	return outputFiles[0]?.text ?? "";
};

it("is bundled for a browser, and runs without what Node.js has", async () => {
	const code = await bundle(`
		export * from "./index.js";
		export { readCapture } from "./capture/capture.js";
		export { dissect, evaluate, newGroupState } from "./evaluator/index.js";
	`);
	const capture = captureOf(samplePackets.map(({ octets }) => octets));
	const context = createContext({ capture, TextDecoder, TextEncoder });
	const told = runInContext(
		`${code}
		const { computation } = bundled.compile("main = udp >-> port 53 >-> steer_flow");
		const group = bundled.newGroupState();
		const fates = Array.from(bundled.readCapture(capture), ({ link, octets, length }) =>
			bundled.evaluate(computation, { link, octets, length, mark: 0 }, group).fanout.kind);
		const bad = bundled.renderDiagnostics(bundled.compile("main = steer_flw").diagnostics);
		JSON.stringify({ fates, bad, image: bundled.writeImage(computation).length })`,
		context,
	);
	expect(JSON.parse(told)).toEqual({
		fates: ["drop", "steer", "steer", "drop", "drop", "steer", "drop", "drop", "drop", "drop", "drop", "drop"],
		bad: expect.stringContaining("did you mean `steer_flow`?"),
		image: expect.any(Number),
	});
});

it("would not be, if a part of it knew Node.js", async () => {
	await expect(bundle(`export * from "./command/file.js";`)).rejects.toThrow(/node:fs/);
});
