# SPDX-License-Identifier: BSD-3-Clause
# find_package(PFQ): the targets PFQ::pfq and PFQ::pfq_static, for C and C++. Found from where this file was installed to: <prefix>/lib/cmake/PFQ.
get_filename_component(PFQ_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET PFQ::pfq)
	add_library(PFQ::pfq SHARED IMPORTED)
	set_target_properties(PFQ::pfq PROPERTIES
		IMPORTED_LOCATION "${PFQ_PREFIX}/lib/libpfq.so.0"
		IMPORTED_SONAME libpfq.so.0
		INTERFACE_INCLUDE_DIRECTORIES "${PFQ_PREFIX}/include")

	# libpfq alone is static: what it is linked with is taken as the system has it. The names are options, lest a target have one.
	add_library(PFQ::pfq_static STATIC IMPORTED)
	set_target_properties(PFQ::pfq_static PROPERTIES
		IMPORTED_LOCATION "${PFQ_PREFIX}/lib/libpfq.a"
		IMPORTED_LINK_INTERFACE_LANGUAGES C
		INTERFACE_LINK_LIBRARIES "-lpcap;-lurcu-bp;-ljansson;-pthread"
		INTERFACE_INCLUDE_DIRECTORIES "${PFQ_PREFIX}/include")
endif()

unset(PFQ_PREFIX)
