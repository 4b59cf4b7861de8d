/* SPDX-License-Identifier: MIT */
/* vtd_fs4.c - first stage, 4 levels */
#define LEVELS 4
#include "spec/vtd_fs.h"
