#!/bin/sh
# run.sh NAME SECONDS [BUILD] - build tests/fuzz/fuzz_NAME.c with clang's fuzzer and run it.
#
# Starts from tests/fuzz/corpus and, for `parse`, from the golden texts; what
# it finds stays in BUILD/corpus-NAME, a crash in BUILD/crash-*.  BUILD is build/fuzz
# unless given.
set -eu
name=$1 seconds=$2 build=${3:-build/fuzz}
cd "$(dirname "$0")/../.."
mkdir -p "$build/corpus-$name"

make --no-print-directory B="$build" "$build/dsl/lex.c" "$build/dsl/parse.c"
case $name in
parse) sources=$(ls dsl/*.c) ;;
*) sources=$(ls dsl/*.c gen/*.c gen/*/*.c runtime/*.c | grep -v '^gen/main.c$') ;;
esac
# shellcheck disable=SC2086
clang -std=c11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -fno-sanitize=pointer-overflow \
	-D_GNU_SOURCE -I. -I"$build" -o "$build/fuzz_$name" "tests/fuzz/fuzz_$name.c" \
	"$build/dsl/lex.c" "$build/dsl/parse.c" $sources

# corpus/NAME/ holds what was made by hand, corpus/NAME.tar.xz the smallest inputs of long runs
seeds=tests/fuzz/corpus/$name
options=
if [ -e "$seeds.tar.xz" ]; then
	mkdir -p "$build/seeds-$name"
	tar -x -J -f "$seeds.tar.xz" -C "$build/seeds-$name"
	seeds="$seeds $build/seeds-$name"
fi
if [ "$name" = parse ]; then
	seeds="$seeds tests/golden/parse tests/golden/err"
	options=-dict=tests/fuzz/parse.dict
fi
# shellcheck disable=SC2086
exec "$build/fuzz_$name" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=1024 \
	-artifact_prefix="$build/" -print_final_stats=1 $options "$build/corpus-$name" $seeds
