// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <napi.h>
#include <uv.h>

// Waits on the event loop for a file descriptor to become readable. The loop is kept alive while it
// waits.
class Waiter
{
      public:
	Waiter() = default;
	Waiter(const Waiter &) = delete;
	Waiter &operator=(const Waiter &) = delete;

	~Waiter()
	{
		close();
	}

	// Calls `callback` once, when `fd` is readable. Gives 0, or a negative errno.
	int start(Napi::Env env, int fd, Napi::Function callback);

	// The callback will not be called.
	void stop();

	// Lets go of the descriptor, which may be closed then.
	void close();

	bool waiting() const
	{
		return !callback_.IsEmpty();
	}

      private:
	static void on_readable(uv_poll_t *poll, int status, int events);

	uv_poll_t *poll_ = nullptr; // freed by the loop once it is closed
	Napi::FunctionReference callback_;
};
