// SPDX-License-Identifier: BSD-3-Clause
// Who may share what: processes, users, namespaces. On the user host each process has an engine of its own, so there this is of pfq.ko alone.
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Socket } from "@pfq/core";
import { compile, writeImage } from "@pfq/lang";
import { afterEach, describe, expect, it } from "vitest";
import { createVeth } from "./cable.js";
import { arrived, ip, onKernel, run, until } from "./host.js";
import { startMember } from "./member.js";
import { flows } from "./packets.js";
import { openMembers, receive } from "./receiver.js";

describe("groups of one process", () => {
	it("are as private as they say", () => {
		using first = Socket.open();
		using second = Socket.open();
		const own = first.joinGroup({ policy: "private" });
		expect(() => second.joinGroup({ gid: own.id, policy: "private" })).toThrow(
			expect.objectContaining({ code: "EPERM" }),
		);
		const restricted = first.joinGroup({ policy: "restricted" });
		expect(second.joinGroup({ gid: restricted.id, policy: "restricted" }).id).toBe(restricted.id);
	});
});

const imageFile = (source: string): string => {
	const folder = mkdtempSync("/tmp/pfq-image-");
	chmodSync(folder, 0o755);
	const file = join(folder, "image");
	const { computation } = compile(source);
	if (!computation) throw new Error(`does not compile: ${source}`);
	writeFileSync(file, writeImage(computation));
	return file;
};

if (onKernel) {
	describe("groups of several processes", () => {
		it("are shared if all say so, and steer to all", async () => {
			using cable = createVeth();
			using members = openMembers(cable.device, [{}]);
			members.group.setComputation("main = steer_flow");
			const other = await startMember({ gid: members.group.id });
			cable.send(...flows(200));
			await until("all is delivered", () => members.group.stats().recv === 200);
			const theirs = await other.end();
			const [socket] = members.sockets;
			if (!socket) throw new Error("no socket");
			expect((await receive({ socket }, 200 - theirs)).length).toBe(200 - theirs);
			expect(theirs).toBeGreaterThan(50);
			expect(theirs).toBeLessThan(150);
		});

		it("are refused to other processes if they are restricted or private", async () => {
			using socket = Socket.open();
			for (const policy of ["restricted", "private"] as const) {
				const group = socket.joinGroup({ policy });
				for (const theirs of ["private", "restricted", "shared"] as const)
					await expect(startMember({ gid: group.id, policy: theirs })).rejects.toThrow(`group ${group.id}:`);
			}
		});
	});

	describe("a user without privileges", () => {
		afterEach(() => chmodSync("/dev/pfq", 0o660));

		it("may not open the device node, unless its mode says so", async () => {
			await expect(startMember({ asNobody: true })).rejects.toThrow(/\/dev\/pfq|CAP_NET_RAW/);
			chmodSync("/dev/pfq", 0o666);
			const member = await startMember({ asNobody: true });
			await member.end();
		});

		it("may capture and steer, and share a group with others who share it", async () => {
			chmodSync("/dev/pfq", 0o666);
			using cable = createVeth();
			const member = await startMember({
				asNobody: true,
				device: cable.device,
				image: imageFile("main = udp >-> mark 3"),
			});
			using socket = Socket.open();
			const group = socket.joinGroup({ gid: member.gid });
			socket.enable();
			cable.send(...flows(5));
			expect((await receive({ socket }, 5)).map(({ mark }) => mark)).toEqual([3, 3, 3, 3, 3]);
			await until("both have it", () => group.stats().recv === 10);
			expect(await member.end()).toBe(5);
		});

		it("may not transmit, nor forward", async () => {
			chmodSync("/dev/pfq", 0o666);
			using cable = createVeth();
			await expect(startMember({ asNobody: true, txDevice: cable.device })).rejects.toThrow("CAP_NET_ADMIN");
			for (const program of [
				`forward "${cable.device}"`,
				`bridge "${cable.device}"`,
				`tee "${cable.device}" is_ip`,
				"kernel",
				"detour",
			])
				await expect(startMember({ asNobody: true, image: imageFile(`main = ${program}`) })).rejects.toThrow(
					"CAP_NET_ADMIN",
				);
		});
	});

	describe("network namespaces", () => {
		it("see their own devices and groups, and none else", async () => {
			using cable = createVeth();
			using members = openMembers(cable.device, [{}]);
			ip("netns add apart");
			try {
				await expect(startMember({ namespace: "apart", device: cable.device })).rejects.toThrow(
					`${cable.device}: no such device in this network namespace`,
				);
				const apart = await startMember({ namespace: "apart", gid: members.group.id, policy: "private" });
				expect(apart.gid).toBe(members.group.id);
				await apart.end();
			} finally {
				ip("netns delete apart");
			}
		});

		it("end while sockets are in them, and with traffic on their devices", async () => {
			for (let round = 0; round < 3; round++) {
				using cable = createVeth();
				ip("netns add ending", `link set ${cable.device} netns ending`);
				run("ip", ["-n", "ending", "link", "set", cable.device, "up"]);
				const member = await startMember({ namespace: "ending", device: cable.device });
				cable.send(...flows(10));
				ip("netns delete ending");
				await arrived();
				if (round === 0) expect(await member.end()).toBe(10);
				else await member.kill();
			}
		});
	});
}
