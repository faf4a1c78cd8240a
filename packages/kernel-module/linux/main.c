// SPDX-License-Identifier: GPL-2.0-only
#include "capture.h"
#include "control_device.h"
#include "namespace.h"
#include "net_device.h"
#include "packet_pool.h"
#include "parameters.h"
#include "tx_thread.h"

#include <linux/module.h>

static int __init pfq_init(void)
{
	int status = pfq_parameters_check();

	if (status)
		return status;
	status = pfq_capture_init();
	if (status)
		return status;
	status = pfq_packet_pool_init();
	if (status)
		goto exit_capture;
	status = pfq_tx_threads_init();
	if (status)
		goto exit_packet_pool;
	status = pfq_namespace_init();
	if (status)
		goto exit_tx_threads;
	status = pfq_net_device_init();
	if (status)
		goto exit_namespace;
	status = pfq_control_device_init();
	if (status)
		goto exit_net_device;
	return 0;

exit_net_device:
	pfq_net_device_exit();
exit_namespace:
	pfq_namespace_exit();
exit_tx_threads:
	pfq_tx_threads_exit();
exit_packet_pool:
	pfq_packet_pool_exit();
exit_capture:
	pfq_capture_exit();
	return status;
}

static void __exit pfq_exit(void)
{
	pfq_control_device_exit();
	pfq_net_device_exit();
	pfq_namespace_exit();
	pfq_tx_threads_exit();
	pfq_packet_pool_exit();
	pfq_capture_exit();
}

module_init(pfq_init);
module_exit(pfq_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("PFQ: functional packet processing on groups of sockets");
MODULE_VERSION("0.1.0");
