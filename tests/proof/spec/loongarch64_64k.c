/* SPDX-License-Identifier: MIT */
/* loongarch64_64k.c - pages of 64 KiB, three levels */
#define VALEN 55
#define LEVELS 3
#define GEOMETRY { 42, 13 }, { 29, 13 }, { 16, 13 }
#include "spec/loongarch.h"
