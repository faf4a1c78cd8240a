// SPDX-License-Identifier: BSD-3-Clause

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP), so that the program finishes cleanly; a second one ends it at once. */
export const interruption = (): AbortSignal => {
	const controller = new AbortController();
	for (const signal of signals) process.once(signal, () => controller.abort());
	return controller.signal;
};
