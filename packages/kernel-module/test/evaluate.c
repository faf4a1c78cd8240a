/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Runs programs on packets, for the differential test: requests on standard input, replies on
 * standard output, all words little-endian. The protocol is in testbed/src/differential.
 */
#include "../engine/text.h"
#include "quiet_host.h"

#include <unistd.h>

enum {
	DEVICES = 4,
};

enum request {
	REQUEST_PROGRAM = 1,
	REQUEST_PACKET,
	REQUEST_COUNTERS,
	REQUEST_QUIT,
	REQUEST_TEXT,
};

struct packet_request {
	uint32_t link, captured, length, mark, has_hash, hash;
	uint32_t device; /* 1 for d0, 2 for d1, ...; 0 if it is not known */
};

struct outcome {
	uint32_t fanout; /* enum pfq_fanout_kind */
	uint32_t hash, second_hash, mark;
	uint64_t class_mask;
	uint32_t state, forwards;
	uint32_t to_host;
	uint32_t reserved;
};

static void take(void *memory, size_t size)
{
	if (size > 0 && fread(memory, size, 1, stdin) != 1) {
		fprintf(stderr, "evaluate: the input ends within a request\n");
		exit(1);
	}
}

static void give(const void *memory, size_t size)
{
	if (size > 0 && fwrite(memory, size, 1, stdout) != 1)
		exit(1);
}

/* Of exactly this size, so that a sanitizer sees the first octet read beyond it. */
static void *take_octets(uint32_t size)
{
	void *memory = malloc(size ? size : 1);

	if (!memory)
		exit(1);
	take(memory, size);
	return memory;
}

static void load(struct pfq_engine *engine, struct pfq_program **program)
{
	struct pfq_checked_image image;
	struct pfq_error error = { 0 };
	uint32_t size, status;
	void *octets;

	take(&size, sizeof(size));
	octets = take_octets(size);
	pfq_program_destroy(*program);
	*program = NULL;
	status = (uint32_t)-pfq_check_image(octets, size, &image, &error);
	if (!status)
		status = (uint32_t)-pfq_program_create(engine, &image, program, &error);
	free(octets);
	give(&status, sizeof(status));
	if (status) {
		uint32_t length = (uint32_t)strlen(error.text);

		give(&length, sizeof(length));
		give(error.text, length);
	}
}

static void run_packet(const struct pfq_program *program, struct pfq_device *const *devices,
		       struct pfq_group_lane *lane)
{
	struct packet_request request;
	struct pfq_packet packet;
	struct pfq_run run = { .packet = &packet, .lane = lane };
	struct outcome outcome = { 0 };
	uint32_t ifindex[PFQ_MAX_FORWARDS];
	void *octets;

	take(&request, sizeof(request));
	octets = take_octets(request.captured);
	packet = (struct pfq_packet){
		.data = octets,
		.caplen = request.captured,
		.len = request.length,
		.mark = request.mark,
		.link = (uint16_t)request.link,
		.has_hash = request.has_hash,
		.hash = request.hash,
		.ifindex = (int)request.device,
	};
	if (request.device >= 1 && request.device <= DEVICES)
		run.device = devices[request.device - 1];
	pfq_run_program(program, &run);
	outcome.fanout = run.dropped ? PFQ_FANOUT_DROP : run.fanout.kind;
	if (outcome.fanout >= PFQ_FANOUT_STEER)
		outcome.hash = run.fanout.hash;
	if (outcome.fanout == PFQ_FANOUT_DOUBLE_STEER)
		outcome.second_hash = run.second_hash;
	outcome.mark = run.mark;
	outcome.class_mask = program->masks[run.mask];
	outcome.state = run.state;
	for (uint64_t rest = run.forwards; rest; rest &= rest - 1) {
		const struct pfq_device *device = program->devices[__builtin_ctzll(rest)];

		if (device)
			ifindex[outcome.forwards++] = (uint32_t)device->ifindex;
		else
			outcome.to_host = 1;
	}
	give(&outcome, sizeof(outcome));
	give(ifindex, outcome.forwards * sizeof(*ifindex));
	free(octets);
}

static void write_file(void *to, const char *octets, size_t length)
{
	fwrite(octets, length, 1, to);
}

/* An image as a program, or nothing if it is none. */
static void print_image(void)
{
	struct pfq_checked_image image;
	uint32_t size, length;
	char *printed = NULL;
	size_t printed_size = 0;
	FILE *file = open_memstream(&printed, &printed_size);
	struct pfq_text text = { write_file, file };
	void *octets;

	take(&size, sizeof(size));
	octets = take_octets(size);
	if (pfq_check_image(octets, size, &image, NULL) == 0)
		pfq_print_program(&text, &image);
	fclose(file);
	length = (uint32_t)printed_size;
	give(&length, sizeof(length));
	give(printed, length);
	free(printed);
	free(octets);
}

int main(void)
{
	struct quiet_host host = { 0 };
	struct pfq_engine *engine = pfq_engine_create(&quiet_host_ops, &host, 1);
	struct pfq_program *program = NULL;
	struct pfq_group_lane lane = { 0 };
	struct pfq_device *devices[DEVICES];

	for (unsigned int i = 0; i < DEVICES; i++) {
		const char name[] = { 'd', (char)('0' + i), 0 };

		if (pfq_device_get(engine, name, &devices[i], NULL))
			return 1;
	}
	for (;;) {
		uint32_t request;

		if (fread(&request, sizeof(request), 1, stdin) != 1)
			break;
		if (request == REQUEST_PROGRAM) {
			load(engine, &program);
			lane = (struct pfq_group_lane){ 0 };
		} else if (request == REQUEST_PACKET && program) {
			run_packet(program, devices, &lane);
		} else if (request == REQUEST_COUNTERS) {
			give(lane.counters, sizeof(lane.counters));
		} else if (request == REQUEST_TEXT) {
			print_image();
		} else {
			break;
		}
		fflush(stdout);
	}
	fflush(stdout);
	pfq_program_destroy(program);
	for (unsigned int i = 0; i < DEVICES; i++)
		pfq_device_put(devices[i]);
	pfq_engine_destroy(engine);
	return 0;
}
