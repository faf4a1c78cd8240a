// SPDX-License-Identifier: BSD-3-Clause
/*
 * member - a process with one socket in a group, for tests of what processes and users share
 *
 * Joins the group (a free one by default), binds it to a device, gives it a computation, makes a
 * Tx queue; says `joined GID`, or the first error and ends with status 1. Then it reads packets
 * until its input ends, and says how many.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pfq/pfq.h>

struct wish {
	int gid;
	int policy;
	const char *device;
	const char *image; /* a file */
	const char *tx_device;
};

static int complain(pfq_t *q)
{
	printf("%s\n", pfq_error(q));
	return 1;
}

static int policy_of(const char *name)
{
	if (strcmp(name, "private") == 0)
		return Q_POLICY_GROUP_PRIVATE;
	return strcmp(name, "restricted") == 0 ? Q_POLICY_GROUP_RESTRICTED : Q_POLICY_GROUP_SHARED;
}

static int wish_for(int argc, char **argv, struct wish *wish)
{
	int option;

	while ((option = getopt(argc, argv, "g:p:d:i:t:")) != -1) {
		switch (option) {
		case 'g':
			wish->gid = atoi(optarg);
			break;
		case 'p':
			wish->policy = policy_of(optarg);
			break;
		case 'd':
			wish->device = optarg;
			break;
		case 'i':
			wish->image = optarg;
			break;
		case 't':
			wish->tx_device = optarg;
			break;
		default:
			return -1;
		}
	}
	return optind == argc ? 0 : -1;
}

static int load(pfq_t *q, int gid, const char *name)
{
	static uint8_t image[1 << 16];
	FILE *file = fopen(name, "rb");
	size_t size;

	if (!file)
		return -1;
	size = fread(image, 1, sizeof(image), file);
	fclose(file);
	return pfq_set_group_computation(q, gid, image, size);
}

static int join(pfq_t *q, const struct wish *wish)
{
	int gid = pfq_join_group(q, wish->gid, Q_CLASS_DEFAULT, wish->policy);

	if (gid < 0 || (wish->image && load(q, gid, wish->image) < 0) ||
	    (wish->tx_device && pfq_bind_tx(q, wish->tx_device, Q_ANY_QUEUE, Q_NO_KTHREAD) < 0) ||
	    pfq_enable(q) < 0 ||
	    (wish->device && pfq_bind_group(q, gid, wish->device, Q_ANY_QUEUE) < 0))
		return -1;
	return gid;
}

static int input_has_ended(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	char octets[16];

	return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, octets, sizeof(octets)) <= 0;
}

int main(int argc, char **argv)
{
	struct wish wish = { .gid = Q_ANY_GROUP, .policy = Q_POLICY_GROUP_SHARED };
	unsigned long long received = 0;
	struct pfq_net_queue nq;
	int gid, count = 0, over = 0;
	pfq_t *q;

	if (wish_for(argc, argv, &wish)) {
		fprintf(stderr,
			"usage: member [-g GID] [-p POLICY] [-d DEVICE] [-i IMAGE] [-t DEVICE]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	q = pfq_open_nogroup(64, 4096, 64, 64);
	if (!q)
		return complain(NULL);
	gid = join(q, &wish);
	if (gid < 0)
		return complain(q);
	printf("joined %d\n", gid);
	while (count || !over) {
		over = input_has_ended();
		count = pfq_read(q, &nq, 20000);
		if (count < 0)
			return complain(q);
		received += (unsigned int)count;
	}
	printf("%llu packets\n", received);
	return pfq_close(q) < 0 ? complain(NULL) : 0;
}
