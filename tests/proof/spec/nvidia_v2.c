/* SPDX-License-Identifier: MIT */
/*
 * nvidia_v2.c - Pascal to Ampere: open-gpu-doc, gp100-mmu-format
 *
 * Addresses stand shifted right by four (those of big tables by four too, their unit
 * is 256 bytes); the field is shorter for video memory.
 */
#define VA_BITS 49
#define TOP 5
#define VIDEO(aperture, high, e) bits(e, (aperture) ? 53 : 32, high)
#define ROOT_TABLE(r) ((r) & (bits(r, 1, 0) == 0 ? ones(36, 12) : ones(57, 12)))
#define TABLE_FRAME(e) (VIDEO(bits(e, 2, 1) != 1, 8, e) << 12)
#define BIG_FRAME(e) (VIDEO(bits(e, 2, 1) != 1, 4, e) << 8)
#define SMALL_FRAME(e) (VIDEO(bits(e, 2, 1) != 1, 8, e) << 12)
#define PAGE_FRAME(e) (VIDEO(bits(e, 2, 1) >= 2, 8, e) << 12)
#define PRIVILEGED(e) bit(e, 5)
#define READ_ONLY(e) bit(e, 6)
#define ATOMIC(e) (!bit(e, 7))
#define HAS_PAGES(level) ((level) == 3 && FEATURE(0))
#define USE_SMALL(big) (!bit(big, 5) && !bit(big, 3)) /* neither "no 4K page is valid" nor sparse */
#include "spec/nvidia.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 1;
}
