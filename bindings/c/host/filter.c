/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter.h"
#include "error.h"

#include <linux/filter.h>
#include <pcap/pcap.h>

_Static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter), "one layout of instructions");
_Static_assert(offsetof(struct bpf_insn, k) == offsetof(struct sock_filter, k), "one layout");

/* Loads at negative offsets ask the kernel for what is no part of the packet; libpcap knows nothing
 * of it. */
static bool asks_the_kernel(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_LD && BPF_MODE(insn->code) == BPF_ABS &&
	       (int32_t)insn->k < 0;
}

/* libpcap lets a jump go back (for "protochain"), and then a program may never end. */
static bool jumps_back(const struct bpf_insn *insn, unsigned int left)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) == BPF_JA && insn->k >= left;
}

/* All that libpcap's interpreter knows: at any other it calls abort(). */
static const uint16_t known[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_H | BPF_ABS,
	BPF_LD | BPF_B | BPF_ABS,
	BPF_LD | BPF_W | BPF_IND,
	BPF_LD | BPF_H | BPF_IND,
	BPF_LD | BPF_B | BPF_IND,
	BPF_LD | BPF_W | BPF_LEN,
	BPF_LDX | BPF_W | BPF_LEN,
	BPF_LDX | BPF_B | BPF_MSH,
	BPF_LD | BPF_IMM,
	BPF_LDX | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JGE | BPF_X,
	BPF_JMP | BPF_JSET | BPF_X,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_MOD | BPF_K,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_OR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_LSH | BPF_K,
	BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_MOD | BPF_X,
	BPF_ALU | BPF_AND | BPF_X,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_X,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_RET | BPF_K,
	BPF_RET | BPF_A,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
};

static bool is_known(const struct bpf_insn *insn)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == insn->code)
			return true;
	return false;
}

static int check(const struct bpf_insn *program, unsigned int count, struct pfq_error *error)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!is_known(&program[i]))
			return pfq_fail(
				error, EINVAL,
				"filter: instruction %u is no BPF instruction (code 0x%04x)", i,
				program[i].code);
		if (asks_the_kernel(&program[i]))
			return pfq_fail(
				error, EINVAL,
				"filter: instruction %u loads what only the kernel has (offset %d); "
				"compile the filter without a live capture (tcpdump -y EN10MB -ddd)",
				i, (int32_t)program[i].k);
		if (jumps_back(&program[i], count - i - 1))
			return pfq_fail(error, EINVAL,
					"filter: instruction %u jumps back or out of the program",
					i);
	}
	if (!bpf_validate(program, (int)count))
		return pfq_fail(
			error, EINVAL,
			"filter: no valid BPF program (unknown instruction, jump out of the "
			"program, or no return at its end)");
	return 0;
}

int host_filter_prepare(void *host, const void *insns, unsigned int count, void **filter,
			struct pfq_error *error)
{
	struct bpf_insn *program;
	int status;

	(void)host;
	program = pfq_alloc(count * sizeof(*program));
	if (!program)
		return pfq_fail(error, ENOMEM, "no memory for a filter of %u instructions", count);
	memcpy(program, insns, count * sizeof(*program));
	status = check(program, count, error);
	if (status < 0) {
		pfq_free(program);
		return status;
	}
	*filter = program;
	return 0;
}

int host_filter_get(void *host, int fd, void **filter, struct pfq_error *error)
{
	(void)host;
	(void)fd;
	(void)filter;
	return pfq_fail(error, EOPNOTSUPP,
			"filter: eBPF programs run on the kernel host alone; give the user host a "
			"classic BPF program");
}

void host_filter_free(void *host, void *filter)
{
	(void)host;
	pfq_free(filter);
}

bool host_filter_run(void *filter, const struct pfq_packet *packet)
{
	return bpf_filter(filter, packet->data, packet->len, packet->caplen) != 0;
}
