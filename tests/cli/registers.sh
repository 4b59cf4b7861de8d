#!/bin/sh
# SPDX-License-Identifier: MIT
# registers.sh - what registers decide beside the root: geometry, features, contexts
. "$(dirname "$0")/lib"

PTGEN_DATA=$PWD
export PTGEN_DATA

# poke ADDRESS VALUE [BYTES]: little endian, into $I
poke() {
	v=$(($2)) n=${3:-8}
	while [ "$n" -gt 0 ]; do
		printf "\\$(printf %03o $((v & 255)))"
		v=$((v >> 8)) n=$((n - 1))
	done | dd of="$I" bs=1 seek="$(($1))" conv=notrunc 2>/dev/null
}

# LoongArch with five levels of 512 entries: no description says so, PWCL and PWCH do.
I=$W/loong.raw
truncate -s 18M "$I"
poke 0x1000558 0x100000
poke 0x100cd8 0x200000
poke 0x200de0 0x300000
poke 0x300048 0x400000
poke 0x4001a0 0x8765419f
run 0 translate -f loongarch64 --root pgdl=0x1000000,pwcl=0x13e4d52c,pwch=0x270267 --json "raw:$I" 0xabcdef01234567
has '"pa":"0x87654567","page_size":4096' '"level_name":"pt"'
run 0 translate -f loongarch64 --root pgdl=0x1000000,pwcl=0x13e4d52c,pwch=0x270267 --steps "raw:$I" 0xabcdef01234567
has 'dir4' 'dir3' 'dir2' 'dir1'
G=pt_base=12,pt_width=9,dir1_base=21,dir1_width=9,dir2_base=30,dir2_width=9,dir3_base=39,dir3_width=9,dir4_base=48,dir4_width=9
run 0 translate -f loongarch64 --root pgdl=0x1000000 --set $G --json "raw:$I" 0xabcdef01234567
has '"pa":"0x87654567"'
# of a base the format that these registers name goes before the one that takes any
run 0 translate -f loongarch --root pgdl=0x1000000,pwcl=0x13e4d52c,pwch=0x270267 --json "raw:$I" 0xabcdef01234567
has '"pa":"0x87654567"'
run 1 translate -f loongarch --root pgdl=0x1000000,pwcl=0x13e4d52c,pwch=0x267 --json "raw:$I" 0x1000
has '"fault":"no_table"' '"level_name":"dir3"'
# --set is stronger than the register, and a walker refuses registers it was not made for
run 2 translate -f loongarch64 --root pgdl=0x1000000,pwcl=0x5e56e,pwch=0x2e4 --set $G "raw:$I" 0xabcdef01234567
says 'no walk of loongarch64 can start with these registers'
# indexes that overlap, or leave a gap: the description says where
run 1 translate -f loongarch64 --root pgdl=0x1000000,pwcl=0x13e4d52d,pwch=0x270267 "raw:$I" 0x1000
says 'level pt uses va[21], which level dir1 already uses'
run 1 translate -f loongarch64 --root pgdl=0x1000000 --set pt_base=99 "raw:$I" 0x1000
says 'pt_base = 99 is not among the values its line allows'
run 2 translate -f loongarch64 --root pgdl=0x1000000 --set pt_vase=12 "raw:$I" 0x1000
says "no parameter 'pt_vase'"
# generated code has the geometry as literals
run 0 generate --set $G -o "$W/five" loongarch64
grep -q '"dir4"' "$W/five/loongarch64.c" || fail "no dir4 in the generated code"
${CC:-cc} -std=c11 -Wall -Wextra -Werror -c -Iruntime -o "$W/five/l.o" "$W/five/loongarch64.c" || fail "the geometry does not compile"

# Contexts and features from registers, whichever name they have.
I=$W/x86.raw
truncate -s 64K "$I"
poke 0x1000 0x2067
poke 0x2000 0x3067
poke 0x3000 0x4067
poke 0x4008 0x23456065 4
poke 0x400c 0x88000000 4
R=cr3=0x1000
run 0 translate -f x86_64 --root $R,cr0=0x80000001 --access sw "raw:$I" 0x1abc
run 1 translate -f x86_64 --root $R,cr0=0x80010001 --access sw --json "raw:$I" 0x1abc
has '"fault":"protection"'
run 1 translate -f x86_64 --root $R,efer=0x500 --access ur --json "raw:$I" 0x1abc
has '"fault":"reserved_bits"'
run 0 translate -f x86_64 --root $R,efer=0xd00 --access ur "raw:$I" 0x1abc
run 0 translate -f x86_64 --root $R,cr4=0x200020 --access sr "raw:$I" 0x1abc
run 1 translate -f x86_64 --root $R,cr4=0x200020,smap=1 --access sr --json "raw:$I" 0x1abc
has '"fault":"protection"'
run 0 translate -f x86_64 --root $R,ia32_pat=0x7040600070401 --json "raw:$I" 0x1abc
has '"memtype":"wc"'
run 1 translate -f x86_64 --root $R,cr4=0x400020,pkru=0x4 --access ur --json "raw:$I" 0x1abc
has '"fault":"pkey"'
run 2 translate -f x86_64 --root $R,dacr=1 "raw:$I" 0x1abc
says "x86_64 has no register 'dacr'"

I=$W/arm.raw
truncate -s 64K "$I"
poke 0x448c 0x40501c0e 4
run 0 translate -f armv7_short_tre --root ttbcr=0,ttbr0=0x4000,prrr=0x8000 --json "raw:$I" 0x12345678
has '"memtype":"normal"'
run 1 translate -f armv7_short --root ttbcr=0,ttbr0=0x4000,dacr=0 --access sr --json "raw:$I" 0x12345678
has '"fault":"domain"'
finish
