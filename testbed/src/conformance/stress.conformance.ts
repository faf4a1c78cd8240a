// SPDX-License-Identifier: BSD-3-Clause
// What pfq.ko must survive. A few seconds each, or as many minutes as PFQ_STRESS_MINUTES says (`make stress`); on the debug kernel with
// allocations that fail. What went wrong without a word of a program is in the kernel's log, which `vm` looks at.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PfqError } from "@pfq/core";
import { describe, expect, it } from "vitest";
import { createVeth } from "./cable.js";
import { ip, native, onKernel, pause, run, until } from "./host.js";
import { flows } from "./packets.js";
import { openReceiver } from "./receiver.js";
import { startTraffic } from "./traffic.js";

const minutes = Number(process.env.PFQ_STRESS_MINUTES ?? 0);
/** How long each of the five that are told a time takes, in seconds. */
const seconds = minutes > 0 ? Math.ceil((minutes * 60) / 5) : 5;
/** Far more than it takes: how long a thing takes on an emulated machine, beside others, is nobody's fault. */
const patience = 1_200_000 + 2_000 * seconds;
const seed = Number(process.env.PFQ_STRESS_SEED ?? 1);
const images = fileURLToPath(new URL("../../../packages/kernel-module/test/corpus/image", import.meta.url));

/** Runs kernel_abuse, while this process goes on; throws what it complains of. */
const abuse = async (...args: readonly (string | number)[]): Promise<string> => {
	const child = spawn(native("kernel_abuse"), args.map(String), { stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	const [status, signal] = await once(child, "close");
	if (status !== 0) throw new Error(`kernel_abuse ${args.join(" ")}: ${signal ?? `status ${status}`}\n${said}`);
	return said;
};

/** References to the module. */
const uses = (): number => Number(readFileSync("/sys/module/pfq/refcnt", "utf8"));

/** The debug kernel does not hand out soon what was freed (KASAN's quarantine), and so takes more and more; it finds itself what is left behind. */
const findsLeaks = existsSync("/sys/kernel/debug/kmemleak");

/** KiB that the kernel keeps for itself, once it has given back what it can. */
const kernelMemory = (): number => {
	const read = (): Map<string, number> =>
		new Map(
			[...readFileSync("/proc/meminfo", "utf8").matchAll(/^(\w+):\s+(\d+)/gm)].map(([, name = "", value]) => [
				name,
				Number(value),
			]),
		);
	run("sh", ["-c", "sync; echo 3 >/proc/sys/vm/drop_caches"]);
	const memory = read();
	return ["SUnreclaim", "VmallocUsed", "KernelStack", "PageTables", "Percpu"].reduce(
		(sum, name) => sum + (memory.get(name) ?? 0),
		0,
	);
};

/** What PFQ refuses because of the device is no failure here. */
const unlessRefused = (act: () => void): void => {
	try {
		act();
	} catch (error) {
		if (!(error instanceof PfqError && error.message.includes("fleeting0"))) throw error;
	}
};

if (onKernel)
	describe("pfq.ko survives", () => {
		it(
			"a thousand sockets that come and go under traffic, and leaves no memory and no reference",
			async () => {
				using cable = createVeth();
				using traffic = startTraffic(cable.far, 2000);
				await abuse("cycles", cable.device, 50);
				const before = kernelMemory();
				const rounds = minutes > 0 ? 1000 * Math.ceil(minutes / 5) : 1000;
				expect(await abuse("cycles", cable.device, rounds)).toMatch(new RegExp(`^${rounds} cycles, \\d+ packets\n$`));
				await until("nobody uses it", () => uses() === 0);
				// a page for each round would be 4 MB
				if (!findsLeaks) expect(kernelMemory() - before).toBeLessThan(2000);
				expect(readFileSync("/proc/vmallocinfo", "utf8")).not.toContain("pfq_queue_alloc");
				expect(traffic.running()).toBe(true);
			},
			patience + minutes * 60_000,
		);

		it(
			`control operations, sensible, damaged and random (seed ${seed})`,
			async () => {
				using cable = createVeth();
				using _ = startTraffic(cable.far, 2000);
				expect(await abuse("garbage", cable.device, seconds, seed, images)).toMatch(/\d+ of \d+ calls succeeded/);
				await until("nobody uses it", () => uses() === 0);
			},
			patience,
		);

		it(
			"random octets all over a process's queues, while others use theirs",
			async () => {
				using cable = createVeth();
				using other = createVeth();
				using apart = createVeth();
				using receiver = openReceiver(apart.device, { rxSlots: 65_536 });
				using shared = openReceiver(cable.device, { rxSlots: 65_536 });
				using _ = startTraffic(cable.far, 5000);
				const hostile = abuse("scribble", cable.device, other.device, seconds);
				let sent = 0;
				let read = 0;
				let over = false;
				void hostile
					.finally(() => {
						over = true;
					})
					.catch(() => {});
				while (!over) {
					await pause(1); // else nobody hears that the other process has ended
					apart.send(...flows(50));
					sent += 50;
					await until("every packet arrives", () => {
						for (let batch = receiver.socket.read(); batch; batch = receiver.socket.read()) read += batch.length;
						shared.socket.read();
						return read === sent;
					});
				}
				await hostile;
				expect(receiver.group.stats()).toMatchObject({ recv: sent, lost: 0, drop: 0 });
				expect(shared.group.stats().recv).toBeGreaterThan(0);
			},
			patience,
		);

		it(
			"devices that appear and vanish while everybody is at them",
			async () => {
				using keeper = createVeth();
				using receiver = openReceiver(keeper.device);
				const garbage = abuse("garbage", "fleeting0", seconds, seed + 1, images);
				let over = false;
				void garbage
					.finally(() => {
						over = true;
					})
					.catch(() => {});
				let rounds = 0;
				for (; !over; rounds++) {
					await pause(1);
					ip("link add fleeting0 type veth peer name fleeting1", "link set fleeting0 up", "link set fleeting1 up");
					// the other process may still hold the one of that name before
					unlessRefused(() => receiver.group.setComputation('main = forward "fleeting0"'));
					unlessRefused(() => receiver.group.bind("fleeting0"));
					keeper.send(...flows(20));
					ip("link delete fleeting0");
					receiver.group.setComputation(null);
					unlessRefused(() => receiver.group.unbind("fleeting0"));
				}
				await garbage;
				expect(rounds).toBeGreaterThan(0);
			},
			patience,
		);

		it(
			"being told to unload: refused while it is used, clean when it is not, again and again under traffic",
			async () => {
				using cable = createVeth();
				using traffic = startTraffic(cable.far, 5000);
				const module = process.env.PFQ_MODULE ?? "";
				const end = Date.now() + seconds * 1000;
				let rounds = 0;
				for (; rounds < 2 || Date.now() < end; rounds++) {
					const open = openSync("/dev/pfq", "r+");
					expect(() => run("rmmod", ["pfq"])).toThrow("in use");
					closeSync(open);
					{
						using receiver = openReceiver(cable.device);
						expect(() => run("rmmod", ["pfq"])).toThrow("in use");
						await until("packets come", () => receiver.group.stats().recv > 0);
					}
					await until("nobody uses it", () => uses() === 0);
					run("rmmod", ["pfq"]);
					expect(existsSync("/dev/pfq")).toBe(false);
					run("insmod", [module, ...(process.env.PFQ_MODULE_PARAMETERS ?? "").split(" ").filter(Boolean)]);
				}
				expect(traffic.running()).toBe(true);
			},
			patience,
		);

		if (existsSync("/sys/kernel/debug/failslab"))
			it(
				"memory that cannot be had, at each allocation of each control operation",
				async () => {
					using cable = createVeth();
					using other = createVeth();
					using _ = startTraffic(cable.far, 500);
					const said = await abuse("faults", cable.device, other.device, images);
					process.stdout.write(said);
					expect(said).toMatch(/^leave: \d+ allocations$/m);
					await until("nobody uses it", () => uses() === 0);
				},
				patience,
			);
	});
