#!/bin/sh
# SPDX-License-Identifier: MIT
# synthetic.sh - read, p2v, lint, diff on a small x86-64 image made by hand
. "$(dirname "$0")/lib"

# Physical memory of 1 MiB at 0.  Entries are low word, high word: XD is 0x80000000 in the high one.
I=$W/memory
dd if=/dev/zero of="$I" bs=1024 count=1024 2>/dev/null
put "$I" 0x1000 4 0x2007 0                # pml4[0] -> pdpt 0x2000, user, writable
put "$I" 0x1ff0 4 0x1003 0                # pml4[510] -> itself
put "$I" 0x1ff8 4 0x5003 0                # pml4[511] -> pdpt 0x5000
put "$I" 0x2000 4 0x3007 0
put "$I" 0x3000 4 0x4007 0
put "$I" 0x4080 4 0x10005 0               # va 0x10000 -> 0x10000  user r-x
put "$I" 0x4088 4 0x11007 0x80000000      # va 0x11000 -> 0x11000  user rw-
put "$I" 0x4090 4 0x10007 0x80000000      # va 0x12000 -> 0x10000  user rw-: alias of code
put "$I" 0x4098 4 0x4007 0x80000000       # va 0x13000 -> 0x4000   user rw-: a table
put "$I" 0x40a0 4 0x14007 0               # va 0x14000 -> 0x14000  user rwx
put "$I" 0x40a8 4 0x15007 0x2000          # va 0x15000: bit 45, reserved when maxphyaddr is 40
put "$I" 0x40b0 4 0x900005 0x80000000     # va 0x16000 -> 0x900000 outside the image
put "$I" 0x5ff8 4 0x6003 0                # pdpt[511] -> pd 0x6000
put "$I" 0x6000 4 0x80000003 0            # pd[0] -> a table outside the image
put "$I" 0x6008 4 0x8003 0                # pd[1] -> pt 0x8000
put "$I" 0x8000 4 0x11103 0x80000000      # va 0xffffffffc0200000 -> 0x11000, supervisor rw-, global
printf 'The quick brown fox' | dd of="$I" bs=1 seek=$((0x10ff0)) conv=notrunc 2>/dev/null
printf 'page two' | dd of="$I" bs=1 seek=$((0x11003)) conv=notrunc 2>/dev/null
X="-f x86_64 --root cr3=0x1000"

# shellcheck disable=SC2086
{
# read: across pages, then across pages that do not follow each other in memory
run 0 read $X "$I" 0x10ff0 27
printf 'The quick brown foxpage two' >"$W/want"
same "$W/want"
run 0 read $X "$I" 0x12ff8 16
printf 'k brown \0\0\0\0\0\0\0\0' >"$W/want"
same "$W/want"
run 0 read $X --hex "$I" 0x10ff0 16
has '0x0000000000010ff0  54 68 65 20 71 75 69 63  6b 20 62 72 6f 77 6e 20  |The quick brown |'
run 0 read $X --json "$I" 0x10ff0 3
has '{"va":"0x10ff0","len":3,"bytes":"546865"}'
run 0 read $X --pa "$I" 0x10ff0 9
printf 'The quick' >"$W/want"
same "$W/want"
run 1 read $X "$I" 0xfff0 32
says '0xfff0: fault not_present'
run 1 read $X --set maxphyaddr=40 "$I" 0x14ffe 8
says '0x15000: fault reserved_bits'
printf '\0\0' >"$W/want"
same "$W/want"                            # what lies before it was read
run 3 read $X "$I" 0x16000 4
says '0x900000' 'image does not hold'
run 1 read $X --access sr --ctx smap=1 "$I" 0x10000 4
run 0 read $X "$I" 0x10000 0
lines 0
run 3 read $X --pa "$I" 0x100000 1

# p2v: every address of a frame, the self map included
run 0 p2v $X --json "$I" 0x10004
lines 2
has '{"pa":"0x10004","va":"0x10004"' '"va":"0x12004"'
run 0 p2v $X --json "$I" 0x11abc
has '"va":"0x11abc"' '"va":"0xffffffffc0200abc"'
run 0 p2v $X --json "$I" 0x4088
has '"va":"0x13088"' '"va":"0xffffff0000000088"'
run 1 p2v $X "$I" 0x77000
lines 0

# translate: effective rights and the reserved bit
run 0 translate $X --json "$I" 0x10000 0xffffffffc0200000
has '"va":"0x10000","pa":"0x10000"' '"user":"r-x","supervisor":"r-x"' '"user":"---","supervisor":"rw-"' '"global":true'
run 1 translate $X --set maxphyaddr=40 --json "$I" 0x15000
has '"fault":"reserved_bits","fault_class":"reserved"'
run 0 translate $X --set maxphyaddr=40 --lenient --json "$I" 0x15000
run 0 translate $X --set maxphyaddr=40 --ignore-reserved 0x200000000000@pt --json "$I" 0x15000
run 1 translate $X --set maxphyaddr=40 --ignore-reserved 0x200000000000@pd --json "$I" 0x15000
run 2 translate $X --ignore-reserved 0x20@moon "$I" 0
says "no level 'moon'"

# dump: what is broken is told
run 0 dump $X --set maxphyaddr=40 --json "$I"
has '"fault":"reserved_bits"' '"fault":"unreadable"' '"va":"0x14000","len":4096,"pa":"0x14000","page_size":4096'

# lint: each finding with its addresses
run 1 lint $X --set maxphyaddr=40 --ram 0-0xfffff --json "$I"
has '"id":"wx","va":"0x14000","len":4096,"pa":"0x14000"' \
	'"id":"user-alias"' '"id":"exec-alias"' '"id":"reserved","va":"0x15000"' '"id":"unreadable","va":"0xffffffffc0000000"' \
	'"id":"outside-ram","va":"0x16000","len":4096,"pa":"0x900000"' '"id":"self-map"'
run 1 lint $X --set maxphyaddr=40 --only table-user-writable --json "$I"
lines 1
has '"id":"table-user-writable","va":"0x13000","len":4096,"pa":"0x4000"'
run 1 lint $X --only exec-alias --json "$I"
lines 1
has '"pa":"0x10000"' '"va":"0x12000"' '"other":"0x10000"'
run 0 lint $X --only group "$I"
# Every frame at two addresses, when it is asked for: 0x10000, 0x11000, and the table that the self map shows as a page.
run 1 lint $X --only alias --json "$I"
lines 3
has '"va":"0xffffff0000000000","len":4096,"pa":"0x4000","other":"0x13000"' \
	 '"va":"0x12000","len":4096,"pa":"0x10000","other":"0x10000"' '"va":"0xffffffffc0200000","len":4096,"pa":"0x11000","other":"0x11000"'
run 1 lint $X -find_alias "$I"
has 'alias: what is written here appears there' 'also at 0x10000'
run 1 lint $X --json "$I"
hasnot '"id":"alias"'
run 0 lint $X --range 0x10000+4K --only wx,user-alias,outside-ram "$I"

# diff: another entry, another right, one more page
cp "$I" "$W/after"
put "$W/after" 0x4080 4 0x10007 0         # va 0x10000 becomes writable
put "$W/after" 0x4088 4 0x12007 0x80000000 # va 0x11000 moves to 0x12000
put "$W/after" 0x40a0 4 0 0               # va 0x14000 goes
put "$W/after" 0x4100 4 0x20005 0         # va 0x20000 comes
run 1 diff $X --json "$I" "$W/after"
has '{"change":"~ user r-x -> rwx supervisor r-x -> rwx","va":"0x10000"' '{"change":"~ pa 0x11000 -> 0x12000","va":"0x11000"' \
	'{"change":"-","va":"0x14000"' '{"change":"+","va":"0x20000"'
run 1 diff $X --rights-only --json "$I" "$W/after"
hasnot '"va":"0x11000"'
run 0 diff $X "$I" "$I"
lines 0
run 0 diff $X --range 0x16000+4K "$I" "$W/after"
put "$W/after" 0x4088 4 0x11047 0x80000000 # dirty now
run 0 diff $X --range 0x11000+4K "$I" "$W/after"
run 1 diff $X --range 0x11000+4K --marks "$I" "$W/after"
has '+dirty'

# roots and searches
run 0 roots -f x86_64 --json "$I"
has '"root":"cr3=0x1000"' '"self_map":510'
run 0 dump $X -ss 'quick brown ' "$I"
has 0x0000000000010ff4 0x10ff4
run 0 dump $X -sb 70616765 --json "$I"
has '"va":"0x11003"'
run 1 dump $X -s8 0x123456789abcdef0 "$I"
run 0 dump $X -s4 0x11103 -align 0x1000 "$I"
}
# Runs of pages, one after the other in the same table, each somewhere else in memory; one page that differs in
# its rights, one that comes back to those before; two tables alike, and one under a table that says less.
J=$W/runs
dd if=/dev/zero of="$J" bs=1024 count=64 2>/dev/null
put "$J" 0x1000 8 0x2007
put "$J" 0x2000 8 0x3007
put "$J" 0x3000 8 0x4007 0x5007 0x6005
put "$J" 0x4000 8 0x100007 0x101007 0x102007 0x500007 0x501007 0x502007 0x903007 0x904005 0x905007 0 0x700007
put "$J" 0x5000 8 0x800007 0x801007 0x900007
put "$J" 0x6000 8 0x800007 0x801007
run 0 dump -f x86_64 --root cr3=0x1000 --csv "$J"
cut -d, -f1,2,3,8 "$W/out" | grep '^0x' >"$W/got"
cat >"$W/want" <<'E'
0x0,12288,0x100000,rwx
0x3000,12288,0x500000,rwx
0x6000,4096,0x903000,rwx
0x7000,4096,0x904000,r-x
0x8000,4096,0x905000,rwx
0xa000,4096,0x700000,rwx
0x200000,8192,0x800000,rwx
0x202000,4096,0x900000,rwx
0x400000,8192,0x800000,r-x
E
cmp -s "$W/want" "$W/got" || fail "runs: $(cat "$W/out")"
# A filter by length sees what is merged: three user pages rw- that follow each other.
run 0 dump $X --filter 'len>=12K and user' "$I"
has '0x0000000000011000 0x0000000000013fff       12K'
[ "$(grep -c '^0x0000' "$W/out")" -eq 1 ] || fail "more than one: $(cat "$W/out")"
run 1 dump $X --filter 'len>12K and user' "$I"
run 0 read -read_phys 0x10ff0 9 "$I"
printf 'The quick' >"$W/want"
same "$W/want"
run 0 read $X -read_virt 0x10ff0 9 "$I"
same "$W/want"
# Two words: the second is where it ends.
run 0 dump $X -range 0x10000 0x11000 "$I"
has '4K mapped in 1 ranges'
run 2 dump $X -range 0x10000 0x10000 "$I"
# Searches: any byte, a count, an offset.
run 0 dump $X -sb '71??69636b' "$I"
has 0x0000000000010ff4
run 2 dump $X -sb '??71' "$I"
run 0 dump $X -ss o "$I"
all=$(wc -l <"$W/out")
[ "$all" -gt 2 ] || fail "$all hits of o"
run 0 dump $X -ss o 2 "$I"
lines 2
run 0 dump $X -ss quick -align 0x1000 0xff4 "$I"
has 0x0000000000010ff4
run 1 dump $X -ss quick -align 0x1000 0xff0 "$I"

# Pages with the same rights that lie apart are searched where they are, however they would be shown.
dd if=/dev/zero of="$W/apart" bs=1024 count=64 2>/dev/null
put "$W/apart" 0x1000 8 0x2007
put "$W/apart" 0x2000 8 0x3007
put "$W/apart" 0x3000 8 0x4007
put "$W/apart" 0x4000 8 0x8007 0xc007
put "$W/apart" 0x9000 8 0x6e6f697463657366 # "fsection", behind the first page: not mapped
put "$W/apart" 0xc010 8 0x6e6f697463657366
run 0 dump -f x86_64 --root cr3=0x1000 --merge rights -ss fsection "$W/apart"
lines 1
has '0x0000000000001010  0xc010'

# A directory of everything: a table, a hole, a large page, the table again, the same under an entry that says less, one
# that the image does not hold, another table, and that one again by an entry that has been accessed.
K=$W/directory
dd if=/dev/zero of="$K" bs=1024 count=64 2>/dev/null
put "$K" 0x1000 8 0x2007
put "$K" 0x2000 8 0x3007
put "$K" 0x3000 8 0x5007 0 0xe00087 0x5007 0x5005 0x900007 0x6007 0x6027
put "$K" 0x5000 8 0x100007 0x200007 0x300007
put "$K" 0x6000 8 0x100005
run 0 dump -f x86_64 --root cr3=0x1000 "$K"
sed -n 's/^0x0*\([0-9a-f]*\) 0x0*\([0-9a-f]*\) *[^ ]*  \(...\).* \([^ ]*\)$/\1 \2 \3 \4/p' "$W/out" >"$W/got"
cat >"$W/want" <<'E'
 2fff rwx scattered
400000 5fffff rwx 0xe00000
600000 7fffff ali again
800000 802fff r-x scattered
a00000 bfffff unr pt)
c00000 c00fff r-x 0x100000
e00000 ffffff ali again
E
cmp -s "$W/want" "$W/got" || fail "directory: $(cat "$W/out")"
has 'alias of 0x0: the table at 0x5000' 'alias of 0xc00000: the table at 0x6000' ', 7 tables read, 2 aliased'
run 0 dump -f x86_64 --root cr3=0x1000 --range 0x1000-0x7fffff "$K" # the first table was cut: no ground for an alias
has '0x0000000000001000 0x0000000000002fff' '0x0000000000400000 0x0000000000602fff'
hasnot alias
finish
