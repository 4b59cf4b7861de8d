#!/bin/sh
# SPDX-License-Identifier: MIT
# dump.sh - a dump holds what the oracle says is mapped, and nothing it says faults
. "$(dirname "$0")/lib"

# hold WANTED: every "VA PA" of the oracle against the ranges of the dump (both sorted by nothing)
cat >"$W/hold.awk" <<'AWK'
function number(hex,    i, n)
{
	n = 0
	for (i = 3; i <= length(hex); i++)
		n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return n
}
# Numbers beyond 2^53 are not exact: the upper and the lower half of an address are kept apart.
function upper(hex) { return length(hex) > 10 ? substr(hex, 3, length(hex) - 10) : "0" }
function lower(hex) { return number(length(hex) > 10 ? "0x" substr(hex, length(hex) - 7) : hex) }
FILENAME == ARGV[1] {
	key = upper($1)
	n = ++count[key]
	first[key, n] = lower($1)
	len[key, n] = $2
	pa[key, n] = $3 == "-" ? -1 : number($3)
	next
}
{
	key = upper($1)
	at = lower($1)
	hit = ""
	for (i = 1; i <= count[key]; i++)
		if (at >= first[key, i] && at < first[key, i] + len[key, i])
			hit = pa[key, i] < 0 ? "other" : pa[key, i] + at - first[key, i]
	rows++
	if ($2 == "fault" ? hit != "" && hit != "other" : hit != "other" && (hit == "" || hit != number($2))) {
		bad++
		if (bad <= 3)
			print "va " $1 " wanted " $2 " got " hit > "/dev/stderr"
	}
}
END { print rows + 0, bad + 0 }
AWK

# compare GUEST FORMAT ROOT ORACLE-COLUMNS(awk): a dump in JSON lines against the oracle
compare() {
	guest "$1"
	"$PTGEN" dump -f "$2" --root "$3" --json "$CORE" >"$W/dump" 2>"$W/err" || fail "dump of $1"
	# ranges that would cross 4 GiB are cut so that upper halves agree
	sed -n 's/^{"va":"\([^"]*\)","len":\([0-9]*\),"pa":"\{0,1\}\([^",]*\).*/\1 \2 \3/p' "$W/dump" | sed 's/ null$/ -/' >"$W/ranges"
	xz -dc "$SNAPSHOTS/$1/oracle.tsv.xz" | awk -F'\t' "$4" >"$W/rows"
	result=$(awk -f "$W/hold.awk" "$W/ranges" "$W/rows")
	TESTS=$((TESTS + 1))
	[ "${result#* }" = 0 ] && [ "${result% *}" -gt 100 ] || fail "$1: $result"
}

compare x86_64-4level x86_64 cr3=0x139e000 '$1 == "0x139e000" { print $2, $3 }'
compare x86_64-la57 x86_64_la57 cr3=0x1fcc000 '$1 == "0x1fcc000" { print $2, $3 }'
compare riscv64-sv39 sv39 satp=0x800020000008391b '$1 == "0x800020000008391b" && $3 == "S" && $5 == 1 && $7 ~ /r|x/ { print $2, $6 }'
compare riscv64-sv48 sv48 satp=0x9000200000083a79 '$1 == "0x9000200000083a79" && $3 == "U" && $5 == 1 && $7 ~ /u/ { print $2, $6 }'
compare riscv64-sv57 sv57 satp=0xa000200000083d65 '$1 == "0xa000200000083d65" && $3 == "U" && $5 == 1 && $7 ~ /u/ { print $2, $6 }'

# Text, filters and ranges.  From the oracle of this guest: 0x481000 is r-x for the user, 0x4000 not mapped.
guest x86_64-4level
D="dump -f x86_64 --root cr3=0x139e000"
# shellcheck disable=SC2086
{
run 0 $D "$CORE"
has FROM 0x0000000000401000 'mapped in'
run 0 $D --maps "$CORE"
has 'r-xu'
hasnot FROM 'mapped in'
run 0 $D --filter 'w and x' --json "$CORE"
lines 1
has '"user":"rwx"'
# gdb-pt-dump's words: one dash, several words after -filter, A B after -range
run 0 $D -filter w x -range 0x7f0000000000 0x7fffffffffff --json "$CORE"
lines 1
run 1 $D --filter 'size=1G' "$CORE"
run 0 $D --filter size=2M --json "$CORE"
hasnot '"page_size":4096'
has '"page_size":2097152'
run 0 $D -has 0x481779 "$CORE"
has '  pml4  [   0] at ' '  pt    [ 129] at '
run 0 $D -has 0x481779 --json "$CORE"
lines 1
has '"user":"r-x"'
run 0 $D --range 0x481000+4K --json "$CORE"
lines 1
has '{"va":"0x481000","len":4096,"pa":"0xcc59000","page_size":4096'
run 0 $D --range 0x481800..0x481900 --json "$CORE"
lines 1
has '{"va":"0x481800","len":256,"pa":"0xcc59800"'
run 1 $D --range 0x4000..0x5000 "$CORE"
run 0 $D -before 0x400000000000 --json "$CORE"
hasnot '"va":"0xffff'
run 0 $D -after 0x800000000000 --json "$CORE"
hasnot '"va":"0x4'
run 0 $D --merge none --range 0x481000+16K --json "$CORE"
lines 4
run 0 $D --overview "$CORE"
has '|' 'read only'
run 0 $D --svg "$CORE"
has '<svg xmlns' '</svg>'
run 0 $D --html "$CORE"
has '<!doctype html>' '</html>'
hasnot 'http://' 'https://'
run 0 $D --csv --range 0x481000+4K "$CORE"
lines 2
# A table that repeats is told once, as an alias; --follow-aliases walks it again.
run 0 $D --json "$CORE"
has '"alias":"0xffffff7e'
run 0 $D --json --follow-aliases --range 0xffffff7e00000000-0xffffff7e3fffffff "$CORE"
hasnot '"alias":"0x'
# -o, and a root outside of the image.
run 0 $D --json -o "$W/file" "$CORE"
lines 0
[ -s "$W/file" ] || fail "-o wrote nothing"
run 3 $D -o "$W/no/such/file" "$CORE"
run 1 dump -f x86_64 --root cr3=0x7777000 "$CORE"
has unreadable
}
# Numbers are searched in the byte order of the machine: the first entry of the kernel's first table, which the kernel maps.
guest s390x
run 0 read -f s390x --root asce=0x1290007 --pa --json "$CORE" 0x1290000 8
entry=$(sed 's/.*"bytes":"\([^"]*\)".*/\1/' "$W/out")
run 0 dump -f s390x --root asce=0x1290007 -s8 "0x$entry" "$CORE"
has '0x0000000001290000  0x1290000'
# Bits for software (RISC-V: RSW, bits 9 and 8): any, just these, some of them.
I=$W/soft
dd if=/dev/zero of="$I" bs=4096 count=4 2>/dev/null
put "$I" 0x1000 8 0x801                   # root[0] -> 0x2000
put "$I" 0x2000 8 0xc01                   # -> 0x3000
put "$I" 0x3000 8 0x40c7 0x45c7 0x4ac7 0x4fc7 # rw- pages at 0x10000 and on, RSW 0, 1, 2, 3
S="dump -f sv39 --root 0x1000 --json --merge none"
soft() { # FILTER VA...: the pages that pass
	# shellcheck disable=SC2086
	run $(($# == 1)) $S --filter "$1" "$I"
	shift
	lines $#
	has "$@"
}
soft soft '"va":"0x1000"' '"va":"0x2000"' '"va":"0x3000"'
soft 'not soft' '"va":"0x0"'
soft soft=0x200 '"va":"0x2000"'
soft soft=0 '"va":"0x0"'
soft soft=0x100/0x100 '"va":"0x1000"' '"va":"0x3000"'
soft 'soft!=0/0x200' '"va":"0x2000"' '"va":"0x3000"'
soft 'soft=0/0x100 and w' '"va":"0x0"' '"va":"0x2000"'
soft 'soft and x'
run 0 dump -f sv39 --root 0x1000 --merge rights --filter soft=0x200 "$I"
has '0x0000000000002000 0x0000000000002fff'
run 0 diff -f sv39 --root 0x1000 --root 0x1000 --filter soft "$I"
run 2 dump -f sv39 --root 0x1000 --filter 'soft=0x400' "$I"
says '--filter: soft=0x400: sv39 has the bits 0x300 for software'
run 2 dump -f sv39 --root 0x1000 --filter 'soft=0x300/0x100' "$I"
says 'bits that the mask leaves out'
run 2 dump -f sv39 --root 0x1000 --filter 'soft>1' "$I"
says 'soft bits are compared by = and !='
run 2 dump -f sv39 --root 0x1000 --filter 'soft=some' "$I"
says 'VALUE or VALUE/MASK'
run 2 dump -f v3d --root 0 --filter soft "$I"
says 'v3d has no bits for software'
finish
