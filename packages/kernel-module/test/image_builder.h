/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Builds computation images. Nodes come in the order of their indices, so an argument that is a
 * function names a node that is still to come. Arguments are added to the last node, in order.
 */
#ifndef PFQ_TEST_IMAGE_BUILDER_H
#define PFQ_TEST_IMAGE_BUILDER_H

#include "../engine/image.h"

struct image_builder {
	struct pfq_image_node *nodes;
	uint8_t *data;
	uint32_t node_count, node_space;
	uint32_t data_size, data_space;
	struct {
		const char *symbol;
		uint32_t offset;
	} names[256];
	uint32_t name_count;
};

/* Adds a node without a next one, and gives its index. */
uint32_t image_node(struct image_builder *builder, const char *symbol);

void image_next(struct image_builder *builder, uint32_t node, uint32_t next);

void image_function(struct image_builder *builder, uint32_t node);
void image_integer(struct image_builder *builder, uint16_t type, int64_t value);
void image_string(struct image_builder *builder, const char *text);
void image_strings(struct image_builder *builder, const char *const *texts, uint32_t count);
void image_integers(struct image_builder *builder, uint16_t type, const int64_t *values,
		    uint32_t count);

/* An address of 4 or 16 octets. */
void image_network(struct image_builder *builder, uint8_t family, const uint8_t *address,
		   uint8_t prefix);

/* A node with one integer, and the last one: what most programs end in. */
uint32_t image_node_integer(struct image_builder *builder, const char *symbol, uint16_t type,
			    int64_t value);

/* The image, of exactly *size octets: free() it. The builder is empty again. */
uint8_t *image_end(struct image_builder *builder, size_t *size);

/* Sets the checksum to what the octets have; an image that is too short for one stays as it is. */
void image_seal(uint8_t *octets, size_t size);

#endif
