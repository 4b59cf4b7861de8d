#!/bin/sh
# SPDX-License-Identifier: MIT
# nested.sh - two stages: a guest's Sv39 over Sv39x4, tables made by hand
. "$(dirname "$0")/lib"

# Host memory of 256 KiB at 0.  Second stage: root of 16 KiB at 0x4000, guest page n at 0x20000 + n pages.
# An entry is PPN << 10 | bits: V 1, R 2, W 4, X 8, U 16, A 64, D 128.
I=$W/memory
dd if=/dev/zero of="$I" bs=1024 count=256 2>/dev/null
put "$I" 0x4000 8 $((0x8000 >> 12 << 10 | 1))          # root[0] -> table 0x8000
put "$I" 0x8000 8 $((0x9000 >> 12 << 10 | 1))          # -> table 0x9000
n=0
while [ $n -lt 5 ]; do                                   # guest pages 0..4, readable and writable, U as always
	put "$I" $((0x9000 + 8 * n)) 8 $(((0x20 + n) << 10 | 0xd7))
	n=$((n + 1))
done
put "$I" $((0x9000 + 8 * 5)) 8 $((0x25 << 10 | 0x53))  # guest page 5: read only
# First stage, in guest pages 1, 2, 3 = host 0x21000, 0x22000, 0x23000.
put "$I" 0x21000 8 $((2 << 10 | 1))
put "$I" 0x22000 8 $((3 << 10 | 1))
put "$I" 0x23000 8 $((4 << 10 | 0xd7))                 # va 0 -> guest page 4, user rw
put "$I" 0x23008 8 $((5 << 10 | 0xd7))                 # va 0x1000 -> guest page 5, which is read only below
put "$I" 0x23010 8 $((9 << 10 | 0xd7))                 # va 0x2000 -> guest page 9, not there
put "$I" 0x24000 8 0x1122334455667788
X="-f sv39_sv39x4 --root s1.satp=0x8000000000000001,s2.hgatp=0x8000000000000004"

# shellcheck disable=SC2086
{
run 0 translate $X --json "$I" 0x123 0x1456
has '"va":"0x123","pa":"0x24123","page_size":4096' '"pa":"0x25456"' '"user":"rw-"' '"user":"r--"'
run 1 translate $X --json "$I" 0x2000
has '"fault":"s2.' '"fault_class":"not_present","rule":"s2.kind:'
run 1 translate $X --json "$I" 0x3000
has '"fault":"s1.' '"rule":"s1.kind:not_present"'
run 1 translate $X --access uw --json "$I" 0x1000
has '"fault":"s2.permission"'
run 0 translate $X --access uw --json "$I" 0x0
run 0 dump $X --json "$I"
has '{"va":"0x0","len":4096,"pa":"0x24000"' '{"va":"0x1000","len":4096,"pa":"0x25000"'
run 0 read $X --hex "$I" 0 8
has '88 77 66 55 44 33 22 11'
run 0 p2v $X --json "$I" 0x25010
has '"va":"0x1010"'
run 2 translate $X --ctx sum=1 "$I" 0
says 's1.sum'
run 0 translate $X --ctx s1.sum=1 --access sr "$I" 0
run 2 translate -f sv39_sv39x4 --root 0x1000 "$I" 0
says s1. s2.
run 2 translate -f sv39_sv39x4 --root s1.cr3=0,s2.hgatp=0x8000000000000004 "$I" 0
run 0 explain -f sv39_sv39x4 0
run 0 translate $X --steps --json "$I" 0x123
has '"stage":1,"level":2' '"entry_pa":"0x3000"' '"stage":2,"level":0,"level_name":"0","index":4'
run 0 lint $X --only wx "$I"
run 0 diff $X "$I" "$I"
}
# How many entries a walk reads: (levels+1)*(levels+1)-1.
run 0 explain -f sv48_sv48x4 0x8040201abc
has 'index    1  0x001' '(4+1)*(4+1)-1 = 24 entries'
run 0 explain -f x86_64_la57_ept5 0x1000
has '= 35 entries'
run 2 explain -f sv48_sv48x4 --level 0 0x1
says 'explain one of sv48, sv48x4'
finish
