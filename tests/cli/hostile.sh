#!/bin/sh
# SPDX-License-Identifier: MIT
# hostile.sh - images that lie: an error or a bounded answer, never a crash
. "$(dirname "$0")/lib"

# survive ARGS...: any status but a signal's, in a minute, or ten with a sanitizer
survive() {
	TESTS=$((TESTS + 1))
	timeout $((${SANITIZE:+10 * }60)) "$PTGEN" "$@" >"$W/out" 2>"$W/err" </dev/null
	got=$?
	[ "$got" -le 3 ] || fail "status $got: ptgen $*"
}

guest x86_64-4level
size=$(wc -c <"$CORE")
X="-f x86_64 --root cr3=0x139e000"

# shellcheck disable=SC2086
{
# A core cut at many places: an error; with --truncated what is left.
for part in 10 60 200 1000 3000 5000 9999; do
	n=$((size * part / 10000))
	head -c "$n" "$CORE" >"$W/cut"
	run 3 translate $X "$W/cut" 0x481000
	says "$W/cut"
	survive dump $X --truncated "$W/cut"
	survive translate $X --truncated "$W/cut" 0x481000 0xffffffff86000000
done
# Each byte of the header and of the first program headers, changed.
i=0
while [ $i -lt 180 ]; do
	cp "$CORE" "$W/bent"
	printf '\377' | dd of="$W/bent" bs=1 seek=$i conv=notrunc 2>/dev/null
	survive translate $X "$W/bent" 0x481000
	i=$((i + 7))
done
# Every page a table that leads to itself, at every level.
dd if=/dev/zero of="$W/self" bs=4096 count=1 2>/dev/null
put "$W/self" 0 8 7
i=8
while [ $i -lt 4096 ]; do
	head -c $i "$W/self" >"$W/piece"
	dd if="$W/piece" of="$W/self" bs=$i seek=1 conv=notrunc 2>/dev/null
	i=$((i * 2))
done
for f in x86_64 x86_64_la57 ept4 vtd_ss5 amdv1 npt; do
	survive dump -f $f --root 0 "$W/self"
	survive lint -f $f --root 0 "$W/self"
	survive p2v -f $f --root 0 "$W/self" 0
	survive roots -f $f "$W/self"
done
survive dump -f x86_64_la57 --root 0 --html "$W/self"
survive diff -f x86_64_la57 --root 0 --root 0 "$W/self"
# Noise as tables of every format.  Tables the image does not hold are passed over whole: 2048 of a megabyte
# each take a fraction of this processor time (4.5 s before).
awk 'BEGIN { x = 7; for (i = 0; i < 65536; i++) { x = (x * 1103515245 + 12345) % 2147483648; printf "%c", int(x / 65536) % 255 + 1 } }' >"$W/noise"
for f in $("$PTGEN" formats --csv | sed -n 's/^\([a-z0-9_]*\),.*/\1/p' | sed 1d); do
	survive dump -f "$f" --root 0 "$W/noise"
	survive translate -f "$f" --root 0 "$W/noise" 0 0x1000 0xffffffffffffffff 0x123456789abcdef
	survive explain -f "$f" --level all 0xffffffffffffffff
done
for f in nvidia_nv50 loongarch64_64k power9_radix; do
	TESTS=$((TESTS + 1))
	(ulimit -t 1; exec "$PTGEN" dump -f $f --root 0 "$W/noise" >"$W/out" 2>"$W/err")
	[ $? -le 1 ] || fail "dump -f $f of noise took more than a second of processor time"
done
# Roots that point anywhere.
for r in 0 0xffffffffffffffff 0xfffffffffffff000 0x139e fish; do
	survive dump -f x86_64 --root $r "$CORE"
	survive dump -f riscv64 --root satp=$r "$CORE"
done
}
finish
