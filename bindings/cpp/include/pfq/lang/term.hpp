// SPDX-License-Identifier: BSD-3-Clause
// Programs as immutable values: what the functions of the eDSL make.
#ifndef PFQ_LANG_TERM_HPP
#define PFQ_LANG_TERM_HPP

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <pfq/abi.h>

namespace pfq::lang
{

/// A value that does not fit its type, or a program that is too large: one line that says which.
class error : public std::invalid_argument
{
      public:
	using std::invalid_argument::invalid_argument;
};

enum class kind { function, predicate, property };

namespace detail
{

struct term;
using term_pointer = std::shared_ptr<const term>;

/// A term, or a constant (a list, or one value): the octets of each value as the image has them.
struct operand {
	term_pointer function;
	int type = PFQ_ARG_Fun;
	bool list = false;
	std::vector<std::string> values;
};

/// A call of a primitive with its arguments; a sequence, whose symbol is empty, has two of them.
struct term {
	std::string_view symbol;
	std::vector<operand> operands;

	term(std::string_view of, std::vector<operand> with) : symbol(of), operands(std::move(with))
	{
	}
	term(const term &) = delete;
	term &operator=(const term &) = delete;

	/// Terms that only this one holds go with it one after the other, not each within the last.
	~term()
	{
		std::vector<term_pointer> ahead;
		leave(ahead, operands);
		while (!ahead.empty()) {
			const term_pointer last = std::move(ahead.back());
			ahead.pop_back();
			if (last.use_count() == 1)
				leave(ahead, const_cast<term &>(*last).operands);
		}
	}

      private:
	static void leave(std::vector<term_pointer> &ahead, std::vector<operand> &operands)
	{
		for (auto &each : operands)
			if (each.function)
				ahead.push_back(std::move(each.function));
		operands.clear();
	}
};

} // namespace detail

/// A function, predicate or property of a packet. Copies share what it is made of.
template <kind Kind> class expression
{
      public:
	explicit expression(detail::term_pointer term) : term_(std::move(term))
	{
	}
	/// And there is no moving: what was moved from would be no program.
	expression(const expression &) = default;
	expression &operator=(const expression &) = default;
	const detail::term_pointer &term() const noexcept
	{
		return term_;
	}

      private:
	detail::term_pointer term_;
};

using net_function = expression<kind::function>;
using net_predicate = expression<kind::predicate>;
using net_property = expression<kind::property>;

/// A primitive that has no arguments.
template <kind Kind> struct primitive {
	const char *symbol;

	operator expression<Kind>() const
	{
		return expression<Kind>(
			std::make_shared<detail::term>(symbol, std::vector<detail::operand>{}));
	}
};

namespace detail
{

template <class T> using plain = std::remove_cv_t<std::remove_reference_t<T>>;

template <kind Kind, class T>
inline constexpr bool is_a =
	std::is_same_v<plain<T>, expression<Kind>> || std::is_same_v<plain<T>, primitive<Kind>>;

template <class T>
inline constexpr bool is_expression =
	is_a<kind::function, T> || is_a<kind::predicate, T> || is_a<kind::property, T>;

} // namespace detail

} // namespace pfq::lang

#endif
