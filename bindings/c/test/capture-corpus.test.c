/* SPDX-License-Identifier: BSD-3-Clause */
/* What `make fuzz` begins with, and what it once found. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

TEST(each_capture_of_the_corpus_is_read_as_libpcap_reads_it)
{
	CHECK(replay_corpus("test/corpus/capture", LLVMFuzzerTestOneInput) > 0);
}
