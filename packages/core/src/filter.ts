// SPDX-License-Identifier: BSD-3-Clause
import { Abi } from "@pfq/abi";
import { optionsOf, wholeNumber } from "./checks.js";

/** An instruction of classic BPF: `struct sock_filter` of <linux/filter.h>. */
export interface BpfInstruction {
	readonly code: number;
	readonly jt: number;
	readonly jf: number;
	readonly k: number;
}

const instructionSize = 8;

export const encodeFilter = (instructions: readonly BpfInstruction[]): Uint8Array => {
	wholeNumber("filter: number of instructions", instructions.length, 0, Abi.MAX_FILTER_INSNS);
	const octets = new Uint8Array(instructions.length * instructionSize);
	const view = new DataView(octets.buffer);
	instructions.forEach((instruction, index) => {
		const { code, jt, jf, k } = optionsOf(`filter: instruction ${index}`, instruction);
		const at = index * instructionSize;
		view.setUint16(at, wholeNumber("code", code, 0, 0xffff), true);
		view.setUint8(at + 2, wholeNumber("jt", jt, 0, 0xff));
		view.setUint8(at + 3, wholeNumber("jf", jf, 0, 0xff));
		view.setUint32(at + 4, wholeNumber("k", k, 0, 0xffffffff), true);
	});
	return octets;
};
