// SPDX-License-Identifier: BSD-3-Clause
// Two network namespaces and a cable between them, for live tests on no real network. Whatever way the process ends, they go;
// after a SIGKILL, the next process that makes a link removes them.
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { atProcessEnd } from "./process-end.js";

export interface LinkOptions {
	/** Segmentation, receive and checksum offloads. Off by default: packets then have their real sizes and checksums. */
	offloads?: boolean;
	/** IPv4 addresses, and ARP. Default true. */
	ipv4?: boolean;
	/** IPv6 addresses, usable at once. Default true; without them the kernel sends nothing of its own on the link. */
	ipv6?: boolean;
	mtu?: number;
	/** Rx and Tx queues of each end. Default 1. */
	queues?: number;
}

/** One end of the link, in a namespace of its own. */
export interface End {
	readonly namespace: string;
	readonly device: string;
	readonly mac: string;
	readonly ipv4: string;
	readonly ipv6: string;
	/** Runs a command inside to its end and returns what it printed; throws when it fails. */
	run(command: string, ...args: string[]): string;
	/** Starts a command inside. It is killed when the link goes. */
	spawn(command: string, args: string[], options?: SpawnOptions): ChildProcess;
	/** A counter of the device, as in /sys/class/net/DEVICE/statistics. */
	counter(name: "rx_packets" | "rx_bytes" | "rx_dropped" | "tx_packets" | "tx_bytes" | "tx_dropped"): bigint;
}

export interface Link extends Disposable {
	readonly left: End;
	readonly right: End;
	remove(): void;
}

const prefix = "pfq-test";
const links = new Set<Link>();
let made = 0;

/** Why this process cannot make links; undefined when it can. */
export function whyNoLinks(): string | undefined {
	if (process.getuid?.() !== 0) return "network namespaces need root";
	for (const [command, from] of [
		["ip", "iproute2"],
		["ethtool", "ethtool"],
	] as const) {
		if (spawnSync(command, ["--version"]).error !== undefined)
			return `there is no \`${command}\` command (package ${from})`;
	}
	atProcessEnd(removeAll);
	const probe = `${prefix}-${process.pid}-probe`;
	const veth = ["-n", probe, "link", "add", "veth0", "type", "veth", "peer", "name", "veth1"];
	try {
		manage("ip", ["netns", "add", probe]);
		manage("ip", veth);
		return undefined;
	} catch (error) {
		return `network namespaces cannot be made here: ${error instanceof Error ? error.message : error}`;
	} finally {
		undisturbed("ip", ["netns", "delete", probe]);
	}
}

export function createLink(options: LinkOptions = {}): Link {
	if (made === 0) removeStaleLinks();
	const name = `${prefix}-${process.pid}-${made++}`;
	const children = new Set<ChildProcess>();
	const left = end(`${name}-left`, "veth0", 1, children);
	const right = end(`${name}-right`, "veth1", 2, children);
	const link: Link = {
		left,
		right,
		remove() {
			for (const child of children) child.kill("SIGKILL");
			removeNamespace(left.namespace);
			removeNamespace(right.namespace);
			links.delete(link);
		},
		[Symbol.dispose]: () => link.remove(),
	};
	links.add(link);
	atProcessEnd(removeAll);
	try {
		connect(left, right, options);
	} catch (error) {
		link.remove();
		throw error;
	}
	return link;
}

function end(namespace: string, device: string, number: number, children: Set<ChildProcess>): End {
	const inside = (command: string, args: string[]) => ["netns", "exec", namespace, command, ...args];
	const self: End = {
		namespace,
		device,
		mac: `02:00:00:00:00:0${number}`,
		ipv4: `10.77.0.${number}`,
		ipv6: `fd77::${number}`,
		run: (command, ...args) => run("ip", inside(command, args)),
		spawn(command, args, options = {}) {
			const child = spawn("ip", inside(command, args), options);
			children.add(child);
			child.once("exit", () => children.delete(child));
			return child;
		},
		counter: (name) => BigInt(self.run("cat", `/sys/class/net/${device}/statistics/${name}`).trim()),
	};
	return self;
}

function connect(left: End, right: End, options: LinkOptions): void {
	const queues = String(options.queues ?? 1);
	const mtu = String(options.mtu ?? 1500);
	const ends = [left, right];
	for (const { namespace } of ends) {
		manage("ip", ["netns", "add", namespace]);
		// Read-only in some containers; then the kernel's own IPv6 chatter stays.
		const disable = options.ipv6 === false ? 1 : 0;
		const settings = `echo 0 >default/accept_dad; echo 0 >default/router_solicitations; echo ${disable} >default/disable_ipv6`;
		undisturbed("ip", ["netns", "exec", namespace, "sh", "-c", `cd /proc/sys/net/ipv6/conf && { ${settings}; }`]);
	}
	const describe = ({ namespace, device, mac }: End) => [
		"name",
		device,
		"netns",
		namespace,
		"address",
		mac,
		"mtu",
		mtu,
		"numtxqueues",
		queues,
		"numrxqueues",
		queues,
	];
	manage("ip", ["link", "add", ...describe(left), "type", "veth", "peer", ...describe(right)]);
	for (const { namespace, device, ipv4, ipv6 } of ends) {
		const commands = ["link set lo up"];
		if (options.ipv4 !== false) commands.push(`address add ${ipv4}/24 dev ${device}`);
		else commands.push(`link set ${device} arp off`);
		if (options.ipv6 !== false) commands.push(`address add ${ipv6}/64 dev ${device} nodad`);
		commands.push(`link set ${device} up`);
		manage("ip", ["-n", namespace, "-batch", "-"], `${commands.join("\n")}\n`);
	}
	if (options.offloads !== true) {
		const off = ["rx", "tx", "sg", "tso", "gso", "gro"].flatMap((feature) => [feature, "off"]);
		for (const { namespace, device } of ends)
			manage("ip", ["netns", "exec", namespace, "ethtool", "-K", device, ...off]);
	}
}

const perform = (command: string, args: string[], input = "") =>
	spawnSync(command, args, { encoding: "utf8", input, maxBuffer: 1 << 28 });

/**
 * In a session of its own: a Ctrl-C in the middle does not reach it, and waits here until what was begun is whole. One that
 * reaches it before it has a session ends it before it has done anything.
 */
function undisturbed(command: string, args: string[], input?: string): ReturnType<typeof perform> {
	for (;;) {
		const done = perform("setsid", [command, ...args], input);
		if (done.signal !== "SIGINT") return done;
	}
}

const run = (command: string, args: string[]): string => outputOf(command, args, perform(command, args));

const manage = (command: string, args: string[], input?: string): string =>
	outputOf(command, args, undisturbed(command, args, input));

function outputOf(command: string, args: string[], done: ReturnType<typeof perform>): string {
	if (done.error !== undefined) throw new Error(`${command}: ${done.error.message}`);
	if (done.status !== 0)
		throw new Error(`${command} ${args.join(" ")}: ${done.stderr.trim() || `status ${done.status}`}`);
	return done.stdout;
}

/** Kills what still runs inside and deletes the namespace. Its devices go with it. */
function removeNamespace(namespace: string): void {
	const inside = undisturbed("ip", ["netns", "pids", namespace]);
	for (const pid of (inside.stdout ?? "").split("\n").filter(Boolean)) {
		try {
			process.kill(Number(pid), "SIGKILL");
		} catch {
			// it has gone by itself
		}
	}
	undisturbed("ip", ["netns", "delete", namespace]);
}

/** Removes the namespaces of processes that died without a chance to do it themselves. Returns their names. */
export function removeStaleLinks(): string[] {
	const listed = undisturbed("ip", ["netns", "list"]).stdout ?? "";
	const stale = listed
		.split("\n")
		.map((line) => line.split(" ")[0] ?? "")
		.filter((name) => {
			const owner = new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1];
			return owner !== undefined && !isAlive(Number(owner));
		});
	for (const name of stale) removeNamespace(name);
	return stale;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function removeAll(): void {
	for (const link of [...links]) link.remove();
}
