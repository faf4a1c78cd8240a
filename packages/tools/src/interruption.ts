// SPDX-License-Identifier: BSD-3-Clause

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A Ctrl-C reaches us twice where a parent (pnpm, sudo) passes on what the terminal sent to all of us: so close, it is one. We
 * live through this time though we be done before: a process that is exiting has no handlers, and the second would kill it.
 */
const sameSignal = 250;

/** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP), so that the program finishes cleanly; a second one ends it at once. */
export const interruption = (): AbortSignal => {
	const controller = new AbortController();
	const interrupted = (): void => {
		if (controller.signal.aborted) return;
		controller.abort();
		setTimeout(release, sameSignal);
	};
	const release = (): void => {
		for (const signal of signals) process.off(signal, interrupted);
	};
	// not `once`: signal-exit (which log-update has, for the cursor) would find itself alone, and raise the signal again
	for (const signal of signals) process.on(signal, interrupted);
	return controller.signal;
};
