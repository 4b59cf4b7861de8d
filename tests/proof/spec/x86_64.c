/* SPDX-License-Identifier: MIT */
/* x86_64.c - 4-level paging */
#define LEVELS 4
#include "spec/long_mode.h"
