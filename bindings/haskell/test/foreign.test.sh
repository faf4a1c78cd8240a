#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every function that pfq.h declares is called, but for those that others stand for; and every function of a socket is called wrongly by
# Misuse.hs.
. ../c/test/covered.sh

declared=$(../c/test/declared.sh)
check every_function_of_the_c_api_is_there "$declared" "$(for name in $declared; do
	case $name in
	pfq_open | pfq_groups_mask | pfq_dispatch | pfq_error | pfq_error_node) ;; # openGroup, getGroups, a loop in Haskell, exceptions
	*) grep -qE "\"pfq_(haskell_)?${name#pfq_}\"" src/Network/PFQ/Foreign.hs || echo "$name" ;;
	esac
done)"
functions=$(sed -nE '/^read$/d; s/^([a-z][A-Za-z]*) :: Handle ->.*/\1/p' src/Network/PFQ.hs)
check every_function_of_a_socket_is_called_wrongly "$functions" "$(for name in $functions; do
	case $name in
	close | getMemAddress) ;; # which are no error on a closed socket
	opened | checked | waiting) ;; # which are not exported
	*) grep -qF "(\"$name\", " test/Misuse.hs || echo "$name" ;;
	esac
done)"
exit $status
