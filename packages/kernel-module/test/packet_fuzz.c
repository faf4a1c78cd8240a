/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Packets of any octets, through every primitive that reads one: the first octet of the input is
 * the link type, the rest the packet. The quick parser must agree with the whole one.
 */
#include "image_builder.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One program for each primitive, so that none keeps another from being run, and one for each
 * within shift. */
static struct pfq_program *programs[1024];
static unsigned int program_count;

static void add_arguments(struct image_builder *builder, const struct pfq_symbol *symbol)
{
	static const uint8_t network[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	static const int64_t values[] = { 0, 1, 4095 };

	for (unsigned int i = 0; i < symbol->parameter_count; i++) {
		const struct pfq_parameter *parameter = &symbol->parameter[i];

		if (parameter->type == PFQ_ARG_String && parameter->list)
			image_strings(builder, (const char *[]){ "d0", "d1" }, 2);
		else if (parameter->type == PFQ_ARG_String)
			image_string(builder, "d0");
		else if (parameter->list)
			image_integers(builder, parameter->type, values, 3);
		else if (parameter->type == PFQ_ARG_CIDR)
			image_network(builder, 6, network, 32);
		else
			image_integer(builder, parameter->type,
				      parameter->ranged && parameter->max < 53 ? parameter->max
									       : 53);
	}
}

/* The function itself; or a filter of the predicate, or of a comparison with the property; within
 * so many shifts. */
static bool build(struct image_builder *builder, const struct pfq_symbol *symbol,
		  unsigned int shifts)
{
	for (unsigned int i = 0; i < symbol->parameter_count; i++)
		if (symbol->parameter[i].type == PFQ_ARG_Fun ||
		    (symbol->parameter[i].list && symbol->parameter[i].type == PFQ_ARG_CIDR))
			return false;
	for (unsigned int i = 0; i < shifts; i++) {
		image_node(builder, "shift");
		image_function(builder, i + 1);
	}
	if (symbol->kind != PFQ_KIND_FUNCTION) {
		image_node(builder, "filter");
		image_function(builder, shifts + 1);
	}
	if (symbol->kind == PFQ_KIND_PROPERTY) {
		image_node(builder, "less");
		image_function(builder, shifts + 2);
		image_integer(builder, PFQ_ARG_Word64, 1000);
	}
	image_node(builder, symbol->name);
	add_arguments(builder, symbol);
	return true;
}

static void load_program(struct world *world, const struct pfq_symbol *symbol, unsigned int shifts)
{
	struct image_builder builder = { 0 };
	struct pfq_checked_image image;
	uint8_t *octets;
	size_t size;

	if (!build(&builder, symbol, shifts))
		return;
	octets = image_end(&builder, &size);
	if (pfq_check_image(octets, size, &image, &world->error) ||
	    pfq_program_create(world->engine, &image, &programs[program_count++], &world->error)) {
		fprintf(stderr, "%s: %s\n", symbol->name, world->error.text);
		abort();
	}
	free(octets);
}

static void prepare(struct world *world)
{
	world_begin(world, 1);
	for (unsigned int i = 0; i < pfq_symbol_count; i++)
		for (unsigned int shifts = 0; shifts < 3; shifts++)
			load_program(world, &pfq_symbols[i], shifts);
}

static void compare_parsers(const struct pfq_packet *packet)
{
	struct pfq_packet quick = *packet, whole = *packet;
	const struct pfq_headers *a = &quick.headers, *b = &whole.headers;

	if (!pfq_parse_plain(&quick))
		return;
	pfq_parse_headers(&whole);
	if (a->network != b->network || a->transport != b->transport ||
	    a->ethertype != b->ethertype || a->version != b->version ||
	    a->protocol != b->protocol || a->has_vlan != b->has_vlan || a->fragment != b->fragment)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	static struct pfq_group_lane lane;
	static struct pfq_device *device;
	struct pfq_packet packet;
	uint8_t *copy;

	if (!world.engine) {
		prepare(&world);
		if (pfq_device_get(world.engine, "d0", &device, NULL))
			abort();
	}
	if (size < 1)
		return 0;
	copy = malloc(size > 1 ? size - 1 : 1);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	packet = (struct pfq_packet){
		.data = copy,
		.caplen = (uint32_t)size - 1,
		.len = (uint32_t)size - 1,
		.link = data[0] % (PFQ_LINK_PPP + 2),
	};
	compare_parsers(&packet);
	for (unsigned int i = 0; i < program_count; i++) {
		struct pfq_packet again = packet;
		struct pfq_run run = { .packet = &again, .lane = &lane, .device = device };

		pfq_run_program(programs[i], &run);
		if (run.headers_read &&
		    memcmp(&again.headers, &run.headers[0], sizeof(again.headers)))
			abort();
	}
	free(copy);
	return 0;
}
