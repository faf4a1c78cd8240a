/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* In place of libFuzzer: gives a fuzz target each file of its corpus, once. */
#include <dirent.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* For targets that have a mutator. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	(void)data;
	(void)max_size;
	return size;
}

static void replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	static uint8_t octets[1 << 20];
	uint8_t *copy;
	size_t size;

	if (!file)
		return;
	size = fread(octets, 1, sizeof(octets), file);
	fclose(file);
	copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, octets, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

/* build/NAME_replay replays test/corpus/NAME, from the folder of the package. */
int main(int argc, char **argv)
{
	char *name = basename(argv[0]);
	char folder[256], path[1024];
	unsigned int count = 0;
	struct dirent *entry;
	DIR *directory;

	(void)argc;
	snprintf(folder, sizeof(folder), "test/corpus/%.*s", (int)strcspn(name, "_"), name);
	directory = opendir(folder);
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		replay(path);
		count++;
	}
	if (directory)
		closedir(directory);
	if (count == 0) {
		printf("not ok the corpus %s is replayed: it has no files\n", folder);
		return 1;
	}
	printf("ok the %u files of the corpus %s are replayed\n", count, folder);
	return 0;
}
