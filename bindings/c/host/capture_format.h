/* SPDX-License-Identifier: BSD-3-Clause */
/* What the readers of the two kinds of file share; for capture_reader.c and them alone. */
#ifndef PFQ_HOST_CAPTURE_FORMAT_H
#define PFQ_HOST_CAPTURE_FORMAT_H

#include "capture_reader.h"

struct capture_reader {
	const struct capture_format *format;
	uint64_t position; /* written by the reading thread, read by any */
	uint64_t size;
	uint64_t packets; /* read so far */
	uint16_t link;	  /* PFQ_LINK_* */
	char text[PFQ_ERROR_TEXT];
	char *path;
};

struct capture_format {
	int (*next)(struct capture_reader *reader, struct pfq_packet *packets, unsigned int count);
	void (*close)(struct capture_reader *reader);
};

/* Whether a file that begins with these octets is one for the reader of classic pcap. */
bool classic_pcap_begins(const uint8_t *octets, size_t length);

/* Both take the file from its beginning on, and own it, whether they succeed or not. */
int classic_pcap_open(const char *path, FILE *file, struct capture_reader **reader,
		      struct pfq_error *error);
int libpcap_open(const char *path, FILE *file, struct capture_reader **reader,
		 struct pfq_error *error);

/* Zeroed, of `size` octets, beginning with struct capture_reader. */
void *capture_reader_alloc(size_t size, const char *path, FILE *file, struct pfq_error *error);
void capture_reader_free(struct capture_reader *reader);

/* From a link type of a file (LINKTYPE_*) to PFQ_LINK_*. */
int capture_link(const char *path, uint32_t linktype, uint16_t *link, struct pfq_error *error);

/* A file may claim any fraction of a second, which libpcap takes for a signed number: what is none
 * becomes the last nanosecond of the second. */
static inline uint32_t capture_nsec(int64_t nsec)
{
	return PFQ_LIKELY(nsec >= 0 && nsec < 1000000000) ? (uint32_t)nsec : 999999999;
}

static inline void capture_reader_moved(struct capture_reader *reader, uint64_t position)
{
	PFQ_WRITE_ONCE(reader->position, position);
}

#endif
