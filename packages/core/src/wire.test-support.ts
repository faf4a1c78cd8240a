// SPDX-License-Identifier: BSD-3-Clause
import type { Batch } from "./batch.js";
import { Socket, type SocketOptions } from "./socket.js";

let wires = 0;

/** A memory device of its own: what is sent on it arrives there before `send` returns. */
export const createWire = (): { readonly device: string; send(...packets: Uint8Array[]): void } & Disposable => {
	const device = `mem:wire${wires++}`;
	const sender = Socket.open({ caplen: 64, rxSlots: 16 });
	sender.bindTx(device);
	sender.enable();
	return {
		device,
		send(...packets) {
			for (const packet of packets) sender.send(packet);
		},
		[Symbol.dispose]: () => sender.close(),
	};
};

/** Enabled, and in a group of its own that is bound to the device. */
export const openReceiver = (device: string, options: SocketOptions = {}) => {
	const socket = Socket.open(options);
	const group = socket.joinGroup({ policy: "private" });
	group.bind(device);
	socket.enable();
	return { socket, group, [Symbol.dispose]: () => socket.close() };
};

/** What the queue holds: all that `of` takes from each batch. */
export const drain = <T>(socket: Socket, of: (batch: Batch, index: number) => T): T[] => {
	const taken: T[] = [];
	for (let batch = socket.read(); batch; batch = socket.read())
		for (let index = 0; index < batch.length; index++) taken.push(of(batch, index));
	return taken;
};

export const countPackets = (socket: Socket): number => drain(socket, () => 0).length;
