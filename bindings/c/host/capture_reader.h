/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads capture files: classic pcap by itself (a third of libpcap's time per packet), all else
 * through libpcap. */
#ifndef PFQ_HOST_CAPTURE_READER_H
#define PFQ_HOST_CAPTURE_READER_H

#include "engine.h"
#include "error.h"

struct capture_reader;

/*
 * Opens a file and reads its header; "-" is standard input, from where it stands. A read from a
 * pipe, which may wait, fails once `stop_fd` is readable.
 */
int capture_reader_open(const char *path, int stop_fd, struct capture_reader **reader,
			struct pfq_error *error);
void capture_reader_close(struct capture_reader *reader);

/*
 * Reads up to `count` packets, which stay valid until the next call. Gives how many; 0 at the end
 * of the file; -1 where the file is broken, after all that is readable before that place.
 */
int capture_reader_next(struct capture_reader *reader, struct pfq_packet *packets,
			unsigned int count);

/* What is broken, and where. */
const char *capture_reader_text(const struct capture_reader *reader);

/* Octets read so far, and of the whole file; 0 for a pipe. May be called from any thread. */
uint64_t capture_reader_position(const struct capture_reader *reader);
uint64_t capture_reader_size(const struct capture_reader *reader);

#endif
