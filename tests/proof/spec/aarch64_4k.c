/* SPDX-License-Identifier: MIT */
/* aarch64_4k.c - AArch64 stage 1, granule of 4 KiB, output of 48 bits */
#define GRANULE 12
#define OA 48
#include "spec/arm64.h"
