/* SPDX-License-Identifier: BSD-3-Clause */
/* pfq-lang, a program of its own, makes images of texts. */
#ifndef PFQ_SRC_COMPILER_H
#define PFQ_SRC_COMPILER_H

#include "handle.h"

/* Gives the descriptor of a file in memory that has the image, or -1 with the error noted. `file`:
 * what the compiler reads; "-" is the input. */
int compile(pfq_t *q, const char *file, const char *input);

#endif
