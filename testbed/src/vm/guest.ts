// SPDX-License-Identifier: BSD-3-Clause
// Shell scripts that tests run in a guest, beside pfq.ko.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { release } from "node:os";
import { fileURLToPath } from "node:url";

const vm = fileURLToPath(new URL("../../bin/vm.js", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Seconds that a guest may take, on a machine that does much else. */
const limit = 540;

/** Milliseconds for a test that boots one, and builds for it. */
export const patience = (limit + 60) * 1000;

/** Whether this is a guest itself: then scripts run here, each in a network namespace of its own, and nothing is booted. */
export const inside = process.env.PFQ_GUEST === "1";

/** The kernel series to test on. */
export const seriesAsked = inside
	? [/^\d+\.\d+/.exec(release())?.[0] ?? ""]
	: (process.env.PFQ_TEST_KERNELS ?? "6.1").split(",");

export interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A cable of two devices, no traffic on it but what the script makes; and functions for scripts. */
const prelude = `
rm -f /tmp/report
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
wait_until() { # WHAT COMMAND...: what is sent arrives later where a processor is busy
	what=$1
	shift
	for try in $(seq 600); do "$@" && return; sleep 0.1; done
	fail "a minute without $what"
}
counts() { test "$(cat /sys/class/net/$1/statistics/rx_packets)" -ge $2; }
brings() { awk -v name=$1 -v all=$2 '$8 == name && $4 >= all { found = 1 } END { exit !found }' /proc/net/pfq/devices; }
wait_for_count() { wait_until "$2 packets at $1" counts "$@"; }
wait_for_packets() { wait_until "$2 packets from $1" brings "$@"; }
end_pfq() { kill -INT $1 && wait $1; }
module=packages/kernel-module/build/$(uname -r)/pfq.ko
`;

/** A world of its own inside a guest, and afterwards the module as it was. */
const isolated = `
mount -t sysfs sysfs /sys && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ip link set lo up
mount -t debugfs debugfs /sys/kernel/debug; mount -t tracefs tracefs /sys/kernel/tracing
sh -c "$1"
status=$?
test ! -e /sys/module/pfq || rmmod pfq && insmod "$PFQ_MODULE" $PFQ_MODULE_PARAMETERS && exit $status
`;

const commandOf = (series: string, script: string): string[] =>
	inside
		? ["unshare", "--net", "--mount", "sh", "-c", isolated, "sh", prelude + script]
		: [process.execPath, vm, "--kernel", series, "--limit", String(limit), "--", "sh", "-c", prelude + script];

/** Runs a shell script in a guest; its status is the script's, or tells that the kernel's log smells. */
export async function inGuest(series: string, script: string): Promise<Outcome> {
	const [command = "", ...args] = commandOf(series, script);
	const { PFQ_HOST: _, ...environment } = process.env;
	const child = spawn(command, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"] });
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
