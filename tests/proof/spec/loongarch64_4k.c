/* SPDX-License-Identifier: MIT */
/* loongarch64_4k.c - pages of 4 KiB, four levels */
#define VALEN 48
#define LEVELS 4
#define GEOMETRY { 39, 9 }, { 30, 9 }, { 21, 9 }, { 12, 9 }
#define PWCL 0x13e4d52cu
#define PWCH 0x267u
#define PWCL_COUNTS 0x3fffffffu /* not the base of a directory that is not there */
#include "spec/loongarch.h"
