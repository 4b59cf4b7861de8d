/* SPDX-License-Identifier: MIT */
/* sv32.c - RISC-V Sv32 */
#define XLEN 32
#define LEVELS 2
#include "spec/riscv.h"
