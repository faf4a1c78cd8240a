// SPDX-License-Identifier: BSD-3-Clause
// Folders of the host that the guest sees, beside the host's root: those below folders that are the guest's own.
import { realpathSync } from "node:fs";

/** Folders that the guest does not share with the host. */
export const ownFolders = ["/tmp", "/run"] as const;

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Which of these folders need a mount of their own, each once. */
export const hiddenFolders = (folders: readonly string[]): string[] => {
	const hidden = [...new Set(folders.map((folder) => realpathSync(folder)))].filter((folder) =>
		ownFolders.some((own) => isBelow(folder, own)),
	);
	return hidden.filter((folder) => !hidden.some((other) => other !== folder && isBelow(folder, other)));
};
