#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh BUILD - install into a folder of its own, use it from another with only PATH
#
# The program is built with the prefix of the build; here it is found elsewhere,
# so that this is a test of moved packages too.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
build=$1
case $build in /*) ;; *) build=$top/$build ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

fail() {
	echo "install: $*" >&2
	exit 1
}

${MAKE:-make} --no-print-directory B="$build" DESTDIR="$work/dest" prefix=/opt/ptgen install
prefix=$work/dest/opt/ptgen
xz -dc tests/snapshots/riscv64-sv48/mem.core.xz >"$work/mem.core"

# From here on nothing of the source tree or of the build may be needed.
mkdir "$work/user"
cd "$work/user"
PATH=$prefix/bin:/usr/local/bin:/usr/bin:/bin
export PATH
unset PTGEN_PATH PTGEN_DATA M4 2>/dev/null || true

n=$(ptgen formats | wc -l)
[ "$n" -gt 60 ] || fail "ptgen formats lists $n"
ptgen formats --csv sv48 | grep -q "^sv48,.*,$work" || fail "sv48 is not the installed one: $(ptgen formats --csv sv48)"
ptgen generate -o out sv48
ptgen generate -o out "$prefix/share/ptgen/formats/x86_64.pt"
ptgen doc -o out sv48
[ -s out/sv48.h ] && [ -s out/sv48.c ] && [ -s out/x86_64.h ] && [ -s out/sv48.md ] || fail "a file was not written"

cat >main.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include "sv48.h"

static _Alignas(4096) unsigned char memory[64 << 12];
static uint64_t next = 0x1000;

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv, (void)align, (void)level;
	*pa = next;
	next += bytes;
	return next <= sizeof(memory) ? 0 : -1;
}

static const struct ptg_mapper_ops ops = { .alloc_table = take };
static const struct ptg_mapper mapper = { .ops = &ops, .window = memory, .window_size = sizeof(memory) };

int main(void)
{
	struct ptg_space s = { .mapper = &mapper };
	struct sv48_regs regs = { .satp = sv48_satp_make(0, 0) };
	struct ptg_attrs a = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_SX };
	struct ptg_flush f = { .count = 0 };
	struct ptg_translation t;

	if (sv48_setup(&s, NULL) || sv48_set_root(&s, &regs) || ptg_map(&s, 0x7000, 0x8000123000, 4096, &a, 0, &f))
		return 1;
	if (ptg_translate(&s, 0x7abc, PTG_READ, &t) || ptg_translate(&s, 0x7abc, PTG_EXEC, &t) != PTG_F_PERMISSION)
		return 2;
	printf("%llx\n", (unsigned long long)ptg_lookup(&s, 0x7abc, PTG_WRITE).pa);
	return 0;
}
C
# pkg-config knows the prefix that the package is for; PKG_CONFIG_SYSROOT_DIR puts DESTDIR before it.
flags=$(PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/dest pkg-config --cflags --libs ptg)
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -Iout -c -o sv48.o out/sv48.c $flags
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -Wall -Wextra -Werror -Iout -o main main.c sv48.o $flags
[ "$(./main)" = 8000123abc ] || fail "the program says $(./main)"

# The installed runtime, with a Makefile of the user's.
cat >Makefile <<M
include $prefix/share/ptgen/runtime/runtime.mk
CFLAGS = -std=c11 -O1 -I\$(PTG_DIR) \$(PTG_CFLAGS) -Iout
vpath %.c \$(PTG_DIR) out
own: main.o sv48.o \$(notdir \$(PTG_SRC:.c=.o))
	\$(CC) -o \$@ \$^
M
${MAKE:-make} -s own CC="${CC:-cc}" MAKEFLAGS=
[ "$(./own)" = 8000123abc ] || fail "the program with its own runtime says $(./own)"

# One file.
ptgen generate --single-file --prefix mmu -o . sv48
printf '#define MMU_IMPLEMENTATION\n#include "mmu.h"\n' >mmu.c
sed 's/sv48/mmu/g' main.c >single.c
${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror -o single single.c mmu.c
[ "$(./single)" = 8000123abc ] || fail "the program of one header says $(./single)"

# 0x2b547 is at 0x88292547: tests/snapshots/riscv64-sv48/oracle.tsv.xz
ptgen translate -f sv48 --root satp=0x9000200000083a79 --json "$work/mem.core" 0x2b547 | grep -q '"pa":"0x88292547"' ||
	fail "translate"

for m in man1/ptgen.1 man3/ptg.3 man5/ptgen-format.5; do
	[ -s "$prefix/share/man/$m" ] || fail "no $m"
	! command -v man >/dev/null 2>&1 || [ -z "$(man --warnings -l "$prefix/share/man/$m" 2>&1 >/dev/null)" ] ||
		fail "$m: $(man --warnings -l "$prefix/share/man/$m" 2>&1 >/dev/null | head -n 3)"
done
for c in $(ptgen --help | sed -n 's/^  \([a-z0-9]*\)  .*/\1/p'); do
	for o in $(ptgen "$c" --help | sed -n 's/^ *\(-[a-zA-Z], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p'); do
		sed 's/\\-/-/g' "$prefix/share/man/man1/ptgen.1" | grep -q -e "-$o\>" || fail "ptgen.1 does not know --$o of $c"
	done
done
for s in $(sed -n 's/^\(int\|size_t\|struct ptg_hit\|enum ptg_fault\|void\) \(ptg_[a-z_]*\)(.*/\2/p' "$prefix/include/ptg.h"); do
	grep -q "$s" "$prefix/share/man/man3/ptg.3" || fail "ptg.3 does not have $s"
done
bash "$top/tests/completion.sh" "$prefix/bin/ptgen"

${MAKE:-make} --no-print-directory -C "$top" B="$build" DESTDIR="$work/dest" prefix=/opt/ptgen uninstall
left=$(find "$work/dest" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"

# Folders with blanks in their names; what is no longer there must not be found.
blank="$work/de st"
${MAKE:-make} --no-print-directory -C "$top" B="$build" DESTDIR="$blank" prefix='/opt/my tools' install
PATH="$blank/opt/my tools/bin:/usr/bin:/bin"
ptgen formats --csv sv48 | grep -q "^sv48,.*$blank" || fail "sv48 is not the installed one: $(ptgen formats --csv sv48)"
ptgen formats --verification sv48 | grep -q '^sv48 ' || fail "no verification.txt beside the formats"
ptgen generate -o "$work/o ut" sv48
eval "set -- $(PKG_CONFIG_LIBDIR="$blank/opt/my tools/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR=$blank pkg-config --cflags --libs ptg)"
${CC:-cc} -std=c11 -I"$work/o ut" -o "$work/blank" "$work/user/main.c" "$work/o ut/sv48.c" "$@"
[ "$("$work/blank")" = 8000123abc ] || fail "the program from a folder with blanks says $("$work/blank")"
${MAKE:-make} --no-print-directory -C "$top" B="$build" DESTDIR="$blank" prefix='/opt/my tools' uninstall
left=$(find "$blank" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"
echo "install: ok"
