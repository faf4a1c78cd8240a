// SPDX-License-Identifier: BSD-3-Clause
#include <cerrno>
#include <cstring>

#include "arguments.h"
#include "failure.h"
#include "socket.h"

// Releases the batch before, takes what the queue holds, without waiting, and gives the number of
// packets. Puts into `sums`: octets on the wire, octets captured, octets of a slot.
Napi::Value Socket::read(Info info)
{
	pfq_t *q = open_handle(info.Env());
	detach();
	if (next_.len > 0)
		batch_ = next_;
	else
		checked(info.Env(), pfq_read(q, &batch_, 0));
	next_ = {};

	uint64_t wire = 0;
	uint64_t captured = 0;
	auto *slot = reinterpret_cast<const char *>(batch_.queue);
	for (size_t n = 0; n < batch_.len; n++, slot += batch_.slot_size) {
		auto *header = reinterpret_cast<const struct pfq_pkthdr *>(slot);
		wire += header->len;
		captured += header->caplen;
	}
	sums_data_[0] = wire;
	sums_data_[1] = captured;
	sums_data_[2] = batch_.slot_size;
	return Napi::Number::New(info.Env(), batch_.len);
}

// The batch that was read last, as an ArrayBuffer over its slots, in place. It is detached when the
// batch is released.
Napi::Value Socket::view(Info info)
{
	if (view_.IsEmpty()) {
		auto *share = new std::shared_ptr<Handle>(handle_);
		size_t size = batch_.len * batch_.slot_size;
		view_ = Napi::Persistent(Napi::ArrayBuffer::New(
			info.Env(), const_cast<void *>(static_cast<const void *>(batch_.queue)),
			size, [share](Napi::Env, void *) { delete share; }));
	}
	return view_.Value();
}

void Socket::detach()
{
	if (!view_.IsEmpty()) {
		Napi::HandleScope scope(Env());
		view_.Value().Detach();
		view_.Reset();
	}
	batch_ = {};
}

// libpfq releases a batch by reading the next, which is kept for read().
void Socket::release(Info info)
{
	pfq_t *q = open_handle(info.Env());
	detach();
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
