// SPDX-License-Identifier: BSD-3-Clause
// Sending from pfq.ko, in a virtual machine: runs in `make test-kernel` alone.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inGuest, minutes, seriesAsked } from "./vm/guest.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"passes libpfq's tests of Tx threads, with a pool of buffers and without",
		async () => {
			execFileSync("make", ["-s", "-C", "bindings/c", "build/test/transmit"], {
				cwd: root,
				stdio: ["ignore", "ignore", "inherit"],
			});
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				for parameters in 'skb_tx_pool=64' 'skb_tx_pool=0 xmit_batch=7 tx_retry=0'; do
					rmmod pfq && insmod $module tx_cpus=0-1 $parameters || fail 'not loaded'
					PFQ_HOST=kernel bindings/c/build/test/transmit
				done
				rmmod pfq && insmod $module
				PFQ_HOST=kernel bindings/c/build/test/transmit | grep -m 1 -o 'no Tx threads: .*LIST'`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout).not.toContain("FAILED");
			expect(stdout.match(/8 passed 0 failed/g)).toHaveLength(2);
			expect(stdout).toContain("no Tx threads: load pfq.ko with tx_cpus=LIST");
		},
		10 * minutes,
	);
});
