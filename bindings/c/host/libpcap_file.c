/* SPDX-License-Identifier: BSD-3-Clause */
/* Every capture file that libpcap can read: pcapng, pipes, the rarer kinds of pcap. */
#include "capture_format.h"

#include <pcap/pcap.h>

/* libpcap has one packet at a time; they are gathered here, so that they travel in batches too. */
#define ARENA_SIZE (1 << 20)

_Static_assert(ARENA_SIZE >= PFQ_MAX_CAPLEN, "a packet fits");

struct libpcap_file {
	struct capture_reader base;
	pcap_t *pcap;
	uint8_t *arena;
	/* A packet that was read and did not fit: the first of the next batch. */
	const struct pcap_pkthdr *held_header;
	const uint8_t *held_data;
	int ended; /* what pcap_next_ex() gave last, if that was no packet */
};

static void read_packet(const struct libpcap_file *file, struct pfq_packet *packet, uint8_t *data)
{
	const struct pcap_pkthdr *header = file->held_header;

	packet->data = memcpy(data, file->held_data, header->caplen);
	packet->caplen = header->caplen;
	packet->len = header->len;
	packet->mark = 0;
	packet->hash = 0;
	packet->has_hash = false;
	packet->link = file->base.link;
	packet->queue = 0;
	packet->sec = (uint32_t)header->ts.tv_sec;
	packet->nsec = capture_nsec(header->ts.tv_usec); /* nanoseconds, as asked for */
	packet->handle = NULL;
	packet->headers.parsed = false;
}

/* Reads ahead by one packet. */
static bool hold(struct libpcap_file *file)
{
	struct pcap_pkthdr *header;

	if (file->held_header)
		return true;
	if (file->ended)
		return false;
	file->ended = pcap_next_ex(file->pcap, &header, &file->held_data);
	if (file->ended != 1)
		return false;
	file->ended = 0;
	file->held_header = header;
	return true;
}

static int finish(struct libpcap_file *file)
{
	struct capture_reader *reader = &file->base;
	char place[40] = "";

	if (file->ended == PCAP_ERROR_BREAK)
		return 0;
	if (reader->position)
		snprintf(place, sizeof(place), ", at octet %llu",
			 (unsigned long long)reader->position);
	snprintf(reader->text, sizeof(reader->text), "%.60s: packet %llu%s: %.120s", reader->path,
		 (unsigned long long)reader->packets + 1, place, pcap_geterr(file->pcap));
	return -1;
}

static int libpcap_next(struct capture_reader *reader, struct pfq_packet *packets,
			unsigned int count)
{
	struct libpcap_file *file = (struct libpcap_file *)reader;
	unsigned int taken = 0;
	size_t used = 0;
	long position;

	while (taken < count && hold(file)) {
		uint32_t caplen = file->held_header->caplen;

		if (caplen > ARENA_SIZE - used)
			break;
		read_packet(file, &packets[taken++], file->arena + used);
		used += caplen;
		file->held_header = NULL;
	}
	position = ftell(pcap_file(file->pcap));
	if (position > 0)
		capture_reader_moved(reader, (uint64_t)position);
	if (!taken)
		return finish(file);
	reader->packets += taken;
	return (int)taken;
}

static void libpcap_close(struct capture_reader *reader)
{
	struct libpcap_file *file = (struct libpcap_file *)reader;

	pcap_close(file->pcap); /* and the stream with it */
	pfq_free(file->arena);
	capture_reader_free(reader);
}

static const struct capture_format libpcap_format = {
	.next = libpcap_next,
	.close = libpcap_close,
};

int libpcap_open(const char *path, FILE *stream, struct capture_reader **reader,
		 struct pfq_error *error)
{
	struct libpcap_file *file = capture_reader_alloc(sizeof(*file), path, stream, error);
	char text[PCAP_ERRBUF_SIZE] = "";
	int status;

	if (!file) {
		fclose(stream);
		return -ENOMEM;
	}
	file->base.format = &libpcap_format;
	file->arena = pfq_alloc(ARENA_SIZE);
	if (!file->arena) {
		status = pfq_fail(error, ENOMEM, "%s: no memory", path);
		goto free_reader;
	}
	file->pcap =
		pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!file->pcap) {
		status = pfq_fail(error, EINVAL, "%.100s: no capture file: %.120s", path, text);
		goto free_arena;
	}
	status = capture_link(path, (uint32_t)pcap_datalink(file->pcap), &file->base.link, error);
	if (status < 0)
		goto close_pcap;
	*reader = &file->base;
	return 0;

close_pcap:
	pcap_close(file->pcap); /* and the stream with it */
	stream = NULL;
free_arena:
	pfq_free(file->arena);
free_reader:
	if (stream)
		fclose(stream);
	capture_reader_free(&file->base);
	return status;
}
