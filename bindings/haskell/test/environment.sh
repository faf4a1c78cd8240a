# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the tests: ends one that cannot run here with a note, and tells how GHC finds the library that was built.
name=$(basename "$0" .test.sh)
for tool in ghc cabal; do
	command -v $tool >/dev/null || {
		echo "SKIPPED $name: $tool is not installed"
		exit 0
	}
done
for package in QuickCheck hspec; do
	ghc-pkg --simple-output list $package 2>/dev/null | grep -q . || {
		echo "SKIPPED $name: the Haskell package $package is not installed"
		exit 0
	}
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ghc() {
	command ghc -package-db "build/dist/packagedb/ghc-$(command ghc --numeric-version)" -package pfq "$@"
}
