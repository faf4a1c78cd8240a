// SPDX-License-Identifier: BSD-3-Clause
// Cables: what is sent at the far end arrives at the device.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Socket } from "@pfq/core";
import { ip, native, onKernel, run, silenceIpv6, until } from "./host.js";

export interface Cable extends Disposable {
	/** What PFQ is bound to. */
	readonly device: string;
	/** The other end; for memory, the same. */
	readonly far: string;
	/** Sends packets at the far end; they have left when it returns. */
	send(...packets: readonly Uint8Array[]): void;
}

export interface CableOptions {
	readonly mtu?: number;
	readonly queues?: number;
	/** Of a veth pair: segmentation, receive and VLAN offloads. Off by default. */
	readonly offloads?: boolean;
}

const framed = (packets: readonly Uint8Array[]): Uint8Array =>
	Buffer.concat(
		packets.flatMap((packet) => {
			const length = Buffer.alloc(4);
			length.writeUInt32LE(packet.length);
			return [length, packet];
		}),
	);

export const inject = (device: string, packets: readonly Uint8Array[], ...options: readonly string[]): void => {
	run(native("inject"), [device, ...options], framed(packets));
};

let made = 0;

export const createVeth = ({ mtu = 1500, queues = 1, offloads = false }: CableOptions = {}): Cable => {
	const device = `left${made}`;
	const far = `right${made++}`;
	silenceIpv6();
	const features = `mtu ${mtu} numrxqueues ${queues} numtxqueues ${queues}`;
	ip(`link add ${device} ${features} type veth peer name ${far} ${features}`);
	if (!offloads)
		for (const end of [device, far])
			run("ethtool", ["-K", end, ...["tso", "gso", "gro", "rxvlan", "txvlan"].flatMap((each) => [each, "off"])]);
	ip(`link set ${device} arp off up`, `link set ${far} arp off up`);
	return {
		device,
		far,
		send: (...packets) => inject(far, packets),
		[Symbol.dispose]() {
			try {
				ip(`link delete ${device}`);
			} catch (error) {
				if (existsSync(`/sys/class/net/${device}`)) throw error; // else it has gone with its other end
			}
		},
	};
};

const createMemory = (): Cable => {
	const device = `mem:conformance${made++}`;
	const sender = Socket.open({ caplen: 64, rxSlots: 16, xmitlen: 16_384 });
	sender.bindTx(device);
	sender.enable();
	return {
		device,
		far: device,
		send(...packets) {
			for (const packet of packets) sender.send(packet);
		},
		[Symbol.dispose]: () => sender.close(),
	};
};

/** The guest's emulated interfaces: `pnpm exec vm --nic`. They stay; a cable is a use of them. */
const useNics = (pair: number, { mtu = 1500 }: CableOptions = {}): Cable => {
	const device = `nic${2 * pair}`;
	const far = `nic${2 * pair + 1}`;
	for (const end of [device, far]) writeFileSync(`/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, "1");
	ip(...[device, far].map((end) => `link set ${end} mtu ${mtu} promisc on arp off up`));
	return { device, far, send: (...packets) => inject(far, packets), [Symbol.dispose]() {} };
};

/** Whether both ends of a cable say that they are connected, which takes emulated interfaces a second or two. */
export const connected = (cable: Cable): Promise<void> => {
	const carrier = (device: string): boolean => readFileSync(`/sys/class/net/${device}/carrier`, "utf8").trim() === "1";
	return cable.device.startsWith("mem:")
		? Promise.resolve()
		: until(`${cable.device} is connected`, () => carrier(cable.device) && carrier(cable.far));
};

export interface CableKind {
	readonly kind: string;
	create(options?: CableOptions): Cable;
}

const nics = (process.env.PFQ_CONFORMANCE_NICS ?? "").split(",").filter(Boolean);

/** What cables there are to test on. */
export const cableKinds: readonly CableKind[] = [
	{ kind: "veth", create: createVeth },
	...(onKernel ? [] : [{ kind: "memory", create: createMemory }]),
	...nics.map((kind, pair) => ({ kind, create: (options?: CableOptions) => useNics(pair, options) })),
];
