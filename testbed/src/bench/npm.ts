// SPDX-License-Identifier: BSD-3-Clause
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { makeBuildFolder } from "./context.js";

const execute = promisify(execFile);

export interface NpmPackage {
	readonly folder: string;
	/** Why it is not there. */
	readonly missing?: string;
}

/** Installs a peer beside the benchmarks' results, once; `built` is the file that its build leaves in its folder. */
export async function npmPackage(name: string, version: string, built: string): Promise<NpmPackage> {
	const project = `${makeBuildFolder()}/${name}-${version}`;
	const folder = `${project}/node_modules/${name}`;
	if (existsSync(`${folder}/${built}`)) return { folder };
	mkdirSync(project, { recursive: true });
	writeFileSync(`${project}/package.json`, '{ "private": true }\n');
	try {
		await execute("npm", ["install", "--no-audit", "--no-fund", `${name}@${version}`], { cwd: project });
		if (!existsSync(`${folder}/${built}`)) await execute("npm", ["rebuild", name], { cwd: project });
	} catch (error) {
		const { stderr = "" } = error as { stderr?: string };
		const [line] = stderr.split("\n").filter((each) => /npm (ERR!|error)/.test(each));
		return { folder, missing: `npm install ${name}@${version}: ${line ?? "it failed"}` };
	}
	return existsSync(`${folder}/${built}`)
		? { folder }
		: { folder, missing: `npm install ${name}@${version} left no ${built}` };
}
