/* SPDX-License-Identifier: MIT */
/*
 * byte_ram.h - memory that a mapper reads and writes by bytes: an array `ram` of the file that includes this
 */
#ifndef TESTS_UNIT_BYTE_RAM_H
#define TESTS_UNIT_BYTE_RAM_H

#include <string.h>

static int read_ram(void *priv, uint64_t pa, void *dst, size_t n)
{
	(void)priv;
	if (pa >= sizeof(ram) || n > sizeof(ram) - pa)
		return -1;
	memcpy(dst, ram + pa, n);
	return 0;
}

static int write_ram(void *priv, uint64_t pa, const void *src, size_t n)
{
	(void)priv;
	if (pa >= sizeof(ram) || n > sizeof(ram) - pa)
		return -1;
	memcpy(ram + pa, src, n);
	return 0;
}

#endif /* TESTS_UNIT_BYTE_RAM_H */
