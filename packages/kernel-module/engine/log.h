/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * What programs say to the log: a line each, of printable ASCII, whatever a packet or a text has in
 * it; some lines a second of all groups together, and then how many were left out.
 */
#ifndef PFQ_ENGINE_LOG_H
#define PFQ_ENGINE_LOG_H

#include "run.h"

bool pfq_log_msg(struct pfq_run *run, const struct pfq_insn *insn);
bool pfq_log_buff(struct pfq_run *run, const struct pfq_insn *insn);
bool pfq_log_packet(struct pfq_run *run, const struct pfq_insn *insn);
bool pfq_trace(struct pfq_run *run, const struct pfq_insn *insn);

#endif
