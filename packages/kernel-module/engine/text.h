/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Text for people: where it goes, and a checked image as a program of pfq-lang. */
#ifndef PFQ_ENGINE_TEXT_H
#define PFQ_ENGINE_TEXT_H

#include "image.h"

struct pfq_text {
	void (*write)(void *to, const char *text, size_t length);
	void *to;
};

/* Not more than 319 octets at a time. */
__attribute__((format(printf, 2, 3))) void pfq_print(const struct pfq_text *text,
						     const char *format, ...);

/* A word, whatever is in it: what is neither a letter nor a digit nor a sign of ASCII is \xHH. */
void pfq_print_word(const struct pfq_text *text, const char *word);

/*
 * The definition of main, and of what is used twice or nested deep, one a line. Compiled, it is the
 * same computation. A program that is long beyond reason is cut off, with a comment that says so.
 */
void pfq_print_program(const struct pfq_text *text, const struct pfq_checked_image *image);

#endif
