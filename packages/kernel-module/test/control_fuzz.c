/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Control operations with requests of any octets, on four sockets of two owners, in between packets
 * received, and words written all over the memory that the sockets' processes map.
 *
 * The input is a list of steps: an octet for what is done, an octet for whose socket it is, an
 * octet of length, and so many octets. Where a request names a device, one octet stands for the
 * name; device memory beyond the queues is not mapped, so the sanitizer sees what is read or
 * written outside.
 */
#include "image_builder.h"
#include "packets.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	SOCKETS = 4,
	STEP_RECEIVE = 32,
	STEP_SCRIBBLE,
	STEP_REOPEN,
	STEP_NO_MEMORY,
	STEPS,
};

struct fuzzed {
	struct world world;
	struct pfq_socket *sockets[SOCKETS];
	const uint8_t *input;
	size_t left;
};

static const uint8_t *take(struct fuzzed *fuzzed, size_t size)
{
	const uint8_t *taken = fuzzed->input;

	if (size > fuzzed->left)
		return NULL;
	fuzzed->input += size;
	fuzzed->left -= size;
	return taken;
}

/* With small queues, so that rounds are quick. */
static void open_socket(struct fuzzed *fuzzed, unsigned int index)
{
	struct pfq_socket *socket = NULL;

	if (!pfq_socket_create(fuzzed->world.engine, index / 2, index != 1, NULL, &socket, NULL)) {
		socket->rx_slots = 8;
		socket->tx_slots = 4;
	}
	fuzzed->sockets[index] = socket;
}

/* A request of the right size for most operations: the octets of the input, zeros, a device's name.
 */
static size_t fill_request(unsigned int operation, uint8_t *request, const uint8_t *octets,
			   size_t size)
{
	static const char *const devices[] = { "d0", "d1", "d2", "d3", "", "nothing" };
	static const size_t sizes[] = {
		[PFQ_OP_CONFIGURE] = sizeof(struct pfq_socket_config),
		[PFQ_OP_SET_WEIGHT] = 8,
		[PFQ_OP_SET_TIMESTAMPING] = 8,
		[PFQ_OP_JOIN_GROUP] = sizeof(struct pfq_group_join),
		[PFQ_OP_LEAVE_GROUP] = 8,
		[PFQ_OP_BIND_GROUP] = 264,
		[PFQ_OP_UNBIND_GROUP] = 264,
		[PFQ_OP_SET_COMPUTATION] = 8,
		[PFQ_OP_SET_FILTER] = 8,
		[PFQ_OP_ENABLE_VLAN_FILTER] = 16,
		[PFQ_OP_SET_VLAN_FILTER] = 16,
		[PFQ_OP_GET_GROUP_STATS] = 8,
		[PFQ_OP_GET_GROUP_COUNTERS] = 8,
		[PFQ_OP_GET_DEVICE] = 264,
		[PFQ_OP_SET_PROMISCUOUS] = 264,
		[PFQ_OP_GET_DEVICE_STATS] = 264,
		[PFQ_OP_BIND_TX] = 264,
		[PFQ_OP_FLUSH_TX] = 8,
		[PFQ_OP_BIND_EGRESS] = 264,
		[PFQ_OP_UNBIND_EGRESS] = 0,
		[PFQ_OP_WAKE_TX] = 8,
	};
	size_t wanted = operation < sizeof(sizes) / sizeof(sizes[0]) ? sizes[operation] : 0;

	memset(request, 0, 264);
	memcpy(request, octets, size);
	if (wanted == 264 && size > 8)
		strcpy((char *)request + 8,
		       devices[octets[8] % (sizeof(devices) / sizeof(devices[0]))]);
	if (operation == PFQ_OP_SET_COMPUTATION || operation == PFQ_OP_SET_FILTER)
		return size > wanted ? size : wanted;
	return size > 200 ? size : wanted; /* long ones keep a wrong size */
}

static const uint16_t reply_sizes[] = {
	[PFQ_OP_GET_INFO] = sizeof(struct pfq_socket_info),
	[PFQ_OP_ENABLE] = sizeof(struct pfq_queue_map),
	[PFQ_OP_JOIN_GROUP] = 8,
	[PFQ_OP_GET_GROUPS] = sizeof(struct pfq_group_mask),
	[PFQ_OP_GET_STATS] = sizeof(struct pfq_stats),
	[PFQ_OP_GET_GROUP_STATS] = sizeof(struct pfq_stats),
	[PFQ_OP_GET_GROUP_COUNTERS] = sizeof(struct pfq_counters),
	[PFQ_OP_GET_DEVICE] = 8,
	[PFQ_OP_GET_DEVICE_STATS] = sizeof(struct pfq_device_stats),
	[PFQ_OP_BIND_TX] = 8,
	[PFQ_OP_FLUSH_TX] = 8,
	[PFQ_OP_UNBIND_EGRESS] = 0,
};

static void control(struct pfq_socket *socket, unsigned int operation, const uint8_t *octets,
		    size_t size)
{
	uint8_t filled[264];
	size_t request_size = fill_request(operation, filled, octets, size);
	size_t reply_size = operation < sizeof(reply_sizes) / sizeof(reply_sizes[0])
				    ? reply_sizes[operation]
				    : 0;
	/* Of exactly these sizes. */
	uint8_t *request = malloc(request_size ? request_size : 1);
	uint8_t *reply = malloc(reply_size ? reply_size : 1);
	struct pfq_error error = { 0 };
	int status;

	if (!request || !reply)
		abort();
	memcpy(request, filled, request_size);
	/* Queues that are too large for a fuzzer are left to the tests. */
	if (operation == PFQ_OP_CONFIGURE && request_size == sizeof(struct pfq_socket_config))
		for (unsigned int i = 0; i < 4; i++)
			request[i * 8 + 2] = request[i * 8 + 1] & 0x0f ? 0 : request[i * 8 + 2];
	if (operation == PFQ_OP_SET_COMPUTATION && request_size > 8)
		image_seal(request + 8, request_size - 8);
	status = pfq_control(socket, operation, request, request_size, reply, reply_size, &error);
	if (status > 0 || (status < 0 && (error.code != status || !error.text[0])))
		abort();
	free(request);
	free(reply);
}

static void receive(struct fuzzed *fuzzed, const uint8_t *octets, size_t size)
{
	struct pfq_packet packets[8];
	struct pfq_device *device = fuzzed->world.engine->devices;

	for (unsigned int i = 0; i < 8; i++)
		packets[i] = (struct pfq_packet){
			.data = octets,
			.caplen = (uint32_t)(size > i ? size - i : 0),
			.len = (uint32_t)size,
			.link = i % 7,
		};
	for (; device; device = device->next) {
		pfq_receive(device, size, Q_ANY_QUEUE, packets, 8);
		pfq_receive(device, size, 1, packets, 8);
		if (pfq_receive_room(device, Q_ANY_QUEUE) > PFQ_BATCH)
			abort();
	}
}

static void scribble(struct pfq_socket *socket, const uint8_t *octets, size_t size)
{
	uint8_t *memory = pfq_socket_memory(socket);

	for (size_t i = 0; memory && i + 6 <= size; i += 6) {
		uint64_t at = (octets[i] | (uint64_t)octets[i + 1] << 8) * 4;

		if (at + 4 <= socket->map.size)
			memcpy(memory + at, octets + i + 2, 4);
	}
}

static void step(struct fuzzed *fuzzed, unsigned int what, unsigned int who, const uint8_t *octets,
		 size_t size)
{
	struct pfq_socket **socket = &fuzzed->sockets[who];

	if (!*socket)
		open_socket(fuzzed, who);
	if (!*socket)
		return;
	switch (what) {
	case STEP_RECEIVE:
		receive(fuzzed, octets, size);
		break;
	case STEP_SCRIBBLE:
		scribble(*socket, octets, size);
		break;
	case STEP_REOPEN:
		pfq_socket_destroy(*socket);
		open_socket(fuzzed, who);
		break;
	case STEP_NO_MEMORY:
		test_alloc_budget(size % 16 < 12 ? (long)(size % 16) : -1);
		break;
	default:
		control(*socket, what, octets, size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzzed *fuzzed = calloc(1, sizeof(*fuzzed));
	const uint8_t *head;

	if (!fuzzed)
		abort();
	fuzzed->input = data;
	fuzzed->left = size;
	world_begin(&fuzzed->world, 2);
	while ((head = take(fuzzed, 3))) {
		const uint8_t *octets = take(fuzzed, head[2]);
		uint8_t *copy;

		if (!octets)
			break;
		copy = malloc(head[2] ? head[2] : 1);
		if (!copy)
			abort();
		memcpy(copy, octets, head[2]);
		step(fuzzed, head[0] % STEPS, head[1] % SOCKETS, copy, head[2]);
		free(copy);
	}
	test_alloc_budget(-1);
	world_end(&fuzzed->world);
	free(fuzzed);
	return 0;
}
