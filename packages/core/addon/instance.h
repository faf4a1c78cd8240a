// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include <napi.h>

#include "log.h"

// What the addon keeps for each JavaScript environment (the main thread's, each worker's): nothing
// is global.
struct Instance {
	Napi::FunctionReference failure_maker;
	std::unique_ptr<Logger> logger;

	static Instance &of(Napi::Env env)
	{
		return *env.GetInstanceData<Instance>();
	}
};
