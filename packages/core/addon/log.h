// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include <napi.h>

// A JavaScript function that gets the lines which computations of this process log. The threads
// that receive hand them over and do not wait: what comes faster than the event loop takes it is
// left out.
class Logger
{
      public:
	Logger(Napi::Env env, Napi::Function function);
	Logger(const Logger &) = delete;
	Logger &operator=(const Logger &) = delete;
	~Logger();

      private:
	void stop();
	static void at_exit(void *logger);
	static void hand_over(char *user, const char *line);
	static void call(Napi::Env env, Napi::Function function, std::nullptr_t *,
			 std::string *line);
	using Lines = Napi::TypedThreadSafeFunction<std::nullptr_t, std::string, call>;

	Napi::Env env_;
	Lines lines_;
	bool stopped_ = false;
};

// (function or null): who gets the lines from here on; null: standard error.
void set_logger(const Napi::CallbackInfo &info);
