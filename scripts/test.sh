#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds and tests every package, then sums up. The last line is `N passed, N failed, N skipped`.
cd "$(dirname "$0")/.." || exit 1
rm -f packages/*/build/test-results.json packages/*/build/test-tally \
	bindings/*/build/test-results.json bindings/*/build/test-tally \
	testbed/build/test-results.json testbed/build/test-tally
rm -rf testbed/build/conformance
status=0
scripts/build.sh || status=1
pnpm exec turbo run test --no-color --log-prefix=task --concurrency=1 --continue=dependencies-successful || status=1
node testbed/dist/conformance.js || status=1
echo
node scripts/tally-tests.mjs || status=1
exit $status
