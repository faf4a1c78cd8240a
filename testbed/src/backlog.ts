// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";

/** The column of /proc/net/softnet_stat that says how many packets wait for a processor (Linux 5.14 and later). */
const waiting = 11;

/** Whether no packet is on its way from one virtual interface to another: a busy processor takes them later. */
export const backlogIsEmpty = (): boolean =>
	readFileSync("/proc/net/softnet_stat", "utf8")
		.trim()
		.split("\n")
		.every((row) => /^0*$/.test(row.split(" ")[waiting] ?? ""));
