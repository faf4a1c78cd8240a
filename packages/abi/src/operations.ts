// SPDX-License-Identifier: BSD-3-Clause
import type { Structure } from "./layout.js";
import {
	binding,
	computationHeader,
	deviceName,
	deviceStats,
	filterHeader,
	filterProgram,
	groupCounters,
	groupId,
	groupJoin,
	groupMask,
	queueMap,
	socketConfig,
	socketInfo,
	socketStats,
	txBinding,
	value,
	vlanFilter,
} from "./structures.js";

/**
 * A control operation. `payload` says that octets follow the request structure. `access`: `socket` for whoever has the
 * socket open, `member` for members of the group that the request names, `admin` for those who may configure the
 * network (CAP_NET_ADMIN in the kernel host).
 */
export interface Operation {
	readonly name: string;
	readonly number: number;
	readonly request: Structure | null;
	readonly payload?: true;
	readonly reply: Structure | null;
	readonly access: "socket" | "member" | "admin";
	/** Runs under the lock of its socket alone, so that sockets send side by side. */
	readonly perSocket?: true;
	readonly doc: string;
}

export const operations: readonly Operation[] = [
	{ name: "get_info", number: 1, request: null, reply: socketInfo, access: "socket", doc: "the socket as it stands" },
	{
		name: "configure",
		number: 2,
		request: socketConfig,
		reply: null,
		access: "socket",
		doc: "set the sizes of a socket that is not enabled",
	},
	{
		name: "set_weight",
		number: 3,
		request: value,
		reply: null,
		access: "socket",
		doc: "set the share of steered packets, 1 to 1024",
	},
	{
		name: "set_timestamping",
		number: 4,
		request: value,
		reply: null,
		access: "socket",
		doc: "stamp packets (1) or not (0)",
	},
	{
		name: "enable",
		number: 5,
		request: null,
		reply: queueMap,
		access: "socket",
		doc: "make the queues and take packets",
	},
	{
		name: "disable",
		number: 6,
		request: null,
		reply: null,
		access: "socket",
		doc: "take no more packets and drop the queues",
	},
	{
		name: "join_group",
		number: 7,
		request: groupJoin,
		reply: groupId,
		access: "socket",
		doc: "join a group, making it if need be",
	},
	{
		name: "leave_group",
		number: 8,
		request: groupId,
		reply: null,
		access: "member",
		doc: "leave a group, which ends with its last member",
	},
	{ name: "get_groups", number: 9, request: null, reply: groupMask, access: "socket", doc: "the groups of the socket" },
	{
		name: "bind_group",
		number: 10,
		request: binding,
		reply: null,
		access: "member",
		doc: "feed a group from a device",
	},
	{
		name: "unbind_group",
		number: 11,
		request: binding,
		reply: null,
		access: "member",
		doc: "feed a group from a device no more",
	},
	{
		name: "set_computation",
		number: 12,
		request: computationHeader,
		payload: true,
		reply: null,
		access: "member",
		doc: "load a computation into a group; an empty image removes it",
	},
	{
		name: "set_filter",
		number: 13,
		request: filterHeader,
		payload: true,
		reply: null,
		access: "member",
		doc: "set or remove the BPF filter of a group",
	},
	{
		name: "enable_vlan_filter",
		number: 14,
		request: vlanFilter,
		reply: null,
		access: "member",
		doc: "switch the VLAN filter of a group on or off",
	},
	{
		name: "set_vlan_filter",
		number: 15,
		request: vlanFilter,
		reply: null,
		access: "member",
		doc: "let a VLAN id through (on 1) or not (on 0)",
	},
	{ name: "get_stats", number: 16, request: null, reply: socketStats, access: "socket", doc: "counters of the socket" },
	{
		name: "get_group_stats",
		number: 17,
		request: groupId,
		reply: socketStats,
		access: "member",
		doc: "counters of a group",
	},
	{
		name: "get_group_counters",
		number: 18,
		request: groupId,
		reply: groupCounters,
		access: "member",
		doc: "the counters that a group’s computation counts with",
	},
	{ name: "get_device", number: 19, request: deviceName, reply: value, access: "socket", doc: "index of a device" },
	{
		name: "set_promiscuous",
		number: 20,
		request: deviceName,
		reply: null,
		access: "socket",
		doc: "switch promiscuous mode of a device on or off, for as long as the socket is open",
	},
	{
		name: "get_device_stats",
		number: 21,
		request: deviceName,
		reply: deviceStats,
		access: "socket",
		doc: "counters of a bound device",
	},
	{
		name: "bind_tx",
		number: 22,
		request: txBinding,
		reply: value,
		access: "admin",
		doc: "feed a device from a Tx queue; gives the index of the queue among those of its kind",
	},
	{ name: "unbind_tx", number: 23, request: null, reply: null, access: "socket", doc: "unbind all Tx queues" },
	{
		name: "flush_tx",
		number: 24,
		request: value,
		reply: value,
		access: "socket",
		perSocket: true,
		doc: "send what is in a synchronous Tx queue and due; gives the number of packets",
	},
	{
		name: "bind_egress",
		number: 25,
		request: txBinding,
		reply: null,
		access: "admin",
		doc: "transmit what the socket is given to a device",
	},
	{
		name: "unbind_egress",
		number: 26,
		request: null,
		reply: null,
		access: "socket",
		doc: "give the packets to the socket again",
	},
	{
		name: "wake_tx",
		number: 27,
		request: value,
		reply: null,
		access: "socket",
		perSocket: true,
		doc: "wake the thread of an asynchronous Tx queue, after its idle word was taken back",
	},
	{
		name: "plan_queues",
		number: 28,
		request: null,
		reply: queueMap,
		access: "socket",
		doc: "where the queues would be if the socket were enabled now",
	},
	{
		name: "set_filter_program",
		number: 29,
		request: filterProgram,
		reply: null,
		access: "member",
		doc: "set the filter of a group to an eBPF program of type socket filter, by file descriptor",
	},
];
