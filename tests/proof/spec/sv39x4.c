/* SPDX-License-Identifier: MIT */
/* sv39x4.c - RISC-V Sv39x4, second stage */
#define XLEN 64
#define LEVELS 3
#define GSTAGE
#include "spec/riscv.h"
