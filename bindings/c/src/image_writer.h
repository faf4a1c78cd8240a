/* SPDX-License-Identifier: BSD-3-Clause */
/* An image under construction, in the one form of docs/image-format.md. */
#ifndef PFQ_SRC_IMAGE_WRITER_H
#define PFQ_SRC_IMAGE_WRITER_H

#include "error.h"

#include <pfq/abi.h>

struct image_writer {
	uint8_t *octets;
	uint32_t size; /* octets so far */
	uint32_t data_offset;
	uint32_t node_count;
	void *entries; /* of the data section, a tree by their octets */
};

/* For 1 to PFQ_IMAGE_MAX_NODES nodes, all of 0 at first. Gives 0, or a negative errno and the
 * reason; image_writer_end() is called in either case. */
int image_writer_begin(struct image_writer *writer, uint32_t node_count, struct pfq_error *error);

struct pfq_image_node *image_writer_node(const struct image_writer *writer, uint32_t index);

/* Puts an entry into the data section, unless it is there. Gives its offset, or a negative errno
 * and the reason. */
int64_t image_writer_store(struct image_writer *writer, const void *entry, size_t size,
			   struct pfq_error *error);

/* Fills in the header. Gives the image, of writer->size octets, to be freed; or NULL, and the
 * reason. */
void *image_writer_finish(struct image_writer *writer, struct pfq_error *error);

void image_writer_end(struct image_writer *writer);

#endif
