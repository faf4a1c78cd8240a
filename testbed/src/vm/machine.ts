// SPDX-License-Identifier: BSD-3-Clause
// One run of a virtual machine: software emulation, the host's file system read-only under an overlay, ports for the streams.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { initrd, outputTag, shareTag } from "./initrd.js";
import { cacheFolder, type Kernel } from "./kernel.js";
import { readableLog, smellyLines } from "./kernel-log.js";
import { type NicModel, network, nicModels } from "./network.js";
import { hiddenFolders } from "./share.js";
import { quote } from "./shell.js";

export interface MachineOptions {
	readonly kernel: Kernel;
	/** What runs in the guest, and its arguments. */
	readonly command: readonly string[];
	/** A module to load first, and its parameters. */
	readonly module?: string;
	readonly parameters?: readonly string[];
	/** A pair of network interfaces of each of these models: nic0 and nic1, nic2 and nic3, ... */
	readonly nics?: readonly NicModel[];
	/** Folders that the guest must see, whatever folders of its own it has. */
	readonly folders?: readonly string[];
	/** A folder that the guest writes to as /output. */
	readonly output?: string;
	readonly directory?: string;
	readonly processors?: number;
	/** MiB. */
	readonly memory?: number;
	/** Its time is the number of instructions it has executed, a nanosecond each; one thread emulates it. */
	readonly instructionTime?: boolean;
	/** Seconds until it is ended by force. */
	readonly limit?: number;
	/** Variables of the command's environment. */
	readonly environment?: Readonly<Record<string, string>>;
	/** What the command reads; nothing by default. */
	readonly stdin?: Readable;
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

const ports = ["in", "out", "err", "log", "status"] as const;
type Port = (typeof ports)[number];

/** Finds what is allocated and can no longer be reached. What is younger than five seconds is not looked at. */
const leakScan = `
leaks=/sys/kernel/debug/kmemleak
if test -e $leaks; then
	sleep 6
	echo scan >$leaks
	echo scan >$leaks
	sed 's/^/kmemleak: /' $leaks >/dev/kmsg
fi
`;

/** What the guest runs once it sees the host's files. Streams go through pipes, as programs expect them. */
const startScript = ({
	kernel,
	command,
	module,
	parameters = [],
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
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
# a cable of veth drops what waits for a busy processor: tests that send at full speed are not to lose any there
echo 30000 >/proc/sys/net/core/netdev_max_backlog
mkfifo /run/vm/in /run/vm/out /run/vm/err
cat $ports/in >/run/vm/in &
cat /run/vm/out >$ports/out &
out=$!
cat /run/vm/err >$ports/err &
err=$!
exec 3>/run/vm/out 4>/run/vm/err
status=125
if ${module === undefined ? "true" : `insmod ${[module, ...parameters].map(quote).join(" ")} 2>&4`}; then
	cd ${quote(directory)}
	${command.map(quote).join(" ")} </run/vm/in >&3 2>&4 3>&- 4>&-
	status=$?
	${module === undefined ? "" : "test ! -e /sys/module/pfq || rmmod pfq 2>&4 || test $status != 0 || status=125"}
fi
exec 3>&- 4>&-
wait $out $err
${kernel.watchesMemory ? leakScan : ""}
dd if=/dev/kmsg iflag=nonblock bs=16k 2>/dev/null >$ports/log
echo $status >$ports/status
`;

/** A socket that the machine's port is connected to. */
const listen = (path: string, onConnection: (socket: Socket) => void): Promise<Server> =>
	new Promise((resolve, reject) => {
		const server = createServer({ allowHalfOpen: true }, (socket) => {
			socket.on("error", () => {}).on("end", () => socket.end());
			onConnection(socket);
		});
		server.once("error", reject);
		server.listen(path, () => resolve(server));
	});

const fileSystem = (path: string, tag: string, writable = false): string[] => [
	...["-fsdev", `local,id=${tag},path=${path.replaceAll(",", ",,")},security_model=none,multidevs=remap`].map((text) =>
		text.startsWith("local") && !writable ? `${text},readonly=on` : text,
	),
	...["-device", `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
];

const qemuArguments = (options: MachineOptions, folder: string, shares: readonly string[]): string[] => {
	const { kernel, processors = 2, memory = kernel.watchesMemory ? 3072 : 2048, output } = options;
	const append = [
		"console=ttyS0 panic=1 oops=panic quiet mitigations=off nokaslr log_buf_len=4M",
		// it takes the debug kernel a minute to find out how interrupts are wired, which no device here needs to know
		...(kernel.watchesMemory ? ["acpi=noirq"] : []),
	].join(" ");
	const emulation = options.instructionTime
		? ["-accel", "tcg,thread=single", "-icount", "shift=0"]
		: ["-accel", "tcg,thread=multi"];
	return [
		...[...emulation, "-cpu", "max", "-smp", String(processors), "-m", String(memory)],
		...["-display", "none", "-no-reboot", "-nodefaults", "-no-user-config"],
		...["-kernel", kernel.image, "-initrd", join(folder, "initrd"), "-append", append],
		...["-chardev", `file,id=console,path=${join(folder, "console")}`, "-serial", "chardev:console"],
		...fileSystem("/", "hostroot"),
		...shares.flatMap((share, index) => fileSystem(share, shareTag(index))),
		...(output === undefined ? [] : fileSystem(output, outputTag, true)),
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
	const said: Record<Port, string> = { in: "", out: "", err: "", log: "", status: "" };
	const servers: Server[] = [];
	let child: ChildProcess | undefined;
	let overdue = false;
	const stop = () => child?.kill("SIGKILL");
	process.once("exit", stop);
	try {
		const { kernel, stdin, nics = [], output, processors = 2 } = options;
		const shares = hiddenFolders([kernel.modules, options.directory ?? process.cwd(), ...(options.folders ?? [])]);
		const drivers = nics.map((model) => nicModels[model].module);
		const start = startScript(options);
		writeFileSync(join(folder, "initrd"), initrd(kernel, { drivers, shares, output: output !== undefined, start }));
		let input: Socket | undefined;
		const sinks: Partial<Record<Port, (text: Buffer) => void>> = { out: options.stdout, err: options.stderr };
		for (const port of ports) {
			const take = (socket: Socket) => {
				const sink = sinks[port];
				socket.on("data", (text: Buffer) => {
					if (sink) sink(text);
					else said[port] += text.toString();
					if (port === "status" && input) stdin?.pipe(input); // not before it has begun: it may have to be started again
				});
				if (port !== "in") return;
				input = socket;
				if (!stdin) socket.end();
			};
			servers.push(await listen(join(folder, port), take));
		}
		const { launcher, arguments: interfaces } = network(nics, processors, folder);
		const [program = "", ...args] = [
			...launcher,
			...["qemu-system-x86_64", ...qemuArguments(options, folder, shares), ...interfaces],
		];
		child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
		const timer = setTimeout(
			() => {
				overdue = true;
				stop();
			},
			(options.limit ?? 600) * 1000,
		);
		await ended(child).finally(() => clearTimeout(timer));
		await Promise.all(servers.map(drained));
		if (!existsSync(join(folder, "console"))) throw new Error(`${program} did not start`);
		const console = readFileSync(join(folder, "console"), "utf8");
		const log = readableLog(said.log);
		const [begun, status] = said.status.split("\n");
		return {
			begun: begun === "begun",
			status: status ? Number(status) : undefined,
			log,
			smells: [...smellyLines(log), ...(log ? [] : smellyLines(console))],
			console,
			overdue,
		};
	} finally {
		process.off("exit", stop);
		stop();
		options.stdin?.unpipe();
		for (const server of servers) server.close();
		rmSync(folder, { recursive: true, force: true });
	}
};
