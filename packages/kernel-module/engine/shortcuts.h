/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The last step of lowering: a program that does the same in fewer instructions. */
#ifndef PFQ_ENGINE_SHORTCUTS_H
#define PFQ_ENGINE_SHORTCUTS_H

#include "program.h"

/*
 * What a run knows already it does not ask again: after `is_tcp` held, no way leads through
 * `is_udp`. And where a question is asked of one value after another ("port 80, or 443, or 8080"),
 * the first instruction asks for all. A negative errno, with the program as it was, if there is no
 * memory.
 */
int pfq_take_shortcuts(struct pfq_program *program);

#endif
