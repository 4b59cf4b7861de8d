#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [--quick] BUILD - the benchmark: built by each compiler there is, -O2; results in BUILD/bench*
#
# BUILD/bench-CC.txt and .json: W1 to W10.  BUILD/bench-count.txt: instructions an operation (callgrind),
# bytes of text, ptgen's own time, dumps of a large space.  BUILD/bench-CC.svg: a plot, where gnuplot is installed.
# BENCH_CC: compilers other than gcc and clang.
set -u
quick=
[ "${1:-}" = --quick ] && quick=--quick && shift
build=${1:-build}
cd "$(dirname "$0")/../.." || exit 2
case $build in /*) ;; *) build=$PWD/$build ;; esac
formats="x86_64 sv48 aarch64_4k"
counts=$build/bench-count.txt

# compile CC: the bench, the counter, generated code and runtime into $out
compile()
{
	out=$build/tests/bench/$1
	mkdir -p "$out/rt" || exit 1
	free="-std=c11 -ffreestanding -Wall -Wextra"
	for f in $formats; do
		"$1" -O2 $free -Iruntime -c "$gen/$f.c" -o "$out/gen_$f.o" || exit 1
	done
	for f in runtime/*.c; do
		"$1" -O2 $free -c "$f" -o "$out/rt/$(basename "$f" .c).o" || exit 1
	done
	for f in memory measure main shapes count work_lookup work_change work_scan hand_x86_64 hand_sv48 hand_aarch64_4k; do
		"$1" -O2 -std=gnu11 -Wall -Wextra -Iruntime -I"$gen" -Itests/bench -c "tests/bench/$f.c" -o "$out/$f.o" || exit 1
	done
	shared="$out/memory.o $out/shapes.o $out/hand_*.o $out/gen_*.o $out/rt/*.o"
	"$1" -o "$out/bench" "$out/main.o" "$out/measure.o" "$out"/work_*.o $shared || exit 1
	"$1" -o "$out/count" "$out/count.o" $shared || exit 1
}

# instructions PROGRAM ARGS...: executed in all
instructions()
{
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*refs: *//p' | tr -d ,
}

count()
{
	command -v valgrind >/dev/null || { echo "no valgrind: instructions are not counted"; return; }
	for f in $formats; do
		for op in hand lookup translate cursor pair hand_pair protect hand_protect run_pair replace generic_lookup generic_translate \
			generic_pair generic_protect generic_run_pair; do
			few=$(instructions "$out/count" "$f" "$op" 2000)
			many=$(instructions "$out/count" "$f" "$op" 12000)
			echo "$1 $f $op: $(( (many - few) / 10000 )) instructions"
		done
	done
}

text()
{
	for f in $formats; do
		echo "$1 $f: $(size "$out/gen_$f.o" | awk 'NR == 2 { print $1 }') bytes of text and constants"
	done
}

# own_time FILES...: milliseconds of ptgen, m4 included
own_time()
{
	start=$(date +%s%N)
	"$build/ptgen" generate --template-dir gen/templates -o "$gen/time" "$@" || exit 1
	echo $(( ($(date +%s%N) - start) / 1000000 ))
}

# median COMMAND...: processor milliseconds, of five runs
median()
{
	for _ in 1 2 3 4 5; do "$out/image" time "$@" || exit 1; done | sort -n | sed -n 3p
}

# dumps: a whole space by the program, against a program that reads the bytes of its tables from the same file
dumps()
{
	gib=64
	[ -z "$quick" ] || gib=8
	gcc -O2 -std=gnu11 -o "$out/image" tests/bench/image.c || exit 1
	for kind in plain scattered; do
		space=$build/tests/bench/$kind.img
		"$out/image" make "$space" $gib $kind || exit 1
		dump="$build/ptgen dump -f formats/x86_64.pt --root cr3=0x1000"
		page="--range 0x10000000000-0x10000000fff"
		# shellcheck disable=SC2086 # lists of words
		echo "$(median "$out/image" read "$space") $(median $dump $page "$space") $(median $dump "$space") $(median $dump --merge none \
			--range 0x10000000000-0x100ffffffff "$space")" | awk -v gib=$gib -v kind=$kind '{
			printf "W9d x86_64 ptgen dump of %d GiB, %s: %.1f ms, of which %.1f to start; reading the tables %.1f ms; ratio %.2f, without the start %.2f\n",
				gib, kind, $3, $2, $1, $3 / $1, ($3 - $2) / $1
			printf "W9d x86_64 ptgen dump of pages one by one, %s: %.0f ns a line\n", kind, ($4 - $2) * 1e6 / 1048576 }'
		rm -f "$space"
	done
}

# plot CC: how many times its baseline each candidate takes
plot()
{
	command -v gnuplot >/dev/null || return 0
	sed -n 's/.*"id":"\([^"]*\)","format":"\([^"]*\)".*"candidate":"\([^"]*\)".*"ratio":\([0-9.]*\).*/"\2 \1 \3" \4/p' \
		"$build/bench-$1.json" >"$out/ratios"
	gnuplot <<-PLOT
		set terminal svg noenhanced size 1200,1600 font ",10"
		set output "$build/bench-$1.svg"
		set title "time in units of each row's baseline ($1)"
		set logscale x 2
		set grid x
		set yrange [*:*] reverse
		set offsets 0,0,1,1
		set style fill solid
		unset key
		plot "$out/ratios" using 2:0:ytic(1) with points pointtype 7 title "ratios"
	PLOT
}

gen=$build/tests/bench/gen
mkdir -p "$gen/time" || exit 1
sources=
for f in $formats; do sources="$sources formats/$f.pt"; done
# shellcheck disable=SC2086 # lists of words
"$build/ptgen" generate --template-dir gen/templates -o "$gen" $sources || exit 1
: >"$counts"
first=1
for cc in ${BENCH_CC:-gcc clang}; do
	command -v "$cc" >/dev/null || continue
	compile "$cc"
	"$out/bench" $quick --json "$build/bench-$cc.json" >"$build/bench-$cc.txt" || exit 1
	cat "$build/bench-$cc.txt"
	[ "$first" ] && cp "$build/bench-$cc.json" "$build/bench.json"
	first=
	{ text "$cc"; count "$cc"; } | tee -a "$counts"
	plot "$cc"
done
{
	echo "ptgen, one format: $(own_time formats/x86_64.pt) ms"
	echo "ptgen, all formats: $(own_time formats/*.pt) ms"
	dumps
} | tee -a "$counts"
