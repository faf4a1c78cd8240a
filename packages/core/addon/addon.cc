// SPDX-License-Identifier: BSD-3-Clause
#include <napi.h>

#include "failure.h"
#include "functions.h"
#include "instance.h"
#include "socket.h"

static Napi::Object initialise(Napi::Env env, Napi::Object exports)
{
	env.SetInstanceData(new Instance);
	exports.Set("NativeSocket", Socket::define(env));
	exports.Set("setFailureMaker", Napi::Function::New<set_failure_maker>(env));
	exports.Set("setLogger", Napi::Function::New<set_logger>(env));
	exports.Set("symmetricHash", Napi::Function::New<symmetric_hash>(env));
	exports.Set("hugepagesMountpoint", Napi::Function::New<hugepages_mountpoint>(env));
	return exports;
}

NODE_API_MODULE(pfq, initialise)
