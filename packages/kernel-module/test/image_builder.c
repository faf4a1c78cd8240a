/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "image_builder.h"

static void *more(void *memory, uint32_t *space, uint32_t want, size_t size)
{
	if (want <= *space)
		return memory;
	*space = want * 2;
	memory = realloc(memory, *space * size);
	if (!memory)
		abort();
	return memory;
}

static uint32_t add_data(struct image_builder *builder, const void *octets, size_t size)
{
	uint32_t offset = builder->data_size;

	builder->data_size += (uint32_t)size;
	builder->data = more(builder->data, &builder->data_space, builder->data_size, 1);
	if (size > 0)
		memcpy(builder->data + offset, octets, size);
	return offset;
}

static uint32_t name_offset(struct image_builder *builder, const char *symbol)
{
	uint32_t offset;

	for (uint32_t i = 0; i < builder->name_count; i++)
		if (strcmp(builder->names[i].symbol, symbol) == 0)
			return builder->names[i].offset;
	offset = add_data(builder, symbol, strlen(symbol) + 1);
	builder->names[builder->name_count].symbol = symbol;
	builder->names[builder->name_count++].offset = offset;
	return offset;
}

uint32_t image_node(struct image_builder *builder, const char *symbol)
{
	uint32_t index = builder->node_count++;

	builder->nodes = more(builder->nodes, &builder->node_space, builder->node_count,
			      sizeof(*builder->nodes));
	builder->nodes[index] = (struct pfq_image_node){
		.symbol = name_offset(builder, symbol),
		.next = PFQ_IMAGE_NO_NODE,
	};
	return index;
}

void image_next(struct image_builder *builder, uint32_t node, uint32_t next)
{
	builder->nodes[node].next = next;
}

static void add_argument(struct image_builder *builder, struct pfq_image_argument argument)
{
	struct pfq_image_node *node = &builder->nodes[builder->node_count - 1];

	node->argument[node->argument_count++] = argument;
}

void image_function(struct image_builder *builder, uint32_t node)
{
	add_argument(builder, (struct pfq_image_argument){ .type = PFQ_ARG_Fun, .value = node });
}

void image_integer(struct image_builder *builder, uint16_t type, int64_t value)
{
	add_argument(builder,
		     (struct pfq_image_argument){ .type = type, .value = (uint64_t)value });
}

void image_string(struct image_builder *builder, const char *text)
{
	uint32_t offset = add_data(builder, text, strlen(text) + 1);

	add_argument(builder, (struct pfq_image_argument){ .type = PFQ_ARG_String,
							   .count = (uint32_t)strlen(text),
							   .value = offset });
}

void image_strings(struct image_builder *builder, const char *const *texts, uint32_t count)
{
	uint32_t elements[8][2], offset;

	if (count > 8)
		abort();
	for (uint32_t i = 0; i < count; i++) {
		elements[i][0] = add_data(builder, texts[i], strlen(texts[i]) + 1);
		elements[i][1] = (uint32_t)strlen(texts[i]);
	}
	offset = add_data(builder, elements, count * sizeof(elements[0]));
	add_argument(builder, (struct pfq_image_argument){ .type = PFQ_ARG_String,
							   .flags = PFQ_IMAGE_LIST,
							   .count = count,
							   .value = offset });
}

void image_integers(struct image_builder *builder, uint16_t type, const int64_t *values,
		    uint32_t count)
{
	uint32_t offset = add_data(builder, values, count * sizeof(*values));

	add_argument(builder, (struct pfq_image_argument){ .type = type,
							   .flags = PFQ_IMAGE_LIST,
							   .count = count,
							   .value = offset });
}

void image_network(struct image_builder *builder, uint8_t family, const uint8_t *address,
		   uint8_t prefix)
{
	struct pfq_image_cidr cidr = { .family = family, .prefix = prefix };
	uint32_t offset;

	memcpy(cidr.address, address, family == 4 ? 4 : 16);
	offset = add_data(builder, &cidr, sizeof(cidr));
	add_argument(builder, (struct pfq_image_argument){ .type = PFQ_ARG_CIDR, .value = offset });
}

uint32_t image_node_integer(struct image_builder *builder, const char *symbol, uint16_t type,
			    int64_t value)
{
	uint32_t node = image_node(builder, symbol);

	image_integer(builder, type, value);
	return node;
}

uint8_t *image_end(struct image_builder *builder, size_t *size)
{
	uint32_t nodes = builder->node_count * (uint32_t)sizeof(*builder->nodes);
	struct pfq_image header = {
		.magic = PFQ_IMAGE_MAGIC,
		.version = PFQ_IMAGE_VERSION,
		.primitives = PFQ_PRIMITIVES_VERSION,
		.node_count = builder->node_count,
		.data_offset = (uint32_t)sizeof(header) + nodes,
		.data_size = builder->data_size,
	};
	uint8_t *octets;

	header.size = header.data_offset + header.data_size;
	*size = header.size;
	octets = malloc(header.size);
	if (!octets)
		abort();
	memcpy(octets, &header, sizeof(header));
	if (nodes > 0)
		memcpy(octets + sizeof(header), builder->nodes, nodes);
	if (builder->data_size > 0)
		memcpy(octets + header.data_offset, builder->data, builder->data_size);
	image_seal(octets, *size);
	free(builder->nodes);
	free(builder->data);
	*builder = (struct image_builder){ 0 };
	return octets;
}

/* CRC-32 bit by bit: not the way in which the engine does it. */
void image_seal(uint8_t *octets, size_t size)
{
	size_t field = offsetof(struct pfq_image, checksum);
	uint32_t crc = 0xffffffff;

	if (size < sizeof(struct pfq_image))
		return;
	memset(octets + field, 0, sizeof(crc));
	for (size_t i = 0; i < size; i++) {
		crc ^= octets[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	crc = ~crc;
	memcpy(octets + field, &crc, sizeof(crc));
}
