/* SPDX-License-Identifier: MIT */
/* sv48x4.c - RISC-V Sv48x4, second stage */
#define XLEN 64
#define LEVELS 4
#define GSTAGE
#include "spec/riscv.h"
