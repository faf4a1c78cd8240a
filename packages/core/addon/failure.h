// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cerrno>
#include <string>

#include <napi.h>

#include <pfq/pfq.h>

// Makes a PfqError (the class is JavaScript's, see src/errors.ts) to be thrown. `node` is -1 where
// there is none.
Napi::Error failure(Napi::Env env, int code, const std::string &text, int node = -1);

// The same from what libpfq says about its last call on `q`, or about the last open of this thread.
Napi::Error failure_of(Napi::Env env, pfq_t *q);

// Sets what makes a PfqError: (errno, text, node) => PfqError.
void set_failure_maker(const Napi::CallbackInfo &info);
