/* SPDX-License-Identifier: MIT */
/* loongarch64.c - pages of 16 KiB, three levels */
#define VALEN 48
#define LEVELS 3
#define GEOMETRY { 36, 11 }, { 25, 11 }, { 14, 11 }
#include "spec/loongarch.h"
