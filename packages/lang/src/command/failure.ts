// SPDX-License-Identifier: BSD-3-Clause

/** What the command gives the shell. */
export const ExitStatus = { done: 0, failed: 1, misused: 2 } as const;

/** An error of the user's: its message is all that is shown. */
export class Failure extends Error {
	override readonly name = "Failure";
	readonly status: number;

	constructor(message: string, status: number = ExitStatus.failed) {
		super(message);
		this.status = status;
	}
}

/** A command line that makes no sense. */
export const misuse = (message: string): Failure => new Failure(message, ExitStatus.misused);

/** A failure of which all was told already. */
export class Told extends Error {
	override readonly name = "Told";
}

/** What is to be told of an error, and the status that it ends the command with; of one of our own, where it comes from. */
export const reported = (error: unknown): { readonly message: string | null; readonly status: number } => {
	if (error instanceof Told) return { message: null, status: ExitStatus.failed };
	if (error instanceof Failure) return error;
	const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return { message, status: ExitStatus.failed };
};
