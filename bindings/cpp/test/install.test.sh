#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is installed into an empty prefix is enough: C and C++ programs build against it with pkg-config and with CMake, and the
# README's example runs as it is printed.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
status=0

attempt() {
	name=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		echo "ok $name"
	else
		echo "FAILED $name"
		tail -n 30 "$work/log"
		status=1
	fi
}

install_all() {
	make -s -C ../c install PREFIX="$prefix" && make -s install PREFIX="$prefix" &&
		[ "$(readlink "$prefix/lib/libpfq.so")" = libpfq.so.0 ]
}

staged() {
	make -s -C ../c install PREFIX=/usr DESTDIR="$work/staged" && make -s install PREFIX=/usr DESTDIR="$work/staged" &&
		[ -e "$work/staged/usr/include/pfq/pfq.hpp" ] && [ ! -e "$work/staged$work" ] &&
		grep -q '^prefix=/usr$' "$work/staged/usr/lib/pkgconfig/pfq.pc"
}

# The blocks of C++ in the README: a program, and a function.
awk -v work="$work" '/^```cpp$/ { file = work "/readme" ++count ".cpp"; next } /^```$/ { file = "" } file { print >file }' README.md
mv "$work/readme1.cpp" "$work/lengths.cpp"
{
	printf '#include <pfq/pfq.hpp>\n#include <vector>\nusing namespace pfq::lang;\n'
	cat "$work/readme2.cpp"
	printf 'int main() { std::vector<pfq::socket> members(3); return balanced("mem:readme", members) < 0; }\n'
} >"$work/balanced.cpp"
cp ../../examples/c/count.c ../../examples/cpp/balance.cpp "$work"

with_pkg_config() {
	export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
	# shellcheck disable=SC2046
	cc -o "$work/count" "$work/count.c" $(pkg-config --cflags --libs pfq) &&
		c++ -std=c++17 -o "$work/lengths" "$work/lengths.cpp" $(pkg-config --cflags --libs pfq) &&
		c++ -std=c++17 -Wall -Wextra -Werror -o "$work/balanced" "$work/balanced.cpp" $(pkg-config --cflags --libs pfq) &&
		c++ -std=c++17 -o "$work/balance" "$work/balance.cpp" $(pkg-config --cflags --libs pfq) -pthread
}

# As libpfq's README has it; of the archive's names, those of pfq.h alone can meet a program's own.
statically() {
	export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
	# shellcheck disable=SC2046
	c++ -std=c++17 -o "$work/balance-static" "$work/balance.cpp" $(pkg-config --static --cflags --libs pfq | sed 's/-lpfq/-l:libpfq.a/') &&
		without_libpfq "$work/balance-static" &&
		[ "$(nm -g --defined-only "$prefix/lib/libpfq.a" | awk 'NF == 3 { print $3 }' | sort)" = "$(../c/test/declared.sh)" ]
}

without_libpfq() {
	! ldd "$1" | grep libpfq && "$1" "pcap:$capture"
}

# Found by its name, and about it.
manual() {
	for function in $(../c/test/declared.sh); do
		man -M "$prefix/share/man" 3 "$function" 2>&1 | grep -qE "^ *$function +- +." || {
			echo "$function: no page"
			return 1
		}
	done
}

with_cmake() {
	cat >"$work/CMakeLists.txt" <<-END
		cmake_minimum_required(VERSION 3.18)
		project(user C CXX)
		find_package(PFQ 0.1 REQUIRED)
		find_package(Threads REQUIRED)
		add_executable(count count.c)
		target_link_libraries(count PFQ::pfq)
		add_executable(balance balance.cpp)
		target_compile_features(balance PRIVATE cxx_std_17)
		target_link_libraries(balance PFQ::pfq Threads::Threads)
		add_executable(count-static count.c)
		target_link_libraries(count-static PFQ::pfq_static)
		add_executable(balance-static balance.cpp)
		target_compile_features(balance-static PRIVATE cxx_std_17)
		target_link_libraries(balance-static PFQ::pfq_static)
	END
	cmake -S "$work" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" && cmake --build "$work/cmake" -j2 &&
		"$work/cmake/balance" "pcap:$capture" && "$work/cmake/count" "pcap:$capture" &&
		without_libpfq "$work/cmake/balance-static" && without_libpfq "$work/cmake/count-static"
}

capture=$work/capture.pcap
# 12 packets of 4 flows: Ethernet, IPv4, UDP from port 1000 + flow to 53
capture_of() {
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\001\000\001\000\000\000'
	for flow in 0 1 2 3 0 1 2 3 0 1 2 3; do
		printf '\001\000\000\000\000\000\000\000\052\000\000\000\052\000\000\000'
		printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
		printf '\105\000\000\034\000\000\000\000\100\021\000\000\012\000\000\001\012\000\000\002'
		printf "\\003\\35$flow\\000\\065\\000\\010\\000\\000"
	done
}
capture_of >"$capture"

runs_as_printed() {
	LD_LIBRARY_PATH="$prefix/lib" "$work/balanced" && LD_LIBRARY_PATH="$prefix/lib" "$work/lengths" "pcap:$capture" >"$work/out" && cat "$work/out" &&
		[ "$(grep -cx 42 "$work/out")" = 12 ] && [ "$(wc -l <"$work/out")" = 12 ]
}

balances() {
	LD_LIBRARY_PATH="$prefix/lib" "$work/balance" "pcap:$capture" >"$work/out" && cat "$work/out" &&
		awk '/^thread/ { sum += $3 } END { exit sum != 12 }' "$work/out"
}

export PFQ_HOST=user
attempt installs_into_an_empty_prefix install_all
attempt installs_into_a_staging_folder staged
attempt builds_with_pkg_config with_pkg_config
attempt the_readme_s_example_runs_as_printed runs_as_printed
attempt balances_over_threads balances
attempt builds_with_the_static_library statically
if command -v man >/dev/null; then
	attempt each_function_has_a_manual_page_there manual
else
	echo "SKIPPED each_function_has_a_manual_page_there: man is not installed"
fi
if command -v cmake >/dev/null; then
	attempt builds_with_cmake with_cmake
else
	echo "SKIPPED builds_with_cmake: cmake is not installed"
fi
exit $status
