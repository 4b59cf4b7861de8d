/* SPDX-License-Identifier: MIT */
/* loongarch64_4k.c - pages of 4 KiB, four levels */
#define VALEN 48
#define LEVELS 4
#define GEOMETRY { 39, 9 }, { 30, 9 }, { 21, 9 }, { 12, 9 }
#include "spec/loongarch.h"
