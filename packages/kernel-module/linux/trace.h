/* SPDX-License-Identifier: GPL-2.0-only */
/* Trace points pfq:*: what an operator may want to see happen. The engine calls them by
 * PFQ_TRACE(). `netns` is the inode of the network namespace, as in /proc/PID/ns/net. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pfq

#if !defined(PFQ_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PFQ_TRACE_H

#include <linux/tracepoint.h>

struct net;

DECLARE_EVENT_CLASS(pfq_socket, TP_PROTO(const struct net *net, int socket), TP_ARGS(net, socket),
		    TP_STRUCT__entry(__field(unsigned int, netns) __field(int, socket)),
		    TP_fast_assign(__entry->netns = net->ns.inum; __entry->socket = socket;),
		    TP_printk("netns=%u socket=%d", __entry->netns, __entry->socket));

DEFINE_EVENT(pfq_socket, pfq_socket_open, TP_PROTO(const struct net *net, int socket),
	     TP_ARGS(net, socket));
DEFINE_EVENT(pfq_socket, pfq_socket_close, TP_PROTO(const struct net *net, int socket),
	     TP_ARGS(net, socket));

DECLARE_EVENT_CLASS(pfq_member, TP_PROTO(const struct net *net, int socket, int group),
		    TP_ARGS(net, socket, group),
		    TP_STRUCT__entry(__field(unsigned int, netns) __field(int, socket)
					     __field(int, group)),
		    TP_fast_assign(__entry->netns = net->ns.inum; __entry->socket = socket;
				   __entry->group = group;),
		    TP_printk("netns=%u socket=%d group=%d", __entry->netns, __entry->socket,
			      __entry->group));

DEFINE_EVENT(pfq_member, pfq_group_join, TP_PROTO(const struct net *net, int socket, int group),
	     TP_ARGS(net, socket, group));
DEFINE_EVENT(pfq_member, pfq_group_leave, TP_PROTO(const struct net *net, int socket, int group),
	     TP_ARGS(net, socket, group));

/* queue -1: all of them */
DECLARE_EVENT_CLASS(pfq_binding,
		    TP_PROTO(const struct net *net, int group, const char *device, int queue),
		    TP_ARGS(net, group, device, queue),
		    TP_STRUCT__entry(__field(unsigned int, netns) __field(int, group)
					     __string(device, device) __field(int, queue)),
		    TP_fast_assign(__entry->netns = net->ns.inum; __entry->group = group;
				   pfq_assign_str(device, device); __entry->queue = queue;),
		    TP_printk("netns=%u group=%d device=%s queue=%d", __entry->netns,
			      __entry->group, __get_str(device), __entry->queue));

DEFINE_EVENT(pfq_binding, pfq_bind,
	     TP_PROTO(const struct net *net, int group, const char *device, int queue),
	     TP_ARGS(net, group, device, queue));
DEFINE_EVENT(pfq_binding, pfq_unbind,
	     TP_PROTO(const struct net *net, int group, const char *device, int queue),
	     TP_ARGS(net, group, device, queue));

/* nodes 0: the group has none any more */
TRACE_EVENT(pfq_computation,
	    TP_PROTO(const struct net *net, int group, unsigned int nodes,
		     unsigned int instructions),
	    TP_ARGS(net, group, nodes, instructions),
	    TP_STRUCT__entry(__field(unsigned int, netns) __field(int, group)
				     __field(unsigned int, nodes)
					     __field(unsigned int, instructions)),
	    TP_fast_assign(__entry->netns = net->ns.inum; __entry->group = group;
			   __entry->nodes = nodes; __entry->instructions = instructions;),
	    TP_printk("netns=%u group=%d nodes=%u instructions=%u", __entry->netns, __entry->group,
		      __entry->nodes, __entry->instructions));

/* Which filters the group has now. */
TRACE_EVENT(pfq_filter, TP_PROTO(const struct net *net, int group, bool bpf, bool vlan),
	    TP_ARGS(net, group, bpf, vlan),
	    TP_STRUCT__entry(__field(unsigned int, netns) __field(int, group) __field(bool, bpf)
				     __field(bool, vlan)),
	    TP_fast_assign(__entry->netns = net->ns.inum; __entry->group = group;
			   __entry->bpf = bpf; __entry->vlan = vlan;),
	    TP_printk("netns=%u group=%d bpf=%d vlan=%d", __entry->netns, __entry->group,
		      __entry->bpf, __entry->vlan));

/* Packets of a batch that found the queue full. */
TRACE_EVENT(pfq_lost, TP_PROTO(const struct net *net, int socket, int group, unsigned int packets),
	    TP_ARGS(net, socket, group, packets),
	    TP_STRUCT__entry(__field(unsigned int, netns) __field(int, socket) __field(int, group)
				     __field(unsigned int, packets)),
	    TP_fast_assign(__entry->netns = net->ns.inum; __entry->socket = socket;
			   __entry->group = group; __entry->packets = packets;),
	    TP_printk("netns=%u socket=%d group=%d packets=%u", __entry->netns, __entry->socket,
		      __entry->group, __entry->packets));

/* Packets of a batch that the device did not take. */
TRACE_EVENT(pfq_tx_failed,
	    TP_PROTO(const struct net *net, const char *device, unsigned int packets),
	    TP_ARGS(net, device, packets),
	    TP_STRUCT__entry(__field(unsigned int, netns) __string(device, device)
				     __field(unsigned int, packets)),
	    TP_fast_assign(__entry->netns = net->ns.inum; pfq_assign_str(device, device);
			   __entry->packets = packets;),
	    TP_printk("netns=%u device=%s packets=%u", __entry->netns, __get_str(device),
		      __entry->packets));

TRACE_EVENT(pfq_device_gone, TP_PROTO(const struct net *net, const char *device),
	    TP_ARGS(net, device),
	    TP_STRUCT__entry(__field(unsigned int, netns) __string(device, device)),
	    TP_fast_assign(__entry->netns = net->ns.inum; pfq_assign_str(device, device);),
	    TP_printk("netns=%u device=%s", __entry->netns, __get_str(device)));

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
