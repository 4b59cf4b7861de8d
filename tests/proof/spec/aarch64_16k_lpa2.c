/* SPDX-License-Identifier: MIT */
/* aarch64_16k_lpa2.c - AArch64 stage 1, granule of 16 KiB, output of 52 bits */
#define GRANULE 14
#define OA 52
#include "spec/arm64.h"
