// SPDX-License-Identifier: BSD-3-Clause
// What belongs to no socket.
import { functionOf, octetsOf } from "./checks.js";
import { addon } from "./native.js";

type Logger = (line: string) => void;

let current: Logger | null = null;

/**
 * Who gets the lines, without a newline, that computations of this process write (`log_msg` and the like): standard
 * error, as at first, for null. The last thread that asks gets those of all sockets, on its event loop. On the kernel host
 * they go to the kernel's log.
 */
export const setLogger = (logger: Logger | null): void => {
	current = logger === null ? null : functionOf("setLogger", logger);
	// A microtask's error is an uncaught exception, as that of any callback.
	const take = (line: string): void =>
		queueMicrotask(() => {
			if (logger === current) logger?.(line);
		});
	addon.setLogger(logger === null ? null : take);
};

/**
 * A hash of the addresses and ports of an Ethernet frame with IPv4 in it, the same in both directions, 32 bits; 0 for other
 * frames. Modulo n it spreads flows over n places.
 */
export const symmetricHash = (frame: Uint8Array): number => addon.symmetricHash(octetsOf("symmetricHash", frame));

/** Where the system has mounted HugePages, or null. `PFQ_HUGEPAGES=1|2M|1G` in the environment puts queues into such pages. */
export const hugepagesMountpoint = (): string | null => addon.hugepagesMountpoint();
