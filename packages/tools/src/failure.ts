// SPDX-License-Identifier: BSD-3-Clause
import { ExitStatus, Failure, misuse } from "@pfq/lang/failure";

export { ExitStatus, Failure, misuse };

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
