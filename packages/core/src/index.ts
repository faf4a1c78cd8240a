// SPDX-License-Identifier: BSD-3-Clause
export { Class, Link, Vlan } from "@pfq/abi";
export type { Batch } from "./batch.js";
export type { ComputationSource, SourceOptions } from "./computation.js";
export { PfqError, type PfqErrorDetails } from "./errors.js";
export type { BpfInstruction } from "./filter.js";
export { hugepagesMountpoint, setLogger, symmetricHash } from "./functions.js";
export type { BindOptions, Group, GroupOptions, GroupPolicy } from "./group.js";
export type { Packet } from "./packet.js";
export {
	type BatchesOptions,
	type BindTxOptions,
	type SendAsyncOptions,
	type SendOptions,
	Socket,
	type SocketOptions,
	type WaitOptions,
} from "./socket.js";
export type { DeviceStats, Stats } from "./stats.js";
