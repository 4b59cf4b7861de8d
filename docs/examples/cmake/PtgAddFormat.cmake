# SPDX-License-Identifier: MIT
# PtgAddFormat.cmake - C of page-table formats as part of a CMake build
#
#   include(PtgAddFormat)
#   ptg_add_format(sv48 FORMAT sv48)
#   target_link_libraries(kernel PRIVATE sv48)
#
#   ptg_add_format(TARGET FORMAT name-or-file [PREFIX p] [SET p=v ...] [ENABLE f ...]
#                  [DISABLE f ...] [OPS op ...])
#
# TARGET becomes a library of NAME.c whose users find NAME.h and ptg.h.  The
# runtime is the library that pkg-config knows; or, with PTG_RUNTIME_DIR set, the
# sources there, compiled for the target: the way for kernels and cross builds.

find_program(PTGEN ptgen REQUIRED)

if(NOT TARGET ptg)
	if(PTG_RUNTIME_DIR)
		file(GLOB _ptg_sources CONFIGURE_DEPENDS ${PTG_RUNTIME_DIR}/*.c)
		add_library(ptg STATIC ${_ptg_sources})
		target_include_directories(ptg PUBLIC ${PTG_RUNTIME_DIR})
		target_compile_options(ptg PRIVATE -ffreestanding)
		if(CMAKE_C_COMPILER_ID STREQUAL GNU)
			target_compile_options(ptg PRIVATE -fno-tree-loop-distribute-patterns)
		endif()
		set_target_properties(ptg PROPERTIES C_STANDARD 11)
	else()
		find_package(PkgConfig REQUIRED)
		pkg_check_modules(PTG REQUIRED IMPORTED_TARGET ptg)
		add_library(ptg INTERFACE)
		target_link_libraries(ptg INTERFACE PkgConfig::PTG)
	endif()
endif()

function(ptg_add_format target)
	cmake_parse_arguments(ARG "" "FORMAT;PREFIX" "SET;ENABLE;DISABLE;OPS" ${ARGN})
	if(NOT ARG_FORMAT)
		message(FATAL_ERROR "ptg_add_format: FORMAT is missing")
	endif()
	get_filename_component(name ${ARG_FORMAT} NAME_WE)
	set(options)
	set(depends)
	set(format ${ARG_FORMAT})
	if(ARG_FORMAT MATCHES "\\.pt$")
		get_filename_component(format ${ARG_FORMAT} ABSOLUTE)
		get_filename_component(folder ${format} DIRECTORY)
		file(GLOB imports CONFIGURE_DEPENDS ${folder}/*.pti)
		set(depends ${format} ${imports})
	endif()
	if(ARG_PREFIX)
		list(APPEND options --prefix ${ARG_PREFIX})
		set(name ${ARG_PREFIX})
	endif()
	foreach(value ${ARG_SET})
		list(APPEND options --set ${value})
	endforeach()
	foreach(pair "ENABLE;enable" "DISABLE;disable" "OPS;ops")
		list(GET pair 0 key)
		list(GET pair 1 option)
		if(ARG_${key})
			string(REPLACE ";" "," value "${ARG_${key}}")
			list(APPEND options --${option} ${value})
		endif()
	endforeach()

	set(out ${CMAKE_CURRENT_BINARY_DIR}/ptg/${target})
	file(MAKE_DIRECTORY ${out})
	add_custom_command(
		OUTPUT ${out}/${name}.c ${out}/${name}.h
		COMMAND ${PTGEN} generate ${options} -o ${out} ${format}
		DEPENDS ${depends} ${PTGEN}
		COMMENT "Page tables of ${name}"
		VERBATIM)
	add_library(${target} STATIC ${out}/${name}.c ${out}/${name}.h)
	set_target_properties(${target} PROPERTIES C_STANDARD 11)
	target_include_directories(${target} PUBLIC ${out})
	target_link_libraries(${target} PUBLIC ptg)
endfunction()
