// SPDX-License-Identifier: BSD-3-Clause
/** What a command gives the shell. */
export const ExitStatus = { done: 0, failed: 1, misused: 2 } as const;

/** An error of the user's: its message is all that is shown. */
export class Failure extends Error {
	readonly status: number;

	constructor(message: string, status: number = ExitStatus.failed) {
		super(message);
		this.name = "Failure";
		this.status = status;
	}
}

/** A command line that makes no sense. */
export const misuse = (message: string): Failure => new Failure(message, ExitStatus.misused);

/** What is told of an error, and the exit status. What is neither the user's nor the system's is a bug, and shows its stack. */
export const describeError = (error: unknown): { readonly message: string; readonly status: number } => {
	if (error instanceof Failure) return { message: error.message, status: error.status };
	// by its name: the class comes with the addon, which `--help` need not load
	if (error instanceof Error && error.name === "PfqError") {
		// whose file the capability would be given to
		const message = error.message.replace(
			"setcap cap_net_raw+ep PROGRAM",
			`sudo setcap cap_net_raw+ep ${process.execPath}`,
		);
		return { message, status: ExitStatus.failed };
	}
	return {
		message: error instanceof Error ? (error.stack ?? error.message) : String(error),
		status: ExitStatus.failed,
	};
};
