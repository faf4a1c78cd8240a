// SPDX-License-Identifier: GPL-2.0-only
#include "compat.h"

#include <net/net_namespace.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
