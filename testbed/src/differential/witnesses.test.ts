// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { primitives } from "@pfq/abi";
import { type Computation, compile, renderDiagnostics, writeImage } from "@pfq/lang";
import { evaluate, newGroupState } from "@pfq/lang/evaluator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, startEngine } from "./engine.js";
import { witnessPacket } from "./witness-packets.js";
import { allWitnesses, expectedOutcome, type Witness, witnesses } from "./witnesses.js";

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const engineFolder = fromRoot("packages/kernel-module");

const computationOf = ({ program }: Witness, optimise: boolean): Computation => {
	const compiled = compile(`main = ${program}`, { optimise });
	if (!compiled.ok) throw new Error(renderDiagnostics(compiled.diagnostics));
	return compiled.computation;
};

const countersOf = ({ expected }: Witness): BigUint64Array => {
	const { counters } = newGroupState();
	for (const [index, count] of Object.entries(expected.counters ?? {})) counters[Number(index)] = count;
	return counters;
};

let engine: Engine;
beforeAll(() => {
	execFileSync("make", ["-C", engineFolder, "build/evaluate"], { stdio: ["ignore", "ignore", "inherit"] });
	engine = startEngine(`${engineFolder}/build/evaluate`);
}, 300_000);
afterAll(() => engine?.close());

it("every primitive has a witness that uses it, and one on which it does something else", () => {
	for (const { symbol, form } of primitives) {
		const own = witnesses.filter(({ row }) => row === symbol);
		expect(own.length, symbol).toBeGreaterThan(0);
		const used = own.some((each) => computationOf(each, false).nodes.some((node) => node.symbol === symbol));
		expect(used, `${symbol} is used`).toBe(true);
		if (form !== "filter" && form !== "predicate" && form !== "comparison" && form !== "alias") continue;
		const kinds = new Set(own.map((each) => expectedOutcome(each).fanout.kind));
		expect(kinds, `${symbol} passes and drops`).toEqual(new Set(["pass", "drop"]));
	}
});

const differing = (witness: Witness): string => {
	const { fanout, classMask, mark, state, forwards, toHost, logs } = expectedOutcome(witness);
	const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
	const receivers =
		fanout.kind === "pass"
			? "to every socket"
			: fanout.kind === "drop"
				? "dropped"
				: fanout.kind === "double"
					? `to two sockets, hashes ${fanout.hashes.map(hex).join(" and ")}`
					: `to one socket, ${fanout.by} ${fanout.by === "hash" ? hex(fanout.hash) : fanout.hash}`;
	return [
		receivers,
		...(classMask === 1n ? [] : [`classes ${hex(classMask)}`]),
		...(mark === 0 ? [] : [`mark ${mark}`]),
		...(state === 0 ? [] : [`state ${state}`]),
		...forwards.map((device) => `a copy to ${device}`),
		...(toHost ? ["to the host"] : []),
		...logs.map(({ what, text }) => `logged: ${text === "" ? what : text}`),
		...Object.entries(witness.expected.counters ?? {}).map(([counter, count]) => `counter ${counter} = ${count}`),
	].join(", ");
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

it("docs/witnesses.md lists them", async () => {
	const lines = allWitnesses.map(
		(witness) => `| \`${witness.row}\` | \`${cell(witness.program)}\` | ${witness.packet} | ${differing(witness)} |`,
	);
	const text = `# What each primitive does with a packet

Each line is tried on the reference evaluator and on the engine (\`testbed/src/differential/witnesses.ts\`, which this page is written from;
the packets are in \`witness-packets.ts\`): a primitive without a line, or one that means something else, makes \`make test\` fail. The exact
meaning is in [packet-model.md](packet-model.md).

| primitive | \`main =\` | packet | outcome |
|---|---|---|---|
${lines.join("\n")}
`;
	await expect(text).toMatchFileSnapshot(fromRoot("docs/witnesses.md"));
});

describe("means what is written of it, to the evaluator and to the engine", () => {
	const rows = new Map<string, Witness[]>();
	for (const witness of witnesses) rows.set(witness.row, [...(rows.get(witness.row) ?? []), witness]);
	it.each([...rows])("%s", async (_, own) => {
		for (const witness of own) {
			const { program, packet: name } = witness;
			const where = `${program} on ${name}`;
			const packet = witnessPacket(name);
			const expected = expectedOutcome(witness);
			for (const optimise of [false, true]) {
				const computation = computationOf(witness, optimise);
				const group = newGroupState();
				expect(evaluate(computation, packet, group), `${where}: evaluator`).toEqual(expected);
				expect(group.counters, `${where}: evaluator's counters`).toEqual(countersOf(witness));
				await engine.load(writeImage(computation));
				const [outcome] = await engine.run([packet]);
				expect(outcome, `${where}: engine`).toEqual({ ...expected, logs: [] });
				expect(await engine.counters(), `${where}: engine's counters`).toEqual(countersOf(witness));
			}
		}
	});
});
