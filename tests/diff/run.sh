#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD [ARG...] - build the comparison of all generated walkers with the generic one, and run it
set -eu
build=$1
shift
out=$build/tests/diff
mkdir -p "$out"
: >"$out/formats.def.new"
for c in "$build"/formats/*.c; do
	echo "X($(basename "$c" .c))" >>"$out/formats.def.new"
done
cmp -s "$out/formats.def.new" "$out/formats.def" || mv "$out/formats.def.new" "$out/formats.def"
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -D_GNU_SOURCE ${CFLAGS:--O1 -g} -Wall -Wextra -I. -Iruntime -I"$out" -o "$out/diff" tests/diff/diff.c \
	"$build"/formats/*.o -Wl,--whole-archive "$build/libptg.a" -Wl,--no-whole-archive
exec "$out/diff" "$@"
