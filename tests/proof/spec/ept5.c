/* SPDX-License-Identifier: MIT */
/* ept5.c - EPT, page-walk length 5 */
#define LEVELS 5
#include "spec/ept.h"
