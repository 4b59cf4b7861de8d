/* SPDX-License-Identifier: MIT */
/* loongarch64_64k.c - pages of 64 KiB, three levels */
#define VALEN 55
#define LEVELS 3
#define GEOMETRY { 42, 13 }, { 29, 13 }, { 16, 13 }
#define PWCL 0x6f5b0u
#define PWCH 0x36au
#define PWCL_COUNTS 0x3e0fffffu /* not the base of a directory that is not there */
#include "spec/loongarch.h"
