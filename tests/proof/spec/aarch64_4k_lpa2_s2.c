/* SPDX-License-Identifier: MIT */
/* aarch64_4k_lpa2_s2.c - AArch64 stage 2, granule of 4 KiB, output of 52 bits */
#define GRANULE 12
#define OA 52
#define STAGE2
#include "spec/arm64.h"
