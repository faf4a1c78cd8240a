// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "../computation.js";
import { integer, integers, text, texts } from "./argument.js";
import { pass } from "./control.js";
import type { LogEntry, Meaning, Meanings, Run } from "./run.js";
import { ALL_CLASSES, broadcast } from "./steering.js";

/** Adds to a counter of the group, modulo 2^64. */
function count({ group }: Run, node: Node, amount: bigint): boolean {
	const counter = integer(node, 0);
	group.counters[counter] = (group.counters[counter] ?? 0n) + amount;
	return true;
}

const forward = (run: Run, node: Node): void => {
	run.forwards.push(text(node, 0));
};

const log =
	(what: LogEntry["what"], textOf: (node: Node) => string = () => ""): Meaning =>
	(run, node) => {
		run.logs.push({ what, text: textOf(node) });
		return true;
	};

/** Passes, having read its argument. */
const arrived =
	(read: (node: Node, index: number) => unknown): Meaning =>
	(run, node) => {
		read(node, 0);
		return pass(run);
	};

/** What acts on the packet, the run or the group: whether it passes. */
export const actions: Meanings = {
	drop: () => false,
	broadcast,
	classify: (run, node) => {
		run.classMask = BigInt.asUintN(64, BigInt(integer(node, 0))) & ALL_CLASSES;
		return pass(run);
	},

	inc: (run, node) => count(run, node, 1n),
	dec: (run, node) => count(run, node, -1n),
	mark: (run, node) => {
		run.mark = integer(node, 0);
		return true;
	},
	put_state: (run, node) => {
		run.state = integer(node, 0);
		return true;
	},

	forward: (run, node) => {
		forward(run, node);
		return pass(run);
	},
	forwardIO: (run, node) => {
		forward(run, node);
		return pass(run);
	},
	link: (run, node) => {
		run.forwards.push(...texts(node, 0).filter((device) => device !== run.packet.device?.name));
		return pass(run);
	},
	bridge: (run, node) => {
		forward(run, node);
		return false;
	},
	*tee(run, node) {
		forward(run, node);
		return (yield run.follow(node, 1)) && pass(run);
	},
	*tap(run, node) {
		if (yield run.follow(node, 1)) return pass(run);
		forward(run, node);
		return false;
	},

	kernel: (run) => {
		run.toHost = true;
		return pass(run);
	},
	detour: (run) => {
		run.toHost = true;
		return false;
	},
	*kernel_if(run, node) {
		if (yield run.follow(node, 0)) run.toHost = true;
		return pass(run);
	},
	*detour_if(run, node) {
		if (!(yield run.follow(node, 0))) return pass(run);
		run.toHost = true;
		return false;
	},

	log_msg: log("message", (node) => text(node, 0)),
	log_buff: log("octets"),
	log_packet: log("packet"),
	trace: log("trace"),

	dummy_int: arrived(integer),
	dummy_ints: arrived(integers),
	dummy_ip: arrived(text),
	dummy_ips: arrived(texts),
	dummy_string: arrived(text),
	dummy_strings: arrived(texts),
	dummy_cidr: arrived(text),
	dummy_cidrs: arrived(texts),
};
