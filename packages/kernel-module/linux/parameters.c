// SPDX-License-Identifier: GPL-2.0-only
/*
 * A value that makes no sense is kept until all are read, and then refuses the load with one line
 * that says what is allowed: the kernel's own words for it do not.
 */
#define pr_fmt(fmt) "pfq: " fmt

#include "parameters.h"
#include "state.h"

#include <linux/module.h>
#include <linux/moduleparam.h>

/* Name, least, most, default, and what modinfo says. */
#define NUMBERS(ROW)                                                                          \
	ROW(xmit_batch, 1, 64, 64, "packets that a driver is given at once")                  \
	ROW(max_slot_size, 128, 262208, 262208, "octets of the largest slot of an Rx queue")  \
	ROW(max_sockets, 1, 256, 256, "sockets open at the same time in a network namespace") \
	ROW(skb_tx_pool, 0, 65536, 256, "socket buffers kept for sending, for each CPU")      \
	ROW(tx_retry, 0, 1024, 64,                                                            \
	    "times that a packet which the driver does not take is tried again")

/* Name, and what modinfo says; all are off by default. */
#define SWITCHES(ROW)                                                                         \
	ROW(vlan_untag, "leave VLAN tags that were taken out: only a packet's header has it") \
	ROW(capture_outgoing, "capture what the host sends, too")

static_assert(PFQ_TX_BATCH == 64);
static_assert(PFQ_MAX_CAPLEN + PFQ_SLOT_ALIGN == 262208);
static_assert(PFQ_MAX_SOCKETS == 256);

#define DEFAULT(name, min, max, initial, text) .name = (initial),

static struct pfq_parameters values = { NUMBERS(DEFAULT) };

const struct pfq_parameters *const pfq_parameters = &values;

enum type {
	NUMBER,
	SWITCH,
	CPUS,
};

struct parameter {
	const char *name;
	void *value;
	enum type type;
	unsigned int min, max; /* of a number */
	const char *refused;   /* what was asked for, if it cannot be */
};

#define NUMBER_INDEX(name, min, max, initial, text) INDEX_##name,
#define SWITCH_INDEX(name, text)		    INDEX_##name,

enum { NUMBERS(NUMBER_INDEX) SWITCHES(SWITCH_INDEX) INDEX_tx_cpus };

#define NUMBER_ROW(name, min, max, initial, text) { #name, &values.name, NUMBER, min, max },
#define SWITCH_ROW(name, text)			  { #name, &values.name, SWITCH },

static struct parameter parameters[] = {
	NUMBERS(NUMBER_ROW) SWITCHES(SWITCH_ROW){ "tx_cpus", &values.tx_cpus, CPUS },
};

static bool read_number(const char *text, const struct parameter *parameter)
{
	unsigned int number;

	if (kstrtouint(text, 0, &number) || number < parameter->min || number > parameter->max)
		return false;
	*(unsigned int *)parameter->value = number;
	return true;
}

static bool read_cpus(const char *text, struct cpumask *cpus)
{
	return !cpulist_parse(text, cpus) && cpumask_subset(cpus, cpu_online_mask);
}

static bool read_value(const char *text, const struct parameter *parameter)
{
	switch (parameter->type) {
	case NUMBER:
		return read_number(text, parameter);
	case SWITCH:
		return !kstrtobool(text, parameter->value);
	case CPUS:
		return read_cpus(text, parameter->value);
	}
	return false;
}

/* A switch may be named without a value, and is on then. */
static int set(const char *text, const struct kernel_param *param)
{
	struct parameter *parameter = param->arg;

	if (!text)
		text = parameter->type == SWITCH ? "1" : "";
	if (!read_value(text, parameter))
		parameter->refused = text;
	return 0;
}

static int get(char *buffer, const struct kernel_param *param)
{
	const struct parameter *parameter = param->arg;

	switch (parameter->type) {
	case NUMBER:
		return sysfs_emit(buffer, "%u\n", *(unsigned int *)parameter->value);
	case SWITCH:
		return sysfs_emit(buffer, "%c\n", *(bool *)parameter->value ? 'Y' : 'N');
	case CPUS:
		return cpumap_print_to_pagebuf(true, buffer, parameter->value);
	}
	return -EINVAL;
}

static const struct kernel_param_ops ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set,
	.get = get,
};

#define DECLARE(name, type, text)                                     \
	module_param_cb(name, &ops, &parameters[INDEX_##name], 0444); \
	__MODULE_PARM_TYPE(name, type);                               \
	MODULE_PARM_DESC(name, text);
#define DECLARE_NUMBER(name, min, max, initial, text)                                        \
	DECLARE(name, "uint",                                                                \
		text ", " __stringify(min) " to " __stringify(max) " (default " __stringify( \
			initial) ")")
#define DECLARE_SWITCH(name, text) DECLARE(name, "bool", text " (default no)")

NUMBERS(DECLARE_NUMBER)
SWITCHES(DECLARE_SWITCH)
DECLARE(tx_cpus, "list of CPUs",
	"CPUs with a thread that sends, such as 0,2-3: thread n is on the n-th of them (default none)")

static int refuse(const struct parameter *parameter)
{
	switch (parameter->type) {
	case NUMBER:
		pr_err("parameter %s=%s: must be a number from %u to %u\n", parameter->name,
		       parameter->refused, parameter->min, parameter->max);
		break;
	case SWITCH:
		pr_err("parameter %s=%s: must be 0 or 1\n", parameter->name, parameter->refused);
		break;
	case CPUS:
		pr_err("parameter %s=%s: must be a list of CPUs that are online (%*pbl)\n",
		       parameter->name, parameter->refused, cpumask_pr_args(cpu_online_mask));
		break;
	}
	return -EINVAL;
}

int pfq_parameters_check(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
		if (parameters[i].refused)
			return refuse(&parameters[i]);
	return 0;
}
