/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "shapes.h"

#include "headers.h"
#include "symbols.h"

/* Whether all packets of the shape have such an IP header, or none has. */
static enum pfq_answer has_version(enum pfq_shape shape, unsigned int version)
{
	switch (shape) {
	case PFQ_SHAPE_NO_IP:
		return PFQ_ANSWER_NO;
	case PFQ_SHAPE_ICMP:
	case PFQ_SHAPE_IP4_OTHER:
		return version == 4 ? PFQ_ANSWER_YES : PFQ_ANSWER_NO;
	case PFQ_SHAPE_ICMP6:
	case PFQ_SHAPE_IP6_OTHER:
		return version == 6 ? PFQ_ANSWER_YES : PFQ_ANSWER_NO;
	default:
		return PFQ_ANSWER_UNKNOWN;
	}
}

/* The protocol, PFQ_PROTOCOL_ABSENT if there is none, -1 if it is not known. */
static int protocol_of(enum pfq_shape shape)
{
	switch (shape) {
	case PFQ_SHAPE_TCP:
		return PFQ_PROTOCOL_TCP;
	case PFQ_SHAPE_UDP:
		return PFQ_PROTOCOL_UDP;
	case PFQ_SHAPE_ICMP:
		return PFQ_PROTOCOL_ICMP;
	case PFQ_SHAPE_ICMP6:
		return PFQ_PROTOCOL_ICMP6;
	case PFQ_SHAPE_NO_IP:
		return PFQ_PROTOCOL_ABSENT;
	default:
		return -1;
	}
}

static enum pfq_answer answer(bool yes)
{
	return yes ? PFQ_ANSWER_YES : PFQ_ANSWER_NO;
}

/* What is asked is a field: where it can be, it is to be seen. */
static enum pfq_answer if_there(enum pfq_answer there)
{
	return there == PFQ_ANSWER_NO ? PFQ_ANSWER_NO : PFQ_ANSWER_UNKNOWN;
}

static enum pfq_answer is_protocol(enum pfq_shape shape, uint64_t protocol)
{
	int known = protocol_of(shape);

	if (known >= 0)
		return answer((uint64_t)known == protocol);
	/* None of those that have a shape of their own. */
	if (protocol == PFQ_PROTOCOL_TCP || protocol == PFQ_PROTOCOL_UDP ||
	    protocol == (shape == PFQ_SHAPE_IP4_OTHER ? PFQ_PROTOCOL_ICMP : PFQ_PROTOCOL_ICMP6))
		return PFQ_ANSWER_NO;
	return PFQ_ANSWER_UNKNOWN;
}

static enum pfq_answer has_ports(enum pfq_shape shape)
{
	int protocol = protocol_of(shape);

	if (protocol < 0)
		return PFQ_ANSWER_UNKNOWN;
	return answer(protocol == PFQ_PROTOCOL_TCP || protocol == PFQ_PROTOCOL_UDP);
}

/* Without an IP header the EtherType may be that of IP all the same. */
static enum pfq_answer is_ethertype(enum pfq_shape shape, uint64_t ethertype)
{
	if (shape == PFQ_SHAPE_NO_IP)
		return PFQ_ANSWER_UNKNOWN;
	if (ethertype == PFQ_ETHERTYPE_IP)
		return has_version(shape, 4);
	if (ethertype == PFQ_ETHERTYPE_IP6)
		return has_version(shape, 6);
	return PFQ_ANSWER_NO;
}

enum pfq_answer pfq_shape_answer(enum pfq_shape shape, const struct pfq_insn *insn)
{
	if (shape == PFQ_SHAPE_ANY || insn->header > 0)
		return PFQ_ANSWER_UNKNOWN;
	switch ((enum pfq_opcode)insn->opcode) {
	case PFQ_INSN_IS_IP:
		return is_ethertype(shape, PFQ_ETHERTYPE_IP);
	case PFQ_INSN_IS_IP6:
		return is_ethertype(shape, PFQ_ETHERTYPE_IP6);
	case PFQ_INSN_IS_L3_PROTO:
		return is_ethertype(shape, insn->value);
	case PFQ_INSN_HAS_VLAN:
	case PFQ_INSN_HAS_VID:
	case PFQ_INSN_VLAN_ID:
		return shape == PFQ_SHAPE_NO_IP ? PFQ_ANSWER_UNKNOWN : PFQ_ANSWER_NO;
	case PFQ_INSN_IS_FRAG:
	case PFQ_INSN_IS_FIRST_FRAG:
	case PFQ_INSN_IS_MORE_FRAG:
		return PFQ_ANSWER_NO;
	case PFQ_INSN_HAS_ADDR:
	case PFQ_INSN_HAS_SRC_ADDR:
	case PFQ_INSN_HAS_DST_ADDR:
		return if_there(has_version(shape, insn->family));
	case PFQ_INSN_IP_TOS:
	case PFQ_INSN_IP_TOT_LEN:
	case PFQ_INSN_IP_ID:
	case PFQ_INSN_IP_FRAG:
	case PFQ_INSN_IP_TTL:
	case PFQ_INSN_IS_IP_BROADCAST:
		return if_there(has_version(shape, 4));
	case PFQ_INSN_IP6_HOP_LIMIT:
	case PFQ_INSN_IP6_FLOW_LABEL:
		return if_there(has_version(shape, 6));
	case PFQ_INSN_IS_IP_MULTICAST:
		return shape == PFQ_SHAPE_NO_IP ? PFQ_ANSWER_NO : PFQ_ANSWER_UNKNOWN;
	case PFQ_INSN_IS_TCP:
		return is_protocol(shape, PFQ_PROTOCOL_TCP);
	case PFQ_INSN_IS_UDP:
		return is_protocol(shape, PFQ_PROTOCOL_UDP);
	case PFQ_INSN_IS_SCTP:
		return is_protocol(shape, PFQ_PROTOCOL_SCTP);
	case PFQ_INSN_IS_L4_PROTO:
		return is_protocol(shape, (uint8_t)insn->value);
	case PFQ_INSN_IS_ICMP:
		return answer(shape == PFQ_SHAPE_ICMP);
	case PFQ_INSN_IS_ICMP6:
		return answer(shape == PFQ_SHAPE_ICMP6);
	case PFQ_INSN_IS_FLOW:
		return has_ports(shape);
	case PFQ_INSN_HAS_PORT:
	case PFQ_INSN_HAS_SRC_PORT:
	case PFQ_INSN_HAS_DST_PORT:
		return if_there(has_ports(shape));
	case PFQ_INSN_IS_SIP:
	case PFQ_INSN_IS_VOIP:
		return if_there(has_ports(shape));
	case PFQ_INSN_IS_RTP:
	case PFQ_INSN_IS_RTCP:
	case PFQ_INSN_IS_GTP:
	case PFQ_INSN_IS_GTP_CP:
	case PFQ_INSN_IS_GTP_UP:
		return if_there(is_protocol(shape, PFQ_PROTOCOL_UDP));
	case PFQ_INSN_BLOOM:
	case PFQ_INSN_BLOOM_SRC:
	case PFQ_INSN_BLOOM_DST:
		return if_there(has_version(shape, 4));
	case PFQ_INSN_TCP_SOURCE:
	case PFQ_INSN_TCP_DEST:
	case PFQ_INSN_TCP_HDRLEN:
	case PFQ_INSN_TCP_FLAGS:
		return if_there(is_protocol(shape, PFQ_PROTOCOL_TCP));
	case PFQ_INSN_UDP_SOURCE:
	case PFQ_INSN_UDP_DEST:
	case PFQ_INSN_UDP_LEN:
		return if_there(is_protocol(shape, PFQ_PROTOCOL_UDP));
	case PFQ_INSN_ICMP_TYPE:
	case PFQ_INSN_ICMP_CODE:
		return if_there(answer(shape == PFQ_SHAPE_ICMP));
	default:
		return PFQ_ANSWER_UNKNOWN;
	}
}
