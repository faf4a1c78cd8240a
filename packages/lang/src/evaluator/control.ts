// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "../computation.js";
import type { Meanings, Run, Steps } from "./run.js";
import { inner } from "./tunnel.js";

/** To every eligible socket. */
export function pass(run: Run): true {
	run.fanout = { kind: "pass" };
	return true;
}

/** The first alternative that does not drop. Each begins with the fanout that was before the first. */
function* par(run: Run, node: Node): Steps {
	const before = run.fanout;
	for (const alternative of node.arguments.keys()) {
		run.fanout = before;
		if (yield run.follow(node, alternative)) return true;
	}
	return false;
}

/** Runs what is in the argument looking elsewhere, and then looks again where it did before. */
function* looking(run: Run, node: Node, elsewhere: Pick<Partial<Run>, "headers" | "ends">): Steps {
	const { headers, ends } = run;
	Object.assign(run, elsewhere);
	const passes = yield run.follow(node, 0);
	Object.assign(run, { headers, ends });
	return passes;
}

/** Functions that run functions: whether they pass. */
export const control: Meanings = {
	*filter(run, node) {
		return (yield run.follow(node, 0)) && pass(run);
	},
	*conditional(run, node) {
		const holds = yield run.follow(node, 0);
		return yield run.follow(node, holds ? 1 : 2);
	},
	*when(run, node) {
		return (yield run.follow(node, 0)) ? yield run.follow(node, 1) : true;
	},
	*unless(run, node) {
		return (yield run.follow(node, 0)) ? true : yield run.follow(node, 1);
	},
	*inv(run, node) {
		const passes = yield run.follow(node, 0);
		return !passes && pass(run);
	},
	par,
	par3: par,
	par4: par,
	par5: par,
	par6: par,
	par7: par,
	par8: par,
	shift: (run, node) => looking(run, node, { headers: inner(run.packet, run.headers) }),
	src: (run, node) => looking(run, node, { ends: ["source"] }),
	dst: (run, node) => looking(run, node, { ends: ["destination"] }),
	unit: () => true,
};
