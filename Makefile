# SPDX-License-Identifier: BSD-3-Clause
# Every target brings along what it needs (see scripts/setup.sh) and may be typed again at any time.
.DEFAULT_GOAL := help
.PHONY: help setup build install pack test test-long test-kernel debug-kernel stress run run-kernel bench fuzz lint clean
SHELL := /bin/sh

# where scripts/setup.sh puts pnpm when it may not write to the system
export PATH := $(PATH):$(HOME)/.local/bin
export TURBO_TELEMETRY_DISABLED := 1
export TURBO_NO_UPDATE_NOTIFIER := 1

help:
	@echo 'make run                        the demo: live traffic, steered over three sockets'
	@echo "make run ARGS='-i eth0 -e \"main = ip >-> steer_flow\"'"
	@echo '                                the same for an interface, a file and a program of your own'
	@echo 'make run-kernel                 the demo on pfq.ko, in a virtual machine'
	@echo 'make test                       all tests; make test-long: the same with long random runs'
	@echo 'make test-kernel [KERNELS=6.1]  only those of pfq.ko, in virtual machines'
	@echo 'make stress [MINUTES=10]        pfq.ko under pressure, on a kernel that watches itself'
	@echo 'make debug-kernel               builds that kernel, once'
	@echo "make bench [ARGS=...]           benchmarks against tcpdump, libpcap and others"
	@echo 'make fuzz [SECONDS=60]          each fuzzer for that long'
	@echo 'make install [PREFIX=/usr/local] [DESTDIR=]'
	@echo '                                libpfq, its headers for C and C++, its source for Haskell, and what pkg-config and CMake find it by'
	@echo 'make pack [INTO=build/npm]       the npm packages as tarballs, for `npm install` elsewhere'
	@echo 'make build | lint | clean'
	@echo 'make setup                      only what the other targets install (Debian packages, pnpm, npm packages)'

setup:
	@scripts/setup.sh build

build: setup
	@scripts/build.sh

test:
	@scripts/setup.sh test
	@scripts/test.sh

test-long:
	@scripts/setup.sh test
	@PFQ_TEST_LONG=1 PFQ_TEST_TIMEOUT=$${PFQ_TEST_TIMEOUT:-1800000} scripts/test.sh

test-kernel:
	@scripts/setup.sh kernel
	@$(MAKE) --no-print-directory -s build
	@rm -rf testbed/build/conformance
	@node testbed/dist/conformance.js $(or $(KERNELS),6.1 6.12)
	@node scripts/tally-tests.mjs conformance

stress:
	@scripts/setup.sh kernel
	@$(MAKE) --no-print-directory -s debug-kernel
	@rm -rf testbed/build/conformance
	@PFQ_STRESS_MINUTES=$(or $(MINUTES),10) PFQ_STRESS_SEED=$(or $(SEED),$$(date +%s)) node testbed/dist/conformance.js stress
	@node scripts/tally-tests.mjs conformance

debug-kernel:
	@scripts/setup.sh debug-kernel
	@$(MAKE) --no-print-directory -s build
	@node testbed/dist/debug-kernel.js

install: build
	@$(MAKE) --no-print-directory -s -C bindings/c install
	@$(MAKE) --no-print-directory -s -C bindings/cpp install
	@$(MAKE) --no-print-directory -s -C bindings/haskell install

pack: build
	@rm -f $(or $(INTO),build/npm)/pfq-*.tgz
	@scripts/pack.sh $(or $(INTO),build/npm)
	@echo 'npm install $(abspath $(or $(INTO),build/npm))/*.tgz'

run:
	@scripts/setup.sh run
	@$(MAKE) --no-print-directory -s build
ifdef ARGS
	@scripts/run.sh $(ARGS)
else
	@node testbed/dist/demo.js
endif

run-kernel:
	@scripts/setup.sh run
	@scripts/setup.sh kernel
	@$(MAKE) --no-print-directory -s build
	@PFQ_HOST=kernel pnpm exec vm -- node testbed/dist/demo.js $(ARGS)

bench:
	@scripts/setup.sh bench
	@$(MAKE) --no-print-directory -s build
	@node testbed/dist/bench.js $(ARGS)

fuzz:
	@scripts/setup.sh fuzz
	@$(MAKE) --no-print-directory -s build
	@$(MAKE) --no-print-directory -C packages/kernel-module fuzz SECONDS=$(or $(SECONDS),60)
	@$(MAKE) --no-print-directory -s -C bindings/c fuzz SECONDS=$(or $(SECONDS),60)
	@echo 'make fuzz: nothing found'

lint:
	@scripts/setup.sh lint
	@scripts/lint.sh

clean:
	rm -rf .turbo build packages/*/dist packages/*/build packages/*/.turbo packages/core/addon/build \
		bindings/*/build bindings/*/.turbo testbed/dist testbed/build testbed/native/build testbed/.turbo
