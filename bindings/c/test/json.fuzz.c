/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * JSON of any octets. What becomes of it is a line about what is wrong, or an image that has the
 * form of one: what the engine refuses of it is said of a node.
 */
#include "json.h"

#include "image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_of_a_node(const char *text)
{
	return !strncmp(text, "image: node ", 12) || !strncmp(text, "image: it begins ", 17);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_error error = { .code = 0 };
	struct pfq_checked_image checked;
	size_t image_size = 0;
	void *image = image_from_json((const char *)data, size, &image_size, &error);

	if (!image && (error.code >= 0 || strncmp(error.text, "JSON: ", 6) != 0))
		abort();
	if (image && pfq_check_image(image, image_size, &checked, &error) < 0 &&
	    !is_of_a_node(error.text))
		abort();
	free(image);
	return 0;
}
