// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_program - a computation and a Berkeley filter on the same packets in memory, in turn
 *
 * One sample is some passes over all the packets, in CPU time. A pass of the engine is a run of the
 * program on each packet, its headers parsed anew; a pass of libpcap is a bpf_filter() on each. The
 * output is one JSON object with all the samples, in nanoseconds a packet.
 */
#include "bench_input.h"

#include <getopt.h>
#include <pcap/pcap.h>

struct work {
	struct bench_packets input;
	struct pfq_program *program;
	struct bpf_program filter;
	struct pfq_run run;
	struct pfq_group_lane lane;
};

typedef uint64_t (*pass)(struct work *work);

static uint64_t pass_engine(struct work *work)
{
	struct pfq_run *run = &work->run;
	uint64_t kept = 0;

	for (unsigned int i = 0; i < work->input.count; i++) {
		struct pfq_packet *packet = &work->input.packets[i];

		packet->headers.parsed = false;
		run->packet = packet;
		pfq_run_program(work->program, run);
		kept += !run->dropped;
	}
	return kept;
}

static uint64_t pass_filter(struct work *work)
{
	uint64_t kept = 0;

	for (unsigned int i = 0; i < work->input.count; i++) {
		const struct pfq_packet *packet = &work->input.packets[i];

		kept += bpf_filter(work->filter.bf_insns, packet->data, packet->len,
				   packet->caplen) != 0;
	}
	return kept;
}

/* The engine against itself, to see what differences the harness shows where there are none. */
static uint64_t pass_engine_again(struct work *work)
{
	return pass_engine(work);
}

/* Nanoseconds a packet, over some passes. */
static double sample(struct work *work, pass run, unsigned int passes)
{
	uint64_t start = bench_cpu_ns(), kept = 0;

	for (unsigned int i = 0; i < passes; i++)
		kept += run(work);
	__asm__ volatile("" ::"r"(kept));
	return (double)(bench_cpu_ns() - start) / passes / work->input.count;
}

/* So many passes that a sample lasts about as long as asked for. */
static unsigned int calibrate(struct work *work, pass run, double sample_ms)
{
	unsigned int passes = 1;
	double ns;

	sample(work, run, 1);
	ns = sample(work, run, 3) * work->input.count;
	if (sample_ms * 1e6 > ns)
		passes = (unsigned int)(sample_ms * 1e6 / ns);
	return passes;
}

static void print_samples(const char *name, const double *samples, unsigned int count)
{
	printf("\"%s\":[", name);
	for (unsigned int i = 0; i < count; i++)
		printf("%s%.4f", i ? "," : "", samples[i]);
	printf("]");
}

static void compile_filter(struct work *work, const char *text)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 262144);

	if (pcap_compile(dead, &work->filter, text, 1, PCAP_NETMASK_UNKNOWN))
		bench_fail("%s: %s", text, pcap_geterr(dead));
	pcap_close(dead);
}

static void compare(struct work *work, pass a, pass b, unsigned int count, double sample_ms)
{
	unsigned int passes_a = calibrate(work, a, sample_ms),
		     passes_b = calibrate(work, b, sample_ms);
	double *of_a = calloc(count, sizeof(*of_a)), *of_b = calloc(count, sizeof(*of_b));
	uint64_t kept_a = a(work), kept_b = b(work);

	if (!of_a || !of_b)
		bench_fail("no memory");
	for (unsigned int i = 0; i < count; i++) {
		of_a[i] = sample(work, a, passes_a);
		of_b[i] = sample(work, b, passes_b);
	}
	printf("{\"packets\":%u,\"insns\":%u,\"peerInsns\":%u,\"kept\":%llu,\"peerKept\":%llu,",
	       work->input.count, work->program->insn_count, work->filter.bf_len,
	       (unsigned long long)kept_a, (unsigned long long)kept_b);
	print_samples("samples", of_a, count);
	printf(",");
	print_samples("peerSamples", of_b, count);
	printf("}\n");
	free(of_a);
	free(of_b);
}

int main(int argc, char **argv)
{
	struct pfq_engine *engine = pfq_engine_create(&bench_host_ops, NULL, 1);
	struct work work = { 0 };
	const char *image = NULL, *filter = NULL;
	unsigned int count = 101, most = 4096;
	uint32_t caplen = 128;
	double sample_ms = 3;
	bool again = false;
	int option;

	while ((option = getopt(argc, argv, "p:f:n:m:t:c:a")) != -1) {
		switch (option) {
		case 'p':
			image = optarg;
			break;
		case 'f':
			filter = optarg;
			break;
		case 'n':
			count = (unsigned int)atoi(optarg);
			break;
		case 'm':
			most = (unsigned int)atoi(optarg);
			break;
		case 't':
			sample_ms = atof(optarg);
			break;
		case 'c':
			caplen = (uint32_t)atoi(optarg);
			break;
		case 'a':
			again = true;
			break;
		default:
			return 2;
		}
	}
	if (!engine || !image || !filter || optind == argc || count == 0)
		bench_fail(
			"usage: bench_program -p IMAGE -f FILTER [-n SAMPLES] [-m PACKETS] [-t MS] "
			"[-c CAPLEN] [-a] CAPTURE...");
	work.program = bench_load_program(engine, image);
	work.run.lane = &work.lane;
	compile_filter(&work, filter);
	bench_load_packets(&work.input, argv + optind, argc - optind, most, caplen);
	compare(&work, pass_engine, again ? pass_engine_again : pass_filter, count, sample_ms);
	return 0;
}
