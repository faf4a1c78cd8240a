// SPDX-License-Identifier: BSD-3-Clause
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLink, type Link, removeStaleLinks, whyNoLinks } from "./namespaces.js";

const reason = whyNoLinks();
const namespaces = () => spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout;

describe.skipIf(reason)("a link between two namespaces", () => {
	let link: Link;
	beforeEach(() => {
		link = createLink();
	});
	afterEach(() => link.remove());

	it("carries IPv4 and IPv6 at once", () => {
		expect(link.left.run("ping", "-c1", "-W2", link.right.ipv4)).toContain("1 received");
		expect(link.right.run("ping", "-c1", "-W2", link.left.ipv6)).toContain("1 received");
	});

	it("counts what passed", () => {
		const before = link.right.counter("rx_packets");
		link.left.run("ping", "-c3", "-i0.01", "-W2", link.right.ipv4);
		expect(link.right.counter("rx_packets") - before).toBeGreaterThanOrEqual(3n);
	});

	it("kills what runs inside when it is removed, and leaves nothing behind", async () => {
		const child = link.left.spawn("sleep", ["1000"]);
		await once(child, "spawn");
		link.remove();
		const [, signal] = await once(child, "exit");
		expect(signal).toBe("SIGKILL");
		expect(namespaces()).not.toContain(link.left.namespace);
		expect(namespaces()).not.toContain(link.right.namespace);
	});

	it("tells which command failed, and what it said", () => {
		expect(() => link.left.run("ip", "link", "show", "dev", "eth7")).toThrow(/eth7.*does not exist/);
	});
});

describe.skipIf(reason)("a quiet link", () => {
	it("carries nothing that was not asked for", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		await new Promise((resolve) => setTimeout(resolve, 500));
		expect(link.left.counter("rx_packets")).toBe(0n);
		expect(link.right.counter("rx_packets")).toBe(0n);
	});
});

describe.skipIf(reason)("a process that made a link", () => {
	/** A program that makes a link, prints its name, and ends as told. */
	async function endingBy(statement: string, signal?: NodeJS.Signals) {
		const module = fileURLToPath(new URL("../dist/namespaces.js", import.meta.url));
		const program = `import { createLink } from ${JSON.stringify(module)};
			const link = createLink(); console.log(link.left.namespace); ${statement}`;
		const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
			stdio: ["ignore", "pipe", "ignore"],
		});
		const exited = once(child, "exit");
		const [name] = await once(child.stdout.setEncoding("utf8"), "data");
		if (signal !== undefined) child.kill(signal);
		const [status, by] = await exited;
		return { namespace: String(name).trim(), status, by };
	}

	const waits = "setInterval(() => {}, 1000);";
	const ends: [string, string, NodeJS.Signals | undefined, number | NodeJS.Signals][] = [
		["returns", "", undefined, 0],
		["exits", "process.exit(3);", undefined, 3],
		["throws", 'throw new Error("x");', undefined, 1],
		["rejects", 'await Promise.reject(new Error("x"));', undefined, 1],
		["is interrupted", waits, "SIGINT", "SIGINT"],
		["is terminated", waits, "SIGTERM", "SIGTERM"],
	];
	for (const [how, statement, signal, end] of ends) {
		it(`leaves nothing behind when it ${how}`, async () => {
			const ended = await endingBy(statement, signal);
			expect(ended.by ?? ended.status).toBe(end);
			expect(ended.namespace).not.toBe("");
			expect(namespaces()).not.toContain(ended.namespace);
		});
	}

	it("is cleaned up after by the next when it was killed", async () => {
		const { namespace } = await endingBy(waits, "SIGKILL");
		expect(namespaces()).toContain(namespace);
		expect(removeStaleLinks()).toContain(namespace);
		expect(namespaces()).not.toContain(namespace);
	});
});

describe("without privileges", () => {
	it.runIf(process.getuid?.() === 0)("a reason is given instead of a link", () => {
		const module = fileURLToPath(new URL("../dist/namespaces.js", import.meta.url));
		const program = `const { whyNoLinks } = await import(${JSON.stringify(module)});
			process.setuid(65534); console.log(whyNoLinks());`;
		const done = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
		expect(done.stdout).toContain("need root");
	});
});
