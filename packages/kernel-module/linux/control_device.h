/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/pfq: an open file is a socket. */
#ifndef PFQ_CONTROL_DEVICE_H
#define PFQ_CONTROL_DEVICE_H

int pfq_control_device_init(void);
void pfq_control_device_exit(void);

#endif
