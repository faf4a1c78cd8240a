// SPDX-License-Identifier: BSD-3-Clause
/// pfq-lang as typed C++ expressions, without libpfq: `pfq::lang::image(ip >> steer_flow)`.
#ifndef PFQ_LANG_HPP
#define PFQ_LANG_HPP

#include <pfq/generated/primitives.hpp>
#include <pfq/lang/bloom.hpp>
#include <pfq/lang/image.hpp>
#include <pfq/lang/operators.hpp>

#endif
