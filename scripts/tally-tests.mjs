// SPDX-License-Identifier: BSD-3-Clause
// Sums up what the last test run left in the packages' build folders; docs/testing.md tells the two forms.
// The last line printed is `N passed, N failed, N skipped`. Exit status 1 when a test failed, or none ran.
// With `conformance` as its argument it reads nothing but what the conformance suite left.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The folders of the workspace's packages that have a `test` script. */
function testedPackages() {
	const folders = ["packages", "bindings"].flatMap((parent) =>
		readdirSync(join(root, parent)).map((name) => join(parent, name)),
	);
	return [...folders, "testbed"].filter((folder) => {
		const manifest = join(root, folder, "package.json");
		return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).scripts?.test !== undefined;
	});
}

/** vitest's JSON report: { passed, failed, skipped, notes }. */
function readVitest(file, place, folder) {
	const tally = { passed: 0, failed: 0, skipped: 0, notes: [] };
	for (const suite of JSON.parse(readFileSync(file, "utf8")).testResults) {
		const name = relative(join(root, folder), suite.name);
		// A file that does not even load has no test that could fail.
		if (suite.status === "failed" && !suite.assertionResults.some((test) => test.status === "failed")) {
			tally.failed++;
			tally.notes.push(`FAILED   ${place}: ${name}: ${suite.message?.split("\n")[0] || "did not run"}`);
		}
		for (const test of suite.assertionResults) {
			if (test.status === "passed") tally.passed++;
			else if (test.status === "failed") tally.failed++;
			else tally.skipped++;
			if (test.status !== "passed") {
				const word = test.status === "failed" ? "FAILED  " : "SKIPPED ";
				tally.notes.push(`${word} ${place}: ${name}: ${test.fullName}`);
			}
		}
	}
	return tally;
}

/** A C test runner's tally: `passed failed skipped` on the first line, one note a line after it. */
function readTally(file, place) {
	const [figures = "", ...notes] = readFileSync(file, "utf8").trim().split("\n");
	const [passed, failed, skipped] = figures.split(/\s+/).map(Number);
	if (![passed, failed, skipped].every(Number.isInteger)) {
		return { passed: 0, failed: 1, skipped: 0, notes: [`FAILED   ${place}: ${file} is no tally`] };
	}
	return { passed, failed, skipped, notes: notes.map((note) => `${place}: ${note}`) };
}

/** Where the conformance suite leaves results, a folder for each host that it ran on. */
const conformance = "testbed/build/conformance";

/** What to sum up: a name, the folder that its files are named from, and where its results are. */
function places() {
	const hosts = existsSync(join(root, conformance)) ? readdirSync(join(root, conformance)).sort() : [];
	return [
		...(process.argv[2] === "conformance" ? [] : testedPackages()).map((folder) => ({
			name: folder,
			folder,
			results: join(folder, "build"),
		})),
		...hosts.map((host) => ({ name: `testbed ${host}`, folder: "testbed", results: join(conformance, host) })),
	];
}

const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];
for (const { name, folder, results } of places()) {
	const vitest = join(root, results, "test-results.json");
	const tally = join(root, results, "test-tally");
	const found = [
		...(existsSync(vitest) ? [readVitest(vitest, name, folder)] : []),
		...(existsSync(tally) ? [readTally(tally, name)] : []),
	];
	if (found.length === 0) {
		found.push({ passed: 0, failed: 1, skipped: 0, notes: [`FAILED   ${name}: no result (did it build?)`] });
	}
	const sum = { passed: 0, failed: 0, skipped: 0 };
	for (const part of found) {
		for (const key of Object.keys(sum)) sum[key] += part[key];
		notes.push(...part.notes);
	}
	for (const key of Object.keys(total)) total[key] += sum[key];
	console.log(
		`${name.padEnd(24)} ${String(sum.passed).padStart(5)} passed ${String(sum.failed).padStart(4)} failed ${String(sum.skipped).padStart(4)} skipped`,
	);
}
if (notes.length > 0) console.log(`\n${notes.join("\n")}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
