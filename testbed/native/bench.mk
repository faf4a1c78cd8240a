# SPDX-License-Identifier: BSD-3-Clause
# The native parts of the benchmarks (`make -C testbed/native -f bench.mk`), which need libpfq.
CC ?= cc
CXX ?= c++
CFLAGS ?= -O2 -g
WARNINGS := -std=gnu11 -Wall -Wextra
PFQ := ../../bindings/c
LINKED := $(addprefix build/,bench_count bench_reader bench_memory bench_timed bench_kernel_receive bench_kernel_transmit bench_kernel_bridge)
PROGRAMS := build/bench_usage build/bench_tpacket build/bench_count_cpp $(LINKED)

.PHONY: all libpfq haskell
all: libpfq $(PROGRAMS)

libpfq:
	@$(MAKE) --no-print-directory -s -C $(PFQ)

$(LINKED) build/bench_count_cpp: FLAGS = -I$(PFQ)/include -I../../packages/abi/include
$(LINKED) build/bench_count_cpp: LINK = -L$(PFQ)/build -Wl,-rpath,$(abspath $(PFQ)/build) -lpfq

build/%: %.c bench_kernel.h bench.mk
	@mkdir -p build
	@$(CC) $(WARNINGS) $(CFLAGS) $(FLAGS) -o $@ $< $(LINK)

build/bench_count_cpp: bench_count.cpp $(shell find ../../bindings/cpp/include -name '*.hpp') bench.mk
	@$(CXX) -std=c++17 -Wall -Wextra $(CFLAGS) -I../../bindings/cpp/include $(FLAGS) -o $@ $< $(LINK)

# What cabal has built is found without it.
haskell: libpfq
	@$(MAKE) --no-print-directory -s -C ../../bindings/haskell library
	@ghc -v0 -O -threaded -package-db ../../bindings/haskell/build/dist/packagedb/ghc-$$(ghc --numeric-version) -package pfq \
		-outputdir build/haskell -optl-Wl,-rpath,$(abspath $(PFQ)/build) -o build/bench_count_haskell BenchCount.hs
