/* SPDX-License-Identifier: MIT */
/* loongarch64_4k_39.c - pages of 4 KiB, three levels */
#define VALEN 39
#define LEVELS 3
#define GEOMETRY { 30, 9 }, { 21, 9 }, { 12, 9 }
#include "spec/loongarch.h"
