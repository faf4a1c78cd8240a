// SPDX-License-Identifier: BSD-3-Clause
// Sending from pfq.ko, in a virtual machine, or in the one that this runs in.
import { describe, expect, it } from "vitest";
import { inGuest, patience, seriesAsked } from "./vm/guest.js";
import { buildLibpfqTests } from "./vm/libpfq-tests.js";

/** A socket in each of two namespaces, `left` and `right`, and a bridge of PFQ's between their cables. */
const bridged = `
for side in left right; do
	ip netns add $side
	ip link add to_$side type veth peer name port netns $side
	echo 1 >/proc/sys/net/ipv6/conf/to_$side/disable_ipv6
	ip link set to_$side up
	ip netns exec $side sysctl -qw net.ipv6.conf.port.disable_ipv6=1
	ip -n $side link set port up
done
ip -n left addr add 10.77.0.1/24 dev port
ip -n right addr add 10.77.0.2/24 dev port
node packages/tools/bin/pfq.js run -i to_left -e 'main = bridge "to_right"' --json >/tmp/left &
left=$!
node packages/tools/bin/pfq.js run -i to_right -e 'main = bridge "to_left"' --json >/tmp/right &
right=$!
until test -s /tmp/left && test -s /tmp/right; do sleep 0.2; done
transfer() {
	ip netns exec right node -e '
		require("net").createServer((socket) => {
			const hash = require("crypto").createHash("sha256");
			socket.on("data", (data) => hash.update(data));
			socket.on("end", () => { console.log(hash.digest("hex")); process.exit(); });
		}).listen(5000, "10.77.0.2", () => require("fs").writeFileSync("/tmp/listening", "yes"));' &
	server=$!
	until test -s /tmp/listening; do sleep 0.2; done
	rm /tmp/listening
	ip netns exec left node -e '
		const data = Buffer.alloc(4 << 20, (_, index) => 0).map((_, index) => index * 7 + (index >> 8));
		console.log(require("crypto").createHash("sha256").update(data).digest("hex"));
		require("net").connect(5000, "10.77.0.2").end(data);' || fail 'nothing sent'
	wait $server
	ip netns exec right cat /sys/class/net/port/statistics/rx_packets
}
`;

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"passes libpfq's tests of Tx threads, with a pool of buffers and without",
		async () => {
			buildLibpfqTests(["transmit"]);
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				for parameters in 'skb_tx_pool=64' 'skb_tx_pool=0 xmit_batch=7 tx_retry=0'; do
					rmmod pfq && insmod $module tx_cpus=0-1 $parameters || fail 'not loaded'
					PFQ_HOST=kernel bindings/c/build/test/transmit
				done
				rmmod pfq && insmod $module
				PFQ_HOST=kernel bindings/c/build/test/transmit | grep -m 1 -o 'no Tx threads: .*LIST'`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout).not.toContain("FAILED");
			expect(stdout.match(/8 passed 0 failed/g)).toHaveLength(2);
			expect(stdout).toContain("no Tx threads: load pfq.ko with tx_cpus=LIST");
		},
		patience,
	);

	it(
		"bridges two devices both ways, and cuts packets into segments for a device that takes none that are larger",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`${bridged}
				transfer
				ip link set to_right gso_max_size 1400
				transfer
				kill -INT $left $right
				wait`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const [one, two, whole, three, four, all] = stdout.trim().split("\n");
			expect(one).toMatch(/^[0-9a-f]{64}$/);
			expect([two, three, four]).toEqual([one, one, one]);
			const segments = (4 << 20) / 1460;
			expect(Number(whole)).toBeLessThan(segments);
			expect(Number(all) - Number(whole)).toBeGreaterThan(segments);
		},
		patience,
	);

	it(
		"ends a circle of two devices that send on to each other, within a namespace and across two",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				circle() {
					node packages/tools/bin/pfq.js run -i veth0 -e 'main = bridge "veth0"' --json >/tmp/near &
					near=$!
					$1 node packages/tools/bin/pfq.js run -i veth1 -e 'main = bridge "veth1"' --json >/tmp/far &
					far=$!
					until test -s /tmp/near && test -s /tmp/far; do sleep 0.2; done
					$1 testbed/native/build/blast -d veth1 -n 100
					wait_for_count veth0 $2
					sleep 1 # for those that would be too many
					kill -INT $near $far
					wait
					cat /sys/class/net/veth0/statistics/rx_packets
					$1 cat /sys/class/net/veth1/statistics/rx_packets
					rm /tmp/near /tmp/far
				}
				circle '' 500
				ip link set veth0 down
				ip netns add far
				ip link set veth1 netns far
				ip netns exec far sysctl -qw net.ipv6.conf.veth1.disable_ipv6=1
				ip -n far link set veth1 arp off up
				ip link set veth0 up
				circle 'ip netns exec far' 1000 | tail -n 2`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const counts = stdout
				.trim()
				.split("\n")
				.filter((line) => /^\d+$/.test(line));
			// sent on eight times: five arrivals at one end, four at the other
			expect(counts).toEqual(["500", "400", "1000", "800"]);
		},
		patience,
	);

	it(
		"sends on a packet that it has diverted, without a copy, its tag beside it or put back",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				rmmod pfq && insmod $module vlan_untag=1 || fail 'not loaded'
				ip link add out0 type veth peer name out1
				ip link add link veth1 name tagged type vlan id 7
				ip link add link out1 name beyond type vlan id 7
				for each in out0 out1 tagged beyond; do
					echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6
					ip link set $each arp off
					ip link set $each up
				done
				ip addr add 10.8.0.1/24 dev tagged
				node packages/tools/bin/pfq.js run -i divert:veth0 -e 'main = bridge "out0"' --json >/tmp/report &
				pfq=$!
				wait_for_report
				send() {
					node -e '
						const socket = require("dgram").createSocket("udp4");
						for (let count = 0; count < 50; count++)
							socket.send(Buffer.alloc(400), 9, "10.8.0.2", () => count === 49 && socket.close());'
					testbed/native/build/blast -d tagged -n 50
					wait_for_count beyond $1
					cat /sys/class/net/beyond/statistics/rx_packets
				}
				send 100
				ethtool -K out0 txvlan off
				send 200
				kill -INT $pfq
				wait`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout.match(/^\d+$/gm)).toEqual(["100", "200"]);
		},
		patience,
	);

	it(
		"ends a circle of packets in a tunnel, whose checksum was left to the device",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				ip link add tunnel type vxlan id 5 local 10.5.0.1 remote 10.5.0.2 dstport 4789 dev veth1
				echo 1 >/proc/sys/net/ipv6/conf/tunnel/disable_ipv6
				ip link set tunnel arp off up
				ip addr add 10.5.0.1/24 dev veth1
				ip addr add 10.6.0.1/24 dev tunnel
				node packages/tools/bin/pfq.js run -i veth0 -e 'main = bridge "veth0"' --json >/tmp/near &
				near=$!
				node packages/tools/bin/pfq.js run -i veth1 -e 'main = bridge "veth1"' --json >/tmp/far &
				far=$!
				until test -s /tmp/near && test -s /tmp/far; do sleep 0.2; done
				node -e '
					const socket = require("dgram").createSocket("udp4");
					for (let count = 0; count < 50; count++)
						socket.send(Buffer.alloc(400), 9, "10.6.0.2", () => count === 49 && socket.close());'
				wait_for_count veth0 250
				sleep 1 # for those that would be too many
				cat /sys/class/net/veth0/statistics/rx_packets /sys/class/net/veth1/statistics/rx_packets
				kill -INT $near $far
				wait`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout.match(/^\d+$/gm)).toEqual(["250", "200"]);
		},
		patience,
	);

	it(
		"sends on what the host sends, and fails where that would be by the queue that it leaves by",
		async () => {
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				rmmod pfq && insmod $module capture_outgoing=1 || fail 'not loaded'
				modprobe ifb numifbs=0
				ip link add ifb0 numtxqueues 1 type ifb || fail 'no device with a queue'
				echo 1 >/proc/sys/net/ipv6/conf/ifb0/disable_ipv6
				ip link set ifb0 arp off up
				ip addr add 10.9.0.1/24 dev ifb0
				node packages/tools/bin/pfq.js run -i ifb0 -e 'main = forward "veth0" >-> forward "ifb0"' --seconds 60 --json >/tmp/report &
				pfq=$!
				wait_for_report
				node -e '
					const socket = require("dgram").createSocket("udp4");
					for (let count = 0; count < 50; count++)
						socket.send(Buffer.alloc(400), 9, "10.9.0.2", () => count === 49 && socket.close());'
				awk '/ (ifb0|veth0)$/ { print $NF, $6, $7 }' /proc/net/pfq/devices
				kill -INT $pfq
				wait
				cat /sys/class/net/veth1/statistics/rx_packets`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			expect(stdout.trim().split("\n").sort()).toEqual(["50", "ifb0 0 50", "veth0 50 0"]);
		},
		patience,
	);
});
