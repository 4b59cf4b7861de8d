/* SPDX-License-Identifier: MIT */
/* armv7_short.c - short descriptors, TEX remap off */
#include "spec/arm32_short.h"
