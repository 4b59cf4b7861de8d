#!/bin/sh
# SPDX-License-Identifier: MIT
# freestanding.sh - the runtime and generated code compile everywhere and need nothing
#
#   tests/freestanding.sh [FILE.c...]
#
# Compiles runtime/*.c (and the given generated files) with every compiler below
# that is installed, with the flags a kernel would use, links the objects with
# ld -r and demands that no symbol is left undefined: no libc, no libgcc, no memcpy
# or memset.  The runtime is compiled at -O2, -Os and -O0, generated files at -O2;
# for other machines than this one a few formats of every sort stand for all
# (ALL=1: all of them).  Exit 1 when something is left, or does not compile.
set -u
cd "$(dirname "$0")/.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
flags="-std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -ffreestanding -nostdlib -I. -Iruntime"
failed=0
few=$(for f in "$@"; do
	case ${f##*/} in
	sv48.c | sv32.c | x86_64.c | aarch64_4k.c | s390x.c | nvidia_v2.c | power9_radix.c | armv7_short.c | sv39.c | sv39x4.c | sv39_sv39x4.c) echo "$f" ;;
	esac
done)
[ -z "${ALL:-}" ] || few=$*

# files NAME OPT: what is compiled
files() {
	echo runtime/*.c
	case $1:$2 in
	*_native:-O2) echo "$all" ;;
	*:-O2) echo "$few" ;;
	esac
}
all=$*

# try NAME LINKER COMPILER...
try() {
	name=$1 linker=$2
	shift 2
	command -v "$1" >/dev/null 2>&1 || { echo "  $name: not installed"; return; }
	echo 'int nothing;' >"$tmp/probe.c"
	"$@" -c -o "$tmp/probe.o" "$tmp/probe.c" 2>/dev/null || { echo "  $name: not installed"; return; }
	case $name in
	*_native) opts="-O2 -Os -O0" ;;
	*) opts=-O2 ;;
	esac
	for opt in $opts; do
		rm -rf "$tmp/o"
		mkdir "$tmp/o"
		files "$name" "$opt" | tr ' ' '\n' | grep . |
			xargs -P 2 -I {} sh -c 'f=$1; shift; "$@" -c -o "$0/$(basename "$f" .c).o" "$f" || { echo "  $f FAILED"; exit 1; }' \
				"$tmp/o" {} "$@" $flags $opt || { failed=1; echo "  $name $opt: FAILED"; }
		"$linker" -r -o "$tmp/all.o" "$tmp"/o/*.o 2>"$tmp/ld" || { failed=1; echo "  $name $opt: ld FAILED"; cat "$tmp/ld"; continue; }
		left=$(nm -u "$tmp/all.o" | awk '{ print $NF }' | grep -v '^_GLOBAL_OFFSET_TABLE_$\|^_gp_disp$\|^__gnu_local_gp$' | tr '\n' ' ')
		if [ -n "$left" ]; then
			failed=1
			echo "  $name $opt: needs $left"
		else
			echo "  $name $opt: ok"
		fi
	done
}

nodist=-fno-tree-loop-distribute-patterns
try gcc_native ld gcc $nodist
try clang_native ld clang
try gcc-i686 i686-linux-gnu-ld i686-linux-gnu-gcc $nodist
try clang-i686 i686-linux-gnu-ld clang -m32
try gcc-aarch64 aarch64-linux-gnu-ld aarch64-linux-gnu-gcc -mno-outline-atomics $nodist
try gcc-armv7 arm-linux-gnueabihf-ld arm-linux-gnueabihf-gcc $nodist
try gcc-riscv64 riscv64-linux-gnu-ld riscv64-linux-gnu-gcc $nodist
try gcc-mips mips-linux-gnu-ld mips-linux-gnu-gcc -mno-abicalls -fno-pic $nodist
try gcc-s390x s390x-linux-gnu-ld s390x-linux-gnu-gcc $nodist
exit $failed
