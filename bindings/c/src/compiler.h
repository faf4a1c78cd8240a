/* SPDX-License-Identifier: BSD-3-Clause */
/* pfq-lang, a program of its own, makes images of texts. */
#ifndef PFQ_SRC_COMPILER_H
#define PFQ_SRC_COMPILER_H

#include "handle.h"

/* Give the descriptor of a file in memory that has the image, or -1 with the error noted. */
int compile_text(pfq_t *q, const char *text);

/* `fd`: the file, open for reading; it is the compiler's standard input, so that /dev/stdin is the
 * same file to it, and "-". */
int compile_file(pfq_t *q, const char *path, int fd);

#endif
