/* SPDX-License-Identifier: MIT */
/* loongarch64_64k_42.c - pages of 64 KiB, two levels */
#define VALEN 48
#define LEVELS 2
#define GEOMETRY { 29, 13 }, { 16, 13 }
#define PWCL 0x1b0u
#define PWCH 0x35du
#define PWCL_COUNTS 0x3e0f83ffu /* not the base of a directory that is not there */
#include "spec/loongarch.h"
