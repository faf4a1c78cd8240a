// SPDX-License-Identifier: BSD-3-Clause
// Emulated network interfaces of a guest, in pairs: what one end of a pair sends, the other receives.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What QEMU calls the device, and the module that drives it in the guest. */
export const nicModels = {
	"virtio-net": { device: "virtio-net-pci", module: "virtio_net" },
	e1000: { device: "e1000", module: "e1000" },
	e1000e: { device: "e1000e", module: "e1000e" },
	vmxnet3: { device: "vmxnet3", module: "vmxnet3" },
	rtl8139: { device: "rtl8139", module: "8139cp" },
} as const;
export type NicModel = keyof typeof nicModels;

export interface Network {
	/** A program and its first arguments, to start QEMU by; none if it needs none. */
	readonly launcher: readonly string[];
	readonly arguments: readonly string[];
}

/** The interface's address, by which the guest's init finds it and calls it nic0, nic1, ...: a pair is an even and the next odd one. */
export const nicAddress = (index: number): string => `52:54:00:00:00:${index.toString(16).padStart(2, "0")}`;

/** Interfaces of several queues need taps, which are made in a network namespace that goes with QEMU. */
const tapsCanBeMade = (): boolean =>
	process.getuid?.() === 0 &&
	existsSync("/dev/net/tun") &&
	spawnSync("unshare", ["--net", "sh", "-c", `${tapScript([0], 1)} true`], { stdio: "ignore" }).status === 0;

/** Commands that make the taps, and a bridge for each pair. */
const tapScript = (indices: readonly number[], queues: number): string => {
	const bridges = new Set(indices.map((index) => `bridge${index >> 1}`));
	return [
		"echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6",
		...[...bridges].map((bridge) => `ip link add ${bridge} mtu 9000 up type bridge mcast_snooping 0`),
		...indices.flatMap((index) => [
			`ip tuntap add tap${index} mode tap ${queues > 1 ? "multi_queue" : ""}`,
			`ip link set tap${index} mtu 9000 txqueuelen 10000 master bridge${index >> 1} up`,
		]),
		"",
	].join(" && ");
};

const ends = (models: readonly NicModel[]) =>
	models.flatMap((model, pair) => [0, 1].map((side) => ({ model, index: 2 * pair + side })));

/** `queues`: of an interface that has several, at most so many. `folder`: for sockets. */
export const network = (models: readonly NicModel[], queues: number, folder: string): Network => {
	const ofSocket = (side: string, index: number): string =>
		`${side}.type=unix,${side}.path=${join(folder, `net${index}`)}`;
	const all = ends(models);
	const tapped = queues > 1 && models.includes("virtio-net") && tapsCanBeMade();
	const onTaps = all.filter(({ model }) => tapped && model === "virtio-net").map(({ index }) => index);
	const args = all.flatMap(({ model, index }) => {
		const device = `${nicModels[model].device},netdev=net${index},mac=${nicAddress(index)}`;
		return onTaps.includes(index)
			? [
					...["-netdev", `tap,id=net${index},ifname=tap${index},script=no,downscript=no,queues=${queues}`],
					...["-device", `${device},mq=on,vectors=${2 * queues + 2}`],
				]
			: [
					"-netdev",
					`dgram,id=net${index},${ofSocket("local", index)},${ofSocket("remote", index ^ 1)}`,
					"-device",
					device,
				];
	});
	return {
		arguments: args,
		launcher: onTaps.length > 0 ? ["unshare", "--net", "sh", "-c", `${tapScript(onTaps, queues)} exec "$@"`, "sh"] : [],
	};
};
