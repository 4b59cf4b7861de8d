/* SPDX-License-Identifier: MIT */
/* power9_radix.c - process scoped */
#include "spec/power_radix.h"
