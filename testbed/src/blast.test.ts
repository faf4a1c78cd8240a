// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { startBlast } from "./blast.js";
import { createLink, whyNoLinks } from "./namespaces.js";

describe.skipIf(whyNoLinks())("a blast", () => {
	it("sends exactly what it was asked for", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const { sent } = await startBlast(link.left, { packets: 20_000, flows: 7 }).done;
		expect(sent).toBe(20_000);
		expect(link.right.counter("rx_packets")).toBe(20_000n);
		expect(link.right.counter("rx_bytes")).toBe(20_000n * 60n);
	});

	it("keeps a rate", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const { sent } = await startBlast(link.left, { seconds: 1, rate: 5_000 }).done;
		expect(sent).toBeGreaterThan(4_500);
		expect(sent).toBeLessThanOrEqual(5_001);
	});

	it("tells what it sent when it is stopped", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const blast = startBlast(link.left, { rate: 10_000 });
		await new Promise((resolve) => setTimeout(resolve, 300));
		blast.stop();
		const { sent } = await blast.done;
		expect(sent).toBeGreaterThan(0);
		expect(link.right.counter("rx_packets")).toBe(BigInt(sent));
	});

	it("refuses a size that no frame has", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		await expect(startBlast(link.left, { size: 10 }).done).rejects.toThrow("10: want a number from 42 to 9014");
	});
});
