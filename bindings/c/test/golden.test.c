/* SPDX-License-Identifier: BSD-3-Clause */
/* The golden images, which every language writes: the engine takes each. */
#include "harness.h"

TEST(the_engine_takes_every_golden_image)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	FILE *images = fopen(GOLDEN_IMAGES, "r");
	char *line = NULL;
	size_t room = 0, count = 0;
	int gid;

	CHECK(q && images);
	gid = pfq_group_id(q);
	for (ssize_t length; (length = getline(&line, &room, images)) > 0; count++) {
		const char *hex = strchr(line, ' ');
		unsigned char *image = malloc((size_t)length);
		size_t size;

		CHECK(hex && image);
		size = octets_of_hex(hex + 1, image);
		if (pfq_set_group_computation(q, gid, image, size) < 0)
			test_fail(__FILE__, __LINE__, "%.*s: %s", (int)(hex - line), line,
				  pfq_error(q));
		/* And it is the image that is looked at: one changed octet is refused. */
		image[size - 1] ^= 1;
		FAILS(q, pfq_set_group_computation(q, gid, image, size), "image");
		free(image);
	}
	CHECK(count >= 200);
	free(line);
	fclose(images);
	pfq_close(q);
}
