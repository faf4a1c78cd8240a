// SPDX-License-Identifier: GPL-2.0-only
#include "namespace.h"
#include "divert.h"
#include "filter.h"
#include "net_device.h"
#include "parameters.h"
#include "proc.h"
#include "queue_memory.h"
#include "reader.h"
#include "transmit.h"
#include "tx_thread.h"

#include <net/netns/generic.h>

struct pfq_namespace {
	struct mutex lock;
	struct pfq_engine *engine;
	unsigned int references;
};

static void write_log(void *host, const char *line)
{
	const struct net *net = host;

	pr_info("pfq: netns %u, %s\n", net->ns.inum, line);
}

static const struct pfq_host_ops host_ops = {
	.device_open = pfq_net_device_open,
	.device_close = pfq_net_device_close,
	.device_is_stale = pfq_net_device_is_stale,
	.device_start = pfq_net_device_start,
	.device_stop = pfq_net_device_stop,
	.device_promiscuous = pfq_net_device_promiscuous,
	.device_stats = pfq_net_device_stats,
	.filter_prepare = pfq_filter_prepare,
	.filter_free = pfq_filter_free,
	.filter_get = pfq_filter_get,
	.queue_alloc = pfq_queue_alloc,
	.queue_free = pfq_queue_free,
	.socket_process = pfq_reader_process,
	.tx_thread_get = pfq_tx_thread_get,
	.tx_thread_put = pfq_tx_thread_put,
	.tx_thread_wake = pfq_tx_thread_wake,
	.filter_run = pfq_filter_run,
	.device_send = pfq_transmit,
	.to_host = pfq_to_host,
	.device_has_address = pfq_net_device_has_address,
	.log = write_log,
	.wake = pfq_reader_wake,
};

static unsigned int namespace_id;

static struct pfq_namespace *namespace_of(struct net *net)
{
	return net_generic(net, namespace_id);
}

static struct pfq_engine *create_engine(struct net *net)
{
	struct pfq_engine *engine = pfq_engine_create(&host_ops, net, nr_cpu_ids);

	if (!engine)
		return NULL;
	pfq_engine_limit_sockets(engine, pfq_parameters->max_sockets);
	pfq_engine_limit_slots(engine, pfq_parameters->max_slot_size);
	return engine;
}

struct pfq_engine *pfq_namespace_get(struct net *net)
{
	struct pfq_namespace *own = namespace_of(net);
	struct pfq_engine *engine;

	mutex_lock(&own->lock);
	if (!own->engine)
		own->engine = create_engine(net);
	engine = own->engine;
	if (engine) {
		own->references++;
		get_net(net);
	}
	mutex_unlock(&own->lock);
	return engine;
}

void pfq_namespace_put(struct net *net)
{
	struct pfq_namespace *own = namespace_of(net);

	mutex_lock(&own->lock);
	if (--own->references == 0) {
		pfq_engine_destroy(own->engine);
		own->engine = NULL;
	}
	mutex_unlock(&own->lock);
	put_net(net);
}

struct pfq_engine *pfq_namespace_lock(struct net *net)
{
	struct pfq_namespace *own = namespace_of(net);

	mutex_lock(&own->lock);
	return own->engine;
}

void pfq_namespace_unlock(struct net *net)
{
	mutex_unlock(&namespace_of(net)->lock);
}

static int __net_init namespace_init(struct net *net)
{
	mutex_init(&namespace_of(net)->lock);
	return pfq_proc_init(net);
}

/* Sockets hold the namespace, so there is no engine any more. */
static void __net_exit namespace_exit(struct net *net)
{
	pfq_proc_exit(net);
	WARN_ON(namespace_of(net)->engine);
	mutex_destroy(&namespace_of(net)->lock);
}

static struct pernet_operations namespace_ops = {
	.init = namespace_init,
	.exit = namespace_exit,
	.id = &namespace_id,
	.size = sizeof(struct pfq_namespace),
};

int pfq_namespace_init(void)
{
	return register_pernet_subsys(&namespace_ops);
}

void pfq_namespace_exit(void)
{
	unregister_pernet_subsys(&namespace_ops);
}
