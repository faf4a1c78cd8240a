// SPDX-License-Identifier: BSD-3-Clause
import { abi } from "./constants.js";
import { array, bits, group, i32, records, structure, text, u8, u16, u32, u64, union } from "./layout.js";

/** The header of a packet in an Rx slot; the captured octets follow it. */
export const packetHeader = structure(
	"pfq_pkthdr",
	"A packet in an Rx slot: this header, then `caplen` octets. Valid until its batch is released.",
	{
		tstamp: union(
			{
				tv64: u64("seconds in the low half, nanoseconds in the high half"),
				tv: group({
					sec: u32("seconds since the epoch, unsigned"),
					nsec: u32("nanoseconds, below 1,000,000,000"),
				}),
			},
			"when the packet was received",
		),
		caplen: u32("octets captured"),
		len: u32("octets on the wire"),
		info: group({
			ifindex: i32("index of the device that received the packet"),
			data: group({
				mark: u32("the mark that the computation gave the packet"),
				state: u32("the state of the run"),
			}),
			vlan: union({
				tci: u16("the outermost VLAN tag: priority, DEI, id; 0 where there is none"),
				_bits: bits("u16", { vid: 12, dei: 1, prio: 3 }),
			}),
			queue: u16("hardware queue of the device"),
			commit: u32("the lap in which the slot was filled: see docs/queues.md"),
			gid: u16("the group that delivered the packet"),
			link: u16("what the octets begin with: PFQ_LINK_*"),
		}),
	},
);

export const rxQueue = structure(
	"pfq_rx_queue",
	"Header of an Rx queue, in memory that the consumer maps. The slots may be a separate mapping.",
	{
		slots: u32("number of slots, a power of two"),
		slot_size: u32("octets from one slot to the next, a multiple of 64"),
		caplen: u32("at most so many octets of a packet are in a slot"),
		reserved0: u32(),
		padding0: array("u64", 6),
		tail: u32("first slot not yet released, free-running; written by the consumer alone"),
		waiting: u32("set by a consumer about to sleep; the producer that takes it back wakes it"),
		padding1: array("u64", 7),
	},
);

export const txQueue = structure(
	"pfq_tx_queue",
	"Header of a Tx queue, in memory that the producer maps. One producer, one consumer.",
	{
		slots: u32("number of slots, a power of two"),
		slot_size: u32("octets from one slot to the next, a multiple of 64"),
		padding0: array("u64", 7),
		head: u32("next slot to be filled, free-running; written by the producer"),
		padding1: array("u32", 15),
		tail: u32("next slot to be sent, free-running; written by the consumer, read by the producer"),
		padding2: array("u32", 15),
		idle: u32("set by a Tx thread about to sleep; the producer that takes it back wakes it: wake_tx"),
		padding3: array("u32", 15),
	},
);

export const txHeader = structure("pfq_tx_header", "A packet in a Tx slot: this header, then `len` octets.", {
	nsec: u64("not before this time (nanoseconds since the epoch, CLOCK_REALTIME); 0: at once"),
	len: u32("octets to send"),
	copies: u32("how often to send them, 1 to PFQ_MAX_COPIES"),
});

export const error = structure("pfq_error", "Why an operation failed.", {
	code: i32("a negative errno"),
	node: i32("the node of the image at fault, or -1"),
	text: text(abi.values.ERROR_TEXT, "one line: what, where, and the remedy"),
});

export const socketStats = structure("pfq_stats", "Counters of a socket or a group, since it was made.", {
	recv: u64(
		"packets received: of a socket, those put into its queue; of a group, those put into its sockets’ queues for it",
	),
	lost: u64("packets lost because a queue was full"),
	drop: u64("packets dropped by filters and computations"),
	sent: u64("packets sent"),
	disc: u64("packets discarded on transmission: malformed, too long, or left in a Tx queue when it ended"),
	fail: u64("packets that a device would not send"),
	frwd: u64("packets forwarded to devices"),
	kern: u64("packets given to the host’s own stack"),
});

export const groupCounters = structure("pfq_counters", "The counters of a group.", {
	counter: array("u64", abi.values.GROUP_COUNTERS),
});

// Requests and replies of the control operations.

export const empty = structure("pfq_empty", "Nothing to say.", {});

export const socketConfig = structure("pfq_socket_config", "Sizes of a socket; fixed while it is enabled.", {
	caplen: u64("octets of a packet to capture"),
	rx_slots: u64("slots of the Rx queue; rounded up to a power of two"),
	xmitlen: u64("octets of a packet to send"),
	tx_slots: u64("slots of a Tx queue; rounded up to a power of two"),
});

export const socketInfo = structure("pfq_socket_info", "A socket as it stands.", {
	caplen: u64("octets of a packet captured"),
	rx_slots: u64("slots of the Rx queue"),
	xmitlen: u64("octets of a packet sent"),
	tx_slots: u64("slots of a Tx queue"),
	rx_slot_size: u32("octets of an Rx slot"),
	tx_slot_size: u32("octets of a Tx slot"),
	id: i32("identifies the socket in its engine"),
	gid: i32("its first group, or -1"),
	weight: u32("share of steered packets"),
	enabled: u32("1 while it has queues"),
	timestamping: u32("1 if packets are stamped"),
	reserved: u32(),
});

export const queueMap = structure("pfq_queue_map", "Where an enabled socket’s queues are, in its mapping.", {
	size: u64("octets of the whole mapping"),
	rx_header: u64("offset of the pfq_rx_queue"),
	rx_slots: u64("offset of the first Rx slot"),
	tx_header: u64("offset of the first pfq_tx_queue"),
	tx_slots: u64("offset of the first Tx slot of the first Tx queue"),
	tx_stride: u64("from one Tx queue’s slots to the next’s"),
	tx_queues: u32("synchronous Tx queues, the first ones"),
	tx_async: u32("asynchronous Tx queues, behind them"),
	hugepage: u64("octets of a page of the mapping"),
});

export const value = structure("pfq_value", "One number.", { value: u64() });

export const groupId = structure("pfq_group_id", "A group.", { gid: i32(), reserved: u32() });

export const groupJoin = structure("pfq_group_join", "A group to join.", {
	gid: i32("Q_ANY_GROUP for a free one"),
	policy: u32("Q_POLICY_GROUP_*"),
	class_mask: u64("the classes of the socket in this group"),
});

export const groupMask = structure("pfq_group_mask", "The groups of a socket, bit n of word n / 64.", {
	mask: array("u64", abi.values.MAX_GROUPS / 64),
});

export const binding = structure("pfq_binding", "A device, or one of its queues, and a group.", {
	gid: i32(),
	queue: i32("Q_ANY_QUEUE for all"),
	device: text(abi.values.DEVICE_NAME, "name of the device"),
});

export const txBinding = structure("pfq_tx_binding", "A Tx queue and the device that it feeds.", {
	queue: i32("hardware queue, or Q_ANY_QUEUE"),
	thread: i32("index of a Tx thread that sends the queue, Q_ANY_KTHREAD, or Q_NO_KTHREAD"),
	device: text(abi.values.DEVICE_NAME, "name of the device"),
});

export const computationHeader = structure("pfq_computation", "A computation for a group; the image follows.", {
	gid: i32(),
	reserved: u32(),
});

export const filterHeader = structure("pfq_filter", "A classic BPF filter for a group; the instructions follow.", {
	gid: i32(),
	count: u32("number of instructions (struct sock_filter, 8 octets each); 0 removes the filter"),
});

export const filterProgram = structure("pfq_filter_program", "An eBPF program as the filter of a group.", {
	gid: i32(),
	fd: i32("file descriptor of the calling process"),
});

export const vlanFilter = structure("pfq_vlan_filter", "The VLAN filter of a group.", {
	gid: i32(),
	vid: i32("0 to 4094; Q_VLAN_UNTAG, Q_VLAN_ANYTAG"),
	on: u32(),
	reserved: u32(),
});

export const deviceName = structure("pfq_device_name", "A device by name.", {
	value: i32("for promiscuous mode: on or off"),
	reserved: u32(),
	device: text(abi.values.DEVICE_NAME),
});

export const deviceStats = structure("pfq_device_stats", "What came of a bound device, since it was bound first.", {
	ifindex: i32(),
	state: u32("PFQ_DEVICE_*"),
	recv: u64("packets that reached the engine"),
	lost: u64("packets that the device lost before the engine saw them"),
	sent: u64("packets sent"),
	fail: u64("packets that the device would not send"),
	position: u64("of a file: octets read"),
	size: u64("of a file: octets in all"),
	text: text(abi.values.ERROR_TEXT, "why it failed"),
});

// The kernel host: a control operation by ioctl on its device node.

export const controlCall = structure(
	"pfq_control_call",
	"A control operation for the kernel host: the argument of PFQ_IOCTL_CONTROL. Addresses are of the caller’s memory.",
	{
		operation: u32("PFQ_OP_*"),
		reserved: u32("0"),
		request: u64("address of the request"),
		request_size: u64("its octets"),
		reply: u64("address of the reply, written on success"),
		reply_size: u64("its octets"),
		error: u64("address of a pfq_error, written on failure; 0 for none"),
	},
);

// The computation image (docs/image-format.md).

export const memory = structure("pfq_memory", "HugePages of a process, for the queues of its socket.", {
	address: u64("where they are mapped"),
	size: u64("octets: a multiple of the size of a page"),
});

export const imageHeader = structure("pfq_image", "Header of a computation image.", {
	magic: u32("PFQC"),
	version: u16("format version"),
	primitives: u16("version of the table of primitives"),
	size: u32("octets of the whole image"),
	checksum: u32("CRC-32 (IEEE 802.3) of the whole image with this field 0"),
	node_count: u32(),
	data_offset: u32("of the data section"),
	data_size: u32("octets of the data section, to the end of the image"),
	entry: u32("the first node, 0"),
	reserved: u64("0"),
});

export const imageArgument = structure("pfq_image_argument", "A typed argument of an image node.", {
	type: u16("PFQ_ARG_*"),
	flags: u16("PFQ_IMAGE_LIST for a list"),
	count: u32("elements of a list, octets of a string"),
	value: u64("an integer, a node index, or an offset in the data section"),
});

export const imageNode = structure("pfq_image_node", "A node of a computation image.", {
	symbol: u32("offset of the primitive’s name in the data section"),
	next: u32("node run after this one, or PFQ_IMAGE_NO_NODE"),
	argument_count: u32(),
	reserved: u32("0"),
	argument: records(imageArgument, abi.values.MAX_ARGUMENTS),
});

export const imageCidr = structure("pfq_image_cidr", "A network in the data section.", {
	family: u8("4 or 6"),
	prefix: u8("length of the prefix in bits"),
	reserved: array("u8", 6, "0"),
	address: array("u8", 16, "network order, IPv4 in the first four; host bits 0"),
});

export const structures = [
	packetHeader,
	rxQueue,
	txQueue,
	txHeader,
	error,
	socketStats,
	groupCounters,
	socketConfig,
	socketInfo,
	queueMap,
	value,
	groupId,
	groupJoin,
	groupMask,
	binding,
	txBinding,
	computationHeader,
	filterHeader,
	filterProgram,
	vlanFilter,
	deviceName,
	deviceStats,
	controlCall,
	memory,
	imageHeader,
	imageArgument,
	imageNode,
	imageCidr,
] as const;
