/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classic pcap files (draft-ietf-opsawg-pcap), version 2.4, in either byte order, with microseconds
 * or nanoseconds. Read in large pieces; packets are used where they lie. Not memory-mapped: a file
 * that shrinks under a mapping kills the process.
 */
#include "capture_format.h"

#include <fcntl.h>
#include <unistd.h>

#define MAGIC_MICROSECONDS 0xa1b2c3d4U
#define MAGIC_NANOSECONDS  0xa1b23c4dU
#define FILE_HEADER	   24
#define RECORD_HEADER	   16

/* Holds any record, and many; small enough to stay in a core's second-level cache. */
#define BUFFER_SIZE (1 << 20)

_Static_assert(BUFFER_SIZE >= RECORD_HEADER + PFQ_MAX_CAPLEN, "a record fits");

struct classic_pcap {
	struct capture_reader base;
	FILE *file;
	uint8_t *buffer;
	size_t begin; /* what is in the buffer, and not yet read */
	size_t end;
	uint64_t offset; /* in the file, of what is at `begin` */
	bool end_of_file;
	bool swapped;
	bool nanoseconds;
	uint32_t snaplen;
};

static uint32_t load32(const uint8_t *octets, bool swapped)
{
	uint32_t value;

	memcpy(&value, octets, sizeof(value));
	return swapped ? __builtin_bswap32(value) : value;
}

static uint16_t load16(const uint8_t *octets, bool swapped)
{
	uint16_t value;

	memcpy(&value, octets, sizeof(value));
	return swapped ? __builtin_bswap16(value) : value;
}

static bool is_magic(uint32_t value)
{
	return value == MAGIC_MICROSECONDS || value == MAGIC_NANOSECONDS;
}

bool classic_pcap_begins(const uint8_t *octets, size_t length)
{
	bool swapped;

	if (length < FILE_HEADER)
		return false;
	swapped = !is_magic(load32(octets, false));
	return is_magic(load32(octets, swapped)) && load16(octets + 4, swapped) == 2 &&
	       load16(octets + 6, swapped) == 4;
}

static int broken(struct classic_pcap *pcap, const char *format, ...)
{
	char what[120];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	snprintf(pcap->base.text, sizeof(pcap->base.text), "%.60s: packet %llu, at octet %llu: %s",
		 pcap->base.path, (unsigned long long)pcap->base.packets + 1,
		 (unsigned long long)pcap->offset, what);
	return -1;
}

/* Reads on, behind what is left. Gives false where the file cannot be read. */
static bool fill(struct classic_pcap *pcap)
{
	ssize_t length;

	memmove(pcap->buffer, pcap->buffer + pcap->begin, pcap->end - pcap->begin);
	pcap->end -= pcap->begin;
	pcap->begin = 0;
	do {
		length =
			read(fileno(pcap->file), pcap->buffer + pcap->end, BUFFER_SIZE - pcap->end);
	} while (length < 0 && errno == EINTR);
	if (length < 0)
		return false;
	pcap->end_of_file = length == 0;
	pcap->end += (size_t)length;
	return true;
}

static void read_packet(const struct classic_pcap *pcap, struct pfq_packet *packet,
			const uint8_t *record, uint32_t caplen)
{
	int64_t fraction = load32(record + 4, pcap->swapped);

	packet->data = record + RECORD_HEADER;
	packet->caplen = caplen < pcap->snaplen ? caplen : pcap->snaplen;
	packet->len = load32(record + 12, pcap->swapped);
	packet->mark = 0;
	packet->hash = 0;
	packet->has_hash = false;
	packet->link = pcap->base.link;
	packet->queue = 0;
	packet->sec = load32(record, pcap->swapped);
	packet->nsec = capture_nsec(pcap->nanoseconds ? fraction : fraction * 1000);
	packet->handle = NULL;
	packet->headers.parsed = false;
}

/* Takes what is whole in the buffer. */
static unsigned int take(struct classic_pcap *pcap, struct pfq_packet *packets, unsigned int count)
{
	unsigned int taken = 0;

	while (taken < count && pcap->end - pcap->begin >= RECORD_HEADER) {
		const uint8_t *record = pcap->buffer + pcap->begin;
		uint32_t caplen = load32(record + 8, pcap->swapped);

		if (caplen > PFQ_MAX_CAPLEN || pcap->end - pcap->begin - RECORD_HEADER < caplen)
			break;
		read_packet(pcap, &packets[taken++], record, caplen);
		pcap->begin += RECORD_HEADER + caplen;
		pcap->offset += RECORD_HEADER + caplen;
	}
	pcap->base.packets += taken;
	capture_reader_moved(&pcap->base, pcap->offset);
	return taken;
}

/* Nothing is whole, and nothing more comes. */
static int finish(struct classic_pcap *pcap)
{
	size_t left = pcap->end - pcap->begin;

	if (left == 0)
		return 0;
	if (left < RECORD_HEADER)
		return broken(pcap,
			      "the file is truncated: its header has %d octets, and %zu are there",
			      RECORD_HEADER, left);
	return broken(pcap, "the file is truncated: it has %u octets, and %zu are there",
		      load32(pcap->buffer + pcap->begin + 8, pcap->swapped), left - RECORD_HEADER);
}

static int classic_pcap_next(struct capture_reader *reader, struct pfq_packet *packets,
			     unsigned int count)
{
	struct classic_pcap *pcap = (struct classic_pcap *)reader;

	for (;;) {
		unsigned int taken = take(pcap, packets, count);
		const uint8_t *record = pcap->buffer + pcap->begin;

		if (taken)
			return (int)taken;
		if (pcap->end - pcap->begin >= RECORD_HEADER &&
		    load32(record + 8, pcap->swapped) > PFQ_MAX_CAPLEN)
			return broken(pcap, "the file is broken: it says %u octets, above %d",
				      load32(record + 8, pcap->swapped), PFQ_MAX_CAPLEN);
		if (pcap->end_of_file)
			return finish(pcap);
		if (!fill(pcap))
			return broken(pcap, "cannot read the file: %s", strerror(errno));
	}
}

static void classic_pcap_close(struct capture_reader *reader)
{
	struct classic_pcap *pcap = (struct classic_pcap *)reader;

	fclose(pcap->file);
	pfq_free(pcap->buffer);
	capture_reader_free(reader);
}

static const struct capture_format classic_pcap_format = {
	.next = classic_pcap_next,
	.close = classic_pcap_close,
};

/* The file's header is whole: classic_pcap_begins() has seen it. */
static int read_header(struct classic_pcap *pcap, struct pfq_error *error)
{
	const uint8_t *header = pcap->buffer;
	uint32_t magic;

	if (!fill(pcap) || pcap->end < FILE_HEADER)
		return pfq_fail(error, EIO, "%s: cannot read the file", pcap->base.path);
	magic = load32(header, false);
	pcap->swapped = !is_magic(magic);
	pcap->nanoseconds = load32(header, pcap->swapped) == MAGIC_NANOSECONDS;
	pcap->snaplen = load32(header + 16, pcap->swapped);
	if (!pcap->snaplen || pcap->snaplen > PFQ_MAX_CAPLEN)
		pcap->snaplen = PFQ_MAX_CAPLEN;
	pcap->begin = FILE_HEADER;
	pcap->offset = FILE_HEADER;
	/* The upper bits tell of frame check sequences. */
	return capture_link(pcap->base.path, load32(header + 20, pcap->swapped) & 0x03ffffff,
			    &pcap->base.link, error);
}

int classic_pcap_open(const char *path, FILE *file, struct capture_reader **reader,
		      struct pfq_error *error)
{
	struct classic_pcap *pcap = capture_reader_alloc(sizeof(*pcap), path, file, error);
	int status;

	if (!pcap) {
		fclose(file);
		return -ENOMEM;
	}
	pcap->base.format = &classic_pcap_format;
	pcap->buffer = pfq_alloc(BUFFER_SIZE);
	if (!pcap->buffer) {
		status = pfq_fail(error, ENOMEM, "%s: no memory", path);
		goto free_reader;
	}
	posix_fadvise(fileno(file), 0, 0, POSIX_FADV_SEQUENTIAL);
	pcap->file = file;
	status = read_header(pcap, error);
	if (status < 0)
		goto free_buffer;
	*reader = &pcap->base;
	return 0;

free_buffer:
	pfq_free(pcap->buffer);
free_reader:
	fclose(file);
	capture_reader_free(&pcap->base);
	return status;
}
