// SPDX-License-Identifier: BSD-3-Clause
// vm [OPTIONS] -- COMMAND: runs a command in a virtual machine with pfq.ko loaded, inside this checkout.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findDebugKernel } from "./vm/debug-kernel.js";
import { findKernel, type KernelSeries, kernelSeries } from "./vm/kernel.js";
import { runMachine } from "./vm/machine.js";
import { buildModule } from "./vm/module.js";
import { type NicModel, nicModels } from "./vm/network.js";

const usage = `usage: vm [OPTIONS] -- COMMAND [ARGUMENT ...]
  Boots a kernel with pfq.ko loaded, runs COMMAND in this folder, and ends with its status.
  The guest sees this machine's files; what it writes to them is gone afterwards, and /tmp is its own. PFQ_MODULE tells it where
  pfq.ko is. Status 124: out of time; 125: the machine or the module did not start; 126: the kernel's log smells.
    --kernel 6.1|6.12   kernel series (default 6.1)
    --debug             the kernel of \`make debug-kernel\` (6.1), which looks for wrong memory accesses, locks and leaks
    --nic MODEL         two interfaces, nic0 and nic1, each of which receives what the other sends; again: nic2 and nic3.
                        MODEL: ${Object.keys(nicModels).join(", ")}
    --parameter NAME=VALUE  of pfq.ko; again for more
    --smp N             processors (default 2); as many queues has virtio-net where taps can be made
    --memory MIB        default 2048, of the debug kernel 3072
    --icount            the guest's clocks count instructions, one a nanosecond; slow
    --limit SECONDS     ends it by force after so long (default 600)
    --output FOLDER     what the guest writes to /output is in FOLDER
    --log FILE          writes the kernel's log to FILE
    --no-module         without pfq.ko
`;

const complain = (text: string, status: number): never => {
	process.stderr.write(`vm: ${text}\n`);
	process.exit(status);
};

const checkout = fileURLToPath(new URL("../..", import.meta.url));

const environment = (): Record<string, string> => {
	const kept = Object.entries(process.env).filter(
		([name, value]) =>
			value !== undefined && (/^(PFQ_.*|CI|NO_COLOR|FORCE_COLOR|LANG|LC_.*)$/.test(name) || name === "HOME"),
	) as [string, string][];
	const path = `${dirname(process.execPath)}:${process.env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`;
	return { ...Object.fromEntries(kept), PATH: path };
};

const number = (text: string | undefined, name: string): number | undefined => {
	if (text !== undefined && !/^[1-9]\d{0,5}$/.test(text)) complain(`--${name} ${text}: must be a number`, 2);
	return text === undefined ? undefined : Number(text);
};

const main = async (): Promise<void> => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			kernel: { type: "string", default: "6.1" },
			debug: { type: "boolean" },
			nic: { type: "string", multiple: true, default: [] },
			output: { type: "string" },
			parameter: { type: "string", multiple: true, default: [] },
			smp: { type: "string" },
			memory: { type: "string" },
			icount: { type: "boolean" },
			limit: { type: "string" },
			log: { type: "string" },
			"no-module": { type: "boolean" },
			help: { type: "boolean", short: "h" },
		},
	});
	if (values.help) {
		process.stdout.write(usage);
		return;
	}
	if (positionals.length === 0) complain(`no command\n${usage}`, 2);
	if (!(values.kernel in kernelSeries))
		complain(`--kernel ${values.kernel}: must be ${Object.keys(kernelSeries).join(" or ")}`, 2);
	const unknown = values.nic.find((model) => !(model in nicModels));
	if (unknown !== undefined) complain(`--nic ${unknown}: must be one of ${Object.keys(nicModels).join(", ")}`, 2);
	const kernel = values.debug ? findDebugKernel() : findKernel(values.kernel as KernelSeries);
	const processors = number(values.smp, "smp");
	const memory = number(values.memory, "memory");
	const limit = number(values.limit, "limit");
	const module = values["no-module"] ? undefined : buildModule(kernel);
	if (values.output !== undefined) mkdirSync(values.output, { recursive: true });
	const result = await runMachine({
		kernel,
		command: positionals,
		environment: {
			...environment(),
			PFQ_GUEST: "1",
			...(module === undefined ? {} : { PFQ_MODULE: module, PFQ_MODULE_PARAMETERS: values.parameter.join(" ") }),
		},
		folders: [checkout],
		nics: values.nic as NicModel[],
		parameters: values.parameter,
		stdin: process.stdin,
		...(module === undefined ? {} : { module }),
		...(values.output === undefined ? {} : { output: resolve(values.output) }),
		...(processors === undefined ? {} : { processors }),
		...(memory === undefined ? {} : { memory }),
		...(values.icount ? { instructionTime: true } : {}),
		...(limit === undefined ? {} : { limit }),
		stdout: (text) => process.stdout.write(text),
		stderr: (text) => process.stderr.write(text),
	});
	process.stdin.destroy();
	if (values.log !== undefined) writeFileSync(values.log, result.log || result.console);
	if (result.smells.length > 0) complain(`the kernel's log smells:\n  ${result.smells.join("\n  ")}`, 126);
	if (result.overdue) complain("out of time", 124);
	if (result.status === undefined)
		complain(`the machine ended before the command:\n${result.console.slice(-2000)}`, 125);
	process.exitCode = result.status;
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
await main().catch((error: unknown) => complain(error instanceof Error ? error.message : String(error), 125));
