// SPDX-License-Identifier: BSD-3-Clause
// Interfaces that cannot be diverted, are renamed, or move away, in a virtual machine, or in the one that this runs in.
import { describe, expect, it } from "vitest";
import { inGuest, patience, seriesAsked } from "./vm/guest.js";

interface Summary {
	readonly groups: readonly { recv: number }[];
	readonly devices: readonly { name: string; recv: number; lost: number; state: string }[];
}

/** The lines `== WORD REST` of a script's output, by the word. */
const linesOf = (text: string): Record<string, string> =>
	Object.fromEntries([...text.matchAll(/^== (\S+) (.*)$/gm)].map(([, word, rest]) => [word as string, rest as string]));
const summary = (line: string | undefined): Summary => JSON.parse(line ?? "{}") as Summary;

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"says which device cannot be diverted, and to whom none can",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				ip link add br0 type bridge
				ip link set veth0 master br0
				pfq() { echo "== $1 $(shift; "$@" 2>&1 | tail -n 1)"; }
				run="node packages/tools/bin/pfq.js run --seconds 1 --json"
				pfq bridged $run -i divert:veth0
				pfq user env PFQ_HOST=user $run -i divert:veth1
				chmod 666 /dev/pfq
				pfq nobody setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all $run -i divert:veth1
				pfq both $run -i veth1 -i divert:veth1`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const lines = linesOf(stdout);
			expect(lines.bridged).toMatch(/^pfq run: divert:veth0: .*bridge/);
			expect(lines.user).toMatch(/^pfq run: divert:veth1: only pfq.ko can .*PFQ_HOST=kernel$/);
			expect(lines.nobody).toMatch(/^pfq run: divert:veth1: .*CAP_NET_ADMIN$/);
			expect(summary(lines.both).devices.map(({ name }) => name)).toEqual(["veth1", "divert:veth1"]);
		},
		patience,
	);

	it(
		"follows an interface that is renamed, and lets go of one that moves to another namespace",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				# it ends when none of its interfaces runs, and one does not while it is renamed
				run_pfq -i veth1 -e 'main = udp'
				wait_for_report
				ip link set veth0 down
				ip link set veth0 name other0
				ip link set other0 up
				blast -n 500 >/dev/null
				wait_for_packets veth0 500
				ip netns add elsewhere
				ip link set other0 netns elsewhere
				kill -TERM $!
				wait
				echo "== moved $(tail -n 1 /tmp/report)"`,
			);
			expect(stderr).toBe("pfq run: veth0: the interface, renamed to other0, was removed\n");
			expect(status).toBe(0);
			const { devices, groups } = summary(linesOf(stdout).moved);
			expect(devices).toMatchObject([
				{ name: "veth0", recv: 500, lost: 0, state: "failed" },
				{ name: "veth1", recv: 0, state: "closed" },
			]);
			expect(groups).toMatchObject([{ recv: 500 }]);
		},
		patience,
	);
});
