/* SPDX-License-Identifier: BSD-3-Clause */
/* `pcap:` devices: files of all kinds, whole and broken. */
#include "harness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define MICROSECONDS 0xa1b2c3d4U
#define NANOSECONDS  0xa1b23c4dU

struct writer {
	FILE *file;
	bool swapped;
};

static void write32(struct writer *writer, uint32_t value)
{
	if (writer->swapped)
		value = __builtin_bswap32(value);
	fwrite(&value, sizeof(value), 1, writer->file);
}

static struct writer create(const char *path, uint32_t magic, bool swapped, uint32_t linktype)
{
	struct writer writer = { .file = fopen(path, "wb"), .swapped = swapped };

	write32(&writer, magic);
	write32(&writer, swapped ? 2U << 16 | 4 : 4U << 16 | 2);
	write32(&writer, 0);
	write32(&writer, 0);
	write32(&writer, 65535);
	write32(&writer, linktype);
	return writer;
}

static void add(struct writer *writer, uint32_t sec, uint32_t fraction, uint32_t number,
		uint32_t len)
{
	char packet[2048] = { 0 };

	memcpy(packet, &number, sizeof(number));
	write32(writer, sec);
	write32(writer, fraction);
	write32(writer, len);
	write32(writer, len + 1);
	fwrite(packet, len, 1, writer->file);
}

/* Waits until the device is at its end, and has its figures. */
static struct pfq_device_stats wait_for_end(pfq_t *q, const char *device)
{
	struct pfq_device_stats stats;

	do {
		usleep(1000);
		OK(q, pfq_get_device_stats(q, device, &stats));
	} while (stats.state == PFQ_DEVICE_RUNNING);
	return stats;
}

static const char *device_of(const char *path)
{
	static char device[200];

	snprintf(device, sizeof(device), "pcap:%s", path);
	return device;
}

/* Reads a file of some packets to its end: how many there were. */
static uint32_t read_whole(const char *path, struct pfq_device_stats *stats)
{
	const char *device = device_of(path);
	pfq_t *q = open_on(device, 64, 4096);
	struct pfq_net_queue nq;
	uint32_t count = 0;
	int some;

	*stats = wait_for_end(q, device);
	while ((some = (int)OK(q, pfq_read(q, &nq, 0))) > 0)
		count += (uint32_t)some;
	CHECK_EQUAL(stats->recv, count);
	CHECK_EQUAL(stats->lost, 0);
	pfq_close(q);
	return count;
}

TEST(packets_of_a_file_come_with_their_times_and_lengths)
{
	static const struct {
		uint32_t magic;
		bool swapped;
		uint32_t nsec;
	} kinds[] = {
		{ MICROSECONDS, false, 123456000 },
		{ MICROSECONDS, true, 123456000 },
		{ NANOSECONDS, false, 123456 },
		{ NANOSECONDS, true, 123456 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *path = temporary_file("kinds.pcap");
		struct writer writer = create(path, kinds[i].magic, kinds[i].swapped, 1);
		const struct pfq_pkthdr *header;
		struct pfq_net_queue nq;
		pfq_t *q;

		add(&writer, 1700000000, 123456, 42, 60);
		fclose(writer.file);
		q = open_on(device_of(path), 64, 64);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
		header = pfq_pkt_header(nq.queue);
		CHECK_EQUAL(number_of(nq.queue), 42);
		CHECK_EQUAL(header->tstamp.tv.sec, 1700000000);
		CHECK_EQUAL(header->tstamp.tv.nsec, kinds[i].nsec);
		CHECK_EQUAL(header->caplen, 60);
		CHECK_EQUAL(header->len, 61);
		CHECK_EQUAL(header->info.link, PFQ_LINK_ETHERNET);
		pfq_close(q);
	}
}

TEST(a_file_is_read_no_faster_than_the_packets_are_taken)
{
	const char *path = temporary_file("large.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct pfq_device_stats stats;
	struct pfq_net_queue nq;
	struct pfq_stats counts;
	uint32_t received = 0;
	pfq_t *q;

	for (uint32_t i = 0; i < 100000; i++)
		add(&writer, 1, i, i, 60 + i % 100);
	fclose(writer.file);
	q = open_on(device_of(path), 64, 256);
	do {
		usleep(1000);
		OK(q, pfq_get_stats(q, &counts));
	} while (counts.recv < 256);
	usleep(20000);
	OK(q, pfq_get_device_stats(q, device_of(path), &stats));
	CHECK_EQUAL(stats.recv, 256);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_RUNNING);
	CHECK(stats.position < stats.size);
	while (received < 100000) {
		CHECK(OK(q, pfq_read(q, &nq, 5000000)) > 0);
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it))
			CHECK_EQUAL(number_of(it), received++);
	}
	stats = wait_for_end(q, device_of(path));
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FINISHED);
	CHECK_EQUAL(stats.position, stats.size);
	CHECK_EQUAL(stats.recv, 100000);
	OK(q, pfq_get_stats(q, &counts));
	CHECK_EQUAL(counts.lost, 0);
	pfq_close(q);
}

TEST(nothing_is_read_before_a_socket_is_enabled)
{
	const char *path = temporary_file("early.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct pfq_device_stats stats;
	struct pfq_net_queue nq;
	pfq_t *q = pfq_open(64, 64, 64, 64);

	add(&writer, 1, 1, 1, 60);
	fclose(writer.file);
	OK(q, pfq_bind(q, device_of(path), Q_ANY_QUEUE));
	usleep(20000);
	OK(q, pfq_get_device_stats(q, device_of(path), &stats));
	CHECK_EQUAL(stats.recv, 0);
	OK(q, pfq_enable(q));
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	pfq_close(q);
}

TEST(a_file_that_is_bound_again_is_read_again)
{
	const char *path = temporary_file("again.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct pfq_net_queue nq;
	pfq_t *q;

	add(&writer, 1, 1, 1, 60);
	fclose(writer.file);
	q = open_on(device_of(path), 64, 64);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	OK(q, pfq_unbind(q, device_of(path), Q_ANY_QUEUE));
	OK(q, pfq_bind(q, device_of(path), Q_ANY_QUEUE));
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	pfq_close(q);
}

TEST(a_recording_is_played_at_its_own_pace)
{
	const char *path = temporary_file("pace.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct timespec begin, end;
	struct pfq_net_queue nq;
	uint32_t received = 0;
	char device[200];
	double seconds;
	pfq_t *q;

	for (uint32_t i = 0; i < 4; i++)
		add(&writer, 100, i * 100000, i, 60);
	fclose(writer.file);
	snprintf(device, sizeof(device), "pcap:%s?rate=recorded", path);
	q = open_on(device, 64, 64);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (received < 4)
		received += (uint32_t)OK(q, pfq_read(q, &nq, 5000000));
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
	CHECK(seconds > 0.25);
	OK(q, pfq_unbind(q, device, Q_ANY_QUEUE));
	FAILS(q, pfq_bind(q, "pcap:x?rate=7", Q_ANY_QUEUE), "rate");
	pfq_close(q);
}

TEST(a_recording_can_be_stopped_while_it_waits)
{
	const char *path = temporary_file("stop.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct pfq_net_queue nq;
	char device[200];
	pfq_t *q;

	add(&writer, 100, 0, 1, 60);
	add(&writer, 4000000000U, 0, 2, 60);
	fclose(writer.file);
	snprintf(device, sizeof(device), "pcap:%s?rate=recorded", path);
	q = open_on(device, 64, 64);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	pfq_close(q);
}

/* Cut off at each octet: what is whole is received, and the rest is told of. */
TEST(a_truncated_file_gives_its_whole_packets_and_says_where_it_ends)
{
	const char *path = temporary_file("whole.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct pfq_device_stats stats;

	for (uint32_t i = 0; i < 3; i++)
		add(&writer, 1, i, i, 20);
	fclose(writer.file);
	for (long size = 24; size <= 24 + 3 * 36; size++) {
		CHECK(truncate(path, 24 + 3 * 36) == 0);
		CHECK(shell("head -c %ld '%s' >'%s.cut'", size, path, path));
		char cut[200];

		snprintf(cut, sizeof(cut), "%s.cut", path);
		CHECK_EQUAL(read_whole(cut, &stats), (size - 24) / 36);
		if ((size - 24) % 36 == 0) {
			CHECK_EQUAL(stats.state, PFQ_DEVICE_FINISHED);
		} else {
			CHECK_EQUAL(stats.state, PFQ_DEVICE_FAILED);
			test_check_text(__FILE__, __LINE__, stats.text, "whole.pcap.cut");
			test_check_text(__FILE__, __LINE__, stats.text, "truncated");
			test_check_text(__FILE__, __LINE__, stats.text, "at octet");
		}
	}
}

TEST(a_length_that_cannot_be_is_told_of)
{
	const char *path = temporary_file("length.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	struct pfq_device_stats stats;

	add(&writer, 1, 1, 1, 60);
	for (int i = 0; i < 100; i++)
		write32(&writer, 0xffffffff);
	fclose(writer.file);
	CHECK_EQUAL(read_whole(path, &stats), 1);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FAILED);
	test_check_text(__FILE__, __LINE__, stats.text,
			"packet 2, at octet 100: the file is broken");
}

TEST(what_is_no_capture_file_is_refused)
{
	const char *path = temporary_file("no.pcap");
	pfq_t *q = pfq_open(64, 64, 64, 64);
	struct writer writer;

	FAILS(q, pfq_bind(q, "pcap:", -1), "pcap:: the name of a file is missing");
	FAILS(q, pfq_bind(q, "pcap:?rate=full", -1),
	      "pcap:?rate=full: the name of a file is missing");
	FAILS(q, pfq_bind(q, "pcap:/nonexistent/file", -1), "/nonexistent/file: No such file");
	FAILS(q, pfq_bind(q, "pcap:/", -1), "directory");
	FAILS(q, pfq_bind(q, "pcap:/dev/null", -1), "/dev/null: no capture file");
	CHECK(shell(": >'%s'", path));
	FAILS(q, pfq_bind(q, device_of(path), -1), "no capture file");
	CHECK(shell("echo hello, this is no capture >'%s'", path));
	FAILS(q, pfq_bind(q, device_of(path), -1), "no capture file");
	CHECK(shell("echo hello | gzip >'%s'", path));
	FAILS(q, pfq_bind(q, device_of(path), -1), "compressed with gzip: zcat FILE |");
	CHECK(shell("printf '\\375%%s\\0' 7zXZ >'%s'", path));
	FAILS(q, pfq_bind(q, device_of(path), -1), "compressed with xz: xzcat FILE |");
	FAILS(q, pfq_bind(q, "pcap:x?foo=1", -1), "neither a file nor a setting");
	FAILS(q, pfq_bind(q, "pcap:what?", -1), "what?: No such file");
	writer = create(path, MICROSECONDS, false, 127);
	fclose(writer.file);
	FAILS(q, pfq_bind(q, device_of(path), -1), "IEEE802_11_RADIO");
	writer = create(path, MICROSECONDS, false, 1);
	fclose(writer.file);
	FAILS(q, pfq_bind(q, device_of(path), 0), "no queues");
	OK(q, pfq_bind(q, device_of(path), -1));
	pfq_close(q);
}

TEST(each_link_type_is_known)
{
	static const struct {
		uint32_t linktype;
		uint16_t link;
	} types[] = {
		{ 1, PFQ_LINK_ETHERNET }, { 0, PFQ_LINK_NULL },	  { 108, PFQ_LINK_NULL },
		{ 101, PFQ_LINK_RAW },	  { 228, PFQ_LINK_RAW },  { 229, PFQ_LINK_RAW },
		{ 113, PFQ_LINK_SLL },	  { 276, PFQ_LINK_SLL2 }, { 9, PFQ_LINK_PPP },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *path = temporary_file("link.pcap");
		struct writer writer = create(path, MICROSECONDS, false, types[i].linktype);
		struct pfq_net_queue nq;
		pfq_t *q;

		add(&writer, 1, 1, 1, 60);
		fclose(writer.file);
		q = open_on(device_of(path), 64, 64);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
		CHECK_EQUAL(pfq_pkt_header(nq.queue)->info.link, types[i].link);
		pfq_close(q);
	}
}

/* A section, an interface with nanoseconds, and packets. */
static void write_pcapng(const char *path, uint32_t packets)
{
	struct writer writer = { .file = fopen(path, "wb") };
	static const uint32_t head[] = {
		0x0a0d0d0a, 28, 0x1a2b3c4d, 1,		 0xffffffff, 0xffffffff, 28, 1,
		32,	    1,	262144,	    9 | 1 << 16, 9,	     0,		 32,
	};

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		write32(&writer, head[i]);
	for (uint32_t i = 0; i < packets; i++) {
		uint64_t stamp = 1700000000ULL * 1000000000 + i;

		write32(&writer, 6);
		write32(&writer, 32 + 60);
		write32(&writer, 0);
		write32(&writer, (uint32_t)(stamp >> 32));
		write32(&writer, (uint32_t)stamp);
		write32(&writer, 60);
		write32(&writer, 60);
		for (uint32_t word = 0; word < 15; word++)
			write32(&writer, i);
		write32(&writer, 32 + 60);
	}
	fclose(writer.file);
}

TEST(pcapng_is_read_with_nanoseconds)
{
	const char *path = temporary_file("next.pcapng");
	struct pfq_device_stats stats;
	struct pfq_net_queue nq;
	uint32_t received = 0;
	pfq_t *q;

	write_pcapng(path, 20000);
	q = open_on(device_of(path), 64, 512);
	while (received < 20000) {
		CHECK(OK(q, pfq_read(q, &nq, 5000000)) > 0);
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it)) {
			CHECK_EQUAL(number_of(it), received);
			CHECK_EQUAL(pfq_pkt_header(it)->tstamp.tv.sec, 1700000000);
			CHECK_EQUAL(pfq_pkt_header(it)->tstamp.tv.nsec, received);
			received++;
		}
	}
	stats = wait_for_end(q, device_of(path));
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FINISHED);
	CHECK_EQUAL(stats.position, stats.size);
	pfq_close(q);
}

TEST(a_truncated_pcapng_gives_its_whole_packets_and_says_so)
{
	const char *path = temporary_file("cut.pcapng");
	struct pfq_device_stats stats;

	write_pcapng(path, 10);
	CHECK(truncate(path, 60 + 9 * 92 + 50) == 0);
	CHECK_EQUAL(read_whole(path, &stats), 9);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FAILED);
	test_check_text(__FILE__, __LINE__, stats.text, "cut.pcapng: packet 10");
	test_check_text(__FILE__, __LINE__, stats.text, "truncated");
}

TEST(a_pipe_is_read_to_its_end)
{
	const char *path = temporary_file("pipe");
	struct pfq_device_stats stats;
	struct writer writer = create(temporary_file("piped.pcap"), MICROSECONDS, false, 1);

	for (uint32_t i = 0; i < 100; i++)
		add(&writer, 1, i, i, 60);
	fclose(writer.file);
	CHECK(mkfifo(path, 0600) == 0);
	CHECK(shell("cat '%s' >'%s' &", temporary_file("piped.pcap"), path));
	CHECK_EQUAL(read_whole(path, &stats), 100);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FINISHED);
	CHECK_EQUAL(stats.size, 0);
}

/* A pipe into which `head` octets of a capture are written at once, and nothing after that. */
static int open_pipe(const char *path, const char *capture, long head)
{
	int fd;

	CHECK(mkfifo(path, 0600) == 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(shell("head -c %ld '%s' >'%s'", head, capture, path));
	return fd;
}

TEST(a_pipe_that_is_cut_off_is_told_of)
{
	const char *path = temporary_file("cut"), *capture = temporary_file("cut.pcap");
	struct writer writer = create(capture, MICROSECONDS, false, 1);
	struct pfq_device_stats stats;

	for (uint32_t i = 0; i < 3; i++)
		add(&writer, 1, i, i, 60);
	fclose(writer.file);
	CHECK(mkfifo(path, 0600) == 0);
	CHECK(shell("head -c %d '%s' >'%s' &", 24 + 2 * 76 + 20, capture, path));
	CHECK_EQUAL(read_whole(path, &stats), 2);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FAILED);
	test_check_text(__FILE__, __LINE__, stats.text, "cut: packet 3: truncated");
}

TEST(a_pipe_can_be_let_go_of_while_nothing_comes_through_it)
{
	const char *path = temporary_file("idle"), *capture = temporary_file("idle.pcap");
	struct writer writer = create(capture, MICROSECONDS, false, 1);
	struct pfq_net_queue nq;
	pfq_t *q;
	int fd;

	for (uint32_t i = 0; i < 3; i++)
		add(&writer, 1, i, i, 60);
	fclose(writer.file);
	fd = open_pipe(path, capture, 24 + 76 + 10);
	q = open_on(device_of(path), 64, 64);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	alarm(20);
	OK(q, pfq_unbind(q, device_of(path), Q_ANY_QUEUE));
	alarm(0);
	pfq_close(q);
	close(fd);
}

TEST(standard_input_is_read_from_where_it_is)
{
	const char *path = temporary_file("input.pcap");
	struct writer writer = create(path, MICROSECONDS, false, 1);
	pfq_t *q = pfq_open(64, 64, 64, 64);
	int before = dup(STDIN_FILENO);
	int fd;

	for (uint32_t i = 0; i < 3; i++)
		add(&writer, 1, i, i, 60);
	fclose(writer.file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	CHECK(lseek(STDIN_FILENO, 30, SEEK_SET) == 30);
	FAILS(q, pfq_bind(q, "pcap:-", Q_ANY_QUEUE), "-: no capture file");
	CHECK(dup2(before, STDIN_FILENO) == STDIN_FILENO);
	close(before);
	close(fd);
	pfq_close(q);
}
