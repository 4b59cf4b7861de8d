/* SPDX-License-Identifier: MIT */
/* ept4.c - EPT, page-walk length 4 */
#define LEVELS 4
#include "spec/ept.h"
