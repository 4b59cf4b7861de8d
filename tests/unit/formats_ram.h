/* SPDX-License-Identifier: MIT */
/*
 * formats_ram.h - every shipped format, and memory for its tables given out from the front
 *
 * RAM, its bytes, a power of two, is defined before.
 */
#ifndef TESTS_UNIT_FORMATS_RAM_H
#define TESTS_UNIT_FORMATS_RAM_H

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "gen/load.h"
#include "tests/unit/model.h"
#include "tests/unit/suite.h"

static uint8_t ram[RAM] __attribute__((aligned(RAM)));
static uint64_t next_table;
static glob_t files;

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv, (void)level;
	*pa = (next_table + align - 1) & ~(align - 1);
	if (*pa + bytes > RAM)
		return -1;
	next_table = *pa + bytes;
	return 0;
}

/* files: how many there are. */
static inline int find_formats(void)
{
	if (glob("formats/*.pt", 0, NULL, &files) != 0)
		exit(1);
	return (int)files.gl_pathc;
}

#endif /* TESTS_UNIT_FORMATS_RAM_H */
