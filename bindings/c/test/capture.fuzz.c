/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files of any octets. Each packet is read to its last octet, so that a sanitizer sees
 * what is out of bounds; and a classic pcap file must be read alike by its own reader and by
 * libpcap.
 */
#include "capture_format.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BATCH 7
#define TEXT  48

static int open_memory(const uint8_t *data, size_t size, char *path)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, TEXT, "/proc/self/fd/%d", fd);
	return fd;
}

/* FNV-1a: of all that is known of a packet. */
static uint64_t mix(uint64_t hash, const void *octets, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ ((const uint8_t *)octets)[i]) * 0x100000001b3ULL;
	return hash;
}

static uint64_t hash_packet(uint64_t hash, const struct pfq_packet *packet)
{
	const uint32_t fields[] = {
		packet->caplen, packet->len, packet->sec, packet->nsec, packet->link,
	};

	if (packet->caplen > PFQ_MAX_CAPLEN || packet->nsec >= 1000000000)
		abort();
	return mix(mix(hash, fields, sizeof(fields)), packet->data, packet->caplen);
}

/* What comes of a file: its packets, and whether it is whole. */
static uint64_t read_whole(struct capture_reader *reader)
{
	struct pfq_packet packets[BATCH];
	uint64_t hash = 0;
	int count;

	while ((count = capture_reader_next(reader, packets, BATCH)) > 0)
		for (int i = 0; i < count; i++)
			hash = hash_packet(hash, &packets[i]);
	if (count < 0 && !*capture_reader_text(reader))
		abort();
	capture_reader_close(reader);
	return mix(hash, &count, sizeof(count));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_error error = { .code = 0 };
	struct capture_reader *reader;
	char path[TEXT];
	int fd = open_memory(data, size, path);
	bool opened = capture_reader_open(path, -1, &reader, &error) == 0;
	uint64_t hash = opened ? read_whole(reader) : 0;

	if (!opened && !error.text[0])
		abort();
	if (opened && classic_pcap_begins(data, size) &&
	    libpcap_open(path, fopen(path, "rbe"), &reader, &error) == 0 &&
	    read_whole(reader) != hash)
		abort();
	close(fd);
	return 0;
}
