// SPDX-License-Identifier: BSD-3-Clause
// The guest's first root: busybox, the modules that reach the host's file system, and an init that moves there.
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ArchiveEntry, archive } from "./archive.js";
import { type Kernel, run } from "./kernel.js";
import { nicAddress } from "./network.js";
import { ownFolders } from "./share.js";
import { quote } from "./shell.js";

const modules = ["virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay"];

export interface InitrdOptions {
	/** Modules of the network interfaces. */
	readonly drivers: readonly string[];
	/** Folders of the host with a mount of their own, and where the guest writes to the host. */
	readonly shares: readonly string[];
	readonly output: boolean;
	/** The script that runs when the guest sees the host's files. */
	readonly start: string;
}

/** The tag by which the guest mounts a folder of the host. */
export const shareTag = (index: number): string => `share${index}`;
export const outputTag = "output";

/** Runs before anything else of ours. What comes after it, `start`, runs in the checkout's view of the world. */
const init = ({ shares, output }: InitrdOptions): string => `#!/bin/busybox sh
share() { # TAG FOLDER: read-only on the host, changes are the guest's own
	mkdir -p /lower/$1 /upper/$1/upper /upper/$1/work "/root/$2"
	mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro $1 /lower/$1
	mount -t overlay -o lowerdir=/lower/$1,upperdir=/upper/$1/upper,workdir=/upper/$1/work overlay "/root/$2"
}
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
mount -t tmpfs tmpfs /upper
share hostroot /
for each in ${ownFolders.join(" ")}; do mount -t tmpfs tmpfs /root$each; done
chmod 1777 /root/tmp
${shares.map((folder, index) => `share ${shareTag(index)} ${quote(folder)}`).join("\n")}
${output ? `mkdir -p /root/output && mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 ${outputTag} /root/output` : ""}
ip link set lo up
for each in /sys/class/net/*; do
	case $(cat $each/address) in
	${nicAddress(0).slice(0, -2)}*) ip link set \${each##*/} name nic$((0x$(sed 's/.*://' $each/address))) ;;
	esac
done
for each in dev proc sys; do mount --move /$each /root/$each; done
cp /start /root/run/start
chroot /root /bin/sh /run/start
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

export const initrd = (kernel: Kernel, options: InitrdOptions): Buffer => {
	const loaded = loadOrder(kernel, [...modules, ...options.drivers]);
	const plain = (file: string) => basename(file).replace(/\.xz$/, "");
	const entries: ArchiveEntry[] = [
		...["bin", "dev", "lower", "modules", "proc", "root", "sbin", "sys", "upper"].map((path) => ({ path })),
		{ path: "init", content: Buffer.from(init(options)), executable: true },
		{ path: "start", content: Buffer.from(options.start) },
		{ path: "sbin/modprobe", content: Buffer.from(modprobe), executable: true },
		{ path: "bin/busybox", content: busybox(), executable: true },
		{ path: "modules/order", content: Buffer.from(`${loaded.map(plain).join("\n")}\n`) },
		...loaded.map((file) => ({ path: `modules/${plain(file)}`, content: readModule(join(kernel.modules, file)) })),
	];
	return archive(entries);
};
