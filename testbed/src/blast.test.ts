// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { startBlast } from "./blast.js";
import { createLink, type End, whyNoLinks } from "./namespaces.js";

/** What the interface sent, and what the other end of the cable had no room for. */
const sentBy = (end: End): bigint => end.counter("tx_packets") + end.counter("tx_dropped");

describe.skipIf(whyNoLinks())("a blast", () => {
	it("sends exactly what it was asked for", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const { sent } = await startBlast(link.left, { packets: 20_000, flows: 7 }).done;
		expect(sent).toBe(20_000);
		expect(sentBy(link.left)).toBe(20_000n);
		expect(link.left.counter("tx_bytes")).toBe(60n * link.left.counter("tx_packets"));
	});

	it("keeps a rate", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const { sent } = await startBlast(link.left, { seconds: 1, rate: 5_000 }).done;
		expect(sent).toBeGreaterThan(2_500);
		expect(sent).toBeLessThanOrEqual(5_001);
	});

	it("tells what it sent when it is stopped", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const blast = startBlast(link.left, { rate: 10_000 });
		await new Promise((resolve) => setTimeout(resolve, 300));
		blast.stop();
		const { sent } = await blast.done;
		expect(sent).toBeGreaterThan(0);
		expect(sentBy(link.left)).toBe(BigInt(sent));
	});

	it("refuses a size that no frame has", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		await expect(startBlast(link.left, { size: 10 }).done).rejects.toThrow("10: want a number from 42 to 9014");
	});
});
