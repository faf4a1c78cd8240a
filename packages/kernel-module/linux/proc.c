// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each table of the engine is a file, a row of it a record. Between two records nothing is held, so
 * that a reader keeps nobody waiting; what ends meanwhile is just not there any more.
 */
#include "proc.h"
#include "namespace.h"
#include "packet_pool.h"
#include "report.h"

#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static void write_text(void *to, const char *text, size_t length)
{
	seq_write(to, text, length);
}

static const struct pfq_report *report_of(const struct seq_file *seq)
{
	return pde_data(file_inode(seq->file));
}

/* The module's own rows, behind those of the engine: they are the same in each namespace, and are
 * there without an engine. */
static unsigned int own_rows(const struct pfq_report *report)
{
	return strcmp(report->name, "memory") == 0 ? nr_cpu_ids : 0;
}

/* Position 0 is the header, n the row n - 1. */
static void *start(struct seq_file *seq, loff_t *position)
{
	const struct pfq_report *report = report_of(seq);

	return *position <= report->rows + own_rows(report) ? position : NULL;
}

static void *next(struct seq_file *seq, void *at, loff_t *position)
{
	++*position;
	return start(seq, position);
}

static void stop(struct seq_file *seq, void *at)
{
}

static void show_row(struct seq_file *seq, unsigned int row)
{
	const struct pfq_report *report = report_of(seq);
	struct net *net = seq_file_net(seq);
	struct pfq_text text = { write_text, seq };
	struct pfq_engine *engine;

	if (row >= report->rows) {
		pfq_packet_pool_print(row - report->rows, &text);
		return;
	}
	engine = pfq_namespace_lock(net);
	if (engine)
		pfq_report_print(report, engine, row, &text);
	pfq_namespace_unlock(net);
}

static int show(struct seq_file *seq, void *at)
{
	loff_t position = *(loff_t *)at;

	if (position == 0)
		seq_puts(seq, report_of(seq)->header);
	else
		show_row(seq, position - 1);
	return 0;
}

static const struct seq_operations operations = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};

static bool create_file(const struct pfq_report *report, struct proc_dir_entry *folder)
{
	return proc_create_net_data(report->name, report->confidential ? 0440 : 0444, folder,
				    &operations, sizeof(struct seq_net_private), (void *)report);
}

int pfq_proc_init(struct net *net)
{
	struct proc_dir_entry *folder = proc_net_mkdir(net, "pfq", net->proc_net);

	if (!folder)
		return -ENOMEM;
	for (unsigned int i = 0; i < PFQ_REPORTS; i++) {
		if (!create_file(&pfq_reports[i], folder)) {
			pfq_proc_exit(net);
			return -ENOMEM;
		}
	}
	return 0;
}

void pfq_proc_exit(struct net *net)
{
	remove_proc_subtree("pfq", net->proc_net);
}
