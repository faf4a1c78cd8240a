# SPDX-License-Identifier: BSD-3-Clause
# The native parts of the benchmarks (`make -C testbed/native -f bench.mk`), which need libpfq.
CC ?= cc
CFLAGS ?= -O2 -g
WARNINGS := -std=gnu11 -Wall -Wextra
PFQ := ../../bindings/c
PROGRAMS := build/bench_usage build/bench_tpacket build/bench_reader build/bench_memory build/bench_kernel_receive

.PHONY: all libpfq
all: libpfq $(PROGRAMS)

libpfq:
	@$(MAKE) --no-print-directory -s -C $(PFQ)

LINKED := build/bench_reader build/bench_memory build/bench_kernel_receive
$(LINKED): FLAGS = -I$(PFQ)/include -I../../packages/abi/include
$(LINKED): LINK = -L$(PFQ)/build -Wl,-rpath,$(abspath $(PFQ)/build) -lpfq

build/%: %.c bench.mk
	@mkdir -p build
	@$(CC) $(WARNINGS) $(CFLAGS) $(FLAGS) -o $@ $< $(LINK)
