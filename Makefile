# Makefile - the whole build on one page.  `make help` lists the targets.
#
#   make check MODE=asan        any target, in its own build directory
#   make V=1                    show the commands
#
# Everything generated lands in $(B); the source tree stays clean.

MODE  ?= release
B     ?= build$(if $(filter-out release,$(MODE)),/$(MODE))

BISON ?= bison
RE2C  ?= re2c
M4    ?= m4
PKGCONF ?= pkg-config

MODE.release := -O2 -g
MODE.debug   := -Og -g3
MODE.asan    := -Og -g3 -fsanitize=address,undefined -fno-sanitize-recover=all
MODE.tsan    := -Og -g3 -fsanitize=thread
MODE.cov     := -O0 -g --coverage
$(if $(MODE.$(MODE)),,$(error MODE=$(MODE): use release, debug, asan, tsan or cov))

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wcast-qual -Wundef -Wvla -Werror
BASE := -std=c11 -pedantic -I. -I$(B) -MMD -MP
FREE := -ffreestanding -fno-tree-loop-distribute-patterns
COMPILE = $(CC) $(BASE) $(WARN) $(MODE.$(MODE)) $(CPPFLAGS) $(CFLAGS) $(EXTRA)

Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

# --- what is built ----------------------------------------------------------

include runtime/runtime.mk

DSL_SRC   := $(wildcard dsl/*.c)
GEN_SRC   := $(wildcard gen/*.c gen/inspect/*.c)
DSL_OBJ   := $(DSL_SRC:%.c=$(B)/%.o) $(B)/dsl/lex.o $(B)/dsl/parse.o
GEN_OBJ   := $(GEN_SRC:%.c=$(B)/%.o)
PTG_OBJ   := $(PTG_SRC:%.c=$(B)/%.o)
TEMPLATES := $(wildcard gen/templates/*.m4)
FORMATS   := $(basename $(notdir $(wildcard formats/*.pt)))
UNIT      := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
PTGEN_LIB := $(filter-out $(B)/gen/main.o,$(GEN_OBJ)) $(DSL_OBJ)

# --- targets ----------------------------------------------------------------

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all formats check unit vectors diff clean help

all: $(B)/ptgen $(B)/libptg.a formats   ## build the program, the runtime, every format
check: unit vectors diff                ## run the tests that take minutes
unit: $(UNIT:=.run)                     ## run the Check suites
vectors: $(B)/ptgen formats             ## run the vectors through every walker
	$(Q)GENERATED=1 CC='$(CC)' CFLAGS='$(MODE.$(MODE))' tests/vectors/run.sh $(B)
diff: $(B)/tests/diff/diff              ## compare generated and generic walkers on random memory
	$(call say,TEST,$<)$< -r 12
clean:                                  ## remove build/
	$(Q)rm -rf build
help:                                   ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

# --- rules ------------------------------------------------------------------

$(B)/ptgen: $(B)/gen/main.o $(PTGEN_LIB) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -o $@ $^ $(LDFLAGS) $(LDLIBS)

$(B)/libptg.a: $(PTG_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

# Each format: its code, and an object, so that a warning in it is seen at once.
formats: $(FORMATS:%=$(B)/formats/%.o)  ## generate and compile the C of every format
$(B)/formats/%.c: formats/%.pt $(wildcard formats/*.pti) $(TEMPLATES) $(B)/ptgen
	@mkdir -p $(@D)
	$(call say,PTGEN,$<)$(B)/ptgen generate --template-dir gen/templates -o $(@D) $<
$(B)/formats/%.o: $(B)/formats/%.c
	$(call say,CC,$<)$(COMPILE) -Iruntime -c -o $@ $<

# A test links everything but main; it may name formats it needs (UNIT_FORMATS_test_x := sv48 ...).
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(PTGEN_LIB) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -o $@ $^ $(LDFLAGS) $(shell $(PKGCONF) --libs check) -lpthread

$(B)/tests/diff/formats.def: $(wildcard formats/*.pt) Makefile
	@mkdir -p $(@D)
	$(Q)printf 'X(%s)\n' $(FORMATS) >$@
$(B)/tests/diff/diff: tests/diff/diff.c $(B)/tests/diff/formats.def $(FORMATS:%=$(B)/formats/%.o) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -I$(@D) -o $@ $< $(FORMATS:%=$(B)/formats/%.o) $(B)/libptg.a

$(B)/%.run: $(B)/%
	$(call say,TEST,$<)CK_VERBOSITY=minimal $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(COMPILE) -c -o $@ $<

$(B)/%.o: $(B)/%.c
	$(call say,CC,$<)$(COMPILE) -c -o $@ $<

$(PTG_OBJ): EXTRA := $(FREE)
$(B)/formats/%.o: EXTRA := $(FREE)
$(GEN_OBJ) $(DSL_OBJ) $(UNIT:=.o): CPPFLAGS += -D_GNU_SOURCE
$(B)/dsl/lex.o $(B)/dsl/parse.o: EXTRA := -Wno-conversion

$(B)/dsl/lex.c: dsl/lex.re
	@mkdir -p $(@D)
	$(call say,RE2C,$<)$(RE2C) -W -Werror -o $@ $<

$(B)/dsl/parse.c $(B)/dsl/parse.h &: dsl/parse.y
	@mkdir -p $(@D)
	$(call say,BISON,$<)$(BISON) -Wall -Wcounterexamples -Werror --header=$(B)/dsl/parse.h -o $(B)/dsl/parse.c $<

$(DSL_OBJ) $(GEN_OBJ) $(UNIT:=.o): | $(B)/dsl/parse.h

-include $(DSL_OBJ:.o=.d) $(GEN_OBJ:.o=.d) $(PTG_OBJ:.o=.d) $(UNIT:=.d)
