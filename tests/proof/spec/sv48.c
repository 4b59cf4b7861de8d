/* SPDX-License-Identifier: MIT */
/* sv48.c - RISC-V Sv48 */
#define XLEN 64
#define LEVELS 4
#include "spec/riscv.h"
