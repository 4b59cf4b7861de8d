# SPDX-License-Identifier: MIT
# runtime.mk - the sources of the runtime, so that another build can include them:
#
#   include path/to/ptgen/runtime/runtime.mk
#   my_objects += $(PTG_SRC:.c=.o)
PTG_SRC := $(wildcard runtime/*.c)
