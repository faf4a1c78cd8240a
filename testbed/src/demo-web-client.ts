// SPDX-License-Identifier: BSD-3-Clause
// demo-web-client IPV4 IPV6: fetches pages of all sizes, a new connection for each, four at a time, until it is killed.
import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const hosts = process.argv.slice(2);
const agent = new Agent({ keepAlive: false });
const visitors = 4;

function fetchPage(host: string, port: number, size: number): Promise<void> {
	return new Promise((resolve) => {
		get({ host, port, path: `/${size}`, agent }, (response) => {
			response.resume();
			response.once("close", resolve);
		}).once("error", () => resolve());
	});
}

async function visit(): Promise<never> {
	for (;;) {
		const host = hosts[Math.floor(Math.random() * hosts.length)] ?? "localhost";
		await fetchPage(host, Math.random() < 0.7 ? 80 : 8080, Math.floor(200_000 * Math.random() ** 3));
		await pause(40 * Math.random());
	}
}

await Promise.all(Array.from({ length: visitors }, visit));
