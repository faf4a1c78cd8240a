// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <napi.h>

// What the addon keeps for each JavaScript environment (the main thread's, each worker's): nothing
// is global.
struct Instance {
	Napi::FunctionReference failure_maker;

	static Instance &of(Napi::Env env)
	{
		return *env.GetInstanceData<Instance>();
	}
};
