// SPDX-License-Identifier: BSD-3-Clause
#include "log.h"

#include <mutex>

#include <pfq/pfq.h>

#include "instance.h"

// libpfq has one logger, and each JavaScript environment may set it.
static std::mutex setting;
static Logger *current;

// The engine writes few lines a second, whatever comes.
static const size_t any_number_may_wait = 0;

Logger::Logger(Napi::Env env, Napi::Function function)
    : env_(env), lines_(Lines::New(env, function, "pfq log", any_number_may_wait, 1))
{
	lines_.Unref(env); // lines that may come are no reason to go on
	// Hooks run in reverse: this one before that by which the environment ends `lines_`.
	napi_add_env_cleanup_hook(env, at_exit, this);
	std::lock_guard<std::mutex> lock(setting);
	pfq_set_logger(hand_over, reinterpret_cast<char *>(this));
	current = this;
}

Logger::~Logger()
{
	if (stopped_)
		return;
	stop();
	napi_remove_env_cleanup_hook(env_, at_exit, this);
}

void Logger::stop()
{
	stopped_ = true;
	{
		std::lock_guard<std::mutex> lock(setting);
		if (current == this) {
			pfq_set_logger(nullptr, nullptr);
			current = nullptr;
		}
	}
	lines_.Release();
}

void Logger::at_exit(void *logger)
{
	static_cast<Logger *>(logger)->stop();
}

void Logger::hand_over(char *user, const char *line)
{
	auto *copy = new std::string(line);
	if (reinterpret_cast<Logger *>(user)->lines_.NonBlockingCall(copy) != napi_ok)
		delete copy;
}

void Logger::call(Napi::Env env, Napi::Function function, std::nullptr_t *, std::string *line)
{
	if (env && !function.IsEmpty())
		function.Call({ Napi::String::New(env, *line) });
	delete line;
}

void set_logger(const Napi::CallbackInfo &info)
{
	auto &logger = Instance::of(info.Env()).logger;
	logger.reset();
	if (!info[0].IsNull())
		logger = std::make_unique<Logger>(info.Env(), info[0].As<Napi::Function>());
}
