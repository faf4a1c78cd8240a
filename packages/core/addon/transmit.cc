// SPDX-License-Identifier: BSD-3-Clause
#include <cerrno>

#include "arguments.h"
#include "failure.h"
#include "socket.h"

// (device, queue, thread): the index of the Tx queue
Napi::Value Socket::bind_tx(Info info)
{
	long queue = pfq_bind_tx(open_handle(info.Env()), text(info, 0).c_str(), integer(info, 1),
				 integer(info, 2));
	return Napi::Number::New(info.Env(), checked(info.Env(), queue));
}

void Socket::unbind_tx(Info info)
{
	checked(info.Env(), pfq_unbind_tx(open_handle(info.Env())));
}

// Empty octets have no address, which is not what is wrong with them.
static const void *address(const Napi::Uint8Array &octets)
{
	return octets.ByteLength() > 0 ? static_cast<const void *>(octets.Data()) : "";
}

// (octets, copies, sync)
void Socket::send(Info info)
{
	auto octets = info[0].As<Napi::Uint8Array>();
	checked(info.Env(), pfq_send(open_handle(info.Env()), address(octets), octets.ByteLength(),
				     integer(info, 1), integer(info, 2)));
}

// (Tx queue)
Napi::Value Socket::flush(Info info)
{
	long sent = pfq_sync_queue(open_handle(info.Env()), integer(info, 0));
	return Napi::Number::New(info.Env(), checked(info.Env(), sent));
}

// (octets, copies, asynchronous Tx queue, time): false if the queue is full
Napi::Value Socket::send_async(Info info)
{
	auto octets = info[0].As<Napi::Uint8Array>();
	long status = pfq_send_raw(open_handle(info.Env()), address(octets), octets.ByteLength(),
				   mask(info, 3), integer(info, 1), integer(info, 2));
	bool full = status < 0 && errno == EAGAIN;
	if (!full)
		checked(info.Env(), status);
	return Napi::Boolean::New(info.Env(), !full);
}

// (asynchronous Tx queue)
Napi::Value Socket::pending(Info info)
{
	long count = pfq_async_pending(open_handle(info.Env()), integer(info, 0));
	return Napi::Number::New(info.Env(), checked(info.Env(), count));
}
