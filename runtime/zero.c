/* SPDX-License-Identifier: MIT */
/*
 * zero.c - clearing a structure without memset
 *
 * A file of its own: a model checker puts its own in place, for which bytes of a
 * structure are far slower than its members.
 */
#include "ptg_core.h"

void ptg_zero_(void *at, size_t bytes)
{
	volatile unsigned char *p = (volatile unsigned char *)at; /* volatile: not to become a call */
	size_t i;

	for (i = 0; i < bytes; i++)
		p[i] = 0;
}
