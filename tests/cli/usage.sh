#!/bin/sh
# SPDX-License-Identifier: MIT
# usage.sh - help, wrong command lines, exit codes
. "$(dirname "$0")/lib"

guest riscv64-sv48
R=satp=0x9000200000083a79

run 0 --help
has 'usage: ptgen' translate dump roots lint diff read p2v formats explain encode generate check fmt doc
run 2
run 2 frobnicate
says "no command 'frobnicate'"
for c in generate check fmt doc explain encode translate dump roots lint diff read p2v formats; do
	run 0 $c --help
	has "usage: ptgen $c" --help
	run 0 help $c
	run 2 $c --no-such-option
	says 'no-such-option'
done

run 2 translate
says 'no image'
run 2 translate -f sv48 "$CORE" 0
says '--root ROOT is missing'
run 2 translate --root $R "$CORE" 0
says '-f FORMAT is missing'
run 2 translate -f sv48 --root $R "$CORE"
says 'no address'
run 2 translate -f sv48 --root $R "$CORE" zebra
says "'zebra' is no address"
run 2 translate -f sv47 --root $R "$CORE" 0
says "no format 'sv47'; did you mean 'sv"
run 2 translate -f sv48 --root $R --access rw "$CORE" 0
says '--access'
run 2 translate -f sv48 --root $R --ctx blue=1 "$CORE" 0
says 'sum, mxr'
run 2 translate -f sv48 --root $R --enable flying "$CORE" 0
run 2 translate -f sv48 --root $R --set wings=2 "$CORE" 0
run 2 translate -f sv48 --root cr3=0 "$CORE" 0
says "no register 'cr3'" satp
run 2 translate -f sv48 --root nonsense "$CORE" 0
says "'nonsense'"
run 2 translate -f sv48 --root satp=x "$CORE" 0
run 2 translate -f sv48 --root '' "$CORE" 0
# Registers that select another format.
run 2 translate -f sv39 --root $R "$CORE" 0
says satp.MODE sv48 sv39
run 2 translate -f x86_64 --root cr3=0x1000,cr4=0x1000 "$CORE" 0
says cr4.LA57 x86_64_la57
run 2 translate -f ia32e --root cr3=0x1000 "$CORE" 0
says cr4=
run 2 translate -f riscv64 --root 0x1000 "$CORE" 0
says 'REGISTER=VALUE'
run 2 translate -f aarch64_4k --root ttbr0=0x1000,ttbr1=0 "$CORE" 0
says tcr=
run 2 translate -f riscv64 --root satp=0x1000 "$CORE" 0
# A plain number is the root register where its mode fits, else the table's address.
run 0 translate -f sv48 --root 0x9000200000083a79 "$CORE" 0x2b547
has 0x88292547
run 0 translate -f sv48 --root 0x83a79000 "$CORE" 0x2b547
has 0x88292547
run 0 translate -f riscv64 --root SATP=0x9000200000083a79 "$CORE" 0x2b547
has 0x88292547
# The image.
run 3 translate -f sv48 --root $R "$W/none" 0
says 'No such file'
run 3 translate -f sv48 --root $R raw:/dev/null 0
run 2 dump -f sv48 --root $R "$CORE" more
run 2 dump -f sv48 --root $R --filter blue "$CORE"
says "'blue'"
run 2 dump -f sv48 --root $R --range 5-4 "$CORE"
run 3 check "$W/none.pt"
run 3 "$W/none.pt"
printf 'format x {\n' >"$W/bad.pt"
run 1 check "$W/bad.pt"
says 'bad.pt:' 'error:'
run 2 check
run 2 diff -f sv48 --root $R "$CORE"
run 2 read -f sv48 --root $R "$CORE" 0
run 2 p2v -f sv48 --root $R "$CORE"
run 2 lint -f sv48 --root $R --only moths "$CORE"
run 2 roots "$CORE"
finish
