/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "log.h"

#include "device.h"
#include "state.h"

enum {
	LINES = 20,	   /* in a period */
	PERIOD_SHIFT = 30, /* of nanoseconds: about a second */
	OCTETS = 48,	   /* of a packet */
	LINE = 320,
};

struct line {
	char text[LINE];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	size_t left = LINE - line->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->length, left, format, arguments);
	va_end(arguments);
	line->length += (size_t)length < left ? (size_t)length : left - 1;
}

/* What is no printable ASCII, as \xNN. */
static void add_text(struct line *line, const char *text)
{
	for (; *text; text++) {
		uint8_t octet = (uint8_t)*text;

		add(line, octet >= ' ' && octet < 127 && octet != '\\' ? "%c" : "\\x%02x", octet);
	}
}

static void begin(struct line *line, const struct pfq_run *run)
{
	line->length = 0;
	add(line, "group %d, ", run->lane->gid);
	add_text(line, run->device->name);
	add(line, ": ");
}

static void write(const struct pfq_run *run, const struct line *line)
{
	const struct pfq_engine *engine = run->device->engine;

	engine->ops->log(engine->host, line->text);
}

/* Of a period that has begun: tells what was left out before. */
static void begin_period(struct pfq_engine *engine)
{
	uint64_t left_out = PFQ_READ_ONCE(engine->log.left_out);
	struct line line = { .length = 0 };

	PFQ_WRITE_ONCE(engine->log.lines, 0);
	if (!left_out)
		return;
	PFQ_ADD(&engine->log.left_out, 0 - left_out);
	add(&line, "%llu lines were left out", (unsigned long long)left_out);
	engine->ops->log(engine->host, line.text);
}

/* Each time that this fails, another lane has had a line. */
static bool take_line(struct pfq_log_limit *limit)
{
	uint32_t lines;

	do {
		lines = PFQ_READ_ONCE(limit->lines);
		if (lines >= LINES)
			return false;
	} while (!PFQ_CAS(&limit->lines, lines, lines + 1));
	return true;
}

/* Whether a line may be written now. */
static bool may_write(struct pfq_run *run)
{
	struct pfq_log_limit *limit;
	uint32_t period, before;

	if (!run->device || !run->device->engine->ops->log)
		return false;
	limit = &run->device->engine->log;
	period = (uint32_t)(pfq_now() >> PERIOD_SHIFT);
	before = PFQ_READ_ONCE(limit->period);
	if (period != before && PFQ_CAS(&limit->period, before, period))
		begin_period(run->device->engine);
	if (take_line(limit))
		return true;
	PFQ_ADD(&limit->left_out, 1);
	return false;
}

bool pfq_log_msg(struct pfq_run *run, const struct pfq_insn *insn)
{
	struct line line;

	if (!may_write(run))
		return true;
	begin(&line, run);
	add_text(&line, insn->constant);
	write(run, &line);
	return true;
}

bool pfq_log_buff(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_packet *packet = run->packet;
	struct line line;

	(void)insn;
	if (!may_write(run))
		return true;
	begin(&line, run);
	add(&line, "%u of %u octets:", packet->caplen, packet->len);
	for (uint32_t i = 0; i < packet->caplen && i < OCTETS; i++)
		add(&line, i % 2 ? "%02x" : " %02x", packet->data[i]);
	if (packet->caplen > OCTETS)
		add(&line, " ...");
	write(run, &line);
	return true;
}

static void add_address4(struct line *line, const uint8_t *address)
{
	add(line, "%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
}

static void add_address6(struct line *line, const uint8_t *address)
{
	add(line, "[");
	for (unsigned int i = 0; i < 16; i += 2)
		add(line, i ? ":%x" : "%x", pfq_read16(address + i));
	add(line, "]");
}

static void add_end(struct line *line, const struct pfq_packet *packet, unsigned int end)
{
	const uint8_t *address = pfq_network_field(packet, 4, 12 + end * 4, 4);
	const uint8_t *port = pfq_port_field(packet, end);

	if (address) {
		add_address4(line, address);
	} else {
		address = pfq_network_field(packet, 6, 8 + end * 16, 16);
		if (address)
			add_address6(line, address);
		else
			add(line, "?");
	}
	if (port)
		add(line, ":%u", pfq_read16(port));
}

static void add_protocol(struct line *line, const struct pfq_headers *headers)
{
	switch (headers->protocol) {
	case PFQ_PROTOCOL_TCP:
		return add(line, ", TCP");
	case PFQ_PROTOCOL_UDP:
		return add(line, ", UDP");
	case PFQ_PROTOCOL_ICMP:
		return add(line, ", ICMP");
	case PFQ_PROTOCOL_ICMP6:
		return add(line, ", ICMPv6");
	case PFQ_PROTOCOL_SCTP:
		return add(line, ", SCTP");
	case PFQ_PROTOCOL_ABSENT:
		return;
	default:
		return add(line, ", protocol %u", headers->protocol);
	}
}

bool pfq_log_packet(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_packet *packet = run->packet;
	const struct pfq_headers *headers = &packet->headers;
	struct line line;

	(void)insn;
	if (!may_write(run))
		return true;
	begin(&line, run);
	if (headers->version) {
		add(&line, "IPv%u", headers->version);
		add_protocol(&line, headers);
		add(&line, ", ");
		add_end(&line, packet, 0);
		add(&line, " > ");
		add_end(&line, packet, 1);
	} else if (headers->has_ethertype) {
		add(&line, "EtherType 0x%04x", headers->ethertype);
	} else {
		add(&line, "no EtherType");
	}
	add(&line, ", %u octets", packet->len);
	write(run, &line);
	return true;
}

static void add_fanout(struct line *line, const struct pfq_run *run)
{
	switch ((enum pfq_fanout_kind)run->fanout.kind) {
	case PFQ_FANOUT_DROP:
		return add(line, "drop");
	case PFQ_FANOUT_PASS:
		return add(line, "pass");
	case PFQ_FANOUT_STEER:
		return add(line, "steer by hash 0x%08x", run->fanout.hash);
	case PFQ_FANOUT_STEER_NUMBER:
		return add(line, "steer by number %u", run->fanout.hash);
	case PFQ_FANOUT_DOUBLE_STEER:
		return add(line, "steer by hashes 0x%08x and 0x%08x", run->fanout.hash,
			   run->second_hash);
	}
}

bool pfq_trace(struct pfq_run *run, const struct pfq_insn *insn)
{
	struct line line;

	(void)insn;
	if (!may_write(run))
		return true;
	begin(&line, run);
	add_fanout(&line, run);
	add(&line, ", mark %u, state %u", run->mark, run->state);
	write(run, &line);
	return true;
}
