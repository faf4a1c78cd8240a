// SPDX-License-Identifier: GPL-2.0-only
#include "tx_thread.h"
#include "error.h"
#include "parameters.h"

#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/slab.h>

struct tx_thread {
	struct pfq_tx_thread base;
	struct task_struct *task;
	bool woken;
	unsigned int queues; /* bound to it; under the lock */
};

static DEFINE_MUTEX(lock);
static struct tx_thread *threads;
static unsigned int count;

/* A wake-up that comes while the thread runs is not lost: a round looks at all queues before it
 * says that the thread may sleep. */
static void rest(struct tx_thread *thread, u64 nsec)
{
	ktime_t time = ns_to_ktime(nsec);

	set_current_state(TASK_IDLE);
	if (READ_ONCE(thread->woken) || kthread_should_stop())
		__set_current_state(TASK_RUNNING);
	else if (nsec == PFQ_TX_ASLEEP)
		schedule();
	else
		schedule_hrtimeout_range(&time, 0, HRTIMER_MODE_REL);
	WRITE_ONCE(thread->woken, false);
}

static int run(void *argument)
{
	struct tx_thread *thread = argument;

	while (!kthread_should_stop()) {
		u64 nsec = pfq_tx_round(&thread->base);

		if (nsec)
			rest(thread, nsec);
		else
			cond_resched_tasks_rcu_qs(); /* who traces waits until it was said */
	}
	return 0;
}

static struct tx_thread *least_used(void)
{
	struct tx_thread *least = threads;

	for (unsigned int i = 1; i < count; i++)
		if (threads[i].queues < least->queues)
			least = &threads[i];
	return least;
}

static int check_index(int index, struct pfq_error *error)
{
	if (!count)
		return pfq_fail(error, EOPNOTSUPP,
				"no Tx threads: load pfq.ko with tx_cpus=LIST, the CPUs that are "
				"to have one");
	if (index != Q_ANY_KTHREAD && (index < 0 || (unsigned int)index >= count))
		return pfq_fail(error, EINVAL,
				"Tx thread %d: must be 0 to %u, one for each CPU of the module's "
				"tx_cpus, or Q_ANY_KTHREAD",
				index, count - 1);
	return 0;
}

int pfq_tx_thread_get(void *host, int index, struct pfq_tx_thread **result, struct pfq_error *error)
{
	struct tx_thread *thread;
	int status = check_index(index, error);

	if (status)
		return status;
	mutex_lock(&lock);
	thread = index == Q_ANY_KTHREAD ? least_used() : &threads[index];
	thread->queues++;
	mutex_unlock(&lock);
	*result = &thread->base;
	return 0;
}

void pfq_tx_thread_put(void *host, struct pfq_tx_thread *base)
{
	struct tx_thread *thread = container_of(base, struct tx_thread, base);

	mutex_lock(&lock);
	thread->queues--;
	mutex_unlock(&lock);
}

void pfq_tx_thread_wake(void *host, struct pfq_tx_thread *base)
{
	struct tx_thread *thread = container_of(base, struct tx_thread, base);

	WRITE_ONCE(thread->woken, true);
	wake_up_process(thread->task);
}

static int start(struct tx_thread *thread, unsigned int cpu)
{
	struct task_struct *task;

	pfq_tx_thread_init(&thread->base);
	task = kthread_create_on_node(run, thread, cpu_to_node(cpu), "pfq_tx/%u", cpu);
	if (IS_ERR(task)) {
		pfq_tx_thread_destroy(&thread->base);
		return PTR_ERR(task);
	}
	kthread_bind(task, cpu);
	thread->task = task;
	wake_up_process(task);
	return 0;
}

void pfq_tx_threads_exit(void)
{
	while (count > 0) {
		struct tx_thread *thread = &threads[--count];

		kthread_stop(thread->task);
		pfq_tx_thread_destroy(&thread->base);
	}
	kvfree(threads);
}

int pfq_tx_threads_init(void)
{
	const struct cpumask *cpus = &pfq_parameters->tx_cpus;
	unsigned int cpu;
	int status;

	threads = kvcalloc(cpumask_weight(cpus), sizeof(*threads), GFP_KERNEL);
	if (!threads && !cpumask_empty(cpus))
		return -ENOMEM;
	for_each_cpu(cpu, cpus)
	{
		status = start(&threads[count], cpu);
		if (status) {
			pfq_tx_threads_exit();
			return status;
		}
		count++;
	}
	return 0;
}
