/* SPDX-License-Identifier: MIT */
/* sv39.c - RISC-V Sv39 */
#define XLEN 64
#define LEVELS 3
#include "spec/riscv.h"
