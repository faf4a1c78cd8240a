// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModuleFinder } from "../modules.js";
import { Failure } from "./failure.js";
import { lookAt, readOctets, textOf } from "./file.js";

/** Programs are `.pfq`; those that were written as Haskell are `.hs`. */
const endings = [".pfq", ".hs"] as const;

/** The modules beside a program: `Net.Ports` is Net/Ports.pfq in its folder. Beside text, it is the working folder. */
export const modulesBeside = (file: string | null): ModuleFinder => {
	const folder = file === null || file === "-" ? "." : dirname(file);
	const pathOf = (name: string): string => join(folder, ...name.split("."));
	return {
		find(name) {
			const paths = endings.map((ending) => pathOf(name) + ending);
			for (const each of paths) lookAt(each);
			const path = paths.find((each) => existsSync(each));
			if (path === undefined) return null;
			try {
				return { file: path, text: textOf(path, readOctets(path)) };
			} catch (error) {
				if (!(error instanceof Failure)) throw error;
				return { problem: error.message };
			}
		},
		where: (name) =>
			`modules are beside the program: there is neither ${endings.map((each) => pathOf(name) + each).join(" nor ")}`,
	};
};
