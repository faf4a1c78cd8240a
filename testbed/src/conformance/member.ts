// SPDX-License-Identifier: BSD-3-Clause
// Other processes with a socket in a group: testbed/native/member.c.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { native } from "./host.js";

export interface MemberOptions {
	readonly gid?: number;
	readonly policy?: "private" | "restricted" | "shared";
	readonly device?: string;
	/** A file that holds a computation image. */
	readonly image?: string;
	readonly txDevice?: string;
	/** Runs as nobody, without capabilities. */
	readonly asNobody?: boolean;
	/** A network namespace to run in. */
	readonly namespace?: string;
}

const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"];

/** A copy that everybody may run, wherever the checkout is. */
let copy: string | undefined;
const program = (): string => {
	if (copy === undefined) {
		const folder = mkdtempSync("/tmp/pfq-member-");
		spawnSync("chmod", ["755", folder]);
		copy = join(folder, "member");
		copyFileSync(native("member"), copy);
	}
	return copy;
};

const commandOf = (options: MemberOptions): [string, ...string[]] => {
	const words = [
		...(options.namespace === undefined ? [] : ["ip", "netns", "exec", options.namespace]),
		...(options.asNobody ? asNobody : []),
		program(),
		...(options.gid === undefined ? [] : ["-g", String(options.gid)]),
		...(options.policy === undefined ? [] : ["-p", options.policy]),
		...(options.device === undefined ? [] : ["-d", options.device]),
		...(options.image === undefined ? [] : ["-i", options.image]),
		...(options.txDevice === undefined ? [] : ["-t", options.txDevice]),
	];
	return words as [string, ...string[]];
};

export interface Member {
	readonly gid: number;
	/** Ends it in good order; tells how many packets it received. */
	end(): Promise<number>;
	kill(): Promise<void>;
}

/** Starts one that is to join; throws what it says if it cannot. */
export const startMember = async (options: MemberOptions): Promise<Member> => {
	const [command, ...args] = commandOf(options);
	const child: ChildProcess = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
	const ended = once(child, "close");
	if (!child.stdout) throw new Error("no output");
	const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
	const { value: first = "" } = await lines.next();
	const gid = /^joined (\d+)$/.exec(first)?.[1];
	if (gid === undefined) {
		await ended;
		throw new Error(first);
	}
	return {
		gid: Number(gid),
		async end() {
			child.stdin?.end();
			const { value: last = "" } = await lines.next();
			await ended;
			return Number(/^(\d+) packets$/.exec(last)?.[1]);
		},
		async kill() {
			child.kill("SIGKILL");
			await ended;
		},
	};
};
