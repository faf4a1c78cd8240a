#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each line of ill-typed.txt is an expression that is no program, and the one error that the compilers must give for it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

refused() {
	"$1" -std=c++17 -Iinclude -I../c/include -I../../packages/abi/include -fsyntax-only "$work/program.cpp" >"$work/log" 2>&1
	[ "$(grep -c 'error:' "$work/log")" = 1 ] && grep 'error:' "$work/log" | grep -qF "$2"
}

for compiler in g++ clang++-19; do
	if ! command -v $compiler >/dev/null; then
		echo "SKIPPED ill_typed: $compiler is not installed"
		continue
	fi
	while IFS= read -r line; do
		message=${line##* | }
		expression=${line%" | $message"}
		case $expression in
		pfq::*) header=pfq/pfq.hpp statement=$expression ;;
		*) header=pfq/lang.hpp statement="return static_cast<int>(image($expression).size())" ;;
		esac
		printf '#include <%s>\nusing namespace pfq::lang;\nint main() { %s; }\n' $header "$statement" >"$work/program.cpp"
		if refused $compiler "$message"; then
			echo "ok ill_typed: $compiler: $expression"
		else
			echo "FAILED ill_typed: $compiler: $expression"
			head -n 20 "$work/log"
			status=1
		fi
	done <test/ill-typed.txt
done
exit $status
