/* SPDX-License-Identifier: MIT */
/* vtd_ss5.c - second stage, 5 levels */
#define LEVELS 5
#include "spec/vtd_ss.h"
