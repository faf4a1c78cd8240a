// SPDX-License-Identifier: BSD-3-Clause
// An interface whose packets PFQ takes before the host's stack, which gets what the program gives it. Of pfq.ko alone.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Socket as Connection, connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { type Cable, createVeth } from "./cable.js";
import { ip, onKernel, run, until } from "./host.js";
import { datagram } from "./packets.js";
import { openReceiver } from "./receiver.js";

interface Peer extends Disposable {
	readonly here: string;
	readonly there: string;
	spawn(command: string, ...args: string[]): ChildProcess;
}

/** The far end of the cable in a namespace of its own, with addresses on both ends. */
const createPeer = (cable: Cable): Peer => {
	const [here, there] = ["10.9.0.1", "10.9.0.2"];
	ip("netns add peer");
	run("ip", ["netns", "exec", "peer", "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"]); // it says nothing unasked
	ip(
		`link set ${cable.far} netns peer`,
		`link set ${cable.device} arp on`,
		`address add ${here}/24 dev ${cable.device}`,
	);
	run(
		"ip",
		["-n", "peer", "-batch", "-"],
		`address add ${there}/24 dev ${cable.far}\nlink set ${cable.far} arp on up\n`,
	);
	return {
		here,
		there,
		spawn: (command, ...args) =>
			spawn("ip", ["netns", "exec", "peer", command, ...args], { stdio: ["pipe", "pipe", "inherit"] }),
		[Symbol.dispose]: () => run("ip", ["netns", "delete", "peer"]),
	};
};

/** Has the peer connect, say something long, and hear it again. */
const converse = async (peer: Peer): Promise<void> => {
	const said = "what goes out comes back\n".repeat(2000);
	const server = createServer((connection: Connection) => connection.pipe(connection));
	await new Promise<void>((resolve) => server.listen(7000, peer.here, resolve));
	try {
		const client = peer.spawn("busybox", "nc", "-w", "60", peer.here, "7000");
		let heard = "";
		client.stdout?.setEncoding("utf8").on("data", (text: string) => {
			heard += text;
			if (heard.length === said.length) client.kill();
		});
		client.stdin?.on("error", () => {}).write(said);
		await once(client, "close");
		expect(heard === said).toBe(true);
	} finally {
		server.close();
	}
};

/** Resolves to whether the peer's answer came to a connection from here, within so many milliseconds. */
const reaches = (address: string, timeout = 2000): Promise<boolean> =>
	new Promise((resolve) => {
		const connection = connect({ host: address, port: 7001, timeout });
		connection.once("error", () => resolve(true)); // refused: the answer has come through
		connection.once("timeout", () => {
			connection.destroy();
			resolve(false);
		});
	});

if (onKernel)
	describe("a diverted interface", () => {
		it("keeps everything from the host but what the program gives it; a TCP connection lives on `kernel`", async () => {
			using cable = createVeth();
			using peer = createPeer(cable);
			expect(await reaches(peer.there, 60_000)).toBe(true);
			using receiver = openReceiver(`divert:${cable.device}`, { rxSlots: 65_536 });
			receiver.group.setComputation("main = unit");
			expect(await reaches(peer.there)).toBe(false);
			receiver.group.setComputation("main = kernel");
			await converse(peer);
			const { recv, kern } = receiver.group.stats();
			expect(kern).toBeGreaterThan(10);
			expect(recv).toBeGreaterThanOrEqual(kern);
		});

		it("gives the host what `detour` takes from the sockets", async () => {
			using cable = createVeth();
			using peer = createPeer(cable);
			using receiver = openReceiver(`divert:${cable.device}`, {
				program: "main = detour_if (is_l3_proto 0x0806) >-> detour_if is_tcp >-> mark 9",
			});
			await converse(peer);
			const { kern, recv } = receiver.group.stats();
			expect(kern).toBeGreaterThan(10);
			expect(recv).toBe(0);
		});

		it("is the host's again when it is unbound, and when the socket is closed", async () => {
			using cable = createVeth();
			using peer = createPeer(cable);
			{
				using receiver = openReceiver(`divert:${cable.device}`);
				receiver.group.setComputation("main = drop");
				expect(await reaches(peer.there)).toBe(false);
				receiver.group.unbind(`divert:${cable.device}`);
				await converse(peer);
				receiver.group.bind(`divert:${cable.device}`);
				expect(await reaches(peer.there)).toBe(false);
			}
			await converse(peer);
		});

		it("is refused where something else takes its packets, by name", () => {
			using cable = createVeth();
			ip("link add bridge0 type bridge", `link set ${cable.device} master bridge0`);
			try {
				expect(() => openReceiver(`divert:${cable.device}`)).toThrow(cable.device);
			} finally {
				ip("link delete bridge0");
			}
			using receiver = openReceiver(`divert:${cable.device}`);
			cable.send(datagram());
			expect(receiver.group.id).toBeGreaterThanOrEqual(0);
		});

		it("may vanish", async () => {
			using cable = createVeth();
			using receiver = openReceiver(`divert:${cable.device}`);
			receiver.group.setComputation("main = detour");
			cable.send(datagram());
			await until("it was received", () => receiver.group.stats().kern === 1);
			ip(`link delete ${cable.device}`);
			await until("it has failed", () => receiver.socket.deviceStats(`divert:${cable.device}`).state === "failed");
		});
	});
else
	describe("a diverted interface", () => {
		it("is refused by the user host, which says what has it", () => {
			using cable = createVeth();
			expect(() => openReceiver(`divert:${cable.device}`)).toThrow("PFQ_HOST=kernel");
		});
	});
