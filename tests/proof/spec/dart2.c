/* SPDX-License-Identifier: MIT */
/* dart2.c - Apple DART, the layout with 42 address bits: the entry holds them shifted right by four */
#define PA 42
#define NO_READ 3
#define NO_WRITE 2
#define FRAME(e) (bits(e, 37, 10) << 14)
#include "spec/dart.h"
