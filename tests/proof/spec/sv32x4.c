/* SPDX-License-Identifier: MIT */
/* sv32x4.c - RISC-V Sv32x4, second stage */
#define XLEN 32
#define LEVELS 2
#define GSTAGE
#include "spec/riscv.h"
