/* SPDX-License-Identifier: MIT */
/* rockchip_v2.c - Rockchip IOMMU, 40 address bits: two nibbles of them below bit 12, the higher one lower */
#define FRAME(e) (((e) & ones(31, 12)) | bits(e, 11, 8) << 32 | bits(e, 7, 4) << 36)
#include "spec/rockchip.h"
