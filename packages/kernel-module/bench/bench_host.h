/* SPDX-License-Identifier: BSD-3-Clause */
/* A host for benchmarks of the engine alone: devices that swallow what is sent, queues in plain
 * mapped memory. */
#ifndef PFQ_BENCH_HOST_H
#define PFQ_BENCH_HOST_H

#include "../engine/state.h"

extern const struct pfq_host_ops bench_host_ops;

/* Prints the reason and ends the program. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* CPU time of the calling thread. */
uint64_t bench_cpu_ns(void);

#endif
