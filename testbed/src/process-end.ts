// SPDX-License-Identifier: BSD-3-Clause
// What has to be undone whatever way the process ends, but for SIGKILL.

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const duties = new Set<() => void>();

/** Once for each `duty`. `exit` covers the end of the program, process.exit and uncaught exceptions; signals have to be caught. */
export function atProcessEnd(duty: () => void): void {
	if (duties.size === 0) {
		process.on("exit", performDuties);
		for (const signal of signals) process.on(signal, endBySignal);
	}
	duties.add(duty);
}

function performDuties(): void {
	for (const duty of duties) duty();
}

function endBySignal(signal: NodeJS.Signals): void {
	// A program that listens to the signal itself decides what it means.
	if (process.listenerCount(signal) > 1) return;
	performDuties();
	process.off(signal, endBySignal);
	process.kill(process.pid, signal);
}
