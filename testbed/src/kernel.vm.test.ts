// SPDX-License-Identifier: BSD-3-Clause
// pfq.ko in a virtual machine. Each boot takes some 20 seconds, so these run in `make test-kernel` alone.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inGuest, minutes, seriesAsked } from "./vm/guest.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Summary {
	host: string;
	groups: { recv: number; lost: number; drop: number }[];
	sockets: { recv: number; lost: number }[];
	devices: { recv: number; lost: number; state: string }[];
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"steers every packet to one of the sockets, and its figures add up",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				run_pfq -e 'main = ip >-> steer_flow' -n 2 --seconds 15
				wait_for_report
				blast -n 20000 -r 10000 -k 100
				wait
				tail -n 1 /tmp/report
				cat /sys/class/net/veth0/statistics/rx_packets`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const [, report = "{}", counted] = stdout.trim().split("\n");
			const summary = JSON.parse(report) as Summary;
			expect(counted).toBe("20000");
			expect(summary.host).toBe("kernel");
			expect(summary.devices[0]).toMatchObject({ recv: 20_000, lost: 0, state: "closed" });
			const [group] = summary.groups;
			expect((group?.recv ?? 0) + (group?.lost ?? 0) + (group?.drop ?? 0)).toBe(20_000);
			expect(group?.lost).toBe(0);
			expect(sum(summary.sockets.map(({ recv }) => recv))).toBe(20_000);
			for (const { recv } of summary.sockets) expect(recv).toBeGreaterThan(4000);
		},
		5 * minutes,
	);

	it(
		"takes another program from another process, in a shared group",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				load() { node packages/lang/bin/pfq-lang.js load "$@"; }
				run_pfq --shared -e 'main = drop' -n 2 --seconds 20
				wait_for_report
				blast -n 1000 -k 100
				load --gid 0 -e 'main = inc 5 >-> steer_flow' || fail 'not loaded'
				blast -n 1000 -k 100
				load --gid 7 -e 'main = ip' 2>&1
				wait
				tail -n 1 /tmp/report`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const lines = stdout.trim().split("\n");
			expect(lines).toContain("group 0: runs the program, 2 nodes");
			expect(lines).toContain("pfq-lang load: group 7: there is none");
			const { groups, sockets, counters } = JSON.parse(lines.at(-1) ?? "{}") as Summary & { counters: number[] };
			expect(groups[0]).toMatchObject({ recv: 1000, drop: 1000, lost: 0 });
			expect(counters[5]).toBe(1000);
			for (const { recv } of sockets) expect(recv).toBeGreaterThan(200);
		},
		5 * minutes,
	);

	it(
		"accounts for what a queue that is too small loses, and for a device that vanishes",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				run_pfq -e 'main = udp >-> steer_flow' -n 2 -s 16 --seconds 12
				wait_for_report
				blast -n 30000 -k 100
				cat /sys/class/net/veth0/statistics/rx_packets
				ip link delete veth0
				wait
				tail -n 1 /tmp/report`,
			);
			expect(stderr).toBe("pfq run: veth0: the interface was removed\n");
			expect(status).toBe(0);
			const [, counted, report = "{}"] = stdout.trim().split("\n");
			const summary = JSON.parse(report) as Summary;
			expect(counted).toBe("30000");
			expect(summary.devices[0]).toMatchObject({ recv: 30_000, state: "failed" });
			expect(sum(summary.sockets.map(({ recv, lost }) => recv + lost))).toBe(30_000);
			expect(sum(summary.sockets.map(({ lost }) => lost))).toBeGreaterThan(0);
		},
		5 * minutes,
	);

	it(
		"survives sockets that come and go under traffic, random calls and random octets in its queues, and then unloads",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				testbed/native/build/blast -d veth1 -t 200 -r 5000 -k 100 >/dev/null &
				traffic=$!
				abuse cycles veth0 200 || exit 1
				abuse garbage veth0 15 || exit 1
				grep pfq_queue_alloc /proc/vmallocinfo && fail 'queues are left'
				exec 5</dev/pfq
				rmmod pfq 2>/dev/null && fail 'unloaded while in use'
				exec 5<&-
				rmmod pfq || fail 'in use when all is closed'
				test ! -e /dev/pfq || fail 'the device node is still there'
				kill $traffic
				echo unloaded`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout).toMatch(/^200 cycles, \d+ packets\n\d+ of \d+ calls succeeded\nunloaded\n$/);
		},
		5 * minutes,
	);

	it(
		"keeps to its network namespace, which ends when the last socket in it is closed",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				ip netns add inner
				ip -n inner link add inner0 type veth peer name inner1
				ip -n inner link set inner0 up
				cd packages/tools
				node bin/pfq.js run -i inner0 --seconds 1 2>&1
				ip netns exec inner node bin/pfq.js run -i inner0 -e 'main = ip' --seconds 12 --json >/tmp/report &
				wait_for_report
				ip netns delete inner
				sleep 1
				wait
				tail -n 1 /tmp/report | cut -c1-33
				sleep 1
				rmmod pfq && echo unloaded`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout.split("\n")).toEqual([
				"pfq run: inner0: no such device in this network namespace",
				'{"type":"summary","host":"kernel"',
				"unloaded",
				"",
			]);
		},
		5 * minutes,
	);

	it(
		"passes libpfq's tests of live interfaces",
		async () => {
			execFileSync("make", ["-s", "-C", "bindings/c", "build/test/live"], {
				cwd: root,
				stdio: ["ignore", "ignore", "inherit"],
			});
			const { stdout } = await inGuest(series, "PFQ_HOST=kernel bindings/c/build/test/live");
			const failed = [...stdout.matchAll(/^FAILED (.*)$/gm)].map(([, name]) => name);
			expect(stdout).toMatch(/\d+ passed/);
			// asks for the user host's own words
			expect(failed).toEqual(["without_the_right_to_capture_the_error_says_how_to_get_it"]);
		},
		5 * minutes,
	);

	it(
		"lets users capture who may open the device node, within their limits, and no more",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$@"; }
				pfq() { as_nobody node packages/tools/bin/pfq.js run -i veth0 --seconds 1 --json "$@" 2>&1 | tail -n 1; }
				pfq -e 'main = ip' | cut -c1-120
				PFQ_HOST=kernel pfq -e 'main = ip'
				chmod 666 /dev/pfq
				pfq -e 'main = ip' | cut -c1-33
				pfq -e 'main = forward "veth1"'
				ulimit -l 4096
				pfq -e 'main = ip' -s 65536
				chmod 660 /dev/pfq`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout.split("\n")).toEqual([
				expect.stringContaining("CAP_NET_RAW"),
				expect.stringContaining("/dev/pfq: Permission denied"),
				'{"type":"summary","host":"kernel"',
				expect.stringContaining("CAP_NET_ADMIN"),
				expect.stringContaining("locked-memory limit"),
				"",
			]);
		},
		5 * minutes,
	);

	it(
		"leaves captures to the user host",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				node testbed/bin/pfq-traffic.js /tmp/made.pcap 1000
				node packages/tools/bin/pfq.js run -r /tmp/made.pcap --json | tail -n 1`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout).toContain('{"type":"summary","host":"user"');
		},
		5 * minutes,
	);
});
