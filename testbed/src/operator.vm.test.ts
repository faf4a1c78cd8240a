// SPDX-License-Identifier: BSD-3-Clause
// What an operator sees of pfq.ko, in a virtual machine: runs in `make test-kernel` alone.
import { describe, expect, it } from "vitest";
import { inGuest, minutes, seriesAsked } from "./vm/guest.js";

/** What insmod is asked for, and what the log says about it. */
const refusals: readonly (readonly [value: string, allowed: string])[] = [
	...["0", "513", "-1", "many", "", "4294967297"].map(
		(each) => [`capt_batch=${each}`, "a number from 1 to 512"] as const,
	),
	...["0", "65", "0x100000001"].map((each) => [`xmit_batch=${each}`, "a number from 1 to 64"] as const),
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
				insmod $module capt_batch=512 xmit_batch=1 max_slot_size=0x1000 max_sockets=2 skb_tx_pool=0 tx_retry=0 \
					vlan_untag capture_outgoing=y tx_cpus=0-1 || fail 'refused'
				cd /sys/module/pfq/parameters && head -qn 1 capt_batch xmit_batch max_slot_size max_sockets skb_tx_pool tx_retry \
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
				..."512 1 4096 2 0 0 Y Y 0-1".split(" "),
				expect.stringContaining("max_sockets"),
				expect.stringContaining("max_sockets"),
				"",
			]);
		},
		5 * minutes,
	);
});
