// SPDX-License-Identifier: BSD-3-Clause
// What an operator sees of pfq.ko, in a virtual machine, or in the one that this runs in.
import { describe, expect, it } from "vitest";
import { rowsOf } from "./proc-tables.js";
import { inGuest, patience, seriesAsked } from "./vm/guest.js";

/** What insmod is asked for, and what the log says about it. */
const refusals: readonly (readonly [value: string, allowed: string])[] = [
	...["0", "65", "-1", "many", "", "0x100000001"].map(
		(each) => [`xmit_batch=${each}`, "a number from 1 to 64"] as const,
	),
	...["127", "262209", "1e3"].map((each) => [`max_slot_size=${each}`, "a number from 128 to 262208"] as const),
	...["0", "257", "-0"].map((each) => [`max_sockets=${each}`, "a number from 1 to 256"] as const),
	...["65537", "-1", "some"].map((each) => [`skb_tx_pool=${each}`, "a number from 0 to 65536"] as const),
	...["1025", "-1", "3times"].map((each) => [`tx_retry=${each}`, "a number from 0 to 1024"] as const),
	...["2", "maybe", ""].map((each) => [`vlan_untag=${each}`, "0 or 1"] as const),
	...["7", "perhaps"].map((each) => [`capture_outgoing=${each}`, "0 or 1"] as const),
	...["99", "0-5", "1-0", "first", "0-", "-1"].map(
		(each) => [`tx_cpus=${each}`, "a list of CPUs that are online (0-1)"] as const,
	),
];

/** What a script printed, by the words in its lines `== WORD`. */
const partsOf = (text: string): Record<string, string> =>
	Object.fromEntries(
		text
			.split(/^== /m)
			.slice(1)
			.map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]),
	);

const sumOf = (rows: Record<string, string>[], column: string) =>
	rows.reduce((total, row) => total + Number(row[column]), 0);

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"refuses parameters that make no sense, says what is allowed, and takes the others",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				rmmod pfq
				dmesg -C
				for each in ${refusals.map(([value]) => `'${value}'`).join(" ")}; do
					insmod $module "$each" 2>/dev/null && fail "$each: taken"
				done
				dmesg -t | grep '^pfq: '
				echo --
				insmod $module xmit_batch=1 max_slot_size=0x1000 max_sockets=2 skb_tx_pool=0 tx_retry=0 \
					vlan_untag capture_outgoing=y tx_cpus=0-1 || fail 'refused'
				cd /sys/module/pfq/parameters && head -qn 1 xmit_batch max_slot_size max_sockets skb_tx_pool tx_retry \
					vlan_untag capture_outgoing tx_cpus
				cd - >/dev/null
				exec 5</dev/pfq 6</dev/pfq
				node packages/tools/bin/pfq.js run -i veth0 --seconds 1 2>&1
				PFQ_HOST=kernel node packages/tools/bin/pfq.js run -i veth0 --seconds 1 2>&1
				exec 5<&- 6<&-
				true`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const [refused = "", taken] = stdout.split("--\n");
			expect(refused.trimEnd().split("\n")).toEqual(
				refusals.map(([value, allowed]) => `pfq: parameter ${value}: must be ${allowed}`),
			);
			expect(taken?.split("\n")).toEqual([
				..."1 4096 2 0 0 Y Y 0-1".split(" "),
				expect.stringContaining("max_sockets"),
				expect.stringContaining("max_sockets"),
				"",
			]);
		},
		patience,
	);

	it(
		"shows its figures in /proc/net/pfq, by namespace, while sockets come and go",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				show() { echo "== $1"; cat /proc/net/pfq/$1; }
				run_pfq -e 'main = udp >-> steer_flow' -n 2 -s 1024
				pfq=$!
				wait_for_report
				blast -n 20000 -k 100 >/dev/null
				wait_for_packets veth0 20000
				sleep 1
				for each in sockets groups devices computations memory stats; do show $each; done
				ip netns add inner
				ip netns exec inner sh -c 'echo "== inner"; cat /proc/net/pfq/sockets /proc/net/pfq/stats'
				end_pfq $pfq
				echo "== report"
				tail -n 1 /tmp/report
				echo "== after"
				cat /proc/net/pfq/sockets
				while cat /proc/net/pfq/* >/dev/null; do :; done &
				readers=$!
				testbed/native/build/blast -d veth1 -t 200 -r 5000 -k 100 >/dev/null &
				traffic=$!
				abuse cycles veth0 60 >/dev/null || exit 1
				kill $readers $traffic
				ls -l /proc/net/pfq | awk 'NR > 1 { print $1, $NF }' | sort -k 2 | sed '1i == modes'`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const parts = partsOf(stdout);
			const tables = Object.fromEntries(
				["sockets", "groups", "devices", "memory", "stats"].map((name) => [name, rowsOf(parts[name] ?? "")]),
			);
			const { sockets = [], groups = [], devices = [], memory = [], stats = [] } = tables;
			expect(sockets.length).toBe(2);
			expect(groups.length).toBe(1);
			for (const row of sockets) expect(Number(row.received)).toBe(Number(row.delivered) + Number(row.lost));
			for (const row of [...groups, ...stats]) {
				expect(Number(row.received)).toBe(Number(row.delivered) + Number(row.lost) + Number(row.dropped));
				expect(row).toMatchObject({ packets: "20000", received: "20000" });
			}
			expect(sumOf(groups, "delivered")).toBe(sumOf(sockets, "delivered"));
			expect(sumOf(groups, "lost")).toBe(sumOf(sockets, "lost"));
			expect(groups[0]).toMatchObject({ members: "2", computation: "yes", filter: "no", devices: "veth0" });
			expect(devices).toMatchObject([{ device: "veth0", packets: "20000", missed: "0", state: "running" }]);
			expect(memory).toMatchObject([
				{ socket: "0", page: "4096", rx_slots: "1024", cpu: "-" },
				{ socket: "1", rx_slots: "1024", cpu: "-" },
				// the module's own buffers
				{ socket: "-", page: "4096", rx_slots: "-", cpu: "0" },
				{ socket: "-", cpu: "1" },
			]);
			expect(parts.computations).toContain("\n-- group 0\nmain = udp >-> steer_flow\n");
			expect(parts.inner?.split("\n").length).toBe(3);
			const report = JSON.parse(parts.report ?? "{}") as { sockets: { recv: number; lost: number }[] };
			expect(report.sockets.map(({ recv, lost }) => [`${recv}`, `${lost}`])).toEqual(
				sockets.map(({ delivered, lost }) => [delivered, lost]),
			);
			expect(parts.after?.split("\n").length).toBe(2);
			expect(parts.modes?.trim().split("\n")).toEqual([
				"-r--r----- computations",
				...["devices", "groups", "memory", "sockets", "stats"].map((name) => `-r--r--r-- ${name}`),
			]);
		},
		patience,
	);

	it(
		"traces what happens: sockets, groups, bindings, programs, losses, a device that goes",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				ip link add veth2 type veth peer name veth3
				tracing=/sys/kernel/tracing
				test -e $tracing/events || mount -t tracefs tracefs $tracing
				ls $tracing/events/pfq | grep pfq_ | sed '1i == events'
				run_pfq -e 'main = udp >-> forward "veth2" >-> steer_flow' -n 1 -s 16
				wait_for_report
				blast -n 500 -k 4 >/dev/null
				wait_for_packets veth0 500
				end_pfq $!
				echo "== off"
				cat $tracing/trace | grep pfq_
				echo 1 >$tracing/events/pfq/enable
				rm /tmp/report
				run_pfq -e 'main = udp >-> forward "veth2" >-> steer_flow' -n 1 -s 16
				wait_for_report
				kill -STOP $! # it is to lose packets
				blast -n 500 -k 4 >/dev/null
				wait_for_packets veth0 500
				kill -CONT $!
				ip link delete veth0
				wait
				cd packages/tools
				node --input-type=module -e '
					import { Socket } from "@pfq/core";
					const socket = Socket.open();
					socket.joinGroup().setFilter("udp port 7");
					socket.close();
				' || exit 1
				echo "== trace"
				grep -o 'pfq_.*' $tracing/trace`,
			);
			expect(stderr).toBe("pfq run: veth0: the interface was removed\n");
			expect(status).toBe(0);
			const { events = "", off, trace = "" } = partsOf(stdout);
			const seen = new Set([...trace.matchAll(/^(pfq_\w+): netns=\d+ /gm)].map(([, name]) => name));
			expect([...seen].sort()).toEqual(events.trim().split("\n"));
			expect(off).toBe("");
			expect(trace).toMatch(/^pfq_bind: netns=\d+ group=0 device=veth0 queue=-1$/m);
			expect(trace).toMatch(/^pfq_computation: netns=\d+ group=0 nodes=3 instructions=\d+$/m);
			expect(trace).toMatch(/^pfq_filter: netns=\d+ group=0 bpf=1 vlan=0$/m);
			expect(trace).toMatch(/^pfq_lost: netns=\d+ socket=0 group=0 packets=\d+$/m);
			expect(trace).toMatch(/^pfq_tx_failed: netns=\d+ device=veth2 packets=\d+$/m);
			expect(trace).toMatch(/^pfq_device_gone: netns=\d+ device=veth0$/m);
			expect(trace).toMatch(/^pfq_group_leave: netns=\d+ socket=0 group=0$/m);
		},
		patience,
	);

	it(
		"puts queues into HugePages where they are asked for, and gives them back whatever happens",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				free() { awk '/HugePages_Free/ { print $2 }' /proc/meminfo; }
				export PFQ_HOST=kernel PFQ_HUGEPAGES=2M
				run_pfq --seconds 1
				wait
				rm /tmp/report
				echo 24 >/proc/sys/vm/nr_hugepages
				run_pfq -e 'main = udp >-> steer_flow' -n 2
				pfq=$!
				wait_for_report
				blast -n 3000 -r 3000 -k 100 >/dev/null
				wait_for_packets veth0 3000
				echo "== memory"
				cat /proc/net/pfq/memory
				echo "== used"
				free
				end_pfq $pfq
				echo "== report"
				tail -n 1 /tmp/report
				echo "== after"
				free
				rm /tmp/report
				run_pfq -n 2
				runs=$!
				wait_for_report
				kill -KILL $runs
				wait
				echo "== killed"
				free
				testbed/native/build/blast -d veth1 -t 200 -r 5000 -k 100 >/dev/null &
				traffic=$!
				abuse garbage veth0 15 >/dev/null || exit 1
				kill $traffic
				rmmod pfq
				echo "== abused"
				free`,
			);
			expect(stderr).toMatch(/^pfq: no free HugePages of 2048 KiB \(.*\): queues are in plain memory\n$/);
			expect(status).toBe(0);
			const parts = partsOf(stdout);
			const queues = rowsOf(parts.memory ?? "").filter(({ cpu }) => cpu === "-");
			expect(queues).toMatchObject([{ page: "2097152" }, { page: "2097152" }]);
			expect(Number(parts.used)).toBeLessThan(24);
			const report = JSON.parse(parts.report ?? "{}") as { host: string; sockets: { recv: number }[] };
			expect(report.host).toBe("kernel");
			expect(report.sockets.reduce((sum, { recv }) => sum + recv, 0)).toBe(3000);
			for (const part of ["after", "killed", "abused"]) expect(parts[part], part).toBe("24\n");
		},
		patience,
	);

	it(
		"filters by eBPF programs, which it gives back, and by VLAN tags wherever a device leaves them",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				modprobe 8021q
				ip link add veth1.5 link veth1 type vlan id 5
				ip link set veth1.5 up
				PFQ_HOST=kernel testbed/native/build/kernel_filters veth0 veth1 veth1.5`,
			);
			expect(stderr).toBe("");
			expect(stdout.split("\n").filter((line) => !line.startsWith("ok "))).toEqual([""]);
			expect(status).toBe(0);
		},
		patience,
	);
});
