#!/bin/sh
# SPDX-License-Identifier: MIT
# kdump.sh - real dumps: QEMU writes the memory of a guest, compressed, and every row of the oracle is asked of it
#
# The guest never runs: its memory is the page tables of a snapshot.
. "$(dirname "$0")/lib"

"$PTGEN" translate -f sv39 --root 0 kdump:/dev/null 0 2>&1 | grep -q 'built without libkdumpfile' &&
	{ echo "cli: kdump: left out, this ptgen was built without libkdumpfile"; exit 0; }

# guest NAME QEMU-ARGS...: a dump of it in $W/NAME/mem.core, where tests/snapshots/run.sh looks
dumped() {
	name=$1
	shift
	command -v "$1" >/dev/null || return 1
	guest "$name"
	mkdir -p "$W/$name"
	# One loader a run of pages: addresses and offsets of PT_LOAD.
	python3 - "$CORE" "$W/$name" >"$W/$name/loaders" <<'E'
import struct, sys
core = open(sys.argv[1], "rb").read()
order = "<" if core[5] == 1 else ">"
phoff, = struct.unpack_from(order + "Q", core, 32)
size, count = struct.unpack_from(order + "HH", core, 54)
for i in range(count):
    kind, _, at, _, pa, n = struct.unpack_from(order + "IIQQQQ", core, phoff + i * size)
    if kind == 1:
        name = "%s/%x" % (sys.argv[2], pa)
        open(name, "wb").write(core[at:at + n])
        print("-device loader,force-raw=on,addr=0x%x,file=%s" % (pa, name))
E
	# shellcheck disable=SC2046
	printf 'dump-guest-memory -z %s\nquit\n' "$W/$name/mem.core" | timeout 120 "$@" -display none -nodefaults -no-reboot -S \
		-monitor stdio $(cat "$W/$name/loaders") >"$W/qemu" 2>&1
	[ -s "$W/$name/mem.core" ] || fail "$name: no dump: $(tail -n 3 "$W/qemu")"
}

asked=
for g in x86_64-4level s390x aarch64-4k-48; do
	case $g in
	x86_64-4level) set -- qemu-system-x86_64 -machine pc,accel=tcg -m 256 ;;
	s390x) set -- qemu-system-s390x -machine s390-ccw-virtio,accel=tcg -m 256 ;;
	aarch64-4k-48) set -- qemu-system-aarch64 -machine virt,accel=tcg -cpu max -m 256 ;;
	esac
	dumped $g "$@" || continue
	TESTS=$((TESTS + 1))
	asked="$asked $g"
done
[ -n "$asked" ] || { echo "cli: kdump: left out, there is no QEMU"; exit 0; }
# shellcheck disable=SC2086
sh "$SNAPSHOTS/run.sh" "$PTGEN" "$W" $asked >"$W/out" 2>&1 || fail "$(tail -n 8 "$W/out")"

# QEMU writes the flattened form; cut off, or with nonsense in it, it is refused.
set -- $asked
F=$W/$1/mem.core
[ "$(head -c 12 "$F")" = makedumpfile ] || fail "not the flattened form"
head -c 70000 "$F" >"$W/cut"
run 3 dump -f x86_64 --root cr3=0 "$W/cut"
says 'ends early'
head -c 3000 "$F" >"$W/cut"
run 3 dump -f x86_64 --root cr3=0 "$W/cut"
says 'ends early'
{ head -c 4096 "$F"; printf '\177\377\377\377\0\0\0\0\0\0\0\0\0\0\0\001x'; } >"$W/cut"
run 3 dump -f x86_64 --root cr3=0 "$W/cut"
says nonsense
{ head -c 4096 "$F"; printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\001x'; printf '\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377'; } >"$W/cut"
run 3 dump -f x86_64 --root cr3=0 "$W/cut"
finish
