// SPDX-License-Identifier: GPL-2.0-only
#include "control_device.h"
#include "compat.h"
#include "error.h"
#include "namespace.h"
#include "queue_memory.h"
#include "reader.h"

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

static_assert(PFQ_IOCTL_CONTROL == _IOC(1, 0xbf, 1, sizeof(struct pfq_control_call)));
static_assert(PFQ_IOCTL_SIGNAL == _IOC(1, 0xbf, 2, sizeof(int)));
static_assert(PFQ_IOCTL_MEMORY == _IOC(1, 0xbf, 3, sizeof(struct pfq_memory)));

/* The longest request is a computation, or a filter, behind its header. */
#define MAX_REQUEST (PFQ_IMAGE_MAX_SIZE + 64)
#define MAX_REPLY   1024

void pfq_reader_wake(void *host, void *host_socket)
{
	struct pfq_reader *reader = host_socket;
	struct eventfd_ctx *signal = READ_ONCE(reader->signal);

	wake_up_interruptible_poll(&reader->waiting, EPOLLIN | EPOLLRDNORM);
	if (signal)
		eventfd_signal(signal);
}

int pfq_reader_process(void *host, void *host_socket)
{
	const struct pfq_reader *reader = host_socket;

	return pid_vnr(reader->owner);
}

/*
 * Restricted groups belong to a process: its struct pid is held, so that no later process can be
 * taken for it.
 */
static struct pfq_reader *create_reader(struct net *net)
{
	struct pfq_reader *reader = pfq_alloc(sizeof(*reader));

	if (!reader)
		return NULL;
	init_waitqueue_head(&reader->waiting);
	mutex_init(&reader->memory_lock);
	reader->net = net;
	reader->owner = get_pid(task_tgid(current));
	return reader;
}

static void destroy_reader(struct pfq_reader *reader)
{
	if (reader->signal)
		eventfd_ctx_put(reader->signal);
	put_pid(reader->owner);
	mutex_destroy(&reader->memory_lock);
	pfq_free(reader);
}

static int control_open(struct inode *inode, struct file *file)
{
	struct net *net = current->nsproxy->net_ns;
	bool admin = ns_capable(net->user_ns, CAP_NET_ADMIN);
	struct pfq_engine *engine = pfq_namespace_get(net);
	struct pfq_reader *reader;
	int status = -ENOMEM;

	if (!engine)
		return status;
	reader = create_reader(net);
	if (!reader)
		goto put_namespace;
	status = pfq_socket_create(engine, (uintptr_t)reader->owner, admin, reader, &reader->socket,
				   NULL);
	if (status)
		goto free_reader;
	file->private_data = reader;
	return stream_open(inode, file);

free_reader:
	destroy_reader(reader);
put_namespace:
	pfq_namespace_put(net);
	return status;
}

static int control_release(struct inode *inode, struct file *file)
{
	struct pfq_reader *reader = file->private_data;
	struct net *net = reader->net;

	pfq_socket_destroy(reader->socket);
	pfq_queue_withdraw_offer(reader);
	destroy_reader(reader);
	pfq_namespace_put(net);
	return 0;
}

/* Runs the operation on copies of the request and for the reply. */
static long run_operation(struct pfq_socket *socket, const struct pfq_control_call *call,
			  const void *request)
{
	struct pfq_error error = { .node = -1 };
	void *reply = NULL;
	long status;

	if (call->reply_size) {
		reply = kzalloc(call->reply_size, GFP_KERNEL_ACCOUNT);
		if (!reply)
			return -ENOMEM;
	}
	status = pfq_control(socket, call->operation, request, call->request_size, reply,
			     call->reply_size, &error);
	if (status < 0) {
		if (call->error &&
		    copy_to_user(u64_to_user_ptr(call->error), &error, sizeof(error)))
			status = -EFAULT;
	} else if (copy_to_user(u64_to_user_ptr(call->reply), reply, call->reply_size)) {
		status = -EFAULT;
	}
	kfree(reply);
	return status;
}

static long control(struct pfq_reader *reader, const void __user *argument)
{
	struct pfq_control_call call;
	void *request = NULL;
	long status;

	if (copy_from_user(&call, argument, sizeof(call)))
		return -EFAULT;
	if (call.reserved || call.request_size > MAX_REQUEST || call.reply_size > MAX_REPLY)
		return -EINVAL;
	if (call.request_size) {
		request = vmemdup_user(u64_to_user_ptr(call.request), call.request_size);
		if (IS_ERR(request))
			return PTR_ERR(request);
	}
	status = run_operation(reader->socket, &call, request);
	kvfree(request);
	return status;
}

static long set_signal(struct pfq_reader *reader, const int __user *argument)
{
	struct eventfd_ctx *signal;
	int fd;

	if (get_user(fd, argument))
		return -EFAULT;
	signal = eventfd_ctx_fdget(fd);
	if (IS_ERR(signal))
		return PTR_ERR(signal);
	if (cmpxchg(&reader->signal, NULL, signal)) {
		eventfd_ctx_put(signal);
		return -EBUSY;
	}
	return 0;
}

static long offer_memory(struct pfq_reader *reader, const void __user *argument)
{
	struct pfq_memory memory;

	if (copy_from_user(&memory, argument, sizeof(memory)))
		return -EFAULT;
	return pfq_queue_offer(reader, &memory);
}

static long control_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	switch (command) {
	case PFQ_IOCTL_CONTROL:
		return control(file->private_data, (const void __user *)argument);
	case PFQ_IOCTL_SIGNAL:
		return set_signal(file->private_data, (const int __user *)argument);
	case PFQ_IOCTL_MEMORY:
		return offer_memory(file->private_data, (const void __user *)argument);
	default:
		return -ENOTTY;
	}
}

static int control_mmap(struct file *file, struct vm_area_struct *area)
{
	return pfq_queue_map(file->private_data, area);
}

static __poll_t control_poll(struct file *file, poll_table *table)
{
	struct pfq_reader *reader = file->private_data;

	poll_wait(file, &reader->waiting, table);
	return pfq_socket_readable(reader->socket) ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations control_operations = {
	.owner = THIS_MODULE,
	.open = control_open,
	.release = control_release,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = control_mmap,
	.poll = control_poll,
};

static struct miscdevice control_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pfq",
	.mode = 0660,
	.fops = &control_operations,
};

int pfq_control_device_init(void)
{
	return misc_register(&control_device);
}

void pfq_control_device_exit(void)
{
	misc_deregister(&control_device);
}
