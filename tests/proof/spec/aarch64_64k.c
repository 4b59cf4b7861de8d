/* SPDX-License-Identifier: MIT */
/* aarch64_64k.c - AArch64 stage 1, granule of 64 KiB, output of 48 bits */
#define GRANULE 16
#define OA 48
#include "spec/arm64.h"
