// SPDX-License-Identifier: BSD-3-Clause
// One run of a virtual machine: software emulation, the host's file system read-only under an overlay, ports for the streams.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { initrd } from "./initrd.js";
import { cacheFolder, type Kernel } from "./kernel.js";
import { smellyLines } from "./kernel-log.js";

export interface MachineOptions {
	readonly kernel: Kernel;
	/** What runs in the guest, and its arguments. */
	readonly command: readonly string[];
	/** A module to load first. */
	readonly module?: string;
	readonly directory?: string;
	readonly processors?: number;
	/** MiB. */
	readonly memory?: number;
	/** Seconds until it is ended by force. */
	readonly limit?: number;
	/** Variables of the command's environment. */
	readonly environment?: Readonly<Record<string, string>>;
	readonly stdout: (text: Buffer) => void;
	readonly stderr: (text: Buffer) => void;
}

export interface MachineResult {
	/** The command's exit status; undefined if the machine ended before the command. */
	readonly status: number | undefined;
	/** The kernel's log. */
	readonly log: string;
	/** Lines of it that mean trouble. */
	readonly smells: readonly string[];
	/** What the console said: all there is of a kernel that did not come up. */
	readonly console: string;
	readonly overdue: boolean;
	/** Whether it came as far as loading the module. */
	readonly begun: boolean;
}

const ports = ["out", "err", "log", "status"] as const;
type Port = (typeof ports)[number];

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** What the guest runs once it sees the host's files. Streams go through pipes, as programs expect them. */
const startScript = ({
	kernel,
	command,
	module,
	directory = process.cwd(),
	environment = {},
}: MachineOptions): string => `
ports=/dev/virtio-ports
exec </dev/null >/dev/console 2>&1
echo begun >$ports/status
${Object.entries(environment)
	.map(([name, value]) => `export ${name}=${quote(value)}`)
	.join("\n")}
mkdir -p /lib/modules/${kernel.version} /run/vm
mount --bind ${quote(kernel.modules)} /lib/modules/${kernel.version}
mkfifo /run/vm/out /run/vm/err
cat /run/vm/out >$ports/out &
cat /run/vm/err >$ports/err &
exec 3>/run/vm/out 4>/run/vm/err
status=125
if ${module === undefined ? "true" : `insmod ${quote(module)} 2>&4`}; then
	cd ${quote(directory)}
	${command.map(quote).join(" ")} >&3 2>&4 3>&- 4>&-
	status=$?
	${module === undefined ? "" : "test ! -e /sys/module/pfq || rmmod pfq 2>&4"}
fi
exec 3>&- 4>&-
wait
dmesg >$ports/log
echo $status >$ports/status
`;

/** A socket that the machine's port is connected to, and what came through it. */
const listen = (path: string, onData: (text: Buffer) => void): Promise<Server> =>
	new Promise((resolve, reject) => {
		const server = createServer((socket: Socket) => socket.on("data", onData).on("error", () => {}));
		server.once("error", reject);
		server.listen(path, () => resolve(server));
	});

const qemuArguments = (options: MachineOptions, folder: string): string[] => {
	const { kernel, processors = 2, memory = 2048 } = options;
	const append = `console=ttyS0 panic=1 oops=panic quiet mitigations=off nokaslr pfq.start=${join(folder, "start")}`;
	return [
		...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", String(processors), "-m", String(memory)],
		...["-display", "none", "-no-reboot", "-nodefaults", "-no-user-config"],
		...["-kernel", kernel.image, "-initrd", join(folder, "initrd"), "-append", append],
		...["-chardev", `file,id=console,path=${join(folder, "console")}`, "-serial", "chardev:console"],
		...["-virtfs", "local,path=/,mount_tag=hostroot,security_model=none,readonly=on,multidevs=remap"],
		...["-device", "virtio-serial-pci"],
		...ports.flatMap((port) => [
			...["-chardev", `socket,id=${port},path=${join(folder, port)}`],
			...["-device", `virtserialport,chardev=${port},name=${port}`],
		]),
	];
};

const ended = (child: ChildProcess): Promise<void> =>
	new Promise((resolve, reject) => {
		child.once("error", (error) => reject(new Error(`qemu-system-x86_64: ${error.message} (package qemu-system-x86)`)));
		child.once("close", () => resolve());
	});

const drained = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const attempts = 3;

/**
 * Boots, runs the command, and powers off. A machine that does not get as far as our script is started again: an emulator
 * of several processors sometimes stumbles over the breakpoints by which a kernel changes its own code (seen with QEMU 7.2:
 * "Oops: int3" while drivers are probed, before any of our code is loaded).
 */
export const runMachine = async (options: MachineOptions): Promise<MachineResult> => {
	for (let attempt = 1; ; attempt++) {
		const result = await boot(options);
		if (result.begun || attempt === attempts) return result;
	}
};

const boot = async (options: MachineOptions): Promise<MachineResult> => {
	const folder = mkdtempSync(join(cacheFolder("vm"), "run-"));
	const said: Record<Port, string> = { out: "", err: "", log: "", status: "" };
	const servers: Server[] = [];
	let child: ChildProcess | undefined;
	let overdue = false;
	const stop = () => child?.kill("SIGKILL");
	process.once("exit", stop);
	try {
		writeFileSync(join(folder, "start"), startScript(options));
		writeFileSync(join(folder, "initrd"), initrd(options.kernel));
		for (const port of ports) {
			const sink = port === "out" ? options.stdout : port === "err" ? options.stderr : undefined;
			servers.push(
				await listen(join(folder, port), (text) => {
					if (sink) sink(text);
					else said[port] += text.toString();
				}),
			);
		}
		child = spawn("qemu-system-x86_64", qemuArguments(options, folder), { stdio: ["ignore", "ignore", "inherit"] });
		const timer = setTimeout(
			() => {
				overdue = true;
				stop();
			},
			(options.limit ?? 600) * 1000,
		);
		await ended(child).finally(() => clearTimeout(timer));
		await Promise.all(servers.map(drained));
		const console = readFileSync(join(folder, "console"), "utf8");
		const [begun, status] = said.status.split("\n");
		return {
			begun: begun === "begun",
			status: status ? Number(status) : undefined,
			log: said.log,
			smells: [...smellyLines(said.log), ...(said.log ? [] : smellyLines(console))],
			console,
			overdue,
		};
	} finally {
		process.off("exit", stop);
		stop();
		for (const server of servers) server.close();
		rmSync(folder, { recursive: true, force: true });
	}
};
