// SPDX-License-Identifier: BSD-3-Clause
import { PfqError } from "./errors.js";
import type { DeviceStats } from "./stats.js";

/** A device whose end is waited for; it must be in use when the waiting begins. */
export class WatchedDevice {
	readonly #read: () => DeviceStats;
	#last: DeviceStats;

	constructor(read: () => DeviceStats) {
		this.#read = read;
		this.#last = read();
	}

	/** Whether no more comes of it: it was read to its end, has failed, or was unbound. */
	hasEnded(): boolean {
		try {
			this.#last = this.#read();
		} catch (error) {
			if (error instanceof PfqError && error.code === "ENOENT") return true;
			throw error;
		}
		return this.#last.state !== "running";
	}

	throwIfFailed(): void {
		if (this.#last.state === "failed") throw new PfqError("EIO", this.#last.text);
	}
}
