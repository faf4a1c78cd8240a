// SPDX-License-Identifier: GPL-2.0-only
#include "net_device.h"
#include "device.h"
#include "divert.h"
#include "error.h"
#include "tap.h"

#include <linux/inetdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

/*
 * Locks are taken in this order: the engine's, rtnl, this one. The notifier is called with rtnl
 * held, so it never takes the engine's: it takes the net device away from under the engine, which
 * learns of it by sending nothing and receiving nothing.
 */
static DEFINE_MUTEX(devices_lock);
static LIST_HEAD(devices);

static int link_of(const struct net_device *dev, uint16_t *link, struct pfq_error *error)
{
	switch (dev->type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		*link = PFQ_LINK_ETHERNET;
		return 0;
	case ARPHRD_PPP: /* packets come without their PPP header */
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		*link = PFQ_LINK_RAW;
		return 0;
	default:
		return pfq_fail(error, EOPNOTSUPP,
				"%s: link type %u (ARPHRD) is not supported; Ethernet, loopback, "
				"PPP and IP tunnels are",
				dev->name, dev->type);
	}
}

static bool is_user_host_name(const char *name)
{
	return strncmp(name, "pcap:", 5) == 0 || strncmp(name, "mem:", 4) == 0;
}

static int fail_unknown(const char *name, struct pfq_error *error)
{
	if (is_user_host_name(name))
		return pfq_fail(error, ENODEV,
				"%s: files and memory are devices of the user host: set "
				"PFQ_HOST=user",
				name);
	return pfq_fail(error, ENODEV, "%s: no such device in this network namespace", name);
}

static struct pfq_net_device *create(const struct net_device *dev)
{
	struct pfq_net_device *device = pfq_alloc(sizeof(*device));

	if (!device)
		return NULL;
	strscpy(device->name, dev->name, sizeof(device->name));
	pfq_tap_init(device);
	return device;
}

/* The interface that a device is asked for by. */
static const char *interface_of(const char *name)
{
	return pfq_device_diverts(name) ? name + strlen(PFQ_DIVERT_PREFIX) : name;
}

/* rtnl is held from the look-up until the notifier can find the device. */
static int open_locked(struct net *net, struct pfq_device *engine_device, const char *name,
		       struct pfq_net_device **result, struct pfq_error *error)
{
	struct net_device *dev = __dev_get_by_name(net, interface_of(name));
	struct pfq_net_device *device;
	uint16_t link;
	int status;

	if (!dev)
		return fail_unknown(name, error);
	status = link_of(dev, &link, error);
	if (status)
		return status;
	device = create(dev);
	if (!device)
		return pfq_fail(error, ENOMEM, "%s: out of memory", name);
	device->net = net;
	device->device = engine_device;
	device->link = link;
	device->diverted = pfq_device_diverts(name);
	rcu_assign_pointer(device->dev, dev);
	device->tap.dev = dev;
	netdev_hold(dev, &device->tracker, GFP_KERNEL);
	mutex_lock(&devices_lock);
	list_add(&device->list, &devices);
	mutex_unlock(&devices_lock);
	*result = device;
	return 0;
}

int pfq_net_device_open(void *host, struct pfq_device *engine_device, const char *name,
			void **host_device, int *ifindex, struct pfq_error *error)
{
	struct pfq_net_device *device;
	int status;

	rtnl_lock();
	status = open_locked(host, engine_device, name, &device, error);
	if (!status)
		*ifindex = device->tap.dev->ifindex;
	rtnl_unlock();
	if (!status)
		*host_device = device;
	return status;
}

/* The device under the lock, or NULL if it was unregistered. */
static struct net_device *dev_of(struct pfq_net_device *device)
{
	return rcu_dereference_protected(device->dev, lockdep_is_held(&devices_lock));
}

/* With rtnl held, both. */
static int hook(struct pfq_net_device *device, struct pfq_error *error)
{
	if (device->diverted)
		return pfq_divert_hook(device, dev_of(device), error);
	dev_add_pack(&device->tap);
	return 0;
}

/* Nothing comes in when it returns. */
static void unhook(struct pfq_net_device *device)
{
	struct net_device *dev = dev_of(device);

	if (!device->started || !dev)
		return;
	if (device->diverted)
		pfq_divert_unhook(dev);
	else
		dev_remove_pack(&device->tap);
}

void pfq_net_device_close(void *host, void *host_device)
{
	struct pfq_net_device *device = host_device;
	struct net_device *dev;

	mutex_lock(&devices_lock);
	dev = dev_of(device);
	list_del(&device->list);
	mutex_unlock(&devices_lock);
	if (dev)
		netdev_put(dev, &device->tracker);
	pfq_free(device);
}

/* One that was renamed is not, while no other interface has its name, or its alternative one. */
bool pfq_net_device_is_stale(void *host_device)
{
	struct pfq_net_device *device = host_device;
	const struct net_device *dev, *named;
	bool stale;

	rcu_read_lock();
	dev = rcu_dereference(device->dev);
	named = dev_get_by_name_rcu(device->net, interface_of(device->device->name));
	stale = !dev || (named && named != dev);
	rcu_read_unlock();
	return stale;
}

static int check_start(struct pfq_net_device *device, int queue, struct pfq_error *error)
{
	const struct net_device *dev = dev_of(device);
	const char *name = device->device->name;

	if (!dev)
		return pfq_fail(error, ENODEV, "%s: the interface was removed", name);
	if (!(dev->flags & IFF_UP))
		return pfq_fail(error, ENETDOWN, "%s: the interface is down: ip link set %s up",
				name, device->name);
	if (queue >= 0 && (unsigned int)queue >= dev->real_num_rx_queues)
		return pfq_fail(error, EINVAL, "%s: no queue %d; it has %u, from 0 on", name, queue,
				dev->real_num_rx_queues);
	return 0;
}

int pfq_net_device_start(void *host, void *host_device, int queue, struct pfq_error *error)
{
	struct pfq_net_device *device = host_device;
	int status;

	rtnl_lock();
	mutex_lock(&devices_lock);
	status = check_start(device, queue, error);
	if (!status && device->started == 0)
		status = hook(device, error);
	if (!status)
		device->started++;
	mutex_unlock(&devices_lock);
	rtnl_unlock();
	return status;
}

void pfq_net_device_stop(void *host, void *host_device, int queue)
{
	struct pfq_net_device *device = host_device;

	rtnl_lock();
	mutex_lock(&devices_lock);
	if (device->started == 1)
		unhook(device);
	device->started--;
	mutex_unlock(&devices_lock);
	rtnl_unlock();
}

int pfq_net_device_promiscuous(void *host, void *host_device, bool on, struct pfq_error *error)
{
	struct pfq_net_device *device = host_device;
	struct net_device *dev;
	int status = -ENODEV;

	rtnl_lock();
	mutex_lock(&devices_lock);
	dev = dev_of(device);
	if (dev)
		status = dev_set_promiscuity(dev, on ? 1 : -1);
	if (!status)
		device->promiscuous += on ? 1 : -1;
	mutex_unlock(&devices_lock);
	rtnl_unlock();
	if (status)
		return pfq_fail(error, -status, "%s: cannot switch promiscuous mode %s",
				device->device->name, on ? "on" : "off");
	return 0;
}

/* Why nothing comes from the device, or NULL. One that is brought up again goes on by itself. */
static const char *failure_of(struct pfq_net_device *device)
{
	const struct net_device *dev = dev_of(device);

	if (!dev)
		return "was removed";
	if (device->started && !(dev->flags & IFF_UP))
		return "went down";
	return NULL;
}

bool pfq_net_device_has_address(void *host_device, uint32_t address)
{
	struct pfq_net_device *device = host_device;
	const struct in_ifaddr *each;
	struct net_device *dev;
	bool found = false;

	rcu_read_lock();
	dev = rcu_dereference(device->dev);
	if (dev && __in_dev_get_rcu(dev)) {
		in_dev_for_each_ifa_rcu(each, __in_dev_get_rcu(dev)) found |=
			each->ifa_local == htonl(address);
	}
	rcu_read_unlock();
	return found;
}

void pfq_net_device_stats(void *host, void *host_device, struct pfq_device_stats *stats)
{
	struct pfq_net_device *device = host_device;
	const char *failure;

	stats->lost = atomic64_read(&device->lost);
	mutex_lock(&devices_lock);
	failure = failure_of(device);
	stats->state = failure ? PFQ_DEVICE_FAILED : PFQ_DEVICE_RUNNING;
	if (failure && device->renamed)
		snprintf(stats->text, sizeof(stats->text),
			 "%.32s: the interface, renamed to %s, %s", device->device->name,
			 device->name, failure);
	else if (failure)
		snprintf(stats->text, sizeof(stats->text), "%.32s: the interface %s",
			 device->device->name, failure);
	mutex_unlock(&devices_lock);
}

static void take_away(struct pfq_net_device *device, struct net_device *dev)
{
	trace_pfq_device_gone(device->net, device->name);
	unhook(device);
	if (device->promiscuous)
		dev_set_promiscuity(dev, -(int)device->promiscuous);
	device->promiscuous = 0;
	RCU_INIT_POINTER(device->dev, NULL);
	synchronize_net(); /* senders */
	netdev_put(dev, &device->tracker);
}

/* The engine goes on calling it by the name that it was opened by. */
static void rename_device(struct pfq_net_device *device, struct net_device *dev)
{
	strscpy(device->name, dev->name, sizeof(device->name));
	device->renamed = strcmp(dev->name, interface_of(device->device->name)) != 0;
}

/* An interface that moves to another namespace is unregistered in its old one, too. */
static void (*handler_of(unsigned long event))(struct pfq_net_device *, struct net_device *)
{
	switch (event) {
	case NETDEV_UNREGISTER:
		return take_away;
	case NETDEV_CHANGENAME:
		return rename_device;
	default:
		return NULL;
	}
}

static int notify(struct notifier_block *block, unsigned long event, void *info)
{
	void (*handle)(struct pfq_net_device *, struct net_device *) = handler_of(event);
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct pfq_net_device *device;

	if (!handle)
		return NOTIFY_DONE;
	mutex_lock(&devices_lock);
	list_for_each_entry(device, &devices, list)
		if (dev_of(device) == dev)
			handle(device, dev);
	mutex_unlock(&devices_lock);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = notify };

int pfq_net_device_init(void)
{
	return register_netdevice_notifier(&notifier);
}

void pfq_net_device_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
