/* SPDX-License-Identifier: BSD-3-Clause */
/* What `make fuzz` begins with, and what it once found. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

TEST(each_json_of_the_corpus_is_refused_or_an_image)
{
	CHECK(replay_corpus("test/corpus/json", LLVMFuzzerTestOneInput) > 0);
}
