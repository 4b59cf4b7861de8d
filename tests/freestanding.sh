#!/bin/sh
# SPDX-License-Identifier: MIT
# freestanding.sh - the runtime compiles everywhere and needs nothing
#
#   tests/freestanding.sh [FILE.c...]
#
# Compiles runtime/*.c (and the given files, generated formats for example) with
# every compiler below that is installed, with the flags a kernel would use, links
# the objects with ld -r and demands that no symbol is left undefined: no libc, no
# libgcc, no memcpy or memset.  Exit 1 when something is left, or does not compile.
set -u
cd "$(dirname "$0")/.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
flags="-std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -ffreestanding -nostdlib -I. -Iruntime"
files="$(echo runtime/*.c) $*"
failed=0

# try NAME LINKER COMPILER...
try() {
	name=$1 linker=$2
	shift 2
	command -v "$1" >/dev/null 2>&1 || { echo "  $name: not installed"; return; }
	echo 'int nothing;' >"$tmp/probe.c"
	"$@" -c -o "$tmp/probe.o" "$tmp/probe.c" 2>/dev/null || { echo "  $name: not installed"; return; }
	for opt in -O2 -Os -O0; do
		rm -rf "$tmp/o"
		mkdir "$tmp/o"
		for f in $files; do
			"$@" $flags $opt -c -o "$tmp/o/$(basename "$f" .c).o" "$f" || { failed=1; echo "  $name $opt: $f FAILED"; }
		done
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
try gcc-x86_64 ld gcc $nodist
try clang-x86_64 ld clang
try gcc-i686 i686-linux-gnu-ld i686-linux-gnu-gcc $nodist
try clang-i686 i686-linux-gnu-ld clang -m32
try gcc-aarch64 aarch64-linux-gnu-ld aarch64-linux-gnu-gcc -mno-outline-atomics $nodist
try gcc-armv7 arm-linux-gnueabihf-ld arm-linux-gnueabihf-gcc $nodist
try gcc-riscv64 riscv64-linux-gnu-ld riscv64-linux-gnu-gcc $nodist
try gcc-mips mips-linux-gnu-ld mips-linux-gnu-gcc -mno-abicalls -fno-pic $nodist
try gcc-s390x s390x-linux-gnu-ld s390x-linux-gnu-gcc $nodist
exit $failed
