// SPDX-License-Identifier: BSD-3-Clause
// Shell scripts that tests run in a guest, beside pfq.ko.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const vm = fileURLToPath(new URL("../../bin/vm.js", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

export const minutes = 60_000;

/** The kernel series to test on. */
export const seriesAsked = (process.env.PFQ_TEST_KERNELS ?? "6.1").split(",");

export interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A cable of two devices, no traffic on it but what the script makes; and functions for scripts. */
const prelude = `
fail() { echo "$*" >&2; exit 1; }
ip link add veth0 type veth peer name veth1 || fail 'no veth'
for each in veth0 veth1; do
	echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6
	ip link set $each arp off
	ip link set $each up
done
blast() { testbed/native/build/blast -d veth1 "$@"; }
abuse() { testbed/native/build/kernel_abuse "$@"; }
run_pfq() { node packages/tools/bin/pfq.js run -i veth0 --json "$@" >/tmp/report & }
wait_for_report() { until test -s /tmp/report; do sleep 0.2; done; }
module=packages/kernel-module/build/$(uname -r)/pfq.ko
`;

/** Runs a shell script in a guest; its status is the script's, or tells that the kernel's log smells. */
export async function inGuest(series: string, script: string): Promise<Outcome> {
	const child = spawn(
		process.execPath,
		[vm, "--kernel", series, "--limit", "240", "--", "sh", "-c", prelude + script],
		{
			cwd: root,
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const [status] = await once(child, "close");
	return { status, stdout, stderr };
}
