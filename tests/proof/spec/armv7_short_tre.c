/* SPDX-License-Identifier: MIT */
/* armv7_short_tre.c - short descriptors, TEX remap on: the walk is the same */
#include "spec/arm32_short.h"
