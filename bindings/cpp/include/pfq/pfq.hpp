// SPDX-License-Identifier: BSD-3-Clause
/// libpfq for C++17: sockets that close themselves, batches as ranges, failures as exceptions, and
/// pfq-lang as typed expressions.
#ifndef PFQ_PFQ_HPP
#define PFQ_PFQ_HPP

#include <pfq/lang.hpp>
#include <pfq/logger.hpp>
#include <pfq/socket.hpp>

#endif
