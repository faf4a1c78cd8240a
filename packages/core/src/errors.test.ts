// SPDX-License-Identifier: BSD-3-Clause
import { inspect } from "node:util";
import { mark, program, steerFlow, writeImage } from "@pfq/lang";
import { describe, expect, it } from "vitest";
import { PfqError } from "./errors.js";
import { Socket } from "./socket.js";

const failureOf = (action: () => unknown): PfqError => {
	try {
		action();
	} catch (error) {
		if (error instanceof PfqError) return error;
		throw error;
	}
	throw new Error("nothing was thrown");
};

/** Opens a socket in a group of its own, and gives the error of what is done with them. */
const failure = (action: (socket: Socket) => unknown): string => {
	using socket = Socket.open();
	const { code, message } = failureOf(() => action(socket));
	return `${code} ${message}`;
};

describe("an error", () => {
	it("has the stack of the caller", () => {
		const error = failureOf(() => Socket.open({ caplen: 0 }));
		expect(error.name).toBe("PfqError");
		expect(error.stack).toContain("errors.test.ts");
		expect(inspect(error)).toMatch(/^PfqError: rx queue: [\s\S]*\{\s*code: 'EINVAL'\s*\}$/);
	});

	it("tells which size is wrong", () => {
		expect(failure(() => Socket.open({ rxSlots: 0 }))).toMatchInlineSnapshot(
			`"EINVAL rx queue: 0 slots, must be 1 to 16777216"`,
		);
		expect(failure(() => Socket.open({ rxSlots: 2 ** 40 }))).toMatchInlineSnapshot(
			`"EINVAL rx queue: 1099511627776 slots, must be 1 to 16777216"`,
		);
		expect(failure(() => Socket.open({ caplen: 2 ** 40 }))).toMatchInlineSnapshot(
			`"EINVAL rx queue: 1099511627776 octets of a packet, must be 1 to 262144"`,
		);
		expect(failure(() => Socket.open({ caplen: 0 }))).toMatchInlineSnapshot(
			`"EINVAL rx queue: 0 octets of a packet, must be 1 to 262144"`,
		);
		expect(failure(() => Socket.open({ rxSlots: 1.5 }))).toMatchInlineSnapshot(
			`"EINVAL rxSlots: 1.5 is not a whole number of at least 0"`,
		);
		expect(failure(() => Socket.open({ caplen: -1 }))).toMatchInlineSnapshot(
			`"EINVAL caplen: -1 is not a whole number of at least 0"`,
		);
		expect(failure(() => Socket.open({ caplen: Number.NaN }))).toMatchInlineSnapshot(
			`"EINVAL caplen: NaN is not a whole number of at least 0"`,
		);
		expect(failure(() => Socket.open({ weight: 0 }))).toMatchInlineSnapshot(`"EINVAL weight 0: must be 1 to 1024"`);
		expect(failure(() => Socket.open({ weight: 1025 }))).toMatchInlineSnapshot(
			`"EINVAL weight 1025: must be 1 to 1024"`,
		);
	});

	it("tells which device is wrong, and how", () => {
		const bind = (device: string, queue?: number) =>
			failure((socket) => socket.joinGroup().bind(device, queue === undefined ? {} : { queue }));
		expect(bind("eth77").replace(/have: .*/, "have: …")).toMatchInlineSnapshot(
			`"ENODEV eth77: no such interface; have: …"`,
		);
		expect(bind("")).toMatchInlineSnapshot(`"EINVAL device: '' is not the name of a device"`);
		expect(bind("x".repeat(300))).toMatchInlineSnapshot(`"EINVAL device: a name has 1 to 255 characters"`);
		expect(bind("mem:")).toMatchInlineSnapshot(
			`"EINVAL mem:: a memory device is mem:NAME, the end of a cable mem:A=B; a name has 1 to 63 characters"`,
		);
		expect(bind("pcap:/nowhere/none.pcap")).toMatchInlineSnapshot(
			`"ENOENT /nowhere/none.pcap: No such file or directory"`,
		);
		expect(bind("pcap:/dev/null")).toMatchInlineSnapshot(
			`"EINVAL /dev/null: no capture file: truncated dump file; tried to read 4 file header bytes, only got 0"`,
		);
		expect(bind("pcap:/")).toMatchInlineSnapshot(`"EISDIR /: Is a directory"`);
		expect(bind("mem:a", -5)).toMatchInlineSnapshot(`"EINVAL queue: -5 is not a whole number of at least 0"`);
		expect(failure((socket) => socket.joinGroup().unbind("mem:a"))).toMatchInlineSnapshot(
			`"ENOENT mem:a: not bound to this group"`,
		);
		expect(failure((socket) => socket.deviceStats("mem:nowhere"))).toMatchInlineSnapshot(
			`"ENOENT mem:nowhere: not in use"`,
		);
		expect(failure((socket) => socket.bindTx("pcap:/dev/null"))).toMatchInlineSnapshot(
			`"ENOTSUP pcap:/dev/null: nothing can be sent to a capture file"`,
		);
	});

	it("tells which group is wrong", () => {
		expect(failure((socket) => socket.joinGroup({ gid: 256 }))).toMatchInlineSnapshot(
			`"EINVAL group 256: must be 0 to 255, or -1 for a free one"`,
		);
		expect(failure((socket) => socket.joinGroup({ gid: -2 }))).toMatchInlineSnapshot(
			`"EINVAL gid: -2 is not a whole number of at least -1"`,
		);
		expect(failure((socket) => socket.joinGroup({ classMask: 0n }))).toMatchInlineSnapshot(
			`"EINVAL group 0: a class mask of 0 gets nothing"`,
		);
		expect(
			failure((socket) => {
				const group = socket.joinGroup();
				group.leave();
				group.stats();
			}).replace(/\d+/g, "N"),
		).toMatchInlineSnapshot(`"ENOENT group N: there is none"`);
		expect(failure((socket) => socket.joinGroup({ policy: "open" as "shared" }))).toMatchInlineSnapshot(
			`"EINVAL policy: 'open' is none of private, restricted, shared"`,
		);
	});

	it("takes no number for another one that has fewer bits", () => {
		const huge = 2 ** 32;
		const refused = /^EINVAL .*(4294967296|4294967297|65542|256|70000)/;
		expect(failure((socket) => socket.joinGroup({ gid: huge }))).toMatch(refused);
		expect(failure((socket) => socket.joinGroup({ classMask: (1n << 64n) + 1n }))).toMatch(/^EINVAL classMask: 1844/);
		expect(failure((socket) => socket.joinGroup().bind("mem:narrow", { queue: huge }))).toMatch(refused);
		expect(failure((socket) => socket.bindTx("mem:narrow", { queue: huge }))).toMatch(refused);
		expect(failure((socket) => socket.bindTx("mem:narrow", { thread: huge }))).toMatch(refused);
		expect(failure(() => Socket.open({ weight: huge + 1 }))).toMatch(refused);
		expect(failure((socket) => socket.joinGroup().setVlanFilter(huge))).toMatch(refused);
		expect(failure((socket) => socket.flush(huge))).toMatch(refused);
		const pass = { code: 6, jt: 0, jf: 0, k: 1 };
		const filter = (...program: (typeof pass)[]) => failure((socket) => socket.joinGroup().setFilter(program));
		expect(filter({ ...pass, code: 65536 + 6 })).toMatch(refused);
		expect(filter({ ...pass, jt: 256 })).toMatch(refused);
		expect(filter({ ...pass, jf: 256 })).toMatch(refused);
		expect(filter({ ...pass, k: huge })).toMatch(refused);
		expect(filter(...new Array(70_000).fill(pass))).toMatch(refused);
	});

	it("tells what is called out of order", () => {
		expect(failure((socket) => socket.read())).toMatchInlineSnapshot(
			`"EBADF the socket is not enabled: call enable() first"`,
		);
		expect(
			failure((socket) => {
				socket.enable();
				socket.enable();
			}),
		).toMatchInlineSnapshot(`"EBUSY socket 0: enabled already"`);
		expect(failure((socket) => socket.send(new Uint8Array(60)))).toMatchInlineSnapshot(
			`"EBADF the socket is not enabled: call enable() first"`,
		);
		expect(
			failure((socket) => {
				const group = socket.joinGroup();
				socket.close();
				group.bind("mem:a");
			}),
		).toMatchInlineSnapshot(`"EBADF the socket is closed"`);
	});

	it("tells what is wrong with a VLAN id", () => {
		expect(failure((socket) => socket.joinGroup().setVlanFilter(5))).toMatchInlineSnapshot(
			`"EINVAL group 0: switch its VLAN filter on first"`,
		);
		expect(
			failure((socket) => {
				const group = socket.joinGroup();
				group.enableVlanFilter(true);
				group.setVlanFilter(5000);
			}),
		).toMatchInlineSnapshot(`"EINVAL VLAN id 5000: must be 0 to 4094, or -1 for any"`);
	});

	it("has the compiler's message and the place, of a program that is none", () => {
		using socket = Socket.open();
		const error = failureOf(() => socket.joinGroup().setComputation("main = upd", { file: "web.pfq" }));
		expect(error.code).toBe("EINVAL");
		expect(error.place).toEqual({ file: "web.pfq", line: 1, column: 8 });
		expect(error.message).toMatchInlineSnapshot(`
			"web.pfq:1:8: error: nothing is called \`upd\`
			 1 | main = upd
			   |        ^^^
			   = hint: did you mean \`udp\`?"
		`);
	});

	it("has the node and its place, of a program that the engine refuses", () => {
		using socket = Socket.open();
		const error = failureOf(() =>
			socket.joinGroup().setComputation('main = mark 1 >->\n  forward "eth77"', { file: "f.pfq" }),
		);
		expect(error.node).toBe(1);
		expect(error.symbol).toBe("forward");
		expect(error.place).toEqual({ file: "f.pfq", line: 2, column: 3 });
		expect(error.message.replace(/have: .*/, "have: …")).toMatchInlineSnapshot(
			`"f.pfq:2:3: eth77: no such interface; have: …"`,
		);
	});

	it("says so of an image of which any octet was changed", () => {
		using socket = Socket.open();
		const group = socket.joinGroup();
		const image = writeImage(program(mark(1), steerFlow).computation);
		group.setComputation(image);
		for (let at = 0; at < image.length; at++) {
			const changed = image.slice();
			changed[at] = (changed[at] ?? 0) ^ 0x11;
			expect(failureOf(() => group.setComputation(changed)).code).toBe("EINVAL");
		}
		expect(failureOf(() => group.setComputation(image.subarray(0, 40))).code).toBe("EINVAL");
		expect(failureOf(() => group.setComputation(new Uint8Array(1))).code).toBe("EINVAL");
	});
});
