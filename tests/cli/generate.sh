#!/bin/sh
# SPDX-License-Identifier: MIT
# generate.sh - what a user does with `ptgen generate`, and that the result compiles and runs
. "$(dirname "$0")/lib"

PTGEN_DATA=$PWD
export PTGEN_DATA
CC="${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror"
compile() { # ARGS: of the compiler
	TESTS=$((TESTS + 1))
	$CC "$@" >"$W/err" 2>&1 || fail "does not compile: $*: $(head -n 5 "$W/err")"
}

cat >"$W/walk.c" <<'C'
#include <stdio.h>
#ifdef SINGLE
#define MMU_IMPLEMENTATION
#endif
#include "mmu.h"

static _Alignas(4096) unsigned char memory[1 << 16];
static uint64_t next = 0x1000;

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv, (void)align, (void)level;
	*pa = next;
	next += bytes;
	return 0;
}
static const struct ptg_mapper_ops ops = { .alloc_table = take };
static const struct ptg_mapper mapper = { .ops = &ops, .window = memory, .window_size = sizeof(memory) };

int main(void)
{
	struct ptg_space s = { .mapper = &mapper };
	struct mmu_regs regs = { .satp = mmu_satp_make(0, 0) };
	struct ptg_attrs a = { .rights = PTG_SR, .care = PTG_SR | PTG_SW | PTG_SX };
	struct ptg_flush f = { .count = 0 };
	uint64_t seen = 0;

	if (mmu_setup(&s, NULL) || mmu_set_root(&s, &regs) || mmu_map(&s, 0x200000, 0x40200000, 0x200000, &a, 0, &f))
		return 1;
	seen = mmu_lookup(&s, 0x212345, PTG_READ).pa;
	if (PTG_HIT_FAULT(mmu_lookup(&s, 0x212345, PTG_WRITE)) != PTG_F_PERMISSION)
		return 2;
	printf("%llx\n", (unsigned long long)seen);
	return seen != 0x40212345;
}
C

# --prefix: every name begins with it, nothing of the format's own is left
mkdir -p "$W/prefix" "$W/single" "$W/ops" "$W/all" "$W/page"
run 0 generate --prefix mmu -o "$W/prefix" sv48
[ -s "$W/prefix/mmu.h" ] && [ -s "$W/prefix/mmu.c" ] || fail "no mmu.h, mmu.c"
grep -qi 'sv48_' "$W/prefix/mmu.h" "$W/prefix/mmu.c" && fail "names with sv48 are left"
# shellcheck disable=SC2086
compile -Iruntime -I"$W/prefix" -o "$W/prefix/walk" "$W/walk.c" "$W/prefix/mmu.c" "$B/libptg.a" ${SANITIZE:-}
[ "$("$W/prefix/walk")" = 40212345 ] || fail "prefix: the walk"
run 2 generate --prefix 8ball -o "$W" sv48
says 'cannot begin a C name'
run 2 generate --prefix mmu -o "$W" sv48 sv39
says 'names one format'

# --single-file: alone; two of them in one file share a runtime; freestanding
run 0 generate --single-file --prefix mmu -o "$W/single" sv48
[ ! -e "$W/single/mmu.c" ] || fail "a .c beside the single file"
grep -n '#include "' "$W/single/mmu.h" | grep -v '^[0-9]*: \*' && fail "the single file includes something"
compile -DSINGLE -I"$W/single" -o "$W/single/walk" "$W/walk.c"
[ "$("$W/single/walk")" = 40212345 ] || fail "single file: the walk"
run 0 generate --single-file -o "$W/single" x86_64 s390x
printf '#define X86_64_IMPLEMENTATION\n#include "x86_64.h"\n#define S390X_IMPLEMENTATION\n#include "s390x.h"\n' >"$W/single/two.c"
compile -O2 -ffreestanding -fno-tree-loop-distribute-patterns -I"$W/single" -c -o "$W/single/two.o" "$W/single/two.c"
left=$(nm "$W/single/two.o" | sed -n 's/^ *U //p' | grep -v '^_GLOBAL_OFFSET_TABLE_$')
[ -z "$left" ] || fail "symbols from outside: $left"
strange=$(nm -g "$W/single/two.o" | awk '{ print $NF }' | grep -v '^ptg_\|^x86_64_\|^s390x_')
[ -z "$strange" ] || fail "strange names: $strange"
run 2 generate --single-file --emit h -o "$W" sv48
says 'needs both h and c'
if command -v c++ >/dev/null 2>&1; then
	printf '#include "x86_64.h"\n#include "s390x.h"\nint main() { return X86_64_PA_BITS != 52; }\n' >"$W/single/plus.cc"
	c++ -std=c++11 -Wall -Wextra -I"$W/single" -c -o "$W/single/plus.o" "$W/single/plus.cc" 2>"$W/err" || fail "C++: $(head -n 3 "$W/err")"
fi

# --ops: only what was asked for
run 0 generate --ops lookup,translate -o "$W/ops" sv39
compile -Iruntime -c -o "$W/ops/sv39.o" "$W/ops/sv39.c"
for op in lookup translate; do
	nm "$W/ops/sv39.o" | grep -q " T sv39_$op\$" || fail "--ops: no sv39_$op"
done
for op in map unmap protect harvest access_mem lookup_many walk decode encode; do
	nm "$W/ops/sv39.o" | grep -q " T sv39_$op\$" && fail "--ops: sv39_$op is there"
	grep -q "sv39_$op(" "$W/ops/sv39.h" && fail "--ops: sv39_$op is declared"
done
run 2 generate --ops lookup,fly -o "$W" sv39
says "no operation 'fly'"

# A kind that could never be written is no silent loss.
sed 's/encode NLS=9/encode NLS=5/' formats/power_radix.pti >"$W/power_radix.pti"
cp formats/power9_radix.pt "$W"
run 2 generate -o "$W/ops" "$W/power9_radix.pt"
says "kind 'dir' at level 3" 'encode FIELD=9'

# --set, --enable, --disable: the member is gone from the configuration
run 0 generate --set maxphyaddr=46 --disable pke -o "$W/ops" x86_64
grep -q 'maxphyaddr;' "$W/ops/x86_64.h" && fail "--set left the member"
grep -q 'bool pke;' "$W/ops/x86_64.h" && fail "--disable left the member"
compile -Iruntime -c -o "$W/ops/x86_64.o" "$W/ops/x86_64.c"

# The same input gives the same output.
run 0 generate -o "$W/all" sv48 x86_64
cp "$W/all/sv48.c" "$W/once.c"
run 0 generate -o "$W/all" "$PWD/formats/sv48.pt"
cmp -s "$W/once.c" "$W/all/sv48.c" || fail "the output depends on how the file is named"

# --emit
run 0 generate --emit json sv48
cp "$W/out" "$W/sv48.json"
python3 - "$W/sv48.json" <<'P' || fail "json"
import json, sys
d = json.load(open(sys.argv[1]))
assert d["name"] == "sv48" and d["va_bits"] == 48 and d["pa_bits"] == 56
assert [(l["shift"], l["width"]) for l in d["levels"]] == [(39, 9), (30, 9), (21, 9), (12, 9)]
assert int(d["page_sizes"], 16) == 1 << 12 | 1 << 16 | 1 << 21 | 1 << 30 | 1 << 39
leaf = [k for k in d["kinds"] if k["name"] == "leaf" and k["depth"] == 0][0]
assert int(leaf["address_mask"], 16) == 0x003ffffffffffc00 and leaf["address_shift"] == 2
P
run 0 generate --emit facts sv48
has 'g4_fact(<|va_bits|>, <|48|>)'
run 0 generate --emit md,svg -o "$W/page/new" sv48
[ -s "$W/page/new/sv48.md" ] && [ -s "$W/page/new/sv48-va.svg" ] || fail "no page or no picture"
run 2 generate --emit h,fish sv48
says "'fish'"
run 0 generate -o "$W/no/such/folder" sv48
[ -s "$W/no/such/folder/sv48.h" ] || fail "the folder was not made"
run 3 generate -o "$W/walk.c/below" sv48
run 3 generate nothing.pt
says 'nothing.pt'

# --emit vectors: checked with the runner of the manuals' vectors
VECTORS=
for f in sv48 x86_64 aarch64_4k s390x esa390 armv7_short amdv1 nvidia_v1 nvidia_v2 nvidia_v3 pvr_rogue or1k loongarch64_4k_39 power9_radix \
	sv39_sv39x4 sv32_sv32x4 x86_64_ept4 aarch64_4k_s1s2 power9_radix_nested; do
	VECTORS="$VECTORS $W/$f.txt"
	run 0 generate --emit vectors "$f"
	cp "$W/out" "$W/$f.txt"
	n=$(grep -c ' ! ' "$W/out")
	[ "$n" -ge 8 ] || fail "$f: only $n vectors that must fault"
	grep -q '^case a page' "$W/out" || fail "$f: no walks"
done
grep -qx 'entry 0 0x200000cf = 0x80000000 .*' "$W/sv48.txt" || grep -q '^entry 0 0x[0-9a-f]* = 0x[0-9a-f]* role page size 0x1000 rights ---/rwx rule kind:leaf' "$W/sv48.txt" ||
	fail "no leaf of Sv48"
TESTS=$((TESTS + 1))
for f in sv39_sv39x4 power9_radix_nested; do
	grep -q '! s2[.]' "$W/$f.txt" && grep -q '! s1[.]' "$W/$f.txt" || fail "$f: a pair without faults of both stages"
done
# shellcheck disable=SC2086
sh tests/vectors/run.sh "$B" $VECTORS \
	>"$W/out" 2>&1 || fail "vectors: $(tail -n 5 "$W/out")"

# A template of one's own
printf 'g4(upper) has g4(va_bits) bits\n' >"$W/x.txt.m4"
run 0 generate --template "$W/x.txt.m4" -o "$W" sv48
[ "$(cat "$W/sv48.txt")" = "SV48 has 48 bits" ] || fail "template: $(cat "$W/sv48.txt")"
printf 'g4(nonsense)\n' >"$W/y.txt.m4"
run 3 generate --template "$W/y.txt.m4" -o "$W" sv48
says 'no fact nonsense'
run 2 generate --template "$W/walk.c" sv48
says '.EXT.m4'
finish
