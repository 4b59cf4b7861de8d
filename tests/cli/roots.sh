#!/bin/sh
# SPDX-License-Identifier: MIT
# roots.sh - every root that the machine used is found; random memory has none
. "$(dirname "$0")/lib"

# found GUEST FORMAT ROOT...: each is in the list that was printed
found() {
	guest "$1"
	run 0 roots -f "$2" --json "$CORE"
	shift 2
	for table; do
		has "\"table\":\"$table\""
	done
}

# The values are those of regs.txt: cr3, the PPN of satp, the address in TTBR, the origin in the ASCE.
found x86_64-4level ia32e 0x139e000 0x2bf8000 0x1fcc000 0x1108000
found x86_64-la57 ia32e 0x1fcc000 0x1fce000 0x2bc6000 0x1fc8000
hasnot '"format":"x86_64"'
found i386-pae x86_pae 0x28ba0c0 0x13654c0 0x13656c0 0x281d280
found riscv64-sv39 riscv64 0x8391b000 0x83c56000 0x83aa8000 0x8398b000
hasnot '"format":"sv48"' '"format":"sv57"'
found riscv64-sv48 riscv64 0x83a79000 0x83b1c000 0x83d59000 0x83a3c000
found riscv64-sv57 riscv64 0x83d65000 0x83abc000 0x83d9c000 0x83809000
found riscv64-synth-sv48 riscv64 0x80100000
found aarch64-4k-48 aarch64_4k 0x4304a000 0x43180000 0x434c2000 0x434dc000 0x41851000 0x41853000
found armv7-short armv7_short 0x41ee0000 0x41ee4000 0x41ee8000 0x41ebc000
found s390x s390x 0x2990000 0x2a70000 0x2acc000 0x1290000

# What is printed can be given to --root.
guest riscv64-sv48
run 0 roots -f sv48 --csv "$CORE"
root=$(sed -n '2s/^sv48,\([^,]*\),.*/\1/p' "$W/out")
run 0 dump -f sv48 --root "$root" "$CORE"
guest s390x
run 0 roots -f s390x --csv "$CORE"
root=$(sed -n '2s/^s390x,\([^,]*\),.*/\1/p' "$W/out")
run 0 dump -f s390x --root "$root" "$CORE"
# Without a word on the machine: the first candidates are of its format.
first() { # GUEST FORMAT LINES
	guest "$1"
	run 0 roots -f all "$CORE"
	n=$(head -n "$3" "$W/out" | grep -c "^$2 ")
	[ "$n" -eq "$3" ] || fail "$1: not $2 but $(head -n "$3" "$W/out")"
}
first riscv64-sv39 sv39 4
first riscv64-sv48 sv48 4
first riscv64-sv57 sv57 4
first riscv64-synth-sv48 sv48 1
first s390x s390x 4
first x86_64-4level x86_64 4
first x86_64-la57 x86_64_la57 4
first aarch64-4k-48 aarch64_4k 6
first armv7-short armv7_short 4
# Four PAE roots, two of them in one page: no table of 512 entries.
first i386-pae x86_pae 4
lines 4
has cr3=0x28ba0c0 cr3=0x13654c0 cr3=0x13656c0 cr3=0x281d280
# One line a tree, with what else reads the same in it.
guest x86_64-4level
run 0 roots -f x86_64,npt "$CORE"
lines 4
has '; or npt'
run 0 roots -f x86_64,npt --csv "$CORE"
lines 9
run 0 roots -f x86_64,ia32e,x86_64 --csv "$CORE"
lines 5
run 1 roots -f v3d "$CORE"

# 4 MiB of noise (an LCG), and as much of zeros.
awk 'BEGIN { x = 1; for (i = 0; i < 1048576; i++) { x = (x * 1103515245 + 12345) % 2147483648; printf "%c%c%c%c", \
	int(x / 65536) % 255 + 1, int(x / 256) % 255 + 1, int(x / 4096) % 255 + 1, int(x / 1048576) % 255 + 1 } }' >"$W/noise"
for f in ia32e riscv64 aarch64 s390x x86_32 armv7_short; do
	run 1 roots -f $f --min-tables 2 "raw:$W/noise@0x80000000"
	lines 0
done
dd if=/dev/zero of="$W/zero" bs=1024 count=4096 2>/dev/null
run 1 roots -f ia32e,riscv64 "$W/zero"

# A page that leads back to itself by chance, every other entry of it refused, is no root; with one of four it is.
S=$W/selfmap
rm -f "$S"
dd if=/dev/zero of="$S" bs=4096 count=8 2>/dev/null
put "$S" 0x1ff8 8 0x1063                  # pml4[511] -> itself
put "$S" 0x1000 8 0x2067 0x900067 0x3067 0x901067
put "$S" 0x2000 8 0x4067
put "$S" 0x3000 8 0x4067
put "$S" 0x4000 8 0x5067
put "$S" 0x5000 8 0x6067 0x7067
run 1 roots -f x86_64 "$S"
put "$S" 0x1018 8 0
run 0 roots -f x86_64 "$S"
has cr3=0x1000 'maps itself at entry 511'

# What pointers out of the image lead to is not kept: 4 MiB of noise need less than 64 MiB beside what maps the program.
if (ulimit -v 200000 && "$PTGEN" version) >/dev/null 2>&1; then # a sanitizer takes terabytes of addresses
	(ulimit -v 200000; exec "$PTGEN" roots -f x86_64,x86_pae,aarch64_4k --min-tables 2 "$W/noise" >"$W/out" 2>"$W/err")
	[ $? -eq 1 ] || fail "noise in little memory: $(head -n 2 "$W/err")"
fi

# A file of 64 GiB that is one hole but for four pages at 40 GiB is looked through at once.
if command -v truncate >/dev/null && truncate -s 64G "$W/sparse" 2>/dev/null; then
	put "$W/sparse" 0xa00000000 8 0xa00001067
	put "$W/sparse" 0xa00001000 8 0xa00002067
	put "$W/sparse" 0xa00002000 8 0xa00003067
	put "$W/sparse" 0xa00003000 8 0xa00004067 0xa00005067 0xa00006067 0xa00007067
	TESTS=$((TESTS + 1))
	timeout 10 "$PTGEN" roots -f x86_64 "$W/sparse" >"$W/out" 2>"$W/err" || fail "the sparse file: status $?"
	has cr3=0xa00000000
	lines 1
	rm -f "$W/sparse"
fi
finish
