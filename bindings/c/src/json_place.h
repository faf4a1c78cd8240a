/* SPDX-License-Identifier: BSD-3-Clause */
/* Where something stands in the JSON of a computation, and what is wrong there. */
#ifndef PFQ_SRC_JSON_PLACE_H
#define PFQ_SRC_JSON_PLACE_H

#include "error.h"

#include <pfq/abi.h>

#include <jansson.h>

#define NOWHERE SIZE_MAX

struct json_place {
	struct pfq_error *error;
	uint32_t node;
	size_t argument; /* of the node's funArgs, or NOWHERE */
	size_t element;	 /* of the argument's list, or NOWHERE */
};

/* Notes that what was found under this key (NULL: there is no such key, or, where the key is NULL,
 * the argument or node itself) must be something else. Gives -EINVAL. */
__attribute__((format(printf, 4, 5))) int wrong_json(const struct json_place *place,
						     const char *key, const json_t *found,
						     const char *wanted, ...);

#endif
