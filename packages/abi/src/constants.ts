// SPDX-License-Identifier: BSD-3-Clause
import { GROUP_COUNTERS, MAX_ARGUMENTS, PRIMITIVES_VERSION } from "./primitives.js";

/** Named numbers of the ABI. A set becomes an enum or defines in C, and a constant object in TypeScript. */
export interface ConstantSet {
	/** Name of the TypeScript object. */
	readonly name: string;
	readonly doc: string;
	/** Put before each name in C. */
	readonly prefix: string;
	readonly values: Readonly<Record<string, number | bigint>>;
}

const set = <const V extends Readonly<Record<string, number | bigint>>>(
	name: string,
	prefix: string,
	doc: string,
	values: V,
) => ({ name, prefix, doc, values }) as const satisfies ConstantSet;

export const abi = set("Abi", "PFQ_", "Versions and limits that both sides of the ABI hold to.", {
	ABI_VERSION: 1,
	PRIMITIVES_VERSION,
	IMAGE_MAGIC: 0x43514650,
	IMAGE_VERSION: 1,
	IMAGE_NO_NODE: 0xffffffff,
	IMAGE_MAX_NODES: 65536,
	IMAGE_MAX_SIZE: 16 << 20,
	IMAGE_LIST: 1,
	MAX_ARGUMENTS,
	GROUP_COUNTERS,
	MAX_SOCKETS: 256,
	MAX_GROUPS: 256,
	MAX_CLASSES: 64,
	MAX_WEIGHT: 1024,
	MAX_CAPLEN: 1 << 18,
	MAX_SLOTS: 1 << 24,
	MAX_QUEUE_SIZE: 1 << 30,
	MAX_COPIES: 1 << 16,
	/** Of each kind: synchronous and asynchronous ones. */
	MAX_TX_QUEUES: 4,
	MAX_FILTER_INSNS: 4096,
	DEVICE_NAME: 256,
	ERROR_TEXT: 240,
	SLOT_ALIGN: 64,
});

export const imageArgument = set("ImageArgument", "PFQ_ARG_", "Types of the arguments of an image node.", {
	NONE: 0,
	Int: 1,
	Int8: 2,
	Int16: 3,
	Int32: 4,
	Int64: 5,
	Word8: 6,
	Word16: 7,
	Word32: 8,
	Word64: 9,
	Double: 10,
	String: 11,
	IPv4: 12,
	IPv6: 13,
	CIDR: 14,
	MAC: 15,
	Fun: 16,
});

export const any = set("Any", "Q_", "Wildcards.", {
	ANY_DEVICE: -1,
	ANY_QUEUE: -1,
	ANY_GROUP: -1,
	NO_KTHREAD: -1,
	ANY_KTHREAD: -2,
});

export const policy = set("Policy", "Q_POLICY_GROUP_", "Who may join a group.", {
	UNDEFINED: 0,
	PRIVATE: 1,
	RESTRICTED: 2,
	SHARED: 3,
});

export const classes = set("Class", "Q_CLASS_", "Class masks: bit n is class n.", {
	DEFAULT: 1n,
	USER_PLANE: 2n,
	CONTROL_PLANE: 4n,
	CONTROL: 1n << 63n,
	ANY: 0xffffffffffffffffn,
});

export const vlan = set("Vlan", "Q_VLAN_", "VLAN ids with a meaning of their own in a filter.", {
	PRIO_MASK: 0xe000,
	VID_MASK: 0x0fff,
	TAG_PRESENT: 0x1000,
	UNTAG: 0,
	ANYTAG: -1,
});

export const link = set("Link", "PFQ_LINK_", "What a packet begins with (docs/packet-model.md).", {
	ETHERNET: 0,
	RAW: 1,
	NULL: 2,
	SLL: 3,
	SLL2: 4,
	PPP: 5,
});

export const deviceState = set("DeviceState", "PFQ_DEVICE_", "What a bound device is doing.", {
	RUNNING: 0,
	FINISHED: 1,
	FAILED: 2,
});

/** As _IOW() of <linux/ioctl.h> makes them: direction, size of the argument, type 0xbf, number. */
export const ioctl = set("Ioctl", "PFQ_IOCTL_", "Calls on the device node of the kernel host.", {
	/** A struct pfq_control_call. */
	CONTROL: 0x4030bf01,
	/** An eventfd (int) that is signalled whenever the reader is woken; once for an open file. */
	SIGNAL: 0x4004bf02,
	/** A struct pfq_memory: the next time the socket is enabled, its queues are there. */
	MEMORY: 0x4010bf03,
});

export const constantSets = [abi, imageArgument, any, policy, classes, vlan, link, deviceState, ioctl] as const;
