/* SPDX-License-Identifier: MIT */
/* vtd_fs5.c - first stage, 5 levels */
#define LEVELS 5
#include "spec/vtd_fs.h"
