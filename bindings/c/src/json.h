/* SPDX-License-Identifier: BSD-3-Clause */
/* Computations as JSON, in the form that `pfq-lang compile --emit json` writes. */
#ifndef PFQ_SRC_JSON_H
#define PFQ_SRC_JSON_H

#include "error.h"

/*
 * Gives the image of a computation, to be freed, and its size; or NULL, and the reason. What is
 * looked at is what an image is made of: whether there is such a primitive, and its arguments fit,
 * is for the engine to say.
 */
void *image_from_json(const char *json, size_t size, size_t *image_size, struct pfq_error *error);

#endif
