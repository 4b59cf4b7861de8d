/* SPDX-License-Identifier: MIT */
/* x86_64_la57.c - 5-level paging */
#define LEVELS 5
#include "spec/long_mode.h"
