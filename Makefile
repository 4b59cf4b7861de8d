# Makefile - the whole build on one page.  `make help` lists the targets.
#
#   make check MODE=asan        any target, in its own build directory
#   make V=1                    show the commands
#
# Everything generated lands in $(B); the source tree stays clean.

MODE  ?= release
B     ?= build$(if $(filter-out release,$(MODE)),/$(MODE))

$(if $(word 2,$(B)),$(error B=$(B): make takes no blanks in the name of a build directory))

BISON ?= bison
RE2C  ?= re2c
M4    ?= m4
PKGCONF ?= pkg-config
prefix  ?= /usr/local
bindir  ?= $(prefix)/bin
libdir  ?= $(prefix)/lib
includedir ?= $(prefix)/include
datadir ?= $(prefix)/share
mandir  ?= $(datadir)/man

MODE.release := -O2 -g
MODE.debug   := -Og -g3
MODE.asan    := -Og -g3 -fsanitize=address,undefined -fno-sanitize-recover=all
MODE.tsan    := -Og -g3 -fsanitize=thread -Wno-maybe-uninitialized
MODE.cov     := -O0 -g --coverage
# what links with sanitized objects is told by this, the scripts of tests/ by the environment
export SANITIZE := $(filter -fsanitize%,$(MODE.$(MODE)))
$(if $(MODE.$(MODE)),,$(error MODE=$(MODE): use release, debug, asan, tsan or cov))

WERROR ?= -Werror
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wcast-qual -Wundef -Wvla $(WERROR)
BASE := -std=c11 -pedantic -I. -I$(B) -MMD -MP
FREE := -ffreestanding -fno-tree-loop-distribute-patterns
COMPILE = $(CC) $(BASE) $(WARN) $(MODE.$(MODE)) $(CPPFLAGS) $(CFLAGS) $(EXTRA)

Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

# --- what is built ----------------------------------------------------------

include runtime/runtime.mk

DSL_SRC   := $(wildcard dsl/*.c)
GEN_SRC   := $(wildcard gen/*.c gen/*/*.c)
DSL_OBJ   := $(DSL_SRC:%.c=$(B)/%.o) $(B)/dsl/lex.o $(B)/dsl/parse.o
GEN_OBJ   := $(GEN_SRC:%.c=$(B)/%.o)
PTG_OBJ   := $(PTG_SRC:%.c=$(B)/%.o)
TEMPLATES := $(wildcard gen/templates/*.m4)
FORMATS   := $(basename $(notdir $(wildcard formats/*.pt)))
UNIT      := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
PTGEN_LIB := $(filter-out $(B)/gen/main.o,$(GEN_OBJ)) $(DSL_OBJ)
# libkdumpfile is optional: with it, kdump and other dump files can be read
KDUMP     := $(shell $(PKGCONF) --exists libkdumpfile 2>/dev/null && echo yes)
ifeq ($(KDUMP),yes)
$(B)/gen/%.o: CPPFLAGS += -DHAVE_KDUMPFILE $(shell $(PKGCONF) --cflags libkdumpfile)
LDLIBS += $(shell $(PKGCONF) --libs libkdumpfile)
endif

# --- targets ----------------------------------------------------------------

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all formats demo check check-all check-parts unit golden vectors snapshots cli diff freestanding codegate \
	check-sanitize check-model check-hosts check-kernels check-mmu prove prove-quick fuzz fuzz-quick mutants bench bench-quick lint bless fmt docs-gen install \
	install-check uninstall dist deb docs-check examples clean help setup setup-check

all: $(B)/ptgen $(B)/libptg.a formats   ## build the program, the runtime, every format
demo: setup                             ## walk a real kernel's memory, in a minute
	$(Q)$(MAKE) --no-print-directory $(B)/ptgen $(B)/libptg.a
	$(Q)tests/demo.sh $(B)
check: setup-check                      ## run every test that takes minutes
	$(Q)$(MAKE) --no-print-directory check-parts
check-parts: unit golden vectors snapshots cli diff freestanding codegate mutants prove-quick fuzz-quick \
	install-check docs-check examples
check-all: check check-sanitize check-model check-hosts prove check-mmu check-kernels bench-quick  ## run everything
unit: $(UNIT:=.run)                     ## run the Check suites
golden: $(B)/ptgen                      ## compare what ptgen prints with tests/golden
	$(Q)tests/golden/run.sh $(B)/ptgen
	$(Q)$(if $(wildcard tests/golden/gen/run.sh),tests/golden/gen/run.sh $(B)/ptgen)
vectors: all                            ## the manuals' vectors, generic and generated walkers
	$(Q)GENERATED=1 tests/vectors/run.sh $(B)
snapshots: $(B)/ptgen $(B)/tests/snap   ## what booted machines answered, row by row
	$(Q)SNAP=$(B)/tests/snap tests/snapshots/run.sh $(B)/ptgen $(B)/snapshots
cli: $(B)/ptgen                         ## each command, on the snapshots and on made-up images
	$(Q)for t in $(wildcard tests/cli/*.sh); do sh $$t $(B) || exit 1; done
diff: all                               ## generated = generic on random memory
	$(Q)$(if $(wildcard tests/diff/run.sh),tests/diff/run.sh $(B))
freestanding: all                       ## the runtime and every generated file need no symbol from outside
	$(Q)tests/freestanding.sh $(FORMATS:%=$(B)/formats/%.c)
codegate: all                           ## object code of the hot look-ups: no call, no spill, one load an entry
	$(Q)$(if $(wildcard tests/codegate.sh),tests/codegate.sh $(B))
check-model: $(B)/tests/unit/test_space_model ## a million random operations a format against a flat model
	$(Q)tests/model.sh $(B)/tests/unit/test_space_model
check-sanitize:                         ## the suites, vectors and commands under ASan and UBSan, threads under TSan
	$(Q)$(MAKE) --no-print-directory MODE=asan B=$(B)/asan unit vectors diff cli
	$(Q)$(MAKE) --no-print-directory MODE=tsan B=$(B)/tsan $(B)/tsan/tests/unit/test_space_threads.run
check-hosts:                            ## the walker's tests on 32-bit and big-endian hosts, by qemu-user
	$(Q)tests/hosts/run.sh
check-kernels: all                      ## kernels of a dozen kinds booted, their MMUs asked
	$(Q)tests/setup.sh kernels && tests/kernels/run.sh $(B)
check-mmu: all                          ## real MMUs under qemu-system
	$(Q)tests/setup.sh mmu && tests/mmu/run.sh $(B) && tests/mmu/wrong.sh $(B)
prove: all                              ## prove walks, codecs and single-page changes with CBMC
	$(Q)tests/proof/run.sh $(B)
prove-quick: all                        ## the short form of it
	$(Q)tests/proof/run.sh --quick $(B)
fuzz: setup-check                       ## fuzz each target for an hour (SECONDS_EACH=...)
	$(Q)for t in $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)); do tests/fuzz/run.sh $$t $${SECONDS_EACH:-3600} $(B)/fuzz || exit 1; done
fuzz-quick:                             ## a few seconds of each
	$(Q)tests/setup.sh fuzz && for t in $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)); do tests/fuzz/run.sh $$t 5 $(B)/fuzz >$(B)/fuzz-$$t.log 2>&1 || { tail -20 $(B)/fuzz-$$t.log; exit 1; }; echo "fuzz: $$t ok"; done
bench: all                              ## W1 to W10 of docs/performance.md: table, JSON, plot
	$(Q)tests/bench/run.sh $(B)
bench-quick: all                        ## the same in a minute
	$(Q)tests/bench/run.sh --quick $(B)
mutants: $(B)/tests/mutants/mutants     ## small slips in every description: how many are caught?
	$(Q)tests/mutants/run.sh $(B)
lint: $(B)/ptgen                        ## include directions, layout of formats, sizes of files
	$(Q)tests/lint.sh $(B)/ptgen
bless: $(B)/ptgen                       ## accept current output as golden, then read git diff
	$(Q)BLESS=1 tests/golden/run.sh $(B)/ptgen
	$(Q)$(if $(wildcard tests/golden/gen/run.sh),BLESS=1 tests/golden/gen/run.sh $(B)/ptgen)
fmt: $(B)/ptgen                         ## the canonical layout of formats/
	$(Q)$(B)/ptgen fmt formats/*.pt formats/*.pti
docs-gen: $(B)/ptgen                    ## write docs/formats anew
	$(Q)rm -rf $(B)/docs-formats && docs/formats.sh $(B)/ptgen $(B)/docs-formats
	$(Q)rm -rf docs/formats && cp -r $(B)/docs-formats docs/formats
docs-check: $(B)/ptgen                  ## are docs/formats current, the editors' words complete?
	$(Q)rm -rf $(B)/docs-formats && docs/formats.sh $(B)/ptgen $(B)/docs-formats
	$(Q)diff -rq docs/formats $(B)/docs-formats || { echo "docs/formats is not current: make docs-gen"; exit 1; }
	$(Q)tests/editors.sh
	$(Q)$(MAKE) --no-print-directory $(B)/libptg.a
	$(Q)tests/tutorial.sh $(B)
examples: $(B)/ptgen $(B)/libptg.a      ## build and run docs/examples
	$(Q)tests/examples.sh $(B)
clean:                                  ## remove build/
	$(Q)rm -rf build
help:                                   ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18
setup:
	$(Q)tests/setup.sh build
setup-check:
	$(Q)tests/setup.sh build check fuzz prove

# --- rules ------------------------------------------------------------------

$(B)/ptgen: $(B)/gen/main.o $(PTGEN_LIB) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -o $@ $^ $(LDFLAGS) $(LDLIBS)

$(B)/libptg.a: $(PTG_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

# Each format: its code, and an object, so that a warning in it is seen at once.
formats: $(FORMATS:%=$(B)/formats/%.o)  ## generate and compile the C of every format
$(B)/formats/%.c: formats/%.pt $(wildcard formats/*.pti) $(TEMPLATES) $(B)/ptgen
	@mkdir -p $(@D)
	$(call say,PTGEN,$<)M4=$(M4) $(B)/ptgen generate --template-dir gen/templates -o $(@D) $<
$(B)/formats/%.o: $(B)/formats/%.c
	$(call say,CC,$<)$(COMPILE) -Iruntime -c -o $@ $<

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(wildcard $(B)/tests/unit/hand_formats.o) $(PTGEN_LIB) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -o $@ $^ $(LDFLAGS) $(shell $(PKGCONF) --libs check) $(LDLIBS) -lpthread

# These run the generated walkers too, found by name.
BY_NAME := $(addprefix $(B)/tests/unit/test_,space_model space_foreign space_errors space_straight format_features)
$(BY_NAME): $(FORMATS:%=$(B)/formats/%.o)
$(B)/tests/unit/test_space_threads: $(patsubst %,$(B)/formats/%.o,x86_64 sv48 aarch64_4k)
$(BY_NAME) $(B)/tests/unit/test_space_threads: LDFLAGS += -rdynamic $(B)/libptg.a

# The oracles' rows through the library, by the generated and the generic walker.
SNAP_FORMATS := sv39 sv48 sv57 x86_64 x86_64_la57 x86_pae aarch64_4k armv7_short_tre s390x
$(B)/tests/snap: $(B)/tests/snapshots/snap.o $(SNAP_FORMATS:%=$(B)/formats/%.o) $(PTGEN_LIB) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -o $@ $^ $(LDFLAGS) $(LDLIBS)

# Descriptions with one slip each, checked and compared with the original in one process.
$(B)/tests/mutants/mutants: $(B)/tests/mutants/mutants.o $(B)/tests/mutants/differ.o $(PTGEN_LIB) $(B)/libptg.a
	$(call say,LD,$@)$(COMPILE) -o $@ $^ $(LDFLAGS) $(LDLIBS)
$(B)/tests/mutants/%.o: CPPFLAGS += -D_GNU_SOURCE
$(B)/tests/snapshots/snap.o: CPPFLAGS += -D_GNU_SOURCE

$(B)/%.run: $(B)/%
	$(call say,TEST,$<)CK_VERBOSITY=minimal CK_DEFAULT_TIMEOUT=60 $(if $(SANITIZE),CK_TIMEOUT_MULTIPLIER=15 PTG_MODEL_STEPS=1000) $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(COMPILE) -c -o $@ $<

$(B)/%.o: $(B)/%.c
	$(call say,CC,$<)$(COMPILE) -c -o $@ $<

$(PTG_OBJ): EXTRA := $(FREE)
$(B)/formats/%.o: EXTRA := $(FREE)
$(GEN_OBJ) $(DSL_OBJ) $(UNIT:=.o): CPPFLAGS += -D_GNU_SOURCE
$(B)/gen/search.o $(B)/gen/m4.o $(B)/gen/generate.o: CPPFLAGS += -DPTGEN_DATADIR='"$(datadir)/ptgen"'
$(B)/dsl/lex.o $(B)/dsl/parse.o: EXTRA := -Wno-conversion

$(B)/dsl/lex.c: dsl/lex.re
	@mkdir -p $(@D)
	$(call say,RE2C,$<)$(RE2C) -W -Werror -o $@ $<

$(B)/dsl/parse.c $(B)/dsl/parse.h &: dsl/parse.y
	@mkdir -p $(@D)
	$(call say,BISON,$<)$(BISON) -Wall -Wcounterexamples -Werror --header=$(B)/dsl/parse.h -o $(B)/dsl/parse.c $<

$(DSL_OBJ) $(GEN_OBJ) $(UNIT:=.o): | $(B)/dsl/parse.h

# --- installing ---------------------------------------------------------------

D := $(DESTDIR)
VIMFILES := $(datadir)/vim/vimfiles
BASHCOMP := $(datadir)/bash-completion/completions
ZSHCOMP  := $(datadir)/zsh/site-functions
PUT := install -m 644
install: $(B)/ptgen $(B)/libptg.a       ## install below DESTDIR and prefix
	$(Q)install -d '$(D)$(bindir)' '$(D)$(libdir)/pkgconfig' '$(D)$(includedir)' '$(D)$(datadir)/ptgen/templates' \
		'$(D)$(datadir)/ptgen/formats' '$(D)$(datadir)/ptgen/runtime' '$(D)$(mandir)/man1' '$(D)$(mandir)/man3' \
		'$(D)$(mandir)/man5' '$(D)$(BASHCOMP)' '$(D)$(ZSHCOMP)' '$(D)$(VIMFILES)/syntax' '$(D)$(VIMFILES)/ftdetect'
	$(Q)install $(B)/ptgen '$(D)$(bindir)'
	$(Q)$(PUT) $(B)/libptg.a '$(D)$(libdir)'
	$(Q)$(PUT) $(PTG_HEADERS) '$(D)$(includedir)'
	$(Q)$(PUT) $(TEMPLATES) '$(D)$(datadir)/ptgen/templates'
	$(Q)$(PUT) formats/*.pt formats/*.pti formats/verification.txt '$(D)$(datadir)/ptgen/formats'
	$(Q)$(PUT) runtime/*.c runtime/*.h runtime/runtime.mk '$(D)$(datadir)/ptgen/runtime'
	$(Q)for s in 1 3 5; do $(PUT) docs/man/*.$$s '$(D)$(mandir)'/man$$s || exit 1; done
	$(Q)sed 's|@prefix@|$(prefix)|; s|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|; s|@version@|$(VERSION)|' \
		runtime/ptg.pc.in >'$(D)$(libdir)/pkgconfig/ptg.pc'
	$(Q)$(PUT) docs/completion/ptgen.bash '$(D)$(BASHCOMP)/ptgen'
	$(Q)$(PUT) docs/completion/_ptgen '$(D)$(ZSHCOMP)'
	$(Q)for d in syntax ftdetect; do $(PUT) docs/editors/vim/$$d/ptgen.vim '$(D)$(VIMFILES)'/$$d || exit 1; done
uninstall:                              ## remove what install put there
	$(Q)rm -rf '$(D)$(datadir)/ptgen'
	$(Q)rm -f '$(D)$(bindir)/ptgen' '$(D)$(libdir)/libptg.a' '$(D)$(libdir)/pkgconfig/ptg.pc' \
		$(PTG_HEADERS:runtime/%='$(D)$(includedir)'/%) '$(D)$(mandir)/man1/ptgen.1' '$(D)$(mandir)/man3/ptg.3' \
		'$(D)$(mandir)/man5/ptgen-format.5' '$(D)$(BASHCOMP)/ptgen' '$(D)$(ZSHCOMP)/_ptgen' \
		'$(D)$(VIMFILES)/syntax/ptgen.vim' '$(D)$(VIMFILES)/ftdetect/ptgen.vim'
install-check: $(B)/ptgen $(B)/libptg.a ## install into a temporary folder and use it from another
	$(Q)tests/install.sh $(B)
VERSION := $(shell sed -n 's/^.define PTGEN_VERSION "\(.*\)"/\1/p' gen/main.c)
dist:                                   ## a tar file of what git tracks
	$(Q)mkdir -p $(B) && git archive --prefix=ptgen-$(VERSION)/ -o $(B)/ptgen-$(VERSION).tar.gz HEAD && echo $(B)/ptgen-$(VERSION).tar.gz
deb: dist                               ## Debian packages, from the tar file and docs/packaging/debian
	$(Q)docs/packaging/deb.sh $(B) $(VERSION)

-include $(DSL_OBJ:.o=.d) $(GEN_OBJ:.o=.d) $(PTG_OBJ:.o=.d) $(UNIT:=.d) $(FORMATS:%=$(B)/formats/%.d)
