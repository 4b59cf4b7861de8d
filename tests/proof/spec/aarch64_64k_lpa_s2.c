/* SPDX-License-Identifier: MIT */
/* aarch64_64k_lpa_s2.c - AArch64 stage 2, granule of 64 KiB, output of 52 bits */
#define GRANULE 16
#define OA 52
#define STAGE2
#include "spec/arm64.h"
