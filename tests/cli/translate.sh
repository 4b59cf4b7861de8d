#!/bin/sh
# SPDX-License-Identifier: MIT
# translate.sh - answers in all forms; the rows themselves are tests/snapshots/run.sh's
. "$(dirname "$0")/lib"

guest riscv64-sv48
T="translate -f sv48 --root satp=0x9000200000083a79"

# shellcheck disable=SC2086
{
# The oracle: 0x2b547 is at 0x88292547, r-xu-a-.
run 0 $T --json "$CORE" 0x2b547
lines 1
has '{"va":"0x2b547","pa":"0x88292547","page_size":4096,"level":0,"level_name":"0","entry":"0x220a4' \
	'"user":"r-x","supervisor":"---","memtype":"pma","accessed":true,"dirty":false,"global":false,"contig":null,' \
	'"fault":null,"fault_class":null,"rule":"kind:leaf"}'
run 1 $T --json --access uw "$CORE" 0x2b547
has '"pa":null' '"fault":"permission","fault_class":"permission","rule":"deny:permission#'
run 1 $T --json "$CORE" 0x1234 0x800000000000
lines 2
has '"fault":"not_present","fault_class":"not_present","rule":"kind:not_present"' '"fault_class":"noncanonical"'
run 0 $T --csv "$CORE" 0x2b547
has 'va,pa,page_size,level,level_name,entry,user,supervisor,memtype,accessed,dirty,global,contig,fault,fault_class,rule' \
	'0x2b547,0x88292547,4096,0,0,'
run 0 $T "$CORE" 0x2b547
has 0x000000000002b547 0x88292547 'user r-x' accessed
run 0 $T --steps "$CORE" 0x2b547
# 0x2b547: indexes 0, 0, 0, 43; the root's first entry is at the root
has '[   0] at 0x83a79000' '[  43] at ' 'pointer, table at' 'leaf, 4K page at 0x88292000'
run 0 $T --json --steps "$CORE" 0x2b547
has '"steps":[{"level":3,' '"index":43'
run 0 $T --walk 0x2b547 "$CORE"
has 'leaf, 4K page'
}
# Addresses on standard input: blanks, comments, an error with its line.
printf '0x2b547\n\n# nothing\n  0x2b000 and the rest\n' |
	"$PTGEN" translate -f sv48 --root satp=0x9000200000083a79 --json "$CORE" - >"$W/out" 2>"$W/err" || fail "stdin"
lines 2
has 0x88292547 0x88292000
printf '0x2b547\nfish\n' | "$PTGEN" translate -f sv48 --root satp=0x9000200000083a79 "$CORE" - >"$W/out" 2>"$W/err"
[ $? -eq 2 ] || fail "a line that is no address"
says 'line 2'

# A root outside the image is an unreadable table, never a crash.
run 1 translate -f sv48 --root satp=0x9000000012345678 --json "$CORE" 0x1000
has '"fault":"unreadable","fault_class":"unreadable"'
# Registers with which no walk can start.
guest aarch64-4k-48
run 1 translate -f aarch64_4k --root ttbr0=0x1000,ttbr1=0,tcr=0x3f --json "$CORE" 0x1000
has '"fault_class":"'
finish
