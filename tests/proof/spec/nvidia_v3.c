/* SPDX-License-Identifier: MIT */
/*
 * nvidia_v3.c - Hopper, Blackwell: kern_gmmu_fmt_gh10x.c, dev_mmu.h
 *
 * Addresses stand in place.  PCF of a valid page has one bit each; of an invalid
 * entry it is a number: 1 sparse, 2 nowhere, 3 no 4K page is valid.
 */
#define VA_BITS 57
#define TOP 6
#define ROOT_TABLE(r) ((r) & ones(51, 12))
#define TABLE_FRAME(e) ((e) & ones(51, 12))
#define BIG_FRAME(e) ((e) & ones(51, 8))
#define SMALL_FRAME(e) (bits(e, 51, 12) << 12)
#define PAGE_FRAME(e) ((e) & ones(51, 12))
#define PRIVILEGED(e) bit(e, 4)
#define READ_ONLY(e) bit(e, 5)
#define ATOMIC(e) (!bit(e, 6))
#define HAS_PAGES(level) ((level) == 3 || ((level) == 4 && FEATURE(0)))
#define USE_SMALL(big) (bits(big, 7, 3) == 0 || bits(big, 7, 3) > 3)
#include "spec/nvidia.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 1;
}
