/* SPDX-License-Identifier: BSD-3-Clause */
/* What `make fuzz` begins with, and what it once found. */
#include "harness.h"

#include <dirent.h>

#define CORPUS "test/corpus/capture"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	static uint8_t octets[1 << 20];
	FILE *file = fopen(path, "rb");
	uint8_t *copy;
	size_t size;

	CHECK(file != NULL);
	size = fread(octets, 1, sizeof(octets), file);
	fclose(file);
	/* Of its very size, so that a sanitizer sees where it ends. */
	copy = malloc(size + !size);
	CHECK(copy != NULL);
	memcpy(copy, octets, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

TEST(each_capture_of_the_corpus_is_read_as_libpcap_reads_it)
{
	DIR *corpus = opendir(CORPUS);
	struct dirent *entry;
	char path[400];
	int count = 0;

	CHECK(corpus != NULL);
	while ((entry = readdir(corpus))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CORPUS "/%s", entry->d_name);
		replay(path);
		count++;
	}
	closedir(corpus);
	CHECK(count > 0);
}
