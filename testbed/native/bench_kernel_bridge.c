// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_kernel_bridge - what it costs to pass a packet from one device on to another
 *
 *   bench_kernel_bridge [-r ROUNDS] [-d DEVICE] [-p FILE] none|pfq|linux
 *     none    nobody does     pfq     a computation of pfq.ko, from FILE     linux   a Linux bridge
 *
 * PFQ captures from DEVICE: divert:veth0, which takes the packets as a bridge does, or veth0.
 *
 * For a machine with one processor whose clock counts instructions. The kernel's packet generator
 * sends bursts on veth1, to veth0; what is passed on goes out of veth2, to veth3. pktgen's time has
 * all that in it. The last line is one JSON object with samples in nanoseconds a packet.
 */
#define _GNU_SOURCE
#include <getopt.h>

#include <pfq/pfq.h>

#include "bench_kernel.h"

static const char *computation = "", *device = "divert:veth0";
static unsigned int rounds = 9;

static void load_computation(pfq_t *q)
{
	static char image[PFQ_IMAGE_MAX_SIZE];
	FILE *file = fopen(computation, "rb");
	size_t size = file ? fread(image, 1, sizeof(image), file) : 0;

	if (size == 0)
		fail(computation, "cannot be read");
	fclose(file);
	if (pfq_set_group_computation(q, pfq_group_id(q), image, size))
		fail(computation, pfq_error(q));
}

static void open_pfq(void)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);

	if (!q)
		fail("pfq", pfq_error(NULL));
	if (strcmp(pfq_host(q), "kernel") != 0)
		fail("pfq", "pfq.ko is not loaded");
	load_computation(q);
	if (pfq_enable(q) || pfq_bind(q, device, Q_ANY_QUEUE))
		fail(device, pfq_error(q));
}

/* The bridge knows where the packets' address is. */
static void open_linux(void)
{
	if (system("sysctl -qw net.ipv6.conf.default.disable_ipv6=1 && "
		   "ip link add name bench0 type bridge mcast_snooping 0 && "
		   "ip link set veth0 master bench0 && ip link set veth2 master bench0 && "
		   "ip link set bench0 up && "
		   "bridge fdb add 02:00:00:00:00:01 dev veth2 master static") != 0)
		fail("bridge", "cannot be made");
}

static void open_none(void)
{
}

static const struct {
	const char *name;
	void (*open)(void);
	unsigned int copies; /* of each packet that come to veth3 */
} ways[] = {
	{ "none", open_none, 0 },
	{ "pfq", open_pfq, 1 },
	{ "linux", open_linux, 1 },
};

static uint64_t arrived(void)
{
	unsigned long long count = 0;
	FILE *file = fopen("/sys/class/net/veth3/statistics/rx_packets", "r");

	if (!file || fscanf(file, "%llu", &count) != 1)
		fail("veth3", "has no statistics");
	fclose(file);
	return count;
}

static size_t find_way(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, name) == 0)
			return i;
	fail(name, "must be none, pfq or linux");
}

int main(int argc, char **argv)
{
	double total[MAX_ROUNDS];
	uint64_t before;
	size_t way;
	int option;

	while ((option = getopt(argc, argv, "d:p:r:")) != -1) {
		if (option == 'p')
			computation = optarg;
		else if (option == 'd')
			device = optarg;
		else if (option == 'r')
			rounds = (unsigned int)atoi(optarg);
		else
			exit(2);
	}
	if (optind + 1 != argc || rounds < 1 || rounds > MAX_ROUNDS)
		fail("usage", "[-r ROUNDS] [-d DEVICE] [-p FILE] none|pfq|linux");
	way = find_way(argv[optind]);
	ways[way].open();
	set_up_sender("veth1");
	send_burst("veth1");
	before = arrived();
	for (unsigned int i = 0; i < rounds; i++)
		total[i] = (double)send_burst("veth1") / BURST;
	if (arrived() - before != (uint64_t)rounds * BURST * ways[way].copies)
		fail("veth3", "not every packet has arrived");
	printf("{");
	print_samples("total", total, rounds);
	printf("\"packets\":%d}\n", BURST);
	if (strcmp(ways[way].name, "linux") == 0 && system("ip link del bench0") != 0)
		fail("bench0", "cannot be deleted");
	return 0;
}
