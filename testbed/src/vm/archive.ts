// SPDX-License-Identifier: BSD-3-Clause
// The archive that a kernel unpacks as its first root: cpio, "newc" (Documentation/driver-api/early-userspace/buffer-format.rst).

export interface ArchiveEntry {
	/** Without a leading slash; its folders come before it. */
	readonly path: string;
	/** Absent for a folder. */
	readonly content?: Uint8Array;
	readonly executable?: boolean;
}

const folder = 0o040755;
const file = 0o100644;
const program = 0o100755;

const padded = (octets: Uint8Array): Buffer => {
	const rest = (4 - (octets.length % 4)) % 4;
	return Buffer.concat([octets, Buffer.alloc(rest)]);
};

const record = (path: string, mode: number, content: Uint8Array, inode: number): Buffer => {
	const name = Buffer.from(`${path}\0`);
	const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
	const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
	return Buffer.concat([padded(Buffer.concat([Buffer.from(header), name])), padded(content)]);
};

export const archive = (entries: readonly ArchiveEntry[]): Buffer => {
	const none = new Uint8Array();
	const records = entries.map(({ path, content, executable }, index) =>
		content === undefined
			? record(path, folder, none, index + 1)
			: record(path, executable ? program : file, content, index + 1),
	);
	return Buffer.concat([...records, record("TRAILER!!!", 0, none, 0)]);
};
