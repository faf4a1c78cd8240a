// SPDX-License-Identifier: BSD-3-Clause
import { wholeNumber } from "./checks.js";

/** An instruction of classic BPF: `struct sock_filter` of <linux/filter.h>. */
export interface BpfInstruction {
	readonly code: number;
	readonly jt: number;
	readonly jf: number;
	readonly k: number;
}

const instructionSize = 8;

export const encodeFilter = (instructions: readonly BpfInstruction[]): Uint8Array => {
	const octets = new Uint8Array(instructions.length * instructionSize);
	const view = new DataView(octets.buffer);
	instructions.forEach(({ code, jt, jf, k }, index) => {
		const at = index * instructionSize;
		view.setUint16(at, wholeNumber("code", code), true);
		view.setUint8(at + 2, wholeNumber("jt", jt));
		view.setUint8(at + 3, wholeNumber("jf", jf));
		view.setUint32(at + 4, wholeNumber("k", k), true);
	});
	return octets;
};
