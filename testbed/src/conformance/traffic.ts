// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { native } from "./host.js";

/** Small packets of a hundred flows, until it is told to stop or the interface goes. */
export const startTraffic = (device: string, rate = 5000) => {
	const child: ChildProcess = spawn(native("blast"), ["-d", device, "-t", "600", "-r", String(rate), "-k", "100"], {
		stdio: "ignore",
	});
	const ended = once(child, "close");
	return {
		ended,
		running: (): boolean => child.exitCode === null && child.signalCode === null,
		async stop(): Promise<void> {
			child.kill("SIGINT");
			await ended;
		},
		[Symbol.dispose]: (): void => void child.kill("SIGKILL"),
	};
};
