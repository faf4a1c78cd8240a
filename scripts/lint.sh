#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Formats and lints are checked, nothing is changed (`pnpm format` does that for TypeScript, clang-format -i for C).
cd "$(dirname "$0")/.." || exit 1
status=0

pnpm exec biome check . || status=1
pnpm exec turbo run lint --no-color --log-prefix=task --output-logs=errors-only || status=1

c_sources=$(git ls-files '*.c' '*.h' '*.hpp' '*.cc' '*.cpp' | grep -v -e generated -e packages/abi/include)
if [ -n "$c_sources" ]; then
	# shellcheck disable=SC2086
	clang-format --dry-run -Werror --ferror-limit=3 $c_sources || status=1
fi

unlicensed=$(git ls-files '*.ts' '*.js' '*.mjs' '*.c' '*.h' '*.cc' '*.cpp' '*.hpp' '*.hs' '*.sh' '*.pfq' '*Makefile' '*Kbuild' '.ci/run' |
	while read -r file; do [ ! -e "$file" ] || head -n 5 "$file" | grep -q 'SPDX-License-Identifier: ' || echo "$file"; done)
if [ -n "$unlicensed" ]; then
	echo "no SPDX-License-Identifier in the first five lines of:"
	echo "$unlicensed" | sed 's/^/  /'
	status=1
fi
exit $status
