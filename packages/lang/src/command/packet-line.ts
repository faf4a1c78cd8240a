// SPDX-License-Identifier: BSD-3-Clause
import type { CapturedPacket } from "../capture/capture.js";
import { dissect, type Outcome } from "../evaluator/index.js";
import { outcomeText } from "../explanation/outcome-text.js";
import { packetSummary } from "../explanation/packet-summary.js";
import { asPacket, secondsSince, unknownLink } from "./capture-file.js";
import { output } from "./terminal.js";

const SUMMARY_WIDTH = 58;

/** A packet with what became of it: number, time since the first, what it is, outcome. Dim where nobody got it. */
export const packetLine = (captured: CapturedPacket, outcome: Outcome | null, start: bigint | null): string => {
	const packet = asPacket(captured);
	const summary = packet ? packetSummary(dissect(packet), packet) : "";
	const what = outcome ? outcomeText(outcome) : unknownLink(captured.linkType);
	const line = `${String(captured.number).padStart(5)} ${secondsSince(start, captured.time).padStart(11)}  ${summary.padEnd(SUMMARY_WIDTH)}  ${what}`;
	const isKept = outcome !== null && (outcome.fanout.kind !== "drop" || outcome.forwards.length > 0);
	return isKept ? line : output.dim(line);
};
