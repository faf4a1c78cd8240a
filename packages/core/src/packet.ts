// SPDX-License-Identifier: BSD-3-Clause
import type { Buffer } from "node:buffer";
import type { Batch } from "./batch.js";

/** A packet in the queue: each property is read in place, and throws once the batch was released. */
export class Packet {
	readonly #batch: Batch;
	readonly #index: number;

	constructor(batch: Batch, index: number) {
		this.#batch = batch;
		this.#index = index;
	}

	/** Time of arrival in nanoseconds since the epoch. */
	get timestamp(): bigint {
		return this.#batch.timestamp(this.#index);
	}

	/** Seconds of the time of arrival, since the epoch. */
	get seconds(): number {
		return this.#batch.seconds(this.#index);
	}

	/** Nanoseconds of the time of arrival, below 1,000,000,000. */
	get nanoseconds(): number {
		return this.#batch.nanoseconds(this.#index);
	}

	/** Octets on the wire. */
	get length(): number {
		return this.#batch.len(this.#index);
	}

	/** Octets captured. */
	get caplen(): number {
		return this.#batch.caplen(this.#index);
	}

	/** The captured octets, in place: a view that has length 0 once the batch was released. */
	get data(): Buffer {
		return this.#batch.data(this.#index);
	}

	/** Index of the device that received the packet. */
	get ifindex(): number {
		return this.#batch.ifindex(this.#index);
	}

	/** Hardware queue of the device. */
	get queue(): number {
		return this.#batch.queue(this.#index);
	}

	/** The mark that the computation gave the packet. */
	get mark(): number {
		return this.#batch.mark(this.#index);
	}

	/** The state of the run of the computation. */
	get state(): number {
		return this.#batch.state(this.#index);
	}

	/** The outermost VLAN tag: priority, DEI, id; 0 where there is none. */
	get vlanTci(): number {
		return this.#batch.vlanTci(this.#index);
	}

	/** The group that delivered the packet. */
	get gid(): number {
		return this.#batch.gid(this.#index);
	}

	/** What the octets begin with: `Link` of @pfq/abi. */
	get link(): number {
		return this.#batch.link(this.#index);
	}
}
