// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "arguments.h"
#include "failure.h"
#include "socket.h"

// Statistics go to JavaScript as numbers: exact up to 2^53 packets. Counters may have been counted
// down below 0, and go as 64-bit integers.
static void put_stats(Napi::Float64Array figures, const struct pfq_stats &stats)
{
	const uint64_t values[] = { stats.recv, stats.lost, stats.drop, stats.sent,
				    stats.disc, stats.fail, stats.frwd, stats.kern };
	std::copy(std::begin(values), std::end(values), figures.Data());
}

void Socket::stats(Info info)
{
	struct pfq_stats stats;
	checked(info.Env(), pfq_get_stats(open_handle(info.Env()), &stats));
	put_stats(info[0].As<Napi::Float64Array>(), stats);
}

// (gid, Float64Array of 8)
void Socket::group_stats(Info info)
{
	struct pfq_stats stats;
	checked(info.Env(), pfq_get_group_stats(open_handle(info.Env()), integer(info, 0), &stats));
	put_stats(info[1].As<Napi::Float64Array>(), stats);
}

// (gid, BigUint64Array of 64)
void Socket::group_counters(Info info)
{
	struct pfq_counters counters;
	checked(info.Env(),
		pfq_get_group_counters(open_handle(info.Env()), integer(info, 0), &counters));
	std::copy(std::begin(counters.counter), std::end(counters.counter),
		  info[1].As<Napi::BigUint64Array>().Data());
}

Napi::Value Socket::device_stats(Info info)
{
	struct pfq_device_stats stats;
	checked(info.Env(),
		pfq_get_device_stats(open_handle(info.Env()), text(info, 0).c_str(), &stats));

	Napi::Object object = Napi::Object::New(info.Env());
	auto put = [&](const char *name, double value) { object.Set(name, value); };
	put("ifindex", stats.ifindex);
	put("state", stats.state);
	put("recv", stats.recv);
	put("lost", stats.lost);
	put("sent", stats.sent);
	put("fail", stats.fail);
	put("position", stats.position);
	put("size", stats.size);
	object.Set("text", std::string(stats.text, strnlen(stats.text, sizeof(stats.text))));
	return object;
}
