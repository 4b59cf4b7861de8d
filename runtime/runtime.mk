# SPDX-License-Identifier: MIT
# runtime.mk - the sources of the runtime, so that another build can include them:
#
#   include path/to/ptgen/runtime/runtime.mk
#   CFLAGS  += -I$(PTG_DIR) $(PTG_CFLAGS)
#   objects += $(notdir $(PTG_SRC:.c=.o))
#   vpath %.c $(PTG_DIR)
PTG_DIR     := $(dir $(lastword $(MAKEFILE_LIST)))
PTG_SRC     := $(sort $(wildcard $(PTG_DIR)*.c))
# what generated code includes
PTG_HEADERS := $(addprefix $(PTG_DIR),ptg.h ptg_plan.h ptg_mem.h ptg_gen.h)
# so that compilers make no calls to memcpy and memset
PTG_CFLAGS  := -ffreestanding -fno-tree-loop-distribute-patterns
