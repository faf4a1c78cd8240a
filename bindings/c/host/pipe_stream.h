/* SPDX-License-Identifier: BSD-3-Clause */
/* Pipes and the like as streams whose reader can be told to end while nothing comes. */
#ifndef PFQ_HOST_PIPE_STREAM_H
#define PFQ_HOST_PIPE_STREAM_H

#include <stdio.h>

/*
 * A stream over the file, which it owns (whether it succeeds or not). Its reads fail with ECANCELED
 * once `stop_fd` is readable. NULL, with errno, if there is no memory.
 */
FILE *pipe_stream(FILE *file, int stop_fd);

#endif
