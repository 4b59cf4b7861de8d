/* SPDX-License-Identifier: MIT */
/* aarch64_4k_s2.c - AArch64 stage 2, granule of 4 KiB, output of 48 bits */
#define GRANULE 12
#define OA 48
#define STAGE2
#include "spec/arm64.h"
