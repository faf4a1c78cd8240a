// SPDX-License-Identifier: BSD-3-Clause
#include "failure.h"
#include "instance.h"

Napi::Error failure(Napi::Env env, int code, const std::string &text, int node)
{
	Napi::FunctionReference &maker = Instance::of(env).failure_maker;
	Napi::Value error = maker.Call({ Napi::Number::New(env, code), Napi::String::New(env, text),
					 Napi::Number::New(env, node) });
	return Napi::Error(env, error);
}

Napi::Error failure_of(Napi::Env env, pfq_t *q)
{
	int code = errno;
	return failure(env, code, pfq_error(q), q ? pfq_error_node(q) : -1);
}

void set_failure_maker(const Napi::CallbackInfo &info)
{
	Instance::of(info.Env()).failure_maker = Napi::Persistent(info[0].As<Napi::Function>());
}
