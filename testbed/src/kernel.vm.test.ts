// SPDX-License-Identifier: BSD-3-Clause
// pfq.ko in a virtual machine, or in the one that this runs in.
import { describe, expect, it } from "vitest";
import { inGuest, patience, seriesAsked } from "./vm/guest.js";
import { buildLibpfqTests, misuseTests } from "./vm/libpfq-tests.js";

interface Summary {
	host: string;
	groups: { recv: number; lost: number; drop: number }[];
	sockets: { recv: number; lost: number }[];
	devices: { recv: number; lost: number; state: string }[];
}

/** What a test program of libpfq says that went wrong. */
const failuresOf = (stdout: string) => [...stdout.matchAll(/(?:^ {2}.*\n)?^FAILED .*$/gm)].map(([failure]) => failure);

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"steers every packet to one of the sockets, and its figures add up",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				run_pfq -e 'main = ip >-> steer_flow' -n 2 -s 32768
				wait_for_report
				blast -n 20000 -r 10000 -k 100
				wait_for_packets veth0 20000
				end_pfq $!
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
		patience,
	);

	it(
		"takes another program from another process, in a shared group",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				load() { node packages/lang/bin/pfq-lang.js load "$@"; }
				run_pfq --shared -e 'main = drop' -n 2
				pfq=$!
				wait_for_report
				blast -n 1000 -k 100
				wait_for_packets veth0 1000
				load --gid 0 -e 'main = inc 5 >-> steer_flow' || fail 'not loaded'
				blast -n 1000 -k 100
				wait_for_packets veth0 2000
				load --gid 7 -e 'main = ip' 2>&1
				end_pfq $pfq
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
		patience,
	);

	it(
		"passes libpfq's tests of live interfaces",
		async () => {
			buildLibpfqTests(["live"]);
			const { stdout } = await inGuest(series, "cd bindings/c && PFQ_HOST=kernel build/test/live");
			expect(failuresOf(stdout)).toEqual([]);
			expect(stdout).toMatch(/^\d+ passed 0 failed 2 skipped$/m);
		},
		patience,
	);

	it(
		"passes libpfq's tests of misuse, of threads, of children and of the end of a socket",
		async () => {
			buildLibpfqTests(misuseTests);
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				rmmod pfq && insmod $module tx_cpus=0-1 || fail 'not loaded'
				cd bindings/c
				for each in ${misuseTests.join(" ")}; do
					PFQ_HOST=kernel build/test/$each || echo "FAILED $each: status $?"
				done`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(failuresOf(stdout)).toEqual([]);
			expect(stdout.match(/^\d+ passed 0 failed [01] skipped$/gm)).toHaveLength(misuseTests.length);
			const skipped = ["no thread of a program runs computations of pfq.ko's"];
			if (process.env.PFQ_TEST_LONG !== "1")
				skipped.push("the compiler starts slowly in an emulated machine: PFQ_TEST_LONG=1");
			expect([...stdout.matchAll(/^ {2}skipped: (.*)$/gm)].map(([, why]) => why)).toEqual(skipped);
		},
		patience,
	);

	it(
		"charges the queues that a user has mapped, until they are unmapped",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				chmod 666 /dev/pfq
				ulimit -l 8192
				setpriv --reuid=65534 --regid=65534 --clear-groups testbed/native/build/kernel_abuse locked 100
				status=$?
				chmod 660 /dev/pfq
				exit $status`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout).toMatch(/^\d mappings of \d+ KiB$/m);
		},
		patience,
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
		patience,
	);
});
