// SPDX-License-Identifier: BSD-3-Clause
import { Any, Class, Policy } from "@pfq/abi";
import { cText, deviceName, flag, intNumber, optionsOf, refuse, word64 } from "./checks.js";
import {
	type ComputationSource,
	type Loadable,
	loadable,
	loadableFile,
	located,
	type SourceOptions,
} from "./computation.js";
import { type BpfInstruction, encodeFilter } from "./filter.js";
import type { NativeSocket } from "./native.js";
import { readCounters, readStats, type Stats } from "./stats.js";

export interface GroupOptions {
	/** The group to join, which is made if there is none of that number; without it, a free one. */
	readonly gid?: number;
	/** Who else may join: nobody, sockets of this process, all. `shared` by default. */
	readonly policy?: GroupPolicy;
	/** The classes of the socket in this group; `Class.DEFAULT` by default. */
	readonly classMask?: bigint;
}

export type GroupPolicy = "private" | "restricted" | "shared";

const policies: Readonly<Record<GroupPolicy, number>> = {
	private: Policy.PRIVATE,
	restricted: Policy.RESTRICTED,
	shared: Policy.SHARED,
};

export interface BindOptions {
	/** A hardware queue of the device; without it, all. */
	readonly queue?: number;
}

/** A group, as a member sees it. Disposing of it leaves it. */
export interface Group extends Disposable {
	readonly id: number;
	/**
	 * Sets what the group does with a packet; null: each packet goes to all members. Takes effect between two packets.
	 * A PfqError names the node at fault and its place in the source.
	 */
	setComputation(source: ComputationSource | null, options?: SourceOptions): void;
	/** The same with a file: an image, JSON, or the text of a program, which finds modules in its folder. */
	setComputationFromFile(path: string): void;
	/** Feeds the group from a device: the name of an interface, `pcap:FILE`, `mem:NAME`, `mem:A=B`. */
	bind(device: string, options?: BindOptions): void;
	/** Undoes `bind`: the same device, the same queue. */
	unbind(device: string, options?: BindOptions): void;
	/**
	 * Only packets that pass come to the computation: an expression of pcap-filter(7), classic BPF, or (on the kernel
	 * host) the file descriptor of an eBPF program of type socket filter; null: all.
	 */
	setFilter(filter: string | readonly BpfInstruction[] | { readonly fd: number } | null): void;
	/** While the VLAN filter is on, only packets of the ids that were set pass; at first none. */
	enableVlanFilter(on: boolean): void;
	/** Lets packets of a VLAN pass: 0 to 4094; `Vlan.UNTAG`: those without a tag; `Vlan.ANYTAG`: with any. */
	setVlanFilter(vid: number): void;
	/** Undoes `setVlanFilter`. */
	resetVlanFilter(vid: number): void;
	/** Of all members, since the group was made. */
	stats(): Stats;
	/** The 64 counters that the computation counts with. */
	counters(): BigUint64Array;
	/** The group ends with its last member: its bindings, computation and figures go with it. */
	leave(): void;
}

export const joinGroup = (native: NativeSocket, options: GroupOptions, closed: () => boolean): Group => {
	const { gid = Any.ANY_GROUP, policy = "shared", classMask = Class.DEFAULT } = optionsOf("joinGroup", options);
	if (!Object.hasOwn(policies, policy)) refuse("policy", policy, `none of ${Object.keys(policies).join(", ")}`);
	const id = native.joinGroup(intNumber("gid", gid, Any.ANY_GROUP), word64("classMask", classMask), policies[policy]);
	let left = false;

	const load = ({ image, computation }: Loadable): void => {
		try {
			native.setComputation(id, image);
		} catch (error) {
			throw located(error, computation);
		}
	};

	return Object.freeze({
		id,
		setComputation: (source, sourceOptions = {}) =>
			load(
				source === null ? { image: new Uint8Array() } : loadable(source, optionsOf("setComputation", sourceOptions)),
			),
		setComputationFromFile: (path) => load(loadableFile(cText("path", path))),
		bind: (device, bindOptions = {}) =>
			native.bindGroup(id, deviceName(device), queueNumber(optionsOf("bind", bindOptions))),
		unbind: (device, bindOptions = {}) =>
			native.unbindGroup(id, deviceName(device), queueNumber(optionsOf("unbind", bindOptions))),
		setFilter(filter) {
			if (filter === null) native.resetFilter(id);
			else if (typeof filter === "string") native.setFilterExpression(id, cText("filter", filter));
			else if (Array.isArray(filter)) native.setFilter(id, encodeFilter(filter));
			else if (typeof filter === "object" && "fd" in filter) native.setFilterProgram(id, intNumber("fd", filter.fd));
			else refuse("filter", filter, "no expression, no list of instructions, no { fd } and not null");
		},
		enableVlanFilter: (on) => native.enableVlanFilter(id, flag("enableVlanFilter", on)),
		setVlanFilter: (vid) => native.setVlanFilter(id, intNumber("vid", vid, -1), true),
		resetVlanFilter: (vid) => native.setVlanFilter(id, intNumber("vid", vid, -1), false),
		stats: () => readStats((into) => native.groupStats(id, into)),
		counters: () => readCounters((into) => native.groupCounters(id, into)),
		leave() {
			native.leaveGroup(id);
			left = true;
		},
		[Symbol.dispose]() {
			if (!left && !closed()) this.leave();
		},
	} satisfies Group);
};

export const queueNumber = ({ queue }: BindOptions): number =>
	queue === undefined ? Any.ANY_QUEUE : intNumber("queue", queue);
