/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* A computation image, checked field by field: whoever wrote it is not trusted. */
#ifndef PFQ_ENGINE_IMAGE_H
#define PFQ_ENGINE_IMAGE_H

#include "symbols.h"

struct pfq_checked_image {
	const uint8_t *octets;
	const uint8_t *data; /* the data section */
	uint32_t data_size;
	uint32_t node_count;
};

/*
 * Checks everything that lowering relies on: sizes, checksum, known symbols, arity, types, ranges,
 * offsets; references point forward, so that there is no cycle; the entry is a function. The octets
 * must not change afterwards.
 */
int pfq_check_image(const void *octets, size_t size, struct pfq_checked_image *image,
		    struct pfq_error *error);

/* What the field of that name must have; `size` is at least that of a header. */
uint32_t pfq_image_checksum(const uint8_t *octets, size_t size);

static inline void pfq_image_node(const struct pfq_checked_image *image, uint32_t index,
				  struct pfq_image_node *node)
{
	memcpy(node, image->octets + sizeof(struct pfq_image) + (size_t)index * sizeof(*node),
	       sizeof(*node));
}

static inline const char *pfq_image_text(const struct pfq_checked_image *image, uint64_t offset)
{
	return (const char *)image->data + offset;
}

/* An element of a list of texts. */
struct pfq_image_text {
	uint32_t offset, length;
};

static inline struct pfq_image_text pfq_image_text_element(const void *element)
{
	struct pfq_image_text text;

	memcpy(&text, element, sizeof(text));
	return text;
}

/* Of a checked node: never NULL. */
static inline const struct pfq_symbol *pfq_image_symbol(const struct pfq_checked_image *image,
							const struct pfq_image_node *node)
{
	return pfq_find_symbol(pfq_image_text(image, node->symbol));
}

#endif
