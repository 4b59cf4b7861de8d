#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD - a real kernel's address space, read with descriptions of 40 lines
set -eu

build=$1
ptgen=$build/ptgen
here=$(dirname "$0")
out=$build/demo
mkdir -p "$out"

say() {
	printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

run() {
	words=
	for w; do
		case $w in
		*' '*) words="$words '$w'" ;;
		*) words="$words $w" ;;
		esac
	done
	say "\$ ptgen$words"
	"$ptgen" "$@"
}

for guest in riscv64-sv48 x86_64-4level; do
	xz -dc "$here/snapshots/$guest/mem.core.xz" >"$out/$guest.core"
done

say "The descriptions become C:"
for f in sv48 x86_64; do
	"$ptgen" generate --template-dir "$here/../gen/templates" -o "$out" "$here/../formats/$f.pt"
	${CC:-cc} -std=c11 -O2 -ffreestanding -fno-tree-loop-distribute-patterns -I"$here/../runtime" -I"$out" -c -o "$out/$f.o" "$out/$f.c"
	printf '  formats/%s.pt %5s lines  ->  %s.c %5s lines\n' "$f" "$(wc -l <"$here/../formats/$f.pt")" "$f" "$(wc -l <"$out/$f.c")"
done

say "Linux 7.2 on riscv64, stopped while a process ran: what its tables map"
run dump -f sv48 --root satp=0x9000200000083a79 --overview "$out/riscv64-sv48.core"

say "One address of it, step by step"
run translate -f sv48 --root satp=0x9000200000083a79 --steps "$out/riscv64-sv48.core" 0xffff8f8000018123

say "The same from cr3 of Linux 6.1 on x86-64: is anything writable and executable?"
run dump -f x86_64 --root cr3=0x139e000 --filter "w and x" "$out/x86_64-4level.core"

say "And the speed of the C that was made"
${CC:-cc} -std=c11 -O2 -D_GNU_SOURCE -I"$here/../runtime" -I"$out" -o "$out/demo" "$here/demo.c" "$out/x86_64.o" "$build/libptg.a"
"$out/demo"
