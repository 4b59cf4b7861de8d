#!/bin/sh
# run.sh BUILD [ROUNDS] - link every format's generated code and compare it with the generic walker
set -u
build=${1:-build} rounds=${2:-12}
cd "$(dirname "$0")/../.." || exit 2
out=$build/tests/diff
mkdir -p "$out" || exit 2
objects=
: >"$out/formats.def"
for o in "$build"/formats/*.o; do
	f=$(basename "$o" .o)
	[ -f "formats/$f.pt" ] || continue
	echo "X($f)" >>"$out/formats.def"
	objects="$objects $o"
done
# shellcheck disable=SC2086 # lists of words
${CC:-cc} -O2 -g -std=c11 -Wall -Wextra -Wconversion ${CFLAGS:-} ${SANITIZE:-} -I. -I"$out" -o "$out/diff" tests/diff/diff.c $objects \
	"$build/libptg.a" || exit 1
"$out/diff" -r "$rounds" >"$out/log" || { grep -v 'pages$' "$out/log"; exit 1; }
echo "diff: $(grep -c 'pages$' "$out/log") formats, generated = generic"
