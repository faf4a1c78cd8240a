// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { End } from "./namespaces.js";

export interface DemoTraffic {
	/** What was started, for people. */
	running: string[];
	/** What could not be, with the Debian package that it takes. */
	missing: string[];
}

/** Bulk flows, and what each may send: enough for the spread to show, little enough for a small machine. */
const bulkFlows = 12;
const bulkRate = "8M";

const installed = (command: string) => spawnSync(command, ["-V"], { stdio: "ignore" }).error === undefined;
const own = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Starts servers on `server` and clients on `client`, which go on until the link is removed. */
export async function startDemoTraffic(client: End, server: End): Promise<DemoTraffic> {
	const quiet = { stdio: "ignore" } as const;
	const running = ["web"];
	const missing: string[] = [];

	const web = server.spawn(process.execPath, [own("demo-web-server")], { stdio: ["ignore", "pipe", "ignore"] });
	const [ready] = await Promise.race([web.stdout === null ? [] : once(web.stdout, "data"), once(web, "exit")]);
	if (!(ready instanceof Buffer)) throw new Error("the demo's web server does not start");
	client.spawn(process.execPath, [own("demo-web-client"), server.ipv4, server.ipv6], quiet);

	if (installed("dnsmasq") && installed("dig")) {
		const zone = ["--no-resolv", "--no-hosts", `--address=/pfq.test/${server.ipv4}`];
		server.spawn(
			"dnsmasq",
			["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", ...zone],
			quiet,
		);
		const ask = `i=0; while :; do for to in ${server.ipv4} ${server.ipv6}; do
			dig +tries=1 +time=1 @$to host$i.pfq.test; i=$((i + 1)); done; sleep 0.05; done`;
		client.spawn("sh", ["-c", ask], quiet);
		running.push("DNS");
	} else missing.push("DNS (dnsmasq-base, bind9-dnsutils)");

	if (installed("ping")) {
		client.spawn("ping", ["-i0.1", server.ipv4], quiet);
		client.spawn("ping", ["-i0.1", server.ipv6], quiet);
		running.push("ping over IPv4 and IPv6");
	} else missing.push("ping (iputils-ping)");

	if (installed("iperf3")) {
		server.spawn("iperf3", ["--server"], quiet);
		const flows = ["--parallel", String(bulkFlows), "--bitrate", bulkRate, "--time", "86400"];
		client.spawn("sh", ["-c", `while :; do iperf3 --client ${server.ipv4} ${flows.join(" ")}; sleep 0.2; done`], quiet);
		running.push(`${bulkFlows} bulk TCP connections`);
	} else missing.push("bulk connections (iperf3)");

	return { running, missing };
}
