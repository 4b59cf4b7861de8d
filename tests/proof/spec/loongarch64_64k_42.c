/* SPDX-License-Identifier: MIT */
/* loongarch64_64k_42.c - pages of 64 KiB, two levels */
#define VALEN 42
#define LEVELS 2
#define GEOMETRY { 29, 13 }, { 16, 13 }
#include "spec/loongarch.h"
