// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { readableLog, smellyLines } from "./kernel-log.js";

it.each([
	"[    5.1] BUG: unable to handle page fault for address: 0000000000001000",
	"[    5.1] WARNING: CPU: 1 PID: 77 at net/core/dev.c:1 f+0x1/0x2 [pfq]",
	"[    5.1] WARNING: possible circular locking dependency detected",
	"[    5.1] Oops: 0000 [#1] PREEMPT SMP NOPTI",
	"[    5.1] rcu: INFO: rcu_preempt self-detected stall on CPU",
	"[    5.1] INFO: task pfq:77 blocked for more than 120 seconds.",
	"[    5.1] unregister_netdevice: waiting for veth0 to become free. Usage count = 2",
	"[    5.1] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
	"[    5.1] watchdog: BUG: soft lockup - CPU#0 stuck for 26s!",
	"[    5.1] general protection fault, probably for non-canonical address",
])("smells: %s", (line) => {
	expect(smellyLines(`[    1.0] Linux version\r\n${line}\n`)).toEqual([line]);
});

it("finds nothing in what a healthy kernel says", () => {
	const log = `[    0.0] ..MP-BIOS bug: 8254 timer not connected to IO-APIC
[    0.1] rcu: Hierarchical RCU implementation.
[    0.2] Spectre V2 : Vulnerable
[    3.3] pfq: loading out-of-tree module taints kernel.
[    3.3] pfq: module verification failed: signature and/or required key missing - tainting kernel
[    9.9] device veth0 entered promiscuous mode
`;
	expect(smellyLines(log)).toEqual([]);
});

it("makes lines of the kernel's records", () => {
	const records = "6,339,5140900,-;NET: Registered\n SUBSYSTEM=pci\n4,340,61234567,c;BUG: wrong, and so on\n";
	expect(readableLog(records)).toBe("[    5.140900] NET: Registered\n[   61.234567] BUG: wrong, and so on\n");
});

it("takes what a failed allocation says for granted while allocations are made to fail, and nothing else", () => {
	const log = (end: string) => `kernel_abuse: allocations fail from here on
program: vmalloc error: size 4096, vm_struct allocation failed
Call Trace:
${end}
BUG: KASAN: use-after-free in f
Call Trace:`;
	expect(smellyLines(log("between"))).toEqual(["BUG: KASAN: use-after-free in f"]);
	expect(smellyLines(log("kernel_abuse: allocations fail no more"))).toEqual([
		"BUG: KASAN: use-after-free in f",
		"Call Trace:",
	]);
});
