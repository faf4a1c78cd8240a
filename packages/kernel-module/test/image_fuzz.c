/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Images of any octets: what the loader takes is lowered and run. The mutator fixes what every
 * image must have right, so that most of them get past the checksum.
 */
#include "image_builder.h"
#include "packets.h"
#include "reference.h"
#include "world.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t next_random(uint32_t *random)
{
	*random = *random * 1664525 + 1013904223;
	return *random >> 8;
}

/* A known symbol at the end of the data, and a node that uses it with arguments of its types. */
static void mutate_node(uint8_t *data, size_t size, size_t max_size, size_t *result,
			uint32_t *random)
{
	struct pfq_image header;
	struct pfq_image_node node;
	const struct pfq_symbol *symbol = &pfq_symbols[next_random(random) % pfq_symbol_count];
	size_t name = strlen(symbol->name) + 1, at;
	uint32_t index;

	memcpy(&header, data, sizeof(header));
	if (header.node_count < 1 || header.node_count > 1000 ||
	    sizeof(header) + header.node_count * sizeof(node) > size || size + name > max_size)
		return;
	index = next_random(random) % header.node_count;
	at = sizeof(header) + index * sizeof(node);
	node = (struct pfq_image_node){
		.symbol = (uint32_t)(size - sizeof(header) - header.node_count * sizeof(node)),
		.next = PFQ_IMAGE_NO_NODE,
		.argument_count = symbol->parameter_count,
	};
	if (symbol->kind == PFQ_KIND_FUNCTION && next_random(random) % 2)
		node.next = index + 1 + next_random(random) % 3;
	for (unsigned int i = 0; i < symbol->parameter_count; i++) {
		node.argument[i].type = symbol->parameter[i].type;
		node.argument[i].flags = symbol->parameter[i].list;
		node.argument[i].value = next_random(random) % 40;
		if (symbol->parameter[i].type == PFQ_ARG_Fun)
			node.argument[i].value = index + 1 + next_random(random) % 3;
		else if (symbol->parameter[i].type == PFQ_ARG_String || symbol->parameter[i].list)
			node.argument[i].count = 2;
	}
	memcpy(data + at, &node, sizeof(node));
	memcpy(data + size, symbol->name, name);
	*result = size + name;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	uint32_t random = seed;
	struct pfq_image header;
	size_t nodes;

	if (size > sizeof(header) && next_random(&random) % 3 == 0)
		mutate_node(data, size, max_size, &size, &random);
	else
		size = LLVMFuzzerMutate(data, size, max_size);
	if (size < sizeof(header) || next_random(&random) % 16 == 0)
		return size;
	memcpy(&header, data, sizeof(header));
	header.magic = PFQ_IMAGE_MAGIC;
	header.version = PFQ_IMAGE_VERSION;
	header.primitives = PFQ_PRIMITIVES_VERSION;
	header.size = (uint32_t)size;
	header.entry = 0;
	header.reserved = 0;
	nodes = sizeof(header) + (size_t)header.node_count * sizeof(struct pfq_image_node);
	if (nodes > size) {
		header.node_count =
			(uint32_t)((size - sizeof(header)) / (sizeof(struct pfq_image_node) + 8));
		nodes = sizeof(header) + header.node_count * sizeof(struct pfq_image_node);
	}
	header.data_offset = (uint32_t)nodes;
	header.data_size = (uint32_t)(size - nodes);
	memcpy(data, &header, sizeof(header));
	image_seal(data, size);
	return size;
}

/* What lowering made of the image does what the image says. */
static void compare(const struct pfq_program *program, const struct pfq_run *run,
		    const struct reference *wanted)
{
	if (run->dropped != !wanted->passes || run->mark != wanted->mark ||
	    run->state != wanted->state ||
	    __builtin_popcountll(run->forwards) != wanted->forwards + wanted->for_host)
		abort();
	if (memcmp(run->lane->counters, wanted->lane.counters, sizeof(run->lane->counters)))
		abort();
	if (run->dropped)
		return;
	if (run->fanout.kind != wanted->fanout.kind ||
	    program->masks[run->mask] != wanted->class_mask)
		abort();
	if (run->fanout.kind >= PFQ_FANOUT_STEER && run->fanout.hash != wanted->fanout.hash)
		abort();
	if (run->fanout.kind == PFQ_FANOUT_DOUBLE_STEER && run->second_hash != wanted->second_hash)
		abort();
}

static void run(struct world *world, const struct pfq_program *program, const uint8_t *data,
		size_t size)
{
	struct octets packets[3] = { 0 };

	put_flow(&packets[0], 0x0a000001, 0x0a000002, 1000, 80);
	put_ethernet(&packets[1], 0x86dd);
	put_ip6(&packets[1], 6, 1, 2);
	put_tcp(&packets[1], 1, 2);
	put_ethernet(&packets[2], 0x8100);
	put16(&packets[2], 0x0001);
	for (unsigned int i = 0; i < 3; i++) {
		struct pfq_group_lane lane = { 0 };
		struct pfq_packet packet = packet_of(&packets[i]);
		struct pfq_run run = { .packet = &packet, .lane = &lane };
		struct reference wanted = { .engine = world->engine, .packet = packet };

		pfq_run_program(program, &run);
		if (run.mask >= program->mask_count)
			abort();
		if (run.forwards && program->device_count < 64 &&
		    run.forwards >> program->device_count)
			abort();
		if (reference_run(&wanted, data, size))
			compare(program, &run, &wanted);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	struct pfq_checked_image image;
	struct pfq_program *program;
	struct pfq_error error = { 0 };

	if (!world.engine)
		world_begin(&world, 1);
	if (!pfq_check_image(data, size, &image, &error)) {
		if (!pfq_program_create(world.engine, &image, &program, &error)) {
			run(&world, program, data, size);
			pfq_program_destroy(program);
		}
	}
	if (error.code && !error.text[0])
		abort();
	if (world.host.open)
		abort();
	return 0;
}
