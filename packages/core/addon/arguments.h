// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include <napi.h>

// Arguments as src/native.ts declares them: TypeScript has checked them already.
inline int64_t integer(const Napi::CallbackInfo &info, size_t index)
{
	return info[index].As<Napi::Number>().Int64Value();
}

inline std::string text(const Napi::CallbackInfo &info, size_t index)
{
	return info[index].As<Napi::String>().Utf8Value();
}

inline uint64_t mask(const Napi::CallbackInfo &info, size_t index)
{
	bool lossless;
	return info[index].As<Napi::BigInt>().Uint64Value(&lossless);
}

inline bool flag(const Napi::CallbackInfo &info, size_t index)
{
	return info[index].As<Napi::Boolean>().Value();
}
