# SPDX-License-Identifier: BSD-3-Clause
# The native parts of the benchmarks (`make -C testbed/native -f bench.mk`), which need libpfq.
CC ?= cc
CFLAGS ?= -O2 -g
WARNINGS := -std=gnu11 -Wall -Wextra
PFQ := ../../bindings/c
LINKED := $(addprefix build/,bench_reader bench_memory bench_timed bench_kernel_receive bench_kernel_transmit bench_kernel_bridge)
PROGRAMS := build/bench_usage build/bench_tpacket $(LINKED)

.PHONY: all libpfq
all: libpfq $(PROGRAMS)

libpfq:
	@$(MAKE) --no-print-directory -s -C $(PFQ)

$(LINKED): FLAGS = -I$(PFQ)/include -I../../packages/abi/include
$(LINKED): LINK = -L$(PFQ)/build -Wl,-rpath,$(abspath $(PFQ)/build) -lpfq

build/%: %.c bench_kernel.h bench.mk
	@mkdir -p build
	@$(CC) $(WARNINGS) $(CFLAGS) $(FLAGS) -o $@ $< $(LINK)
