/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_format.h"
#include "pipe_stream.h"

#include <fcntl.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

/* The numbers that files use: https://www.tcpdump.org/linktypes.html */
static const struct {
	uint32_t linktype;
	uint16_t link;
} links[] = {
	{ 0, PFQ_LINK_NULL },	  /* NULL */
	{ 1, PFQ_LINK_ETHERNET }, /* ETHERNET */
	{ 9, PFQ_LINK_PPP },	  /* PPP */
	{ 12, PFQ_LINK_RAW },	  /* DLT_RAW, in files of some old writers */
	{ 14, PFQ_LINK_RAW },	  /* the same on OpenBSD */
	{ 50, PFQ_LINK_PPP },	  /* PPP_HDLC */
	{ 101, PFQ_LINK_RAW },	  /* RAW */
	{ 108, PFQ_LINK_NULL },	  /* LOOP */
	{ 113, PFQ_LINK_SLL },	  /* LINUX_SLL */
	{ 228, PFQ_LINK_RAW },	  /* IPV4 */
	{ 229, PFQ_LINK_RAW },	  /* IPV6 */
	{ 276, PFQ_LINK_SLL2 },	  /* LINUX_SLL2 */
};

int capture_link(const char *path, uint32_t linktype, uint16_t *link, struct pfq_error *error)
{
	const char *name = pcap_datalink_val_to_name((int)linktype);

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (links[i].linktype == linktype) {
			*link = links[i].link;
			return 0;
		}
	}
	return pfq_fail(
		error, EOPNOTSUPP,
		"%.120s: link type %s (%u) is not supported; EN10MB, RAW, NULL, LOOP, LINUX_SLL, "
		"LINUX_SLL2 and PPP are",
		path, name ? name : "unknown", linktype);
}

void *capture_reader_alloc(size_t size, const char *path, FILE *file, struct pfq_error *error)
{
	struct capture_reader *reader = pfq_alloc(size);
	struct stat status;

	if (!reader)
		goto no_memory;
	reader->path = strdup(path);
	if (!reader->path)
		goto free_reader;
	if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode))
		reader->size = (uint64_t)status.st_size;
	return reader;

free_reader:
	pfq_free(reader);
no_memory:
	pfq_fail(error, ENOMEM, "%s: no memory", path);
	return NULL;
}

void capture_reader_free(struct capture_reader *reader)
{
	free(reader->path);
	pfq_free(reader);
}

static FILE *open_standard_input(void)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

#define BEGINNING 24

/* Looks at what comes first, without reading it. */
static size_t look_at(FILE *file, uint8_t octets[BEGINNING])
{
	off_t from = lseek(fileno(file), 0, SEEK_CUR);
	ssize_t length = from < 0 ? -1 : pread(fileno(file), octets, BEGINNING, from);

	return length > 0 ? (size_t)length : 0;
}

/* How such files begin: RFC 1952, RFC 8878, xz-file-format.txt 2.1.1, bzip2's manual 4.1. */
static const struct {
	const char *name;
	const char *reader;
	const char *magic;
	size_t size;
} compressions[] = {
	{ "gzip", "zcat", "\x1f\x8b", 2 },
	{ "zstd", "zstdcat", "\x28\xb5\x2f\xfd", 4 },
	{ "xz", "xzcat", "\xfd\x37zXZ\0", 6 },
	{ "bzip2", "bzcat", "BZh", 3 },
};

static int refuse_compressed(const char *path, const uint8_t *octets, size_t length,
			     struct pfq_error *error)
{
	for (size_t i = 0; i < sizeof(compressions) / sizeof(compressions[0]); i++) {
		if (length >= compressions[i].size &&
		    memcmp(octets, compressions[i].magic, compressions[i].size) == 0)
			return pfq_fail(error, EINVAL,
					"%.120s: compressed with %s: %s FILE | pfq run -r -", path,
					compressions[i].name, compressions[i].reader);
	}
	return 0;
}

/* A file that can be looked at before it is read. */
static int open_regular(const char *path, FILE *file, struct capture_reader **reader,
			struct pfq_error *error)
{
	uint8_t octets[BEGINNING];
	size_t length = look_at(file, octets);
	int status = refuse_compressed(path, octets, length, error);

	if (status < 0) {
		fclose(file);
		return status;
	}
	if (classic_pcap_begins(octets, length))
		return classic_pcap_open(path, file, reader, error);
	return libpcap_open(path, file, reader, error);
}

int capture_reader_open(const char *path, int stop_fd, struct capture_reader **reader,
			struct pfq_error *error)
{
	FILE *file = strcmp(path, "-") == 0 ? open_standard_input() : fopen(path, "rbe");
	struct stat info;
	int status;

	if (!file || fstat(fileno(file), &info) < 0)
		goto fail;
	if (S_ISDIR(info.st_mode)) {
		errno = EISDIR;
		goto fail;
	}
	if (S_ISREG(info.st_mode))
		return open_regular(path, file, reader, error);
	file = pipe_stream(file, stop_fd);
	if (file)
		return libpcap_open(path, file, reader, error);

fail:
	status = pfq_fail(error, errno, "%s: %s", path, strerror(errno));
	if (file)
		fclose(file);
	return status;
}

void capture_reader_close(struct capture_reader *reader)
{
	reader->format->close(reader);
}

int capture_reader_next(struct capture_reader *reader, struct pfq_packet *packets,
			unsigned int count)
{
	return reader->format->next(reader, packets, count);
}

const char *capture_reader_text(const struct capture_reader *reader)
{
	return reader->text;
}

uint64_t capture_reader_position(const struct capture_reader *reader)
{
	return PFQ_READ_ONCE(reader->position);
}

uint64_t capture_reader_size(const struct capture_reader *reader)
{
	return reader->size;
}
