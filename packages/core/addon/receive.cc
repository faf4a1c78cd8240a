// SPDX-License-Identifier: BSD-3-Clause
#include <cerrno>
#include <cstring>

#include "arguments.h"
#include "failure.h"
#include "socket.h"

// Releases the batch before, takes what the queue holds, without waiting, and gives the number of
// packets. Puts into `figures` where in memory() the batch begins.
Napi::Value Socket::read(Info info)
{
	pfq_t *q = open_handle(info.Env());
	end_batch();
	if (next_.len > 0)
		batch_ = next_;
	else
		checked(info.Env(), pfq_read(q, &batch_, 0));
	next_ = {};
	figures_data_[0] = batch_.queue - base_;
	return Napi::Number::New(info.Env(), batch_.len);
}

// Puts into `figures`, of the packets that were read last: octets on the wire, octets captured.
void Socket::sum(Info)
{
	uint64_t wire = 0;
	uint64_t captured = 0;
	pfq_iterator_t end = pfq_net_queue_end(&batch_);

	for (pfq_iterator_t it = pfq_net_queue_begin(&batch_); it != end;
	     it = pfq_net_queue_next(&batch_, it)) {
		wire += pfq_pkt_header(it)->len;
		captured += pfq_pkt_header(it)->caplen;
	}
	figures_data_[1] = wire;
	figures_data_[2] = captured;
}

// An ArrayBuffer in place, which keeps the memory there.
Napi::Reference<Napi::ArrayBuffer> Socket::show(const void *octets, size_t size)
{
	auto *share = new std::shared_ptr<Handle>(handle_);

	return Napi::Persistent(
		Napi::ArrayBuffer::New(Env(), const_cast<void *>(octets), size,
				       [share](Napi::Env, void *) { delete share; }));
}

// All queues of an enabled socket. It is detached when the socket is disabled or closed.
Napi::Value Socket::memory(Info info)
{
	pfq_t *q = open_handle(info.Env());
	if (memory_.IsEmpty()) {
		size_t size = checked(info.Env(), pfq_mem_size(q));
		base_ = static_cast<const char *>(pfq_mem_addr(q));
		memory_ = show(base_, size);
	}
	return memory_.Value();
}

// The slots of the batch that was read last. It is detached when the batch is released.
Napi::Value Socket::view(Info)
{
	if (view_.IsEmpty())
		view_ = show(batch_.queue, batch_.len * batch_.slot_size);
	return view_.Value();
}

void Socket::hide(Napi::Reference<Napi::ArrayBuffer> &shown)
{
	if (shown.IsEmpty())
		return;
	Napi::HandleScope scope(Env());
	shown.Value().Detach();
	shown.Reset();
}

// Ends the batch that was read last.
void Socket::end_batch()
{
	hide(view_);
	batch_ = {};
}

// Ends all that is seen of the queues.
void Socket::end_memory()
{
	end_batch();
	next_ = {};
	hide(memory_);
}

// libpfq releases a batch by reading the next, which is kept for read().
void Socket::release(Info info)
{
	pfq_t *q = open_handle(info.Env());
	end_batch();
	if (next_.len == 0)
		checked(info.Env(), pfq_read(q, &next_, 0));
}

// False if the file descriptor will become readable; true if there is something to read already.
Napi::Value Socket::arm(Info info)
{
	pfq_t *q = open_handle(info.Env());
	if (waited_)
		checked(info.Env(), pfq_disarm(q));
	waited_ = false;
	bool ready = next_.len > 0 || checked(info.Env(), pfq_arm(q)) == 1;
	return Napi::Boolean::New(info.Env(), ready);
}

// The first time, it calls back at once: asking for the descriptor makes it readable.
void Socket::wait(Info info)
{
	pfq_t *q = open_handle(info.Env());
	if (fd_ < 0)
		fd_ = checked(info.Env(), pfq_get_fd(q));
	waited_ = true;
	if (int status = waiter_.start(info.Env(), fd_, info[0].As<Napi::Function>()))
		throw failure(info.Env(), -status,
			      std::string("cannot wait for packets: ") + strerror(-status));
}

void Socket::stop_waiting(Info)
{
	waiter_.stop();
}
