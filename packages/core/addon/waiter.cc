// SPDX-License-Identifier: BSD-3-Clause
#include "waiter.h"

#include <utility>

int Waiter::start(Napi::Env env, int fd, Napi::Function callback)
{
	if (!poll_) {
		uv_loop_t *loop = nullptr;
		if (napi_get_uv_event_loop(env, &loop) != napi_ok)
			return UV_EINVAL;
		auto *poll = new uv_poll_t;
		if (int status = uv_poll_init(loop, poll, fd)) {
			delete poll;
			return status;
		}
		poll->data = this;
		poll_ = poll;
	}
	if (int status = uv_poll_start(poll_, UV_READABLE, on_readable))
		return status;
	callback_ = Napi::Persistent(callback);
	return 0;
}

void Waiter::stop()
{
	if (poll_)
		uv_poll_stop(poll_);
	callback_.Reset();
}

void Waiter::close()
{
	stop();
	if (!poll_)
		return;
	poll_->data = nullptr;
	uv_close(reinterpret_cast<uv_handle_t *>(std::exchange(poll_, nullptr)),
		 [](uv_handle_t *handle) { delete reinterpret_cast<uv_poll_t *>(handle); });
}

void Waiter::on_readable(uv_poll_t *poll, int, int)
{
	auto *waiter = static_cast<Waiter *>(poll->data);
	if (!waiter || waiter->callback_.IsEmpty())
		return;
	Napi::FunctionReference callback = std::move(waiter->callback_);
	waiter->stop();

	// Plain Node-API: of a worker thread that is being terminated, not even an error can be
	// made. The callback itself (src/waiting.ts) throws nothing.
	Napi::Env env = callback.Env();
	Napi::HandleScope scope(env);
	napi_value global = env.Global();
	napi_value ago = nullptr;
	if (napi_create_double(env, uv_hrtime() / 1e6 - uv_now(poll->loop), &ago) != napi_ok)
		return;
	napi_make_callback(env, nullptr, global, callback.Value(), 1, &ago, nullptr);
}
