// SPDX-License-Identifier: BSD-3-Clause
// Sockets that receive, and what they received.
import { type Batch, type Group, type GroupOptions, type Packet, Socket, type SocketOptions } from "@pfq/core";
import { counter, pause, until } from "./host.js";

/** A packet, copied out of the queue. */
export interface Received extends Omit<Packet, "data"> {
	readonly data: Buffer;
}

export interface Receiver extends Disposable {
	readonly socket: Socket;
	readonly group: Group;
}

/** An enabled socket in a group that is bound to the device. */
export const openReceiver = (
	device: string,
	{
		policy = "private",
		gid,
		classMask,
		queue,
		program,
		...options
	}: SocketOptions & GroupOptions & { readonly queue?: number; readonly program?: string } = {},
): Receiver => {
	const socket = Socket.open(options);
	try {
		const group = socket.joinGroup({
			policy,
			...(gid !== undefined && { gid }),
			...(classMask !== undefined && { classMask }),
		});
		if (program) group.setComputation(program);
		socket.enable();
		group.bind(device, queue === undefined ? {} : { queue });
		return { socket, group, [Symbol.dispose]: () => socket.close() };
	} catch (error) {
		socket.close();
		throw error;
	}
};

export interface Members extends Disposable {
	readonly sockets: readonly Socket[];
	readonly group: Group;
}

/** Enabled sockets in one group, which is bound to the device. */
export const openMembers = (
	device: string,
	members: readonly (SocketOptions & { readonly classMask?: bigint })[],
): Members => {
	const sockets: Socket[] = [];
	const close = (): void => {
		for (const socket of sockets) socket.close();
	};
	try {
		let group: Group | undefined;
		for (const { classMask, ...options } of members) {
			const socket = Socket.open(options);
			sockets.push(socket);
			const joined = socket.joinGroup({
				...(group && { gid: group.id }),
				...(classMask !== undefined && { classMask }),
			});
			group ??= joined;
			socket.enable();
		}
		if (!group) throw new Error("no members");
		group.bind(device);
		return { sockets, group, [Symbol.dispose]: close };
	} catch (error) {
		close();
		throw error;
	}
};

const copied = (packet: Packet): Received => ({
	timestamp: packet.timestamp,
	seconds: packet.seconds,
	nanoseconds: packet.nanoseconds,
	length: packet.length,
	caplen: packet.caplen,
	ifindex: packet.ifindex,
	queue: packet.queue,
	mark: packet.mark,
	state: packet.state,
	vlanTci: packet.vlanTci,
	gid: packet.gid,
	link: packet.link,
	data: Buffer.from(packet.data),
});

const drain = (socket: Socket): Received[] => {
	const taken: Received[] = [];
	for (let batch: Batch | null = socket.read(); batch; batch = socket.read())
		for (const packet of batch) taken.push(copied(packet));
	return taken;
};

/** Long enough for what should not have come to be there. */
const after = 20;

/** What each socket receives until they have so many in all, and what comes right behind. */
export const collect = async (sockets: readonly Socket[], total: number): Promise<Received[][]> => {
	const taken: Received[][] = sockets.map(() => []);
	const count = (): number => taken.reduce((sum, { length }) => sum + length, 0);
	const read = (): boolean => {
		for (const [index, socket] of sockets.entries()) taken[index]?.push(...drain(socket));
		return count() >= total;
	};
	await until(`${total} packets are there`, read).catch((error: Error) => {
		throw new Error(`${error.message}: ${taken.map(({ length }) => length).join(" + ")}`);
	});
	await pause(after);
	read();
	return taken;
};

export const receive = async ({ socket }: Pick<Receiver, "socket">, total: number): Promise<Received[]> =>
	(await collect([socket], total))[0] ?? [];

export const counts = async (sockets: readonly Socket[], total: number): Promise<number[]> =>
	(await collect(sockets, total)).map(({ length }) => length);

/** Waits until all that the interface counted, since it was bound, has come in and been dealt with by a group that steers. */
export const settled = (device: string, group: Group, socket: Socket): Promise<void> =>
	until("each packet has been dealt with", () => {
		const { recv, lost } = socket.deviceStats(device);
		const counts = group.stats();
		return recv + lost === counter(device, "rx_packets") && counts.recv + counts.lost + counts.drop === recv;
	});

export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
