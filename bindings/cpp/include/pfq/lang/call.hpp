// SPDX-License-Identifier: BSD-3-Clause
// What the generated functions of the eDSL are made of.
#ifndef PFQ_LANG_CALL_HPP
#define PFQ_LANG_CALL_HPP

#include <initializer_list>
#include <iterator>

#include <pfq/lang/value.hpp>

namespace pfq::lang::detail
{

/// Whether a C++ value may stand where a value of the type PFQ_ARG_* is wanted.
template <int Type, class T> constexpr bool accepts()
{
	if constexpr (integer_index(Type) >= 0)
		return std::is_convertible_v<T, integer> && std::is_integral_v<plain<T>>;
	else if constexpr (Type == PFQ_ARG_Double)
		return std::is_arithmetic_v<plain<T>> && !std::is_same_v<plain<T>, bool>;
	else
		return std::is_convertible_v<T, std::string_view>;
}

template <int Type, class T> inline constexpr bool is_value_of = accepts<Type, const T &>();

template <int Type, class T, class = void> inline constexpr bool is_list_of = false;

/// The elements of a list in braces.
template <int Type>
using element =
	std::conditional_t<(integer_index(Type) >= 0), integer,
			   std::conditional_t<Type == PFQ_ARG_Double, double, std::string_view>>;

template <int Type> using braced = std::initializer_list<element<Type>>;

template <int Type, class T>
inline constexpr bool
	is_list_of<Type, T, std::void_t<decltype(*std::begin(std::declval<const T &>()))>> =
		std::is_same_v<T, braced<Type>> ||
		(accepts<Type, decltype(*std::begin(std::declval<const T &>()))>() &&
		 !std::is_convertible_v<const T &, std::string_view>);

template <int Type, class T>
std::string octets(std::string_view where, const T &value, const std::optional<limits> &narrowed)
{
	if constexpr (std::is_same_v<T, integer> || integer_index(Type) >= 0)
		return integer_octets(integer_types[integer_index(Type)], where, value, narrowed);
	else if constexpr (Type == PFQ_ARG_Double)
		return double_octets(static_cast<double>(value));
	else
		return text_octets(Type, where, value);
}

/// A constant; `where` is the primitive and the parameter, for the message about it.
template <int Type, class T>
operand value(std::string_view where, const T &value, std::optional<limits> narrowed = {})
{
	operand made{ nullptr, Type, false, {} };

	if constexpr (is_value_of<Type, T>)
		made.values.push_back(octets<Type>(where, value, narrowed));
	return made;
}

template <int Type, class T>
operand list(std::string_view where, const T &values, std::optional<limits> narrowed = {})
{
	operand made{ nullptr, Type, true, {} };

	if constexpr (is_list_of<Type, T>)
		for (const auto &each : values)
			made.values.push_back(
				octets<Type>(std::string(where) + ": element " +
						     std::to_string(made.values.size() + 1),
					     each, narrowed));
	return made;
}

template <kind Kind, class T> operand function(const T &value)
{
	if constexpr (is_a<Kind, T>)
		return { static_cast<expression<Kind>>(value).term(), PFQ_ARG_Fun, false, {} };
	else
		return {};
}

template <kind Kind> expression<Kind> call(std::string_view symbol, std::vector<operand> operands)
{
	return expression<Kind>(std::make_shared<term>(symbol, std::move(operands)));
}

} // namespace pfq::lang::detail

#endif
