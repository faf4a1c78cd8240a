// SPDX-License-Identifier: BSD-3-Clause
// The guest's first root: busybox, the modules that reach the host's file system, and an init that moves there.
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ArchiveEntry, archive } from "./archive.js";
import { type Kernel, run } from "./kernel.js";

const modules = ["virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay"];

/** Runs before anything else of ours. What comes after it, `pfq.start`, is a script in the checkout's view of the world. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in $(cat /modules/order); do insmod /modules/$module || echo "vm: $module cannot be loaded"; done
mkdir -p /dev/pts /dev/shm /dev/virtio-ports
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
for port in /sys/class/virtio-ports/*; do ln -s ../\${port##*/} /dev/virtio-ports/$(cat $port/name); done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=mmap,ro hostroot /lower
mount -t tmpfs tmpfs /upper
mkdir /upper/upper /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/upper,workdir=/upper/work overlay /root
for each in tmp run; do mount -t tmpfs tmpfs /root/$each; done
chmod 1777 /root/tmp
for each in dev proc sys; do mount --move /$each /root/$each; done
ip link set lo up
start=$(sed -n 's/.*pfq.start=\\([^ ]*\\).*/\\1/p' /root/proc/cmdline)
chroot /root /bin/sh "$start"
poweroff -f
`;

/** What the kernel calls when it wants a module: the one of the host's file system. */
const modprobe = `#!/bin/busybox sh
exec /bin/busybox chroot /root /sbin/modprobe "$@"
`;

/** Every module's file by its name, and the files that it needs, as modules.dep has them. */
const dependencies = (kernel: Kernel): Map<string, readonly string[]> => {
	const found = new Map<string, readonly string[]>();
	for (const line of readFileSync(join(kernel.modules, "modules.dep"), "utf8").split("\n")) {
		const [file, rest] = line.split(":");
		if (!file || rest === undefined) continue;
		const name = basename(file)
			.replace(/\.ko.*$/, "")
			.replaceAll("-", "_");
		found.set(name, [file, ...rest.trim().split(/\s+/).filter(Boolean)]);
	}
	return found;
};

/** The files to load for these modules, each after those that it needs. Modules built into the kernel have none. */
const loadOrder = (kernel: Kernel, names: readonly string[]): string[] => {
	const files = dependencies(kernel);
	const order = new Set<string>();
	for (const name of names) for (const file of (files.get(name) ?? []).toReversed()) order.add(file);
	return [...order];
};

const readModule = (path: string): Uint8Array => {
	if (!path.endsWith(".xz")) return readFileSync(path);
	return Buffer.from(run("sh", ["-c", 'xz -dc "$1" | base64 -w0', "sh", path]), "base64");
};

const busybox = (): Uint8Array => {
	const path = ["/bin/busybox", "/usr/bin/busybox"].find(existsSync);
	if (path === undefined) throw new Error("there is no busybox (package busybox-static)");
	return readFileSync(path);
};

export const initrd = (kernel: Kernel): Buffer => {
	const loaded = loadOrder(kernel, modules);
	const plain = (file: string) => basename(file).replace(/\.xz$/, "");
	const entries: ArchiveEntry[] = [
		...["bin", "dev", "lower", "modules", "proc", "root", "sbin", "sys", "upper"].map((path) => ({ path })),
		{ path: "init", content: Buffer.from(init), executable: true },
		{ path: "sbin/modprobe", content: Buffer.from(modprobe), executable: true },
		{ path: "bin/busybox", content: busybox(), executable: true },
		{ path: "modules/order", content: Buffer.from(`${loaded.map(plain).join("\n")}\n`) },
		...loaded.map((file) => ({ path: `modules/${plain(file)}`, content: readModule(join(kernel.modules, file)) })),
	];
	return archive(entries);
};
