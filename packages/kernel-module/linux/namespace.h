/* SPDX-License-Identifier: GPL-2.0-only */
/* One engine for each network namespace, from the first socket there to the last. */
#ifndef PFQ_NAMESPACE_H
#define PFQ_NAMESPACE_H

#include <net/net_namespace.h>

struct pfq_engine;

/* The engine of the namespace, with a reference to it and to the namespace; NULL if memory lacks.
 */
struct pfq_engine *pfq_namespace_get(struct net *net);
void pfq_namespace_put(struct net *net);

/* The engine of the namespace, or NULL if there is no socket in it. It stays until unlock. */
struct pfq_engine *pfq_namespace_lock(struct net *net);
void pfq_namespace_unlock(struct net *net);

int pfq_namespace_init(void);
void pfq_namespace_exit(void);

#endif
