/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "state.h"

struct pfq_engine *pfq_engine_create(const struct pfq_host_ops *ops, void *host, unsigned int lanes)
{
	struct pfq_engine *engine = pfq_alloc(sizeof(*engine));

	if (!engine)
		return NULL;
	lanes = lanes > 0 ? lanes : 1;
	engine->lanes = pfq_alloc(lanes * sizeof(*engine->lanes));
	if (!engine->lanes) {
		pfq_free(engine);
		return NULL;
	}
	engine->ops = ops;
	engine->host = host;
	engine->lane_count = lanes;
	engine->max_sockets = PFQ_MAX_SOCKETS;
	engine->max_slot_size = PFQ_MAX_CAPLEN + PFQ_SLOT_ALIGN;
	pfq_mutex_init(&engine->lock);
	return engine;
}

void pfq_engine_limit_sockets(struct pfq_engine *engine, unsigned int count)
{
	engine->max_sockets = (int)count;
}

void pfq_engine_limit_slots(struct pfq_engine *engine, uint32_t octets)
{
	engine->max_slot_size = octets;
}

void pfq_engine_destroy(struct pfq_engine *engine)
{
	pfq_mutex_destroy(&engine->lock);
	pfq_free(engine->lanes);
	pfq_free(engine);
}
