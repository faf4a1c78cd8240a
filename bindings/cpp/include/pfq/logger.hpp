// SPDX-License-Identifier: BSD-3-Clause
#ifndef PFQ_LOGGER_HPP
#define PFQ_LOGGER_HPP

#include <pfq/pfq.h>

#include <functional>
#include <mutex>
#include <string_view>
#include <utility>

namespace pfq
{

/// What is called with each line that computations of this process write (log_msg and the like), by
/// the threads that receive, one at a time. It must neither wait nor call libpfq nor throw.
using logger = std::function<void(std::string_view)>;

/// Lines go to `to` from now on; to standard error if it is empty. The one from before is not
/// running any more when this returns. On the kernel host lines go to the kernel's log.
inline void set_logger(logger to = {})
{
	static std::mutex lock;
	static logger current;
	std::lock_guard<std::mutex> guard(lock);

	pfq_set_logger(nullptr, nullptr);
	current = std::move(to);
	if (current)
		pfq_set_logger(
			[](char *user, const char *line) noexcept {
				(*reinterpret_cast<logger *>(user))(line);
			},
			reinterpret_cast<char *>(&current));
}

} // namespace pfq

#endif
