/* SPDX-License-Identifier: MIT */
/* dart1.c - Apple DART, the first layout */
#define PA 36
#define NO_READ 8
#define NO_WRITE 7
#define FRAME(e) ((e) & ones(35, 14))
#include "spec/dart.h"
