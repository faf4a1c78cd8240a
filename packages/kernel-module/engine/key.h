/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The keys of steer_key: which fields of a packet its hash is made of. */
#ifndef PFQ_ENGINE_KEY_H
#define PFQ_ENGINE_KEY_H

#include "headers.h"

/* False if the packet lacks a field of the key. */
bool pfq_hash_key(const struct pfq_packet *packet, uint64_t key, uint32_t *hash);

#endif
