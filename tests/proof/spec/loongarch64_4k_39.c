/* SPDX-License-Identifier: MIT */
/* loongarch64_4k_39.c - pages of 4 KiB, three levels */
#define VALEN 48
#define LEVELS 3
#define GEOMETRY { 30, 9 }, { 21, 9 }, { 12, 9 }
#define PWCL 0x4d52cu
#define PWCH 0x25eu
#define PWCL_COUNTS 0x3e0fffffu /* not the base of a directory that is not there */
#include "spec/loongarch.h"
