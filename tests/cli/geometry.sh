#!/bin/sh
# SPDX-License-Identifier: MIT
# geometry.sh - tables whose geometry is data: the 68030's TC, read where registers are given; a GPU's page size, set
. "$(dirname "$0")/lib"

I=$W/memory
dd if=/dev/zero of="$I" bs=1024 count=256 2>/dev/null
big() { # ADDRESS BYTE...: octal bytes, as they stand in memory
	at=$(($1))
	shift
	printf "$(printf '\\%s' "$@")" | dd of="$I" bs=1 seek="$at" conv=notrunc 2>/dev/null
}
CRP=0x7fff000200010000

# 0x56f1f234 with ten bits a level (TC 0x80c0aa00): 0x15b, 0x31f.
big 0x1056c 000 001 020 002             # table at 0x11000
big 0x11c7c 104 125 140 001             # page at 0x44556000
run 0 translate -f m68030 --root tc=0x80c0aa00,crp=$CRP "raw:$I" 0x56f1f234
has 0x44556234
# With eight bits left out above and six a level: 0x3c, 0x1f.
big 0x100f0 000 002 000 002             # table at 0x20000
big 0x2007c 167 210 220 001             # page at 0x77889000
run 0 translate -f m68030 --root tc=0x80c86600,crp=$CRP "raw:$I" 0x56f1f234
has 0x77889234
# Pages of 8K, four levels: 7, 4, 4, 4 bits; 0x2b, 0x7, 0x8, 0xf.
big 0x100ac 000 003 000 002             # table at 0x30000
big 0x3001c 000 003 001 002             # table at 0x30100
big 0x30120 000 003 002 002             # table at 0x30200
big 0x3023c 104 125 160 001             # page at 0x44556000, bit 12 does not count
run 0 translate -f m68030 --root tc=0x80d07444,crp=$CRP "raw:$I" 0x56f1f234
has 0x44557234
# The sum of all must be 32.
run 1 translate -f m68030 --root tc=0x80c07770,crp=$CRP "raw:$I" 0x56f1f234
says "level ind uses va[11], which level c already uses"
# TC as the description has it needs no setting, another is refused where nobody reads it.
run 0 dump -f m68030 --root tc=0x80c0aa00,crp=$CRP "raw:$I"
has 0x56f1f000
run 1 translate -f m68030 --root tc=0x00c07760,crp=$CRP "raw:$I" 0x56f1f234

# PowerVR with pages of 64K: va 0x92_3456_7abc has 0x248 (32 bits an entry), 0x1a2, and 6 of 32 below.
dd if=/dev/zero of="$I" bs=1024 count=256 2>/dev/null
put "$I" 0x1920 4 0x21
put "$I" 0x2d10 4 0x3105 0              # 64K, a table of 256 bytes at 0x3100
put "$I" 0x31b0 4 0x34560001 0x12
run 0 translate -f pvr_rogue --set code=2 --root cat_base=0x1000 "raw:$I" 0x9234567abc
has 0x1234567abc ' 64K '
put "$I" 0x2d10 4 0x302b 0              # 2M: one entry at 0x3020
put "$I" 0x3020 4 0x34400003 0x12
run 0 translate -f pvr_rogue --set code=5 --root cat_base=0x1000 "raw:$I" 0x9234567abc
has 0x1234567abc ' 2M ' r-x
run 1 translate -f pvr_rogue --root cat_base=0x1000 "raw:$I" 0x9234567abc
has other_page_size
finish
