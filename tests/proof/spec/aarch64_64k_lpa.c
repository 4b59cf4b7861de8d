/* SPDX-License-Identifier: MIT */
/* aarch64_64k_lpa.c - AArch64 stage 1, granule of 64 KiB, output of 52 bits */
#define GRANULE 16
#define OA 52
#include "spec/arm64.h"
