// SPDX-License-Identifier: BSD-3-Clause
#include <cerrno>
#include <iterator>

#include <linux/filter.h>
#include <pcap/pcap.h>

#include "arguments.h"
#include "failure.h"
#include "socket.h"

Napi::Value Socket::join_group(Info info)
{
	long gid = pfq_join_group(open_handle(info.Env()), integer(info, 0), mask(info, 1),
				  integer(info, 2));
	return Napi::Number::New(info.Env(), checked(info.Env(), gid));
}

void Socket::leave_group(Info info)
{
	checked(info.Env(), pfq_leave_group(open_handle(info.Env()), integer(info, 0)));
}

// The numbers of the groups that the socket is a member of.
Napi::Value Socket::groups(Info info)
{
	struct pfq_group_mask groups;
	checked(info.Env(), pfq_get_groups(open_handle(info.Env()), &groups));

	Napi::Array numbers = Napi::Array::New(info.Env());
	const uint32_t bits = 64;
	for (uint32_t gid = 0; gid < bits * std::size(groups.mask); gid++)
		if (groups.mask[gid / bits] >> gid % bits & 1)
			numbers.Set(numbers.Length(), gid);
	return numbers;
}

void Socket::bind_group(Info info)
{
	checked(info.Env(), pfq_bind_group(open_handle(info.Env()), integer(info, 0),
					   text(info, 1).c_str(), integer(info, 2)));
}

void Socket::unbind_group(Info info)
{
	checked(info.Env(), pfq_unbind_group(open_handle(info.Env()), integer(info, 0),
					     text(info, 1).c_str(), integer(info, 2)));
}

void Socket::set_computation(Info info)
{
	auto image = info[1].As<Napi::Uint8Array>();
	checked(info.Env(), pfq_set_group_computation(open_handle(info.Env()), integer(info, 0),
						      image.Data(), image.ByteLength()));
}

// (gid, Uint8Array of struct sock_filter)
void Socket::set_filter(Info info)
{
	auto instructions = info[1].As<Napi::Uint8Array>();
	struct sock_fprog program = {};
	program.len = instructions.ByteLength() / sizeof(struct sock_filter);
	program.filter = reinterpret_cast<struct sock_filter *>(instructions.Data());
	checked(info.Env(), pfq_group_fprog(open_handle(info.Env()), integer(info, 0), &program));
}

// (gid, an expression of pcap-filter(7), for Ethernet)
void Socket::set_filter_expression(Info info)
{
	static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter));
	pfq_t *q = open_handle(info.Env());
	std::string expression = text(info, 1);
	int snaplen = 262144;
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, snaplen);
	struct bpf_program compiled = {};

	if (!pcap)
		throw failure(info.Env(), ENOMEM, "no memory to compile a filter");
	if (pcap_compile(pcap, &compiled, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) < 0) {
		std::string reason = pcap_geterr(pcap);
		pcap_close(pcap);
		throw failure(info.Env(), EINVAL, "filter '" + expression + "': " + reason);
	}
	struct sock_fprog program = {};
	program.len = compiled.bf_len;
	program.filter = reinterpret_cast<struct sock_filter *>(compiled.bf_insns);
	long result = pfq_group_fprog(q, integer(info, 0), &program);
	int code = errno;
	pcap_freecode(&compiled);
	pcap_close(pcap);
	errno = code;
	checked(info.Env(), result);
}

// (gid, file descriptor of an eBPF program)
void Socket::set_filter_program(Info info)
{
	checked(info.Env(),
		pfq_group_fprog_fd(open_handle(info.Env()), integer(info, 0), integer(info, 1)));
}

void Socket::reset_filter(Info info)
{
	checked(info.Env(), pfq_group_fprog_reset(open_handle(info.Env()), integer(info, 0)));
}

void Socket::enable_vlan_filter(Info info)
{
	checked(info.Env(),
		pfq_vlan_filters_enable(open_handle(info.Env()), integer(info, 0), flag(info, 1)));
}

// (gid, vid, whether such packets pass)
void Socket::set_vlan_filter(Info info)
{
	pfq_t *q = open_handle(info.Env());
	int gid = integer(info, 0);
	int vid = integer(info, 1);
	checked(info.Env(), flag(info, 2) ? pfq_vlan_set_filter(q, gid, vid)
					  : pfq_vlan_reset_filter(q, gid, vid));
}

// (device, queue)
void Socket::bind_egress(Info info)
{
	checked(info.Env(),
		pfq_egress_bind(open_handle(info.Env()), text(info, 0).c_str(), integer(info, 1)));
}

void Socket::unbind_egress(Info info)
{
	checked(info.Env(), pfq_egress_unbind(open_handle(info.Env())));
}
