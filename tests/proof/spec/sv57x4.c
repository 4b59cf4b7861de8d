/* SPDX-License-Identifier: MIT */
/* sv57x4.c - RISC-V Sv57x4, second stage */
#define XLEN 64
#define LEVELS 5
#define GSTAGE
#include "spec/riscv.h"
