// SPDX-License-Identifier: BSD-3-Clause

/** The reference evaluator of pfq-lang: slow, and written to be read beside docs/packet-model.md. */
export { evaluate, type Observer, type Outcome } from "./evaluate.js";
export { type Address, type Device, dissect, type Headers, type LinkType, type Packet } from "./packet.js";
export { type Fanout, type GroupState, type LogEntry, newGroupState } from "./run.js";
