#!/bin/bash
# SPDX-License-Identifier: MIT
# examples.sh BUILD - build and run everything in docs/examples, as a user would, on an installed ptgen
#
# What is not installed is skipped with a message.
set -eu
cd "$(dirname "$0")/.."
top=$PWD build=$1
case $build in /*) ;; *) build=$top/$build ;; esac
work=$build/examples
rm -rf "$work"
mkdir -p "$work"
unset MAKEFLAGS MAKELEVEL MFLAGS
n=0

fail() {
	echo "examples: $1: $2" >&2
	[ ! -s "$work/log" ] || tail -n 20 "$work/log" >&2
	exit 1
}
skip() { echo "examples: $1: skipped, $2 is not installed"; }
have() { command -v "$1" >/dev/null 2>&1; }
# run NAME WANT COMMAND...: it must end well and print WANT
run() {
	local name=$1 want=$2
	shift 2
	"$@" >"$work/log" 2>&1 || fail "$name" "status $?"
	[ -z "$want" ] || grep -q -e "$want" "$work/log" || fail "$name" "no '$want' in its output"
	n=$((n + 1))
}

make --no-print-directory -s B="$build" DESTDIR= prefix="$work/usr" install
PATH=$work/usr/bin:$PATH
PKG_CONFIG_PATH=$work/usr/lib/pkgconfig
export PATH PKG_CONFIG_PATH
share=$work/usr/share/ptgen

if have clang && have ld.lld && have qemu-system-riscv64; then
	run kernel 'the page holds what was written' timeout 120 make -C docs/examples/kernel run PTGEN=ptgen RUNTIME="$share/runtime" FORMAT="$share/formats/sv48.pt" B="$work/kernel"
else
	skip kernel 'clang, lld or qemu-system-riscv64'
fi
run iommu ': ok$' make -C docs/examples/iommu run PTGEN=ptgen RUNTIME="$share/runtime" FORMAT="$share/formats/vtd_ss4.pt" B="$work/iommu"

# Rows of the oracle of this guest (tests/snapshots/x86_64-4level).
run guest-memory '' make -C docs/examples/guest-memory PTGEN=ptgen FORMAT="$share/formats/x86_64.pt" B="$work/guest" PTG_FLAGS="$(pkg-config --cflags --libs ptg)"
xz -dc tests/snapshots/x86_64-4level/mem.core.xz >"$work/mem.core"
run guest-memory '481779 is at cc59779, page of 4096 bytes, user/supervisor r-x/r-x' "$work/guest/guestmem" "$work/mem.core" 0x139e000 0x481779
run guest-memory 'ffff8e0e41842abe is at 1842abe, page of 4096 bytes' "$work/guest/guestmem" "$work/mem.core" 0x2bf8000 0xffff8e0e41842abe
run guest-memory '^0000000000470000-000000000048ffff *cc48000 12 r-x/r-x' "$work/guest/guestmem" "$work/mem.core" 0x139e000

# gdb's command, on a guest with the memory of that snapshot; 0x2b547 is at 0x88292547 in its oracle.
if have gdb-multiarch && have qemu-system-riscv64; then
	xz -dc tests/snapshots/riscv64-sv48/mem.core.xz >"$work/riscv.core"
	port=$((20000 + $$ % 20000))
	qemu-system-riscv64 -machine virt -m 256 -bios none -display none -nodefaults -S -gdb "tcp:127.0.0.1:$port" \
		-device "loader,file=$work/riscv.core" >"$work/qemu" 2>&1 &
	qemu=$!
	trap 'kill $qemu 2>/dev/null' EXIT
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		ptgen read --pa "gdb://127.0.0.1:$port" 0x83a79000 8 >/dev/null 2>&1 && break
		sleep 0.5
	done
	run gdb '^0x000000000002b547  0x88292547 ' timeout 60 gdb-multiarch -q -batch -ex 'set architecture riscv:rv64' \
		-ex "target remote 127.0.0.1:$port" -ex 'set $satp=0x9000200000083a79' -ex 'source docs/examples/gdb/pt.py' \
		-ex 'pt translate 0x2b547'
	kill $qemu
	trap - EXIT
else
	skip gdb 'gdb-multiarch or qemu-system-riscv64'
fi

if have cmake; then
	run cmake '' cmake -S docs/examples/cmake -B "$work/cmake"
	run cmake '' cmake --build "$work/cmake"
	run cmake '^80200123 80200123$' "$work/cmake/tables"
	run cmake '' cmake -S docs/examples/cmake -B "$work/cmake-own" -DPTG_RUNTIME_DIR="$share/runtime"
	run cmake '' cmake --build "$work/cmake-own"
	run cmake '^80200123 80200123$' "$work/cmake-own/tables"
else
	skip cmake cmake
fi
if have meson && have ninja; then
	run meson '' meson setup "$work/meson" docs/examples/meson
	run meson '' ninja -C "$work/meson"
	run meson '^80200123 80200123$' "$work/meson/tables"
else
	skip meson 'meson or ninja'
fi

(cd docs/examples/template && ptgen generate --template consts.rs.m4 --template asm.inc.m4 -o "$work" sv48 x86_64) >"$work/log" 2>&1 ||
	fail template 'ptgen refuses it'
run template '.set SV48_PTE_PPN, 0x003ffffffffffc00' cat "$work/sv48.inc"
run template 'pub const PPN: u64 = 0x003ffffffffffc00' cat "$work/sv48.rs"
! have as || run template '' as -o "$work/sv48.o" "$work/sv48.inc"
if have rustc; then
	run template '' rustc --crate-type lib --emit metadata -o "$work/sv48.rmeta" "$work/sv48.rs"
else
	skip 'template (Rust)' rustc
fi
if have clang; then
	run toy '' ptgen generate -o "$work" docs/examples/toy.pt
fi
# Each fact that docs/facts.md promises is there.
ptgen generate --emit facts x86_64 >"$work/log"
sed -n 's/^| `\([a-z_.A-Z]*\)`.*/\1/p' docs/facts.md | grep -v 'OP$\|g4' | sed 's/\.[A-Z]\b/.[a-z0-9_]*/g' | while read -r key; do
	grep -q "^g4_[a-z]*(<|$key" "$work/log" || fail facts "$key is not there"
done
echo "examples: $n steps ok"
