#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every function that pfq.h declares is called by the headers: all of the C API can be had from C++. And every method of pfq::socket is
# called wrongly by misuse.test.cpp.
. ../c/test/covered.sh

declared=$(../c/test/declared.sh)
check every_function_of_the_c_api_is_there "$declared" "$(for name in $declared; do
	# its own range is what dispatch() goes through, so that exceptions pass
	[ "$name" = pfq_dispatch ] || cat include/pfq/*.hpp | grep -qE "\<$name\>[(,)]" || echo "$name"
done)"
methods=$(sed -n '/^class socket$/,/private:/p' include/pfq/socket.hpp | sed -nE 's/^	[a-z][a-zA-Z_:<> *]*[ *]([a-z_]+)\(.*/\1/p' |
	grep -vxE 'socket|bool' | sort -u)
check every_method_is_called_wrongly "$methods" "$(for name in $methods; do
	grep -qF "METHOD($name(" test/misuse.test.cpp || echo "$name"
done)"
exit $status
