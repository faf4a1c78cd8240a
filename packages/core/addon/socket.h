// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include <napi.h>

#include "handle.h"
#include "waiter.h"

// A socket of libpfq as JavaScript's class NativeSocket (src/native.ts tells what each method takes
// and gives).
class Socket : public Napi::ObjectWrap<Socket>
{
      public:
	static Napi::Function define(Napi::Env env);
	explicit Socket(const Napi::CallbackInfo &info);

      private:
	using Info = const Napi::CallbackInfo &;

	// socket.cc: life and parameters
	void close(Info);
	void enable(Info);
	void disable(Info);
	Napi::Value host(Info);
	Napi::Value parameter(Info);
	void set_parameter(Info);
	void set_promiscuous(Info);
	Napi::Value device_index(Info);

	// groups.cc
	Napi::Value join_group(Info);
	void leave_group(Info);
	Napi::Value groups(Info);
	void bind_group(Info);
	void unbind_group(Info);
	void set_computation(Info);
	void set_filter(Info);
	void set_filter_expression(Info);
	void set_filter_program(Info);
	void reset_filter(Info);
	void enable_vlan_filter(Info);
	void set_vlan_filter(Info);
	void bind_egress(Info);
	void unbind_egress(Info);

	// receive.cc
	Napi::Value read(Info);
	void sum(Info);
	Napi::Value memory(Info);
	Napi::Value view(Info);
	void release(Info);
	Napi::Value arm(Info);
	void wait(Info);
	void stop_waiting(Info);

	// transmit.cc
	Napi::Value bind_tx(Info);
	void unbind_tx(Info);
	void send(Info);
	Napi::Value flush(Info);
	Napi::Value send_async(Info);
	Napi::Value pending(Info);

	// figures.cc
	void stats(Info);
	void group_stats(Info);
	void group_counters(Info);
	Napi::Value device_stats(Info);

	// The open handle; throws EBADF once it is closed.
	pfq_t *open_handle(Napi::Env env) const;

	// Throws what libpfq says if `result`, of a call of libpfq, is negative.
	long checked(Napi::Env env, long result) const;

	Napi::Reference<Napi::ArrayBuffer> show(const void *octets, size_t size);

	// Detaches an ArrayBuffer: what looks at it sees nothing from here on.
	void hide(Napi::Reference<Napi::ArrayBuffer> &shown);
	void end_batch();
	void end_memory();

	std::shared_ptr<Handle> handle_;
	Waiter waiter_;
	struct pfq_net_queue batch_ = {};
	struct pfq_net_queue next_ = {}; // read already, for read()
	int fd_ = -1;	      // readable when there are packets, once libpfq is asked for it
	bool waited_ = false; // since the descriptor was last made unreadable
	Napi::Reference<Napi::ArrayBuffer> memory_;
	const char *base_ = nullptr; // of the memory
	Napi::Reference<Napi::ArrayBuffer> view_;
	Napi::Reference<Napi::Float64Array> figures_; // keeps the next in place
	double *figures_data_;
};
