#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh - build the runner and run the vectors: tests/vectors/run.sh BUILD [FILE...]
#
# BUILD is the build directory of `make` (ptgen and its objects are there).  With
# GENERATED=1 the generated walkers run too.
set -eu

build=${1:?usage: run.sh BUILD [FILE...]}
shift
[ $# -gt 0 ] || set -- tests/vectors/*.txt
out=$build/tests/vectors
mkdir -p "$out"
cc=${CC:-cc}
flags="-std=c11 ${CFLAGS:--O1 -g} ${SANITIZE:-} -Wall -Wextra -Wshadow -Wconversion -D_GNU_SOURCE -I. -I$build"

objects=$(find "$build/gen" "$build/dsl" -name '*.o' ! -path "$build/gen/main.o")
# shellcheck disable=SC2086
$cc $flags -rdynamic -o "$out/run" tests/vectors/run.c tests/vectors/vector.c tests/vectors/memory.c \
	$objects -Wl,--whole-archive "$build/libptg.a" -Wl,--no-whole-archive -ldl \
	$(pkg-config --libs libkdumpfile 2>/dev/null)

if [ "${GENERATED:-}" = 1 ]; then
	for c in "$build"/formats/*.c; do
		so=$out/$(basename "$c" .c).so
		# shellcheck disable=SC2086
		[ "$so" -nt "$c" ] || $cc -std=c11 ${CFLAGS:--O1 -g} ${SANITIZE:-} -fPIC -shared -Iruntime -o "$so" "$c"
	done
	exec "$out/run" --generated "$out" "$@"
fi
exec "$out/run" "$@"
