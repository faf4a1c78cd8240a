// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <napi.h>

// (octets of a frame): pfq_symmetric_hash(); octets that are not there are 0.
Napi::Value symmetric_hash(const Napi::CallbackInfo &info);

// A path, or null.
Napi::Value hugepages_mountpoint(const Napi::CallbackInfo &info);
