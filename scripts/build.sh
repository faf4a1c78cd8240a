#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds every package in the order of their dependencies. What the compilers say is shown when one of them fails or warns.
cd "$(dirname "$0")/.." || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo 'Building ...'
if pnpm exec turbo run build --no-color --log-prefix=task --output-logs=errors-only >"$log" 2>&1; then
	grep -i 'warning:' "$log" || true
else
	cat "$log"
	exit 1
fi
