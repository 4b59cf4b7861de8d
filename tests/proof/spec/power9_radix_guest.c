/* SPDX-License-Identifier: MIT */
/* power9_radix_guest.c - partition scoped */
#define PARTITION
#include "spec/power_radix.h"
