/* SPDX-License-Identifier: MIT */
/* loongarch64.c - pages of 16 KiB, three levels */
#define VALEN 48
#define LEVELS 3
#define GEOMETRY { 36, 11 }, { 25, 11 }, { 14, 11 }
#define PWCL 0x5e56eu
#define PWCH 0x2e4u
#define PWCL_COUNTS 0x3e0fffffu /* not the base of a directory that is not there */
#include "spec/loongarch.h"
