// SPDX-License-Identifier: BSD-3-Clause
import { PfqError } from "./errors.js";
import type { NativeSocket } from "./native.js";
import { turnHasBegun } from "./turn.js";

/** One reader that waits for packets on the event loop. */
export interface Waiting {
	/** Throws while a reader waits: to arm the socket anew would take the wake-up that it waits for. */
	checkFree(): void;
	/** Resolves to true when there may be packets, to false when `end` was called; rejects when the signal aborts. */
	forPackets(signal: AbortSignal | undefined): Promise<boolean>;
	/** Safe where nobody waits, and where the socket is closed. */
	end(): void;
}

export const createWaiting = (native: NativeSocket): Waiting => {
	let end: (() => void) | undefined;

	return {
		checkFree() {
			if (end) throw new PfqError("EBUSY", "another reader of the socket waits already");
		},
		forPackets: (signal) =>
			new Promise((resolve, reject) => {
				const settle = (): void => {
					end = undefined;
					signal?.removeEventListener("abort", abort);
				};
				const abort = (): void => {
					settle();
					native.stopWaiting();
					reject(signal?.reason);
				};
				native.wait((ago) => {
					turnHasBegun(ago);
					settle();
					resolve(true);
				});
				end = () => {
					settle();
					native.stopWaiting();
					resolve(false);
				};
				signal?.addEventListener("abort", abort);
			}),
		end: () => end?.(),
	};
};
