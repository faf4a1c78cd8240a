/* SPDX-License-Identifier: BSD-3-Clause */
#include "log.h"

#include <pfq/pfq.h>
#include <pthread.h>
#include <stdio.h>

/* Held while a line is written, so that a logger that was replaced is not running any more. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pfq_logger_t logger;
static char *logger_user;

void pfq_set_logger(pfq_logger_t new_logger, char *user)
{
	pthread_mutex_lock(&lock);
	logger = new_logger;
	logger_user = user;
	pthread_mutex_unlock(&lock);
}

void host_log(void *host, const char *line)
{
	(void)host;
	pthread_mutex_lock(&lock);
	if (logger)
		logger(logger_user, line);
	else
		fprintf(stderr, "pfq: %s\n", line);
	pthread_mutex_unlock(&lock);
}
