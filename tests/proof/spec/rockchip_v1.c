/* SPDX-License-Identifier: MIT */
/* rockchip_v1.c - Rockchip IOMMU, 32 address bits */
#define FRAME(e) ((e) & ones(31, 12))
#include "spec/rockchip.h"
