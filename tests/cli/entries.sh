#!/bin/sh
# SPDX-License-Identifier: MIT
# entries.sh - explain and encode, by the tables of the manuals
. "$(dirname "$0")/lib"

# RISC-V: 0x20000c01 at level 2 is a pointer to 0x80003000; 0x200004cf a leaf that is not aligned.
run 0 explain -f sv39 --level 2 --json 0x20000c01 0x200000cf 0x200004cf 0x20000003
lines 4
has '"entry":"0x20000c01","level":2,"level_name":"2","kind":"pointer","role":"table","pa":"0x80003000"' \
	'"kind":"leaf","role":"page","pa":"0x80000000","page_size":1073741824,"user":"---","supervisor":"rwx"' \
	'"fault":"misaligned","fault_class":"reserved"' '"V":"0x1"'
run 0 explain -f sv39 --level 2 0x200004cf
has misaligned PPN '[53:10]'
# An address: 0x3fd224db50 has the indexes 0, 255, 145, 77 and the offset 0xb50.
run 0 explain -f sv48 --json 0x3fd224db50 0x800000000000
has '"index_3":0,"index_2":255,"index_1":145,"index_0":77,"offset":"0xb50","fault":null' '"fault":"'
run 0 explain -f sv48 0x3fd224db50
has 'va[38:30]' 255
# x86-64: bit 13 of a 2 MiB page is reserved; a page of 4 KiB with XD.
run 0 explain -f x86_64 --level pd 0x80000000400020e3
has 'reserved_bits' broken '| XD'
run 0 explain -f x86_64 --level pt --json 0x8000000012345067
has '"pa":"0x12345000"' '"user":"rw-"' '"D":"0x1"' '"XD":"0x1"'
run 2 explain -f x86_64 --level pdx 0
says "no level 'pdx'" 'pml4, pdpt, pd, pt'
run 2 explain -f x86_64 --level pt 0x10000000000000000
says '64 bits'
run 2 explain -f ia32e 0
run 0 explain -f x86_64 --level all 0x83
# s390x counts bits from the left: a segment entry with FC=1 is a page of 1 MiB.
run 0 explain -f s390x --level seg --json 0x00100400
has '"kind":"page1m"' '"pa":"0x100000"'
run 0 explain -f s390x --level seg 0x00100400
has '[0:43]'

# The other way round.
run 0 encode -f sv48 --pa 0x80000000 --level 2 --json r=1 w=1 accessed=1 dirty=1
has '"entry":"0x200000c7"'
run 0 encode -f sv48 --pa 0x80003000 --level 2 --table --json
has '"entry":"0x20000c01"'
run 1 encode -f sv48 --pa 0x80000000 --level 0 w=1 r=0
says 'cannot express'
run 1 encode -f sv48 --pa 0x80001000 --level 1 r=1
says 'aligned'
run 2 encode -f sv48 --pa 0x80000000 --level 0 colour=1
says "no attribute 'colour'"
run 2 encode -f sv48 --pa 0x80000000 --level 9 r=1
run 0 encode -f x86_64 --pa 0x40000000 --level pd --json user=rw- supervisor=rw- memtype=uc accessed=1 dirty=1
has '"entry":"0x80000000400000ff"'
run 0 encode -f x86_64 --pa 0x12345000 --level pt --json w=0 u=1 x=1 key=5 accessed=1
has '"PK":"0x5"' '"RW":"0x0"' '"US":"0x1"' '"XD":"0x0"' '"pa":"0x12345000"'
run 0 encode -f x86_64 --pa 0x1000 --level pt --json w=1 PCD=1
has '"PCD":"0x1"'
run 1 encode -f x86_64 --pa 0x1000 --level pt user=-w-
finish
