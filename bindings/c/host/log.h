/* SPDX-License-Identifier: BSD-3-Clause */
/* Where programs' lines for the log go: standard error, or what pfq_set_logger() was given. */
#ifndef PFQ_HOST_LOG_H
#define PFQ_HOST_LOG_H

void host_log(void *host, const char *line);

#endif
