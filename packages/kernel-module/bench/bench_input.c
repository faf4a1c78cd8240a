// SPDX-License-Identifier: BSD-3-Clause
#include "bench_input.h"

#include <pcap/pcap.h>

void *bench_read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	void *octets;
	long length;

	if (!file || fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0)
		bench_fail("%s: %s", path, strerror(errno));
	rewind(file);
	octets = malloc((size_t)length + 1);
	if (!octets || fread(octets, 1, (size_t)length, file) != (size_t)length)
		bench_fail("%s: cannot be read", path);
	fclose(file);
	*size = (size_t)length;
	return octets;
}

struct pfq_program *bench_load_program(struct pfq_engine *engine, const char *path)
{
	struct pfq_checked_image image;
	struct pfq_program *program;
	struct pfq_error error = { 0 };
	size_t size;
	void *octets = bench_read_file(path, &size);

	if (pfq_check_image(octets, size, &image, &error) ||
	    pfq_program_create(engine, &image, &program, &error))
		bench_fail("%s: %s", path, error.text);
	free(octets);
	return program;
}

static void add_packet(struct bench_packets *packets, const struct pcap_pkthdr *header,
		       const uint8_t *data, uint32_t caplen, size_t *used)
{
	struct pfq_packet *packet = &packets->packets[packets->count++];

	*packet = (struct pfq_packet){
		.data = packets->octets + *used,
		.caplen = header->caplen < caplen ? header->caplen : caplen,
		.len = header->len,
		.link = PFQ_LINK_ETHERNET,
		.sec = (uint32_t)header->ts.tv_sec,
		.nsec = (uint32_t)header->ts.tv_usec * 1000,
	};
	memcpy(packets->octets + *used, data, packet->caplen);
	*used += (packet->caplen + 63) & ~(size_t)63;
}

void bench_load_packets(struct bench_packets *packets, char *const *paths, int path_count,
			unsigned int most, uint32_t caplen)
{
	char reason[PCAP_ERRBUF_SIZE];
	size_t used = 0;

	packets->count = 0;
	packets->packets = pfq_alloc(most * sizeof(*packets->packets));
	packets->octets = pfq_alloc((size_t)most * ((caplen + 63) & ~(size_t)63));
	if (!packets->packets || !packets->octets)
		bench_fail("no memory for %u packets", most);
	for (int i = 0; i < path_count; i++) {
		struct pcap_pkthdr *header;
		const uint8_t *data;
		pcap_t *file = pcap_open_offline(paths[i], reason);

		if (!file)
			bench_fail("%s", reason);
		while (pcap_datalink(file) == DLT_EN10MB && packets->count < most &&
		       pcap_next_ex(file, &header, &data) == 1)
			add_packet(packets, header, data, caplen, &used);
		pcap_close(file);
	}
	if (packets->count == 0)
		bench_fail("no Ethernet packets in these captures");
}
