// SPDX-License-Identifier: BSD-3-Clause
#include "functions.h"

#include <algorithm>

#include <pfq/pfq.h>

Napi::Value symmetric_hash(const Napi::CallbackInfo &info)
{
	const size_t octets_read = 78;
	char frame[octets_read] = {};
	auto octets = info[0].As<Napi::Uint8Array>();
	std::copy_n(octets.Data(), std::min(octets.ByteLength(), octets_read), frame);
	return Napi::Number::New(info.Env(), pfq_symmetric_hash(frame));
}

Napi::Value hugepages_mountpoint(const Napi::CallbackInfo &info)
{
	const char *path = pfq_hugepages_mountpoint();
	return path ? Napi::Value(Napi::String::New(info.Env(), path)) : info.Env().Null();
}
