// SPDX-License-Identifier: BSD-3-Clause
#ifndef PFQ_ERROR_HPP
#define PFQ_ERROR_HPP

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <pfq/pfq.h>

namespace pfq
{

/// Why a call failed: code() is the errno; what() is libpfq's line about it.
class system_error : public std::system_error
{
      public:
	system_error(int number, const char *text, int node = -1)
	    : std::system_error(number, std::generic_category()), line_(text), node_(node)
	{
	}

	const char *what() const noexcept override
	{
		return line_.what();
	}

	/// The node of the computation that the error is about, or -1.
	int node() const noexcept
	{
		return node_;
	}

      private:
	std::runtime_error line_; // a text whose copying cannot throw
	int node_;
};

namespace detail
{

/// The value of a call of libpfq, or its failure as an exception.
template <class T> T checked(const pfq_t *q, T value)
{
	if (value < 0) {
		const int number = errno;
		throw system_error(number, pfq_error(q), q ? pfq_error_node(q) : -1);
	}
	return value;
}

/// As C has it. What is a text in C ends at the first NUL, so there is none in it.
template <class T> const T &passed(const T &value)
{
	return value;
}
inline const char *passed(const std::string &text)
{
	if (text.find('\0') != text.npos)
		throw system_error(EINVAL, ('"' + std::string(text.c_str()) +
					    "\" goes on after a NUL character")
						   .c_str());
	return text.c_str();
}

} // namespace detail

} // namespace pfq

#endif
