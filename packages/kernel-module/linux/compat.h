/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that the module builds for. All else reads as for the newest. */
#ifndef PFQ_COMPAT_H
#define PFQ_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#include <linux/eventfd.h>

static inline void pfq_compat_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx, 1);
}
#define eventfd_signal(ctx) pfq_compat_eventfd_signal(ctx)
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* The source of a string that an event keeps. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define pfq_assign_str(field, source) __assign_str(field, source)
#else
#define pfq_assign_str(field, source) __assign_str(field)
#endif

#endif
