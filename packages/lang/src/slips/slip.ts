// SPDX-License-Identifier: BSD-3-Clause
import type { Core } from "../core.js";
import type { Span } from "../source.js";

/** What someone wrote who is used to another language; what is said of it stands for all errors that would follow. */
export interface Slip {
	readonly span: Span;
	readonly message: string;
	readonly hint?: string;
	/** What is looked at still. */
	readonly parts: readonly Core[];
}
