// SPDX-License-Identifier: BSD-3-Clause
import { PfqImageCidr, type ScalarType } from "@pfq/abi";

/** Octets of each element of a list in the data section of an image. */
export const elementSize = (type: ScalarType): number =>
	type === "CIDR" ? PfqImageCidr.byteLength : type === "IPv6" ? 16 : 8;
