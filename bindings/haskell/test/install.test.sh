#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is installed into an empty prefix is enough for a cabal package of one's own, offline and without a checkout.
. test/environment.sh
prefix=$work/prefix
mkdir -p "$work/count"
cp ../../examples/haskell/count.hs "$work/count/Main.hs"
# The two blocks of the README for cabal: a package, and its project. (The example wants one more package.)
awk -v work="$work" '/^```cabal$/ { file = work "/block" ++count; next } /^```$/ { file = "" } file { print >file }' README.md
sed 's/base, pfq$/base, pfq, unix/' "$work/block1" >"$work/count/program.cabal"
sed "s,/home/you/.local,$prefix," "$work/block2" >"$work/count/cabal.project"

build() {
	make -s -C ../c install PREFIX="$prefix" && make -s install PREFIX="$prefix" && chmod -R a-w "$prefix/share/pfq" && cd "$work/count" &&
		export CABAL_DIR="$work/cabal" PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib" &&
		cabal --config-file="$prefix/share/pfq/haskell/cabal.config" build --offline &&
		ldd "$(cabal --config-file="$prefix/share/pfq/haskell/cabal.config" list-bin --offline program)" | grep -qF "$prefix/lib/libpfq.so.0"
}

capture=$(realpath ../c/test/corpus/capture/microseconds)
if (build) >"$work/log" 2>&1 && cd "$work/count" &&
	PFQ_HOST=user LD_LIBRARY_PATH="$prefix/lib" "$(find . -name program -type f -perm -u+x)" "pcap:$capture" >"$work/log" 2>&1 &&
	grep -qE '^[1-9][0-9]* packets' "$work/log"; then
	echo "ok a_package_builds_against_what_is_installed"
else
	echo "FAILED a_package_builds_against_what_is_installed"
	tail -n 30 "$work/log"
	chmod -R u+w "$prefix"
	exit 1
fi
chmod -R u+w "$prefix"

# What cabal packs is what was installed, which builds as above, and the tests.
packs() {
	cd "$OLDPWD" && CABAL_DIR="$work/cabal" cabal --config-file=cabal.config check &&
		CABAL_DIR="$work/cabal" cabal --config-file=cabal.config sdist --builddir="$work/dist" --output-directory="$work" &&
		tar -xzf "$work"/pfq-*.tar.gz -C "$work" && rm -r "$work"/pfq-*/test && diff -r "$work"/pfq-*/ "$prefix/share/pfq/haskell"
}
if packs >"$work/log" 2>&1; then
	echo "ok cabal_packs_what_is_installed"
else
	echo "FAILED cabal_packs_what_is_installed"
	cat "$work/log"
	exit 1
fi
