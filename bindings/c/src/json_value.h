/* SPDX-License-Identifier: BSD-3-Clause */
/* The values of a computation in JSON, by the types of docs/image-format.md. */
#ifndef PFQ_SRC_JSON_VALUE_H
#define PFQ_SRC_JSON_VALUE_H

#include "image_writer.h"
#include "json_place.h"

/* Whether it is an integer (a number, or a text of digits) that 64 bits hold; *word is it then, in
 * two's complement. */
bool integer_from_json(const json_t *value, bool is_signed, uint64_t *word);

/* Fills in an argument that is no Fun. Gives 0, or a negative errno and the reason. */
int argument_from_json(const struct json_place *place, const json_t *given,
		       struct image_writer *writer, struct pfq_image_argument *argument);

#endif
