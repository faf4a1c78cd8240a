/* SPDX-License-Identifier: BSD-3-Clause */
#include "image_writer.h"

#include "image.h"

#include <search.h>
#include <stdlib.h>
#include <sys/mman.h>

struct stored {
	const uint8_t *octets; /* within the image */
	size_t size;
};

static int compare(const void *left, const void *right)
{
	const struct stored *a = left, *b = right;

	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return memcmp(a->octets, b->octets, a->size);
}

int image_writer_begin(struct image_writer *writer, uint32_t node_count, struct pfq_error *error)
{
	size_t front = sizeof(struct pfq_image) + node_count * sizeof(struct pfq_image_node);

	*writer = (struct image_writer){
		/* As large as an image may be, so that it stays where it is; pages that are not
		 * written to are not there. */
		.octets = mmap(NULL, PFQ_IMAGE_MAX_SIZE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
		.size = (uint32_t)front,
		.data_offset = (uint32_t)front,
		.node_count = node_count,
	};
	if (writer->octets != MAP_FAILED)
		return 0;
	writer->octets = NULL;
	return pfq_fail(error, ENOMEM, "no memory for an image");
}

struct pfq_image_node *image_writer_node(const struct image_writer *writer, uint32_t index)
{
	return (struct pfq_image_node *)(writer->octets + sizeof(struct pfq_image)) + index;
}

static struct stored *add(struct image_writer *writer, const struct stored *wanted)
{
	struct stored *entry = malloc(sizeof(*entry));

	if (!entry)
		return NULL;
	*entry = (struct stored){ writer->octets + writer->size, wanted->size };
	memcpy(writer->octets + writer->size, wanted->octets, wanted->size);
	if (!tsearch(entry, &writer->entries, compare)) {
		free(entry);
		return NULL;
	}
	writer->size += (uint32_t)((wanted->size + 7) & ~(size_t)7);
	return entry;
}

int64_t image_writer_store(struct image_writer *writer, const void *octets, size_t size,
			   struct pfq_error *error)
{
	const struct stored wanted = { octets, size };
	struct stored *const *found = tfind(&wanted, &writer->entries, compare);
	const struct stored *entry = found ? *found : NULL;

	/* The size of an image is a multiple of 8. */
	if (!entry && size > PFQ_IMAGE_MAX_SIZE - writer->size)
		return pfq_fail(error, EINVAL, "the image would have more than %d octets",
				PFQ_IMAGE_MAX_SIZE);
	if (!entry)
		entry = add(writer, &wanted);
	if (!entry)
		return pfq_fail(error, ENOMEM, "no memory for an image");
	return entry->octets - (writer->octets + writer->data_offset);
}

void *image_writer_finish(struct image_writer *writer, struct pfq_error *error)
{
	struct pfq_image *header = (struct pfq_image *)writer->octets;
	void *image = malloc(writer->size);

	*header = (struct pfq_image){
		.magic = PFQ_IMAGE_MAGIC,
		.version = PFQ_IMAGE_VERSION,
		.primitives = PFQ_PRIMITIVES_VERSION,
		.size = writer->size,
		.node_count = writer->node_count,
		.data_offset = writer->data_offset,
		.data_size = writer->size - writer->data_offset,
	};
	header->checksum = pfq_image_checksum(writer->octets, writer->size);
	if (image)
		memcpy(image, header, writer->size);
	else
		pfq_fail(error, ENOMEM, "no memory for an image");
	return image;
}

void image_writer_end(struct image_writer *writer)
{
	tdestroy(writer->entries, free);
	if (writer->octets)
		munmap(writer->octets, PFQ_IMAGE_MAX_SIZE);
}
