#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The headers and what uses them, with each compiler and standard: not one warning.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for compiler in g++-12 clang++-14 clang++-19; do
	if ! command -v $compiler >/dev/null; then
		echo "SKIPPED builds_without_warnings: $compiler is not installed"
		continue
	fi
	for standard in c++17 c++20; do
		name="builds_without_warnings: $compiler -std=$standard"
		if $compiler -std=$standard -Wall -Wextra -Wpedantic -Werror -Iinclude -I../c/include -I../../packages/abi/include \
			-fsyntax-only test/socket.test.cpp test/misuse.test.cpp >"$work/log" 2>&1 &&
			$compiler -std=$standard -Wall -Wextra -Wpedantic -Werror -Iinclude -I../../packages/abi/include \
				-fsyntax-only test/golden.test.cpp >"$work/log" 2>&1; then
			echo "ok $name"
		else
			echo "FAILED $name"
			head -n 30 "$work/log"
			status=1
		fi
	done
done
exit $status
