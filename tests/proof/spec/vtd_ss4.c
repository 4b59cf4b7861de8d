/* SPDX-License-Identifier: MIT */
/* vtd_ss4.c - second stage, 4 levels */
#define LEVELS 4
#include "spec/vtd_ss.h"
