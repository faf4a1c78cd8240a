/* SPDX-License-Identifier: BSD-3-Clause */
#include "interface.h"
#include "device.h"
#include "error.h"

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail_unknown(const char *name, struct pfq_error *error)
{
	struct if_nameindex *interfaces = if_nameindex();
	char list[160] = "";
	size_t length = 0;

	if (pfq_device_diverts(name)) {
		if_freenameindex(interfaces);
		return pfq_fail(error, EOPNOTSUPP,
				"%s: only pfq.ko can take packets from the host: load it, and set "
				"PFQ_HOST=kernel",
				name);
	}
	for (struct if_nameindex *i = interfaces; i && i->if_index; i++) {
		size_t room = sizeof(list) - length;
		int written = snprintf(list + length, room, "%s%s", length ? ", " : "", i->if_name);

		if (written < 0 || (size_t)written + sizeof(", ...") > room) {
			snprintf(list + length, room, ", ...");
			break;
		}
		length += (size_t)written;
	}
	if_freenameindex(interfaces);
	return pfq_fail(error, ENODEV, "%s: no such interface; have: %s", name, list);
}

static int link_of(const char *name, unsigned int arp_type, uint16_t *link, struct pfq_error *error)
{
	switch (arp_type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		*link = PFQ_LINK_ETHERNET;
		return 0;
	case ARPHRD_PPP: /* the kernel gives PPP packets without their PPP header */
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		*link = PFQ_LINK_RAW;
		return 0;
	default:
		return pfq_fail(
			error, EOPNOTSUPP,
			"%s: link type %u (ARPHRD) is not supported; Ethernet, loopback, PPP and "
			"IP tunnels are",
			name, arp_type);
	}
}

static bool has_flow_hash(int fd, struct ifreq *request)
{
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };

	request->ifr_data = (char *)&flags;
	return ioctl(fd, SIOCETHTOOL, request) == 0 && (flags.data & ETH_FLAG_RXHASH);
}

/* Where the hardware stamps but some packets (those of PTP, say), its stamps would be mixed with
 * the kernel's. */
static bool stamps_all(int fd, struct ifreq *request)
{
	struct hwtstamp_config config = { 0 };

	request->ifr_data = (char *)&config;
	return ioctl(fd, SIOCGHWTSTAMP, request) == 0 && config.rx_filter == HWTSTAMP_FILTER_ALL;
}

int interface_look_up(const char *name, struct interface *interface, struct pfq_error *error)
{
	struct ifreq request = { 0 };
	int status;
	int fd;

	if (!*name || strlen(name) >= IFNAMSIZ || strchr(name, '/'))
		return fail_unknown(name, error);
	memcpy(request.ifr_name, name, strlen(name));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return pfq_fail(error, errno, "%s: no socket: %s", name, strerror(errno));
	if (ioctl(fd, SIOCGIFINDEX, &request) < 0) {
		status = fail_unknown(name, error);
		goto close_fd;
	}
	interface->ifindex = request.ifr_ifindex;
	if (ioctl(fd, SIOCGIFHWADDR, &request) < 0) {
		status = fail_unknown(name, error);
		goto close_fd;
	}
	status = link_of(name, request.ifr_hwaddr.sa_family, &interface->link, error);
	if (status < 0)
		goto close_fd;
	interface->up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP);
	interface->has_flow_hash = has_flow_hash(fd, &request);
	interface->stamps_all = stamps_all(fd, &request);
close_fd:
	close(fd);
	return status;
}

static unsigned int read_rx_queues(struct nlmsghdr *message)
{
	struct ifinfomsg *info = NLMSG_DATA(message);
	int left = (int)IFLA_PAYLOAD(message);

	if (message->nlmsg_type != RTM_NEWLINK)
		return 1;
	for (struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFLA_NUM_RX_QUEUES && RTA_PAYLOAD(a) >= sizeof(uint32_t))
			return *(uint32_t *)RTA_DATA(a);
	return 1;
}

/* By netlink, since sysfs shows the network namespace that mounted it, which may not be this one.
 */
unsigned int interface_rx_queues(int ifindex)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = RTM_GETLINK,
			    .nlmsg_flags = NLM_F_REQUEST },
		.info = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex },
	};
	union {
		struct nlmsghdr header;
		char octets[32768];
	} reply;
	unsigned int queues = 1;
	ssize_t length;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return 1;
	if (send(fd, &request, sizeof(request), 0) == sizeof(request)) {
		length = recv(fd, &reply, sizeof(reply), 0);
		if (length > 0 && NLMSG_OK(&reply.header, (size_t)length))
			queues = read_rx_queues(&reply.header);
	}
	close(fd);
	return queues;
}
