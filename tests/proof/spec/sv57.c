/* SPDX-License-Identifier: MIT */
/* sv57.c - RISC-V Sv57 */
#define XLEN 64
#define LEVELS 5
#include "spec/riscv.h"
