// SPDX-License-Identifier: BSD-3-Clause
// What a kernel's log must not say after a test.

const smells: readonly RegExp[] = [
	/\bBUG:/,
	/\bWARNING:/,
	/\bOops\b/,
	/\bINFO: (task|rcu|possible|suspicious|inconsistent|trying)/,
	/Kernel panic/,
	/Call Trace:/,
	/general protection fault/,
	/\b(KASAN|KCSAN|KFENCE|UBSAN):/,
	/kmemleak: \d+ new suspected|unreferenced object/,
	/refcount_t:/,
	/possible (circular|recursive) locking/,
	/inconsistent lock state/,
	/held lock freed|lock held when returning/,
	/(rcu|RCU).*(stall|detected expedited)/,
	/soft lockup|hard LOCKUP|blocked for more than/,
	/unregister_netdevice: waiting for/,
	/scheduling while atomic|sleeping function called/,
	/slab .*(corrupt|overwritten)|still in use|Objects remaining/,
	/exceeds total pages|page allocation failure|Out of memory/,
];

/** What an allocation says that was made to fail. */
const ofFailedAllocations: readonly RegExp[] = [/Call Trace:/, /page allocation failure/];

/** What kernel_abuse writes into the log around the time in which it has allocations fail. */
const faultsBegin = "kernel_abuse: allocations fail from here on";
const faultsEnd = "kernel_abuse: allocations fail no more";

/** The lines that smell, in their order. */
export const smellyLines = (log: string): string[] => {
	let faults = false;
	return log.split(/\r?\n/).filter((line) => {
		if (line.includes(faultsBegin)) faults = true;
		if (line.includes(faultsEnd)) faults = false;
		if (faults && ofFailedAllocations.some((each) => each.test(line))) return false;
		return smells.some((smell) => smell.test(line));
	});
};

/** Records of /dev/kmsg (`PRIORITY,NUMBER,MICROSECONDS,FLAGS;TEXT`) as dmesg would print them, those before `dmesg -C` too. */
export const readableLog = (records: string): string =>
	records
		.split("\n")
		.flatMap((record) => {
			const found = /^\d+,\d+,(\d+),[^;]*;(.*)$/.exec(record);
			if (!found) return [];
			const [, microseconds, text] = found;
			return [`[${(Number(microseconds) / 1e6).toFixed(6).padStart(12)}] ${text}\n`];
		})
		.join("");
