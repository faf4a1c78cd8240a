// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_receive - what a packet costs from pfq_receive() to the queue of its socket
 *
 * Each argument describes a scene: how many groups are bound to a device, how many sockets each of
 * them steers over, and the packets. Samples of two scenes are taken in turn. Between batches a
 * reader, not on the clock, looks at what has come and releases it; with -r it is another thread,
 * which does so all the time. Slots are shared out evenly, so that scenes with the same number of
 * slots touch the same amount of memory, however many sockets there are.
 */
#include "bench_input.h"

#include <getopt.h>

enum {
	MAX_SCENES = 2,
	BATCH_CALLS = 64, /* calls of pfq_receive() in a sample */
};

struct member {
	struct pfq_socket *socket;
	struct pfq_rx_queue *queue;
	const uint8_t *slots;
	uint32_t slot_size, slot_count, position;
};

struct scene {
	unsigned int sockets, groups, slots, size, batch, packets;
	char image[256];
	struct pfq_engine *engine;
	struct pfq_device *device;
	struct member *members;
	unsigned int member_count;
	struct bench_packets input;
	unsigned int next; /* packet */
	uint64_t read;
	pthread_t reader;
	bool ending;
};

static uint64_t random_state = 88172645463325252u;

static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void parse_scene(struct scene *scene, char *text)
{
	*scene = (struct scene){
		.sockets = 1, .groups = 1, .slots = 65536, .size = 60, .batch = 512, .packets = 8192
	};
	for (char *part = strtok(text, ","); part; part = strtok(NULL, ",")) {
		if (sscanf(part, "sockets=%u", &scene->sockets) != 1 &&
		    sscanf(part, "groups=%u", &scene->groups) != 1 &&
		    sscanf(part, "slots=%u", &scene->slots) != 1 &&
		    sscanf(part, "size=%u", &scene->size) != 1 &&
		    sscanf(part, "batch=%u", &scene->batch) != 1 &&
		    sscanf(part, "packets=%u", &scene->packets) != 1 &&
		    sscanf(part, "image=%255s", scene->image) != 1)
			bench_fail("%s: no such setting", part);
	}
	if (scene->size < 42 || scene->batch > PFQ_BATCH || scene->packets % scene->batch)
		bench_fail("packets have 42 octets at least, batches %u packets at most",
			   PFQ_BATCH);
}

static void control(struct pfq_socket *socket, unsigned int operation, const void *request,
		    size_t size, void *reply, size_t reply_size)
{
	struct pfq_error error = { 0 };

	if (pfq_control(socket, operation, request, size, reply, reply_size, &error) < 0)
		bench_fail("%s", error.text);
}

static void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* UDP over IPv4, every packet of a flow of its own. */
static void make_packets(struct scene *scene)
{
	static const uint8_t head[14 + 20 + 8] = { 2, 0, 0, 0, 0, 2,	2,	   0,	     0,
						   0, 0, 1, 8, 0, 0x45, [22] = 64, [23] = 17 };
	size_t stride = (scene->size + 63) & ~63u;

	scene->input.count = scene->packets;
	scene->input.packets = pfq_alloc(scene->packets * sizeof(struct pfq_packet));
	scene->input.octets = pfq_alloc(scene->packets * stride);
	if (!scene->input.packets || !scene->input.octets)
		bench_fail("no memory for %u packets", scene->packets);
	for (unsigned int i = 0; i < scene->packets; i++) {
		uint8_t *octets = scene->input.octets + i * stride;
		uint64_t random = random_number();

		memcpy(octets, head, sizeof(head));
		put16(octets + 16, scene->size - 14);
		memcpy(octets + 26, &random, 8); /* both addresses */
		put16(octets + 34, 1024 + i % 50000);
		put16(octets + 36, 9);
		put16(octets + 38, scene->size - 34);
		scene->input.packets[i] = (struct pfq_packet){
			.data = octets,
			.caplen = scene->size,
			.len = scene->size,
			.link = PFQ_LINK_ETHERNET,
			.sec = 1,
		};
	}
}

static void open_socket(struct scene *scene, struct member *member, int gid)
{
	struct pfq_socket_config config = { .caplen = scene->size > 128 ? scene->size : 128,
					    .rx_slots = scene->slots / scene->member_count,
					    .xmitlen = 1514,
					    .tx_slots = 1024 };
	struct pfq_group_join join = { .gid = gid,
				       .policy = Q_POLICY_GROUP_SHARED,
				       .class_mask = Q_CLASS_DEFAULT };
	struct pfq_error error = { 0 };
	struct pfq_queue_map map;
	struct pfq_group_id joined;
	uint8_t *memory;

	if (pfq_socket_create(scene->engine, 1, true, NULL, &member->socket, &error))
		bench_fail("%s", error.text);
	control(member->socket, PFQ_OP_CONFIGURE, &config, sizeof(config), NULL, 0);
	control(member->socket, PFQ_OP_JOIN_GROUP, &join, sizeof(join), &joined, sizeof(joined));
	control(member->socket, PFQ_OP_ENABLE, NULL, 0, &map, sizeof(map));
	memory = pfq_socket_memory(member->socket);
	member->queue = (struct pfq_rx_queue *)(memory + map.rx_header);
	member->slots = memory + map.rx_slots;
	member->slot_size = member->queue->slot_size;
	member->slot_count = member->queue->slots;
}

static void load_program(struct pfq_socket *socket, int gid, const char *path)
{
	size_t size;
	uint8_t *image = bench_read_file(path, &size);
	struct pfq_computation *request = calloc(1, sizeof(*request) + size);

	if (!request)
		bench_fail("no memory");
	request->gid = gid;
	memcpy(request + 1, image, size);
	control(socket, PFQ_OP_SET_COMPUTATION, request, sizeof(*request) + size, NULL, 0);
	free(request);
	free(image);
}

static void bind_group(struct pfq_socket *socket, int gid)
{
	struct pfq_binding binding = { .gid = gid, .queue = Q_ANY_QUEUE, .device = "bench0" };

	control(socket, PFQ_OP_BIND_GROUP, &binding, sizeof(binding), NULL, 0);
}

static void build(struct scene *scene)
{
	scene->member_count = scene->groups * scene->sockets;
	if (scene->member_count > PFQ_MAX_SOCKETS || scene->slots < scene->member_count)
		bench_fail("%u sockets with %u slots between them", scene->member_count,
			   scene->slots);
	scene->engine = pfq_engine_create(&bench_host_ops, NULL, 1);
	scene->members = calloc(scene->member_count, sizeof(*scene->members));
	if (!scene->engine || !scene->members)
		bench_fail("no memory");
	make_packets(scene);
	for (unsigned int group = 0; group < scene->groups; group++) {
		struct member *members = scene->members + group * scene->sockets;

		for (unsigned int i = 0; i < scene->sockets; i++)
			open_socket(scene, &members[i], (int)group);
		if (scene->image[0])
			load_program(members[0].socket, (int)group, scene->image);
		bind_group(members[0].socket, (int)group);
	}
	scene->device = pfq_device_find(scene->engine, "bench0");
}

/* Looks at each packet that has come, and gives its slot back. */
static uint64_t drain_member(struct member *member)
{
	uint32_t position = member->position, taken;

	for (;;) {
		const struct pfq_pkthdr *header =
			(const void *)(member->slots +
				       (size_t)(position & (member->slot_count - 1)) *
					       member->slot_size);
		uint32_t lap = position / member->slot_count + 1;

		if (PFQ_LOAD_ACQUIRE(&header->info.commit) != lap)
			break;
		__asm__ volatile("" ::"r"(header->caplen + *(const uint8_t *)(header + 1)));
		position++;
	}
	if (position != member->position)
		PFQ_STORE_RELEASE(&member->queue->tail, position);
	taken = position - member->position;
	member->position = position;
	return taken;
}

static void drain(struct scene *scene)
{
	for (unsigned int i = 0; i < scene->member_count; i++)
		scene->read += drain_member(&scene->members[i]);
}

static void *read_all_the_time(void *argument)
{
	struct scene *scene = argument;

	while (!PFQ_READ_ONCE(scene->ending))
		drain(scene);
	return NULL;
}

/* One call, as a device makes it: the descriptors are new, the octets are where they were. */
static uint64_t receive_batch(struct scene *scene)
{
	static struct pfq_packet packets[PFQ_BATCH] __attribute__((aligned(64)));
	uint64_t start;

	memcpy(packets, scene->input.packets + scene->next, scene->batch * sizeof(packets[0]));
	scene->next = (scene->next + scene->batch) % scene->packets;
	start = bench_cpu_ns();
	pfq_receive(scene->device, 0, Q_ANY_QUEUE, packets, scene->batch);
	return bench_cpu_ns() - start;
}

/* Nanoseconds a packet. */
static double sample(struct scene *scene, bool threaded)
{
	uint64_t spent = 0;

	for (unsigned int i = 0; i < BATCH_CALLS; i++) {
		spent += receive_batch(scene);
		if (!threaded)
			drain(scene);
	}
	return (double)spent / BATCH_CALLS / scene->batch;
}

/* How many packets found their queue full. */
static uint64_t lost(const struct scene *scene)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < scene->member_count; i++)
		sum += scene->engine->lanes[0].sockets[i].lost;
	return sum;
}

static void print_scene(const struct scene *scene, const char *name, const double *samples,
			unsigned int count)
{
	printf("\"%s\":{\"sockets\":%u,\"groups\":%u,\"slots\":%u,\"size\":%u,\"lost\":%llu,\"samples\":[",
	       name, scene->sockets, scene->groups, scene->slots, scene->size,
	       (unsigned long long)lost(scene));
	for (unsigned int i = 0; i < count; i++)
		printf("%s%.4f", i ? "," : "", samples[i]);
	printf("]}");
}

int main(int argc, char **argv)
{
	static struct scene scenes[MAX_SCENES];
	double *samples[MAX_SCENES];
	unsigned int count = 101, scene_count;
	bool threaded = false;
	int option;

	while ((option = getopt(argc, argv, "n:r")) != -1) {
		switch (option) {
		case 'n':
			count = (unsigned int)atoi(optarg);
			break;
		case 'r':
			threaded = true;
			break;
		default:
			return 2;
		}
	}
	scene_count = (unsigned int)(argc - optind);
	if (scene_count < 1 || scene_count > MAX_SCENES || count == 0)
		bench_fail("usage: bench_receive [-n SAMPLES] [-r] SCENE [SCENE]; a scene is like "
			   "sockets=4,groups=1,slots=65536,size=60,batch=512,image=FILE");
	for (unsigned int i = 0; i < scene_count; i++) {
		parse_scene(&scenes[i], argv[(unsigned int)optind + i]);
		build(&scenes[i]);
		samples[i] = calloc(count, sizeof(double));
		if (!samples[i])
			bench_fail("no memory");
		if (threaded &&
		    pthread_create(&scenes[i].reader, NULL, read_all_the_time, &scenes[i]))
			bench_fail("no thread");
	}
	/* Once round the rings before it counts. */
	for (unsigned int i = 0; i < scene_count; i++)
		for (unsigned int calls = 0;
		     calls * BATCH_CALLS * scenes[i].batch < 2 * scenes[i].slots; calls++)
			sample(&scenes[i], threaded);
	for (unsigned int n = 0; n < count; n++)
		for (unsigned int i = 0; i < scene_count; i++)
			samples[i][n] = sample(&scenes[i], threaded);
	for (unsigned int i = 0; i < scene_count; i++) {
		scenes[i].ending = true;
		if (threaded)
			pthread_join(scenes[i].reader, NULL);
	}
	printf("{");
	for (unsigned int i = 0; i < scene_count; i++) {
		if (i)
			printf(",");
		print_scene(&scenes[i], i ? "peer" : "scene", samples[i], count);
	}
	printf("}\n");
	return 0;
}
