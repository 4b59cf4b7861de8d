#!/bin/sh
# codegate.sh BUILD - what the compilers made of the hot lookup of every format
#
# Of one-stage formats with 16 to 64-bit entries and fixed widths: no call but the
# tail call to the cold function, nothing on the stack but saved registers, one
# load an entry, and no more instructions and bytes than tests/codegate.txt
# allows; 480 bytes where that was reached once.  x86_64 has the budgets of the
# design: 95 instructions a lookup, 130 a translate, 8 KiB of text for all
# operations.  Everything at -O2, gcc and clang.  Needs objdump and an x86-64 host.
#
#   BLESS=1   write the counts to tests/codegate.txt instead
set -u
build=${1:-build}
dir=$(cd "$(dirname "$0")/.." && pwd)
list=$dir/tests/codegate.txt
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
[ "$(uname -m)" = x86_64 ] || { echo "codegate: only on x86-64, passed over"; exit 0; }

compile() { # COMPILER FORMAT OBJECT
	case $1 in
	*clang*) patterns= ;;
	*) patterns=-fno-tree-loop-distribute-patterns ;;
	esac
	"$1" -O2 -std=c11 -ffreestanding $patterns -I"$dir/runtime" -I"$build/formats" -c -o "$3" "$build/formats/$2.c"
}

# Instructions of a function up to its return, with cold parts left out.
body() { # OBJECT FUNCTION
	objdump -d --no-show-raw-insn "$1" | awk -v f="<$2>:" '$2 == f {on = 1; next} /^$/ {on = 0} on {sub(/^ *[0-9a-f]+:\t/, ""); print}'
}

until_return() {
	awk '{n++} $1 ~ /^ret/ {print n; done = 1; exit} END {if (!done) print n}'
}

: >"$out/counts"
bad=0 n=0
for cc in gcc clang; do
	command -v $cc >/dev/null 2>&1 || { echo "codegate: no $cc, passed over"; continue; }
	for h in "$build"/formats/*.h; do
		f=$(basename "$h" .h)
		grep -q "_lookup_inline" "$h" || continue
		grep -q "PTG_HOLD" "$h" || continue # no hot path: entries of 128 bits, widths out of entries
		compile $cc "$f" "$out/$f.o" || { bad=1; continue; }
		body "$out/$f.o" "${f}_lookup" >"$out/body"
		entries=$(sed -n '/_lookup_inline/,/^}/p' "$h" | grep -c "= PTG_HELD[0-9]")
		loads=$(sed -n '/_lookup_inline/,/^}/p' "$h" | grep -o "PTG_HELD[0-9][0-9]*[BE]*(mem" | wc -l)
		count=$(until_return <"$out/body")
		bytes=$((0x$(nm -S "$out/$f.o" | awk -v f="${f}_lookup" '$4 == f {print $2}')))
		calls=$(grep -c '^call' "$out/body")
		spills=$(grep -c '[-0-9a-fx]*(%rsp' "$out/body")
		[ "$calls" -eq 0 ] || { echo "codegate: $cc $f: $calls calls in the hot lookup"; bad=1; }
		[ "$spills" -eq 0 ] || { echo "codegate: $cc $f: $spills accesses to the stack"; bad=1; }
		[ "$entries" -eq "$loads" ] || { echo "codegate: $f: $loads loads for $entries entries"; bad=1; }
		if [ "$f" = x86_64 ]; then
			text=$(size -A "$out/$f.o" | awk '/^\.text/ {n += $2} END {print n}')
			[ "$text" -le 8192 ] || { echo "codegate: $cc $f: $text bytes of text, allowed 8192"; bad=1; }
			whole=$(body "$out/$f.o" "${f}_translate" | until_return)
			[ "$count" -le 95 ] || { echo "codegate: $cc $f: $count instructions a lookup, allowed 95"; bad=1; }
			[ "$whole" -le 130 ] || { echo "codegate: $cc $f: $whole instructions a translate, allowed 130"; bad=1; }
		fi
		echo "$cc $f $count $bytes" >>"$out/counts"
		n=$((n + 1))
	done
done
sort "$out/counts" >"$out/sorted"
if [ -n "${BLESS:-}" ]; then
	{
		echo "# Most instructions (to the return) and bytes of the hot lookup: COMPILER FORMAT INSTRUCTIONS BYTES"
		cat "$out/sorted"
	} >"$list"
	echo "codegate: $n written to tests/codegate.txt"
	exit $bad
fi
# Counts depend on the compiler's version: one in twenty more is let pass.
awk 'NR == FNR {if ($1 !~ /^#/) {i[$1, $2] = $3; b[$1, $2] = $4} next}
     !(($1, $2) in i) {next}
     $3 > i[$1, $2] * 1.05 + 2 {print "codegate: " $1 " " $2 ": " $3 " instructions, allowed " i[$1, $2]; bad = 1}
     $4 > b[$1, $2] * 1.08 + 16 || (b[$1, $2] <= 480 && $4 > 480) {print "codegate: " $1 " " $2 ": " $4 " bytes, allowed " b[$1, $2]; bad = 1}
     END {exit bad}' "$list" "$out/sorted" || bad=1
[ $bad -eq 0 ] && echo "codegate: $n hot lookups ok"
exit $bad
