/* SPDX-License-Identifier: MIT */
/* vtd_ss3.c - second stage, 3 levels */
#define LEVELS 3
#include "spec/vtd_ss.h"
