// SPDX-License-Identifier: BSD-3-Clause
#include "socket.h"

#include <cerrno>

#include "arguments.h"
#include "failure.h"

Napi::Function Socket::define(Napi::Env env)
{
	return DefineClass(
		env, "NativeSocket",
		{
			InstanceMethod<&Socket::close>("close"),
			InstanceMethod<&Socket::enable>("enable"),
			InstanceMethod<&Socket::disable>("disable"),
			InstanceMethod<&Socket::host>("host"),
			InstanceMethod<&Socket::parameter>("parameter"),
			InstanceMethod<&Socket::set_parameter>("setParameter"),
			InstanceMethod<&Socket::set_promiscuous>("setPromiscuous"),
			InstanceMethod<&Socket::device_index>("deviceIndex"),
			InstanceMethod<&Socket::join_group>("joinGroup"),
			InstanceMethod<&Socket::leave_group>("leaveGroup"),
			InstanceMethod<&Socket::groups>("groups"),
			InstanceMethod<&Socket::bind_group>("bindGroup"),
			InstanceMethod<&Socket::unbind_group>("unbindGroup"),
			InstanceMethod<&Socket::set_computation>("setComputation"),
			InstanceMethod<&Socket::set_filter>("setFilter"),
			InstanceMethod<&Socket::set_filter_expression>("setFilterExpression"),
			InstanceMethod<&Socket::set_filter_program>("setFilterProgram"),
			InstanceMethod<&Socket::reset_filter>("resetFilter"),
			InstanceMethod<&Socket::enable_vlan_filter>("enableVlanFilter"),
			InstanceMethod<&Socket::set_vlan_filter>("setVlanFilter"),
			InstanceMethod<&Socket::bind_egress>("bindEgress"),
			InstanceMethod<&Socket::unbind_egress>("unbindEgress"),
			InstanceMethod<&Socket::read>("read"),
			InstanceMethod<&Socket::sum>("sum"),
			InstanceMethod<&Socket::memory>("memory"),
			InstanceMethod<&Socket::view>("view"),
			InstanceMethod<&Socket::release>("release"),
			InstanceMethod<&Socket::arm>("arm"),
			InstanceMethod<&Socket::wait>("wait"),
			InstanceMethod<&Socket::stop_waiting>("stopWaiting"),
			InstanceMethod<&Socket::bind_tx>("bindTx"),
			InstanceMethod<&Socket::unbind_tx>("unbindTx"),
			InstanceMethod<&Socket::send>("send"),
			InstanceMethod<&Socket::flush>("flush"),
			InstanceMethod<&Socket::send_async>("sendAsync"),
			InstanceMethod<&Socket::pending>("pending"),
			InstanceMethod<&Socket::stats>("stats"),
			InstanceMethod<&Socket::group_stats>("groupStats"),
			InstanceMethod<&Socket::group_counters>("groupCounters"),
			InstanceMethod<&Socket::device_stats>("deviceStats"),
		});
}

// (caplen, rxSlots, xmitlen, txSlots, figures): a socket of no group. `figures` is where read() and
// sum() put what they tell.
Socket::Socket(Info info) : Napi::ObjectWrap<Socket>(info)
{
	pfq_t *q = pfq_open_nogroup(integer(info, 0), integer(info, 1), integer(info, 2),
				    integer(info, 3));
	if (!q)
		throw failure_of(info.Env(), nullptr);
	handle_ = std::make_shared<Handle>(q);
	figures_ = Napi::Persistent(info[4].As<Napi::Float64Array>());
	figures_data_ = figures_.Value().Data();
}

pfq_t *Socket::open_handle(Napi::Env env) const
{
	if (!handle_->get())
		throw failure(env, EBADF, "the socket is closed");
	return handle_->get();
}

long Socket::checked(Napi::Env env, long result) const
{
	if (result < 0)
		throw failure_of(env, handle_->get());
	return result;
}

void Socket::close(Info)
{
	end_memory();
	waiter_.close();
	handle_->close();
}

void Socket::enable(Info info)
{
	checked(info.Env(), pfq_enable(open_handle(info.Env())));
}

void Socket::disable(Info info)
{
	pfq_t *q = open_handle(info.Env());
	end_memory();
	waiter_.close();
	checked(info.Env(), pfq_disable(q));
}

Napi::Value Socket::host(Info info)
{
	return Napi::String::New(info.Env(), pfq_host(open_handle(info.Env())));
}

// What a socket has by name; what has no `set` cannot be set.
struct Parameter {
	const char *name;
	long (*get)(pfq_t *q);
	long (*set)(pfq_t *q, int64_t value);
};

static const Parameter &parameter_of(Napi::Env env, const std::string &name)
{
	static const Parameter parameters[] = {
		{ "id", [](pfq_t *q) -> long { return pfq_id(q); }, nullptr },
		{ "caplen", [](pfq_t *q) -> long { return pfq_get_caplen(q); },
		  [](pfq_t *q, int64_t value) -> long { return pfq_set_caplen(q, value); } },
		{ "rxSlots", [](pfq_t *q) -> long { return pfq_get_rx_slots(q); },
		  [](pfq_t *q, int64_t value) -> long { return pfq_set_rx_slots(q, value); } },
		{ "rxSlotSize", [](pfq_t *q) -> long { return pfq_get_rx_slot_size(q); }, nullptr },
		{ "xmitlen", [](pfq_t *q) -> long { return pfq_get_xmitlen(q); },
		  [](pfq_t *q, int64_t value) -> long { return pfq_set_xmitlen(q, value); } },
		{ "txSlots", [](pfq_t *q) -> long { return pfq_get_tx_slots(q); },
		  [](pfq_t *q, int64_t value) -> long { return pfq_set_tx_slots(q, value); } },
		{ "txSlotSize", [](pfq_t *q) -> long { return pfq_get_tx_slot_size(q); }, nullptr },
		{ "weight", [](pfq_t *q) -> long { return pfq_get_weight(q); },
		  [](pfq_t *q, int64_t value) -> long { return pfq_set_weight(q, value); } },
		{ "timestamping", [](pfq_t *q) -> long { return pfq_is_timestamping_enabled(q); },
		  [](pfq_t *q, int64_t value) -> long {
			  return pfq_timestamping_enable(q, value);
		  } },
		{ "memorySize", [](pfq_t *q) -> long { return pfq_mem_size(q); }, nullptr },
	};
	for (const auto &each : parameters)
		if (name == each.name)
			return each;
	throw failure(env, EINVAL, name + ": no such parameter");
}

Napi::Value Socket::parameter(Info info)
{
	pfq_t *q = open_handle(info.Env());
	long value = parameter_of(info.Env(), text(info, 0)).get(q);
	return Napi::Number::New(info.Env(), checked(info.Env(), value));
}

// (name, value)
void Socket::set_parameter(Info info)
{
	pfq_t *q = open_handle(info.Env());
	checked(info.Env(), parameter_of(info.Env(), text(info, 0)).set(q, integer(info, 1)));
}

void Socket::set_promiscuous(Info info)
{
	checked(info.Env(),
		pfq_set_promisc(open_handle(info.Env()), text(info, 0).c_str(), flag(info, 1)));
}

Napi::Value Socket::device_index(Info info)
{
	long index = pfq_ifindex(open_handle(info.Env()), text(info, 0).c_str());
	return Napi::Number::New(info.Env(), checked(info.Env(), index));
}
