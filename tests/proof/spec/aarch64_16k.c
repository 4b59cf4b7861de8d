/* SPDX-License-Identifier: MIT */
/* aarch64_16k.c - AArch64 stage 1, granule of 16 KiB, output of 48 bits */
#define GRANULE 14
#define OA 48
#include "spec/arm64.h"
