// SPDX-License-Identifier: BSD-3-Clause
// Calls out of order, and arguments that no compiler has seen: each is refused by the error that the README tells of, and
// nothing crashes or hangs.
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";
import { MessageChannel, Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { PfqError } from "./errors.js";
import { setLogger, symmetricHash } from "./functions.js";
import type { Group } from "./group.js";
import { udpPacket } from "./packets.test-support.js";
import { Socket } from "./socket.js";

interface Place {
	readonly socket: Socket;
	readonly group: Group;
	readonly device: string;
}

const device = "mem:misuse";

const states: Readonly<Record<string, (place: Place) => void>> = {
	open: () => {},
	enabled: ({ socket }) => socket.enable(),
	disabled({ socket }) {
		socket.enable();
		socket.disable();
	},
	closed: ({ socket }) => socket.close(),
};

/** A socket in a group, bound to a device and with a Tx queue of each kind. */
const inState = (state: string): Place & Disposable => {
	const socket = Socket.open({ rxSlots: 16, txSlots: 16 });
	const group = socket.joinGroup({ policy: "private" });
	group.bind(device);
	socket.bindTx(device);
	socket.bindTx(device, { thread: 0 });
	const place = { socket, group, device };
	states[state]?.(place);
	return { ...place, [Symbol.dispose]: () => socket.close() };
};

/** "ok", or the code of the error. */
const outcome = async (action: () => unknown): Promise<string> => {
	try {
		await action();
		return "ok";
	} catch (error) {
		if (!(error instanceof PfqError)) throw error;
		// one line, but of the compiler's
		expect(error.message).toMatch(error.place ? /^\S.+/ : /^\S.+$/);
		return error.code;
	}
};

const packet = udpPacket();
const once = async (batches: AsyncGenerator): Promise<void> => {
	await Promise.race([batches.next(), pause(5)]);
	await Promise.race([batches.return(undefined), pause(5)]);
};

/** What each call gives on a socket that is: open, enabled, disabled, closed. */
const calls: readonly (readonly [string, (place: Place) => unknown, string, string, string, string])[] = [
	["id", ({ socket }) => socket.id, "ok", "ok", "ok", "EBADF"],
	["host", ({ socket }) => socket.host, "ok", "ok", "ok", "EBADF"],
	["caplen", ({ socket }) => Object.assign(socket, { caplen: 64 }), "ok", "EBUSY", "ok", "EBADF"],
	["rxSlots", ({ socket }) => Object.assign(socket, { rxSlots: 64 }), "ok", "EBUSY", "ok", "EBADF"],
	["rxSlotSize", ({ socket }) => socket.rxSlotSize, "ok", "ok", "ok", "EBADF"],
	["xmitlen", ({ socket }) => Object.assign(socket, { xmitlen: 64 }), "ok", "EBUSY", "ok", "EBADF"],
	["txSlots", ({ socket }) => Object.assign(socket, { txSlots: 64 }), "ok", "EBUSY", "ok", "EBADF"],
	["txSlotSize", ({ socket }) => socket.txSlotSize, "ok", "ok", "ok", "EBADF"],
	["memorySize", ({ socket }) => socket.memorySize, "EBADF", "ok", "EBADF", "EBADF"],
	["weight", ({ socket }) => Object.assign(socket, { weight: 2 }), "ok", "ok", "ok", "EBADF"],
	["timestamping", ({ socket }) => Object.assign(socket, { timestamping: false }), "ok", "ok", "ok", "EBADF"],
	["enabled", ({ socket }) => socket.enabled, "ok", "ok", "ok", "ok"],
	["closed", ({ socket }) => socket.closed, "ok", "ok", "ok", "ok"],
	["joinGroup", ({ socket }) => socket.joinGroup(), "ok", "ok", "ok", "EBADF"],
	["groups", ({ socket }) => socket.groups, "ok", "ok", "ok", "EBADF"],
	["hasGroup", ({ socket }) => socket.hasGroup(5), "ok", "ok", "ok", "EBADF"],
	["enable", ({ socket }) => socket.enable(), "ok", "EBUSY", "ok", "EBADF"],
	["disable", ({ socket }) => socket.disable(), "ok", "ok", "ok", "EBADF"],
	["close", ({ socket }) => socket.close(), "ok", "ok", "ok", "ok"],
	["read", ({ socket }) => socket.read(), "EBADF", "ok", "EBADF", "EBADF"],
	["readable", ({ socket }) => Promise.race([socket.readable(), pause(5)]), "ok", "ok", "ok", "ok"],
	["batches", ({ socket }) => once(socket.batches()), "EBADF", "ok", "EBADF", "EBADF"],
	["stats", ({ socket }) => socket.stats(), "ok", "ok", "ok", "EBADF"],
	["deviceStats", ({ socket }) => socket.deviceStats(device), "ok", "ok", "ok", "EBADF"],
	["deviceIndex", ({ socket }) => socket.deviceIndex(device), "ok", "ok", "ok", "EBADF"],
	["setPromiscuous", ({ socket }) => socket.setPromiscuous("lo", false), "ok", "ok", "ok", "EBADF"],
	["bindTx", ({ socket }) => socket.bindTx(device), "ok", "EBUSY", "ok", "EBADF"],
	["unbindTx", ({ socket }) => socket.unbindTx(), "ok", "EBUSY", "ok", "EBADF"],
	["bindEgress", ({ socket }) => socket.bindEgress(device), "ok", "ok", "ok", "EBADF"],
	["unbindEgress", ({ socket }) => socket.unbindEgress(), "ok", "ok", "ok", "EBADF"],
	["send", ({ socket }) => socket.send(packet), "EBADF", "ok", "EBADF", "EBADF"],
	["sendAsync", ({ socket }) => socket.sendAsync(packet), "EBADF", "ok", "EBADF", "EBADF"],
	["pending", ({ socket }) => socket.pending(), "EBADF", "ok", "EBADF", "EBADF"],
	["flush", ({ socket }) => socket.flush(), "EBADF", "ok", "EBADF", "EBADF"],
	["group.id", ({ group }) => group.id, "ok", "ok", "ok", "ok"],
	["group.setComputation", ({ group }) => group.setComputation("main = ip"), "ok", "ok", "ok", "EBADF"],
	[
		"group.setComputationFromFile",
		({ group }) => group.setComputationFromFile("/none"),
		"ENOENT",
		"ENOENT",
		"ENOENT",
		"ENOENT",
	],
	["group.bind", ({ group }) => group.bind("mem:other"), "ok", "ok", "ok", "EBADF"],
	["group.unbind", ({ group }) => group.unbind(device), "ok", "ok", "ok", "EBADF"],
	["group.setFilter", ({ group }) => group.setFilter("ip"), "ok", "ok", "ok", "EBADF"],
	["group.enableVlanFilter", ({ group }) => group.enableVlanFilter(true), "ok", "ok", "ok", "EBADF"],
	["group.setVlanFilter", ({ group }) => group.setVlanFilter(5), "EINVAL", "EINVAL", "EINVAL", "EBADF"],
	["group.resetVlanFilter", ({ group }) => group.resetVlanFilter(5), "EINVAL", "EINVAL", "EINVAL", "EBADF"],
	["group.stats", ({ group }) => group.stats(), "ok", "ok", "ok", "EBADF"],
	["group.counters", ({ group }) => group.counters(), "ok", "ok", "ok", "EBADF"],
	["group.leave", ({ group }) => group.leave(), "ok", "ok", "ok", "EBADF"],
];

describe("each call, out of order", () => {
	it.each(calls)("%s", async (_, call, ...wanted) => {
		const found: string[] = [];
		for (const state of Object.keys(states)) {
			using place = inState(state);
			found.push(await outcome(() => call(place)));
		}
		expect(found).toEqual(wanted);
	});

	it("is in the table", () => {
		using place = inState("open");
		const members = [
			...Object.getOwnPropertyNames(Socket.prototype).filter((name) => name !== "constructor"),
			...Object.keys(place.group).map((name) => `group.${name}`),
		];
		expect(calls.map(([name]) => name).sort()).toEqual(members.sort());
	});

	it.each(calls.filter(([name]) => /^group\.(?!id|setComputationFromFile|leave)/.test(name)))(
		"%s, of a group that was left",
		async (_, call) => {
			using place = inState("open");
			place.group.leave();
			expect(["ENOENT", "EPERM"]).toContain(await outcome(() => call(place)));
		},
	);
});

const noOptions = [null, 5, "text", true, 5n, Symbol("options")];
const noNumbers = [
	Number.NaN,
	Number.POSITIVE_INFINITY,
	-2,
	1.5,
	2 ** 53,
	"5",
	"",
	null,
	{},
	[],
	[5],
	true,
	5n,
	Symbol("n"),
];
const noSizes = [...noNumbers, 0, 2 ** 53 - 1];
const noFlags = [0, 1, "true", null, {}, 5n, Symbol("flag")];
const noDevices = ["", "mem:a\0b", 5, null, undefined, {}, ["mem:a"], 5n, Symbol("device"), Object.create(null)];
const noOctets = [
	"text",
	5,
	null,
	undefined,
	{},
	[1, 2],
	new ArrayBuffer(60),
	new Uint16Array(30),
	new DataView(packet.buffer),
];
const noTexts = [5, null, {}, "a\0b", Symbol("text")];
const noSignals = [null, 5, "abort", {}, new AbortController()];
const circular: Record<string, unknown> = {};
circular.nodes = [circular];

const sizes = ["caplen", "rxSlots", "xmitlen", "txSlots", "weight"] as const;

/** What each parameter does not take. */
const parameters: readonly (readonly [string, readonly unknown[], (place: Place, value: never) => unknown])[] = [
	["Socket.open", noOptions, (_, value) => Socket.open(value)],
	...sizes.map(
		(name) => [`Socket.open: ${name}`, noSizes, (_: Place, value: never) => Socket.open({ [name]: value })] as const,
	),
	...sizes.map(
		(name) => [name, noNumbers, ({ socket }: Place, value: never) => Object.assign(socket, { [name]: value })] as const,
	),
	["Socket.open: timestamping", noFlags, (_, value) => Socket.open({ timestamping: value })],
	["timestamping", noFlags, ({ socket }, value) => Object.assign(socket, { timestamping: value })],
	["joinGroup", noOptions, ({ socket }, value) => socket.joinGroup(value)],
	["joinGroup: gid", [...noNumbers, 256, 2 ** 53 - 1], ({ socket }, value) => socket.joinGroup({ gid: value })],
	[
		"joinGroup: policy",
		["", "open", "toString", 5, null, {}, Symbol("p")],
		({ socket }, value) => socket.joinGroup({ policy: value }),
	],
	[
		"joinGroup: classMask",
		[0n, -1n, 1n << 64n, 1, "1", null, {}],
		({ socket }, value) => socket.joinGroup({ classMask: value }),
	],
	["hasGroup", [...noNumbers, undefined], ({ socket }, value) => socket.hasGroup(value)],
	["readable", noOptions, ({ socket }, value) => socket.readable(value)],
	["readable: signal", noSignals, ({ socket }, value) => socket.readable({ signal: value })],
	["batches", noOptions, ({ socket }, value) => socket.batches(value).next()],
	["batches: signal", noSignals, ({ socket }, value) => socket.batches({ signal: value }).next()],
	[
		"batches: endOf",
		noDevices.filter((each) => each !== undefined),
		({ socket }, value) => socket.batches({ endOf: value }).next(),
	],
	["deviceStats", noDevices, ({ socket }, value) => socket.deviceStats(value)],
	["deviceIndex", noDevices, ({ socket }, value) => socket.deviceIndex(value)],
	["setPromiscuous", noDevices, ({ socket }, value) => socket.setPromiscuous(value, true)],
	["setPromiscuous: on", [...noFlags, undefined], ({ socket }, value) => socket.setPromiscuous("lo", value)],
	["bindTx", noDevices, ({ socket }, value) => socket.bindTx(value)],
	["bindTx: options", noOptions, ({ socket }, value) => socket.bindTx(device, value)],
	["bindTx: queue", noNumbers, ({ socket }, value) => socket.bindTx(device, { queue: value })],
	["bindTx: thread", [...noNumbers, "none"], ({ socket }, value) => socket.bindTx(device, { thread: value })],
	["bindEgress", noDevices, ({ socket }, value) => socket.bindEgress(value)],
	["bindEgress: options", noOptions, ({ socket }, value) => socket.bindEgress(device, value)],
	["bindEgress: queue", noNumbers, ({ socket }, value) => socket.bindEgress(device, { queue: value })],
	["send", noOctets, ({ socket }, value) => socket.send(value)],
	["send: options", noOptions, ({ socket }, value) => socket.send(packet, value)],
	[
		"send: copies",
		[...noNumbers, 0, 65537, 2 ** 53 - 1],
		({ socket }, value) => socket.send(packet, { copies: value }),
	],
	["send: sync", [...noNumbers, 2 ** 31], ({ socket }, value) => socket.send(packet, { sync: value })],
	["sendAsync", noOctets, ({ socket }, value) => socket.sendAsync(value)],
	["sendAsync: options", noOptions, ({ socket }, value) => socket.sendAsync(packet, value)],
	["sendAsync: copies", [...noNumbers, 0, 65537], ({ socket }, value) => socket.sendAsync(packet, { copies: value })],
	[
		"sendAsync: queue",
		[...noNumbers, 1, 4, 2 ** 31 - 1],
		({ socket }, value) => socket.sendAsync(packet, { queue: value }),
	],
	["sendAsync: at", [-1n, 1n << 64n, 1, "1", null, {}], ({ socket }, value) => socket.sendAsync(packet, { at: value })],
	["pending", [...noNumbers, 1, 2 ** 31 - 1], ({ socket }, value) => socket.pending(value)],
	["flush", [...noNumbers, 1, 2 ** 31 - 1], ({ socket }, value) => socket.flush(value)],
	["group.bind", noDevices, ({ group }, value) => group.bind(value)],
	["group.bind: options", noOptions, ({ group }, value) => group.bind(device, value)],
	["group.bind: queue", noNumbers, ({ group }, value) => group.bind(device, { queue: value })],
	["group.unbind", noDevices, ({ group }, value) => group.unbind(value)],
	["group.unbind: queue", noNumbers, ({ group }, value) => group.unbind(device, { queue: value })],
	[
		"group.setComputation",
		[
			undefined,
			5,
			true,
			{},
			[],
			"",
			"main",
			"[",
			"[{}]",
			"(".repeat(100_000),
			{ nodes: 5 },
			{ nodes: [] },
			{ nodes: [null] },
			circular,
			{ computation: null },
			{ computation: 5 },
			new Uint8Array(),
			new Uint8Array(3),
			new Uint8Array(2 ** 20),
			Symbol("c"),
			() => {},
		],
		({ group }, value) => group.setComputation(value),
	],
	["group.setComputation: options", noOptions, ({ group }, value) => group.setComputation("main = ip", value)],
	["group.setComputation: file", noTexts, ({ group }, value) => group.setComputation("main = ip", { file: value })],
	[
		"group.setComputation: modules",
		[5, "x", {}],
		({ group }, value) => group.setComputation("import A\nmain = ip", { modules: value }),
	],
	["group.setComputationFromFile", [...noTexts, undefined], ({ group }, value) => group.setComputationFromFile(value)],
	[
		"group.setFilter",
		[
			undefined,
			5,
			true,
			{},
			"ip\0",
			"no such filter",
			"(".repeat(100_000),
			[],
			[null],
			[5],
			[{}],
			[{ code: 6, jt: 0, jf: 0 }],
			new Array(5000).fill({ code: 6, jt: 0, jf: 0, k: 0 }),
			[{ code: 0xffff, jt: 0, jf: 0, k: 0 }],
		],
		({ group }, value) => group.setFilter(value),
	],
	["group.enableVlanFilter", [...noFlags, undefined], ({ group }, value) => group.enableVlanFilter(value)],
	["group.setVlanFilter", [...noNumbers, 4095, 2 ** 31 - 1], ({ group }, value) => group.setVlanFilter(value)],
	["group.resetVlanFilter", [...noNumbers, 4095], ({ group }, value) => group.resetVlanFilter(value)],
	["setLogger", [undefined, 5, "log", {}, []], (_, value) => setLogger(value)],
	["symmetricHash", noOctets, (_, value) => symmetricHash(value)],
];

describe("each parameter, given what it does not take", () => {
	it.each(parameters)("%s", async (_, values, call) => {
		using place = inState("enabled");
		place.group.enableVlanFilter(true);
		const taken: unknown[] = [];
		for (const value of values) {
			const found = await outcome(() => call(place, value as never));
			if (found !== "EINVAL") taken.push([inspect(value, { depth: 0 }), found]);
		}
		expect(taken).toEqual([]);
		place.group.enableVlanFilter(false);
		place.socket.send(packet);
		expect(place.socket.read()?.length).toBe(1);
	});
});

describe("each size of a socket that is not enabled, set to what it does not take", () => {
	it.each(sizes)("%s", async (name) => {
		using socket = Socket.open();
		const before = socket[name];
		for (const value of noSizes) expect(await outcome(() => Object.assign(socket, { [name]: value }))).toBe("EINVAL");
		expect(socket[name]).toBe(before);
	});
});

/** What may be done to a socket while it is being used. */
const interruptions: readonly (readonly [string, (place: Place) => unknown])[] = [
	["close", ({ socket }) => socket.close()],
	["disable", ({ socket }) => socket.disable()],
	[
		"disable and enable",
		({ socket }) => {
			socket.disable();
			socket.enable();
		},
	],
	["read", ({ socket }) => socket.read()],
	["read, without an end", ({ socket }) => Array.from({ length: 50 }, () => socket.read())],
	["leave the group", ({ group }) => group.leave()],
	["unbind the device", ({ group }) => group.unbind(device)],
	["set another computation", ({ group }) => group.setComputation("main = drop")],
	["send", ({ socket }) => socket.send(packet)],
	["release what is not there", ({ socket }) => socket.read()?.release()],
];

const receiving = (): Place & Disposable => {
	const place = inState("enabled");
	place.socket.send(packet, { copies: 3 });
	return place;
};

describe("a socket, used from within what it calls", () => {
	afterEach(() => setLogger(null));

	it.each(interruptions)("%s, between two packets of a batch", (_, interrupt) => {
		using place = receiving();
		const batch = place.socket.read();
		const codes = new Set<string>();
		let packets = 0;
		try {
			for (const { length, data } of batch ?? []) {
				if (packets++ === 0) interrupt(place);
				expect(length).toBe(60);
				expect(data.length).toBeLessThanOrEqual(60);
			}
		} catch (error) {
			codes.add((error as PfqError).code);
		}
		expect(packets).toBeGreaterThan(0);
		expect(["", "ESTALE"]).toContain([...codes].join());
	});

	it.each(interruptions)("%s, in the body of an asynchronous loop", async (_, interrupt) => {
		using place = receiving();
		let batches = 0;
		const signal = AbortSignal.timeout(200);
		const end = outcome(async () => {
			try {
				for await (const batch of place.socket.batches({ signal })) {
					if (batches++ < 3) interrupt(place);
					batch.release();
				}
			} catch (error) {
				if (error !== signal.reason) throw error;
			}
		});
		expect(await end).toBe("ok");
		expect(batches).toBeGreaterThan(0);
	});

	it.each(interruptions)("%s, when the signal of one who waits aborts", async (_, interrupt) => {
		using place = inState("enabled");
		const controller = new AbortController();
		controller.signal.addEventListener("abort", () => interrupt(place));
		const waiting = place.socket.readable({ signal: controller.signal });
		await pause(5);
		controller.abort(new Error("enough"));
		const end = await Promise.race([waiting, pause(2000, "hangs")]).catch(({ message }) => message);
		// false where the socket was disabled first
		expect(["enough", false]).toContain(end);
	});

	it.each(interruptions)("%s, by the logger", async (_, interrupt) => {
		using place = inState("enabled");
		place.group.setComputation('main = log_msg "here"');
		const heard = new Promise<string>((resolve) => {
			setLogger((line) => {
				setLogger(null);
				interrupt(place);
				resolve(line);
			});
		});
		place.socket.send(packet);
		expect(await heard).toContain("here");
	});

	it("may be closed by one who waits, and by the next", async () => {
		using place = inState("enabled");
		const closing = place.socket.readable().then((packets) => {
			place.socket.close();
			return packets;
		});
		place.socket.send(packet);
		expect(await closing).toBe(true);
		expect(await place.socket.readable()).toBe(false);
	});
});

describe("octets that others can change", () => {
	it("are refused where they are gone, or are no packet", () => {
		using place = inState("enabled");
		const octets = packet.slice();
		structuredClone(octets.buffer, { transfer: [octets.buffer] });
		for (const length of [0, 1515, 2 ** 20])
			expect(() => place.socket.send(new Uint8Array(length))).toThrow(expect.objectContaining({ code: "EMSGSIZE" }));
		expect(() => place.socket.send(octets)).toThrow(expect.objectContaining({ code: "EMSGSIZE" }));
		expect(() => place.socket.sendAsync(octets)).toThrow(expect.objectContaining({ code: "EMSGSIZE" }));
	});

	it("are taken as they are at the time of the call", () => {
		using place = inState("enabled");
		const shared = new Uint8Array(new SharedArrayBuffer(60));
		shared.set(packet);
		place.socket.send(shared, { sync: 0 });
		shared.fill(0xff);
		place.socket.flush();
		expect(place.socket.read()?.data(0)).toEqual(Buffer.from(packet));
	});

	it("are a batch's alone: they cannot be handed to another thread", () => {
		using place = receiving();
		const batch = place.socket.read();
		const data = batch?.data(0) ?? Buffer.alloc(0);
		const { port1, port2 } = new MessageChannel();
		try {
			port1.postMessage(data.buffer, [data.buffer as ArrayBuffer]);
		} catch (error) {
			expect((error as Error).name).toBe("DataCloneError");
		}
		port1.close();
		port2.close();
		expect(batch?.data(1).length).toBe(60);
		batch?.release();
		expect(data.length).toBe(0);
	});
});

describe("two worker threads", () => {
	/** Opens, joins, binds, sends, reads and closes, over and over, each in its own order, and takes what errors there are. */
	const busy = `
		import { parentPort, workerData } from "node:worker_threads";
		const { PfqError, Socket } = await import(workerData.core);
		let random = workerData.seed;
		const dice = (sides) => {
			random = (Math.imul(random, 1103515245) + 12345) >>> 0;
			return Math.floor((random / 2 ** 32) * sides);
		};
		const codes = new Set();
		for (let round = 0; round < 60; round++) {
			const socket = Socket.open({ rxSlots: 64, txSlots: 16 });
			let group;
			const actions = [
				() => (group = socket.joinGroup({ gid: 200 + dice(2), policy: ["private", "restricted", "shared"][dice(3)] })),
				() => group?.bind(workerData.device),
				() => group?.unbind(workerData.device),
				() => group?.setComputation(dice(2) ? "main = steer_flow" : null),
				() => group?.leave(),
				() => group?.stats(),
				() => socket.bindTx(workerData.device),
				() => socket.enable(),
				() => socket.disable(),
				() => socket.send(new Uint8Array(60), { copies: 100 }),
				() => { for (const packet of socket.read() ?? []) packet.data; },
				() => socket.readable({ signal: AbortSignal.abort() }).catch(() => {}),
			];
			for (let count = 0; count < 40; count++)
				try {
					await actions[dice(actions.length)]();
				} catch (error) {
					if (!(error instanceof PfqError)) throw error;
					codes.add(error.code);
				}
			if (dice(2)) socket.close();
		}
		parentPort.postMessage([...codes]);
	`;

	it("may do all at once to the same group and device", async () => {
		const core = new URL("../dist/index.js", import.meta.url).href;
		const url = new URL(`data:text/javascript,${encodeURIComponent(busy)}`);
		const workers = [1, 2].map((seed) => new Worker(url, { workerData: { core, seed, device: "mem:fought-over" } }));
		const codes = await Promise.all(
			workers.map(
				(worker) =>
					new Promise<string[]>((resolve, reject) => {
						worker.once("message", resolve);
						worker.once("error", reject);
					}),
			),
		);
		for (const each of codes) expect(each).toContain("EBADF");
		await Promise.all(workers.map((worker) => worker.terminate()));
	});

	it("cannot share a socket", () => {
		using place = inState("enabled");
		const copy = structuredClone(place.socket) as Socket;
		expect(() => copy.read()).toThrow(TypeError);
		expect(() => structuredClone(place.group)).toThrow(/could not be cloned/);
		expect(() => Socket.prototype.read.call({} as Socket)).toThrow(TypeError);
	});
});
