# SPDX-License-Identifier: BSD-3-Clause
# find_package(PFQ): the target PFQ::pfq, for C and C++. Found from where this file was installed to: <prefix>/lib/cmake/PFQ.
get_filename_component(PFQ_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET PFQ::pfq)
	add_library(PFQ::pfq SHARED IMPORTED)
	set_target_properties(PFQ::pfq PROPERTIES
		IMPORTED_LOCATION "${PFQ_PREFIX}/lib/libpfq.so.0"
		IMPORTED_SONAME libpfq.so.0
		INTERFACE_INCLUDE_DIRECTORIES "${PFQ_PREFIX}/include")
endif()

unset(PFQ_PREFIX)
