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
says 'is no regular file'
run 3 translate -f sv48 --root $R "$W" 0
says 'is a directory'
: >"$W/empty"
run 3 translate -f sv48 --root $R "$W/empty" 0
says 'is empty'
mkfifo "$W/pipe"
for kind in '' raw: elf: lime: kdump:; do
	TESTS=$((TESTS + 1))
	timeout 10 "$PTGEN" translate -f sv48 --root $R "$kind$W/pipe" 0 >"$W/out" 2>"$W/err" </dev/null
	got=$?
	[ $got -eq 3 ] || fail "a pipe as $kind: status $got: $(cat "$W/err")"
done
# A word that no image can be written as is a wrong command line, whatever the disk holds.
for word in "raw:$CORE@zebra" "raw:$CORE@" raw: elf: lime: kdump: raw:@0 '' gdb://localhost gdb://localhost: \
	gdb://localhost:http gdb://localhost:0 gdb://localhost:65536 gdb://localhost:1K gdb:localhost:1234; do
	run 2 translate -f sv48 --root $R "$word" 0
	run 2 dump -f sv48 --root $R "$word"
	run 2 lint -f sv48 --root $R "$word"
	run 2 diff -f sv48 --root $R "$CORE" "$word"
	run 2 diff -f sv48 --root $R "$word" "$CORE"
	run 2 read -f sv48 --root $R "$word" 0 8
	run 2 p2v -f sv48 --root $R "$word" 0
	run 2 roots -f sv48 "$word"
	case $word in
	gdb*) says "$word: write gdb://HOST:PORT" ;;
	*@zebra) says "'zebra' is no address" ;;
	'') says "the image's name is empty" ;;
	esac
done
run 3 dump -f sv48 --root $R 'raw:none@0x1000'
run 3 dump -f sv48 --root $R 'raw:no@zebra/none'
run 3 dump -f sv48 --root $R 'gdb://[::1]:1'
says 'gdb://[::1]:1: '
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
says "--only: no finding 'moths'" 'wx user-alias'
run 2 roots
run 0 roots "$CORE"
has "sv48  satp=0x9000000000083a79"

# Near misses are named, and so is the option that is wrong.
run 2 trnslate
says "did you mean 'translate'?"
run 2 help trnslate
says "did you mean 'translate'?"
run 2 dump --jsn
says "unknown option '--jsn'; did you mean '--json'?"
run 2 dump -jsn
says "did you mean '--json'?"
run 2 dump -f sv48 --root $R --set wings=2 "$CORE"
says "--set: sv48 has no parameter 'wings', nor any other"
run 2 explain -f x86_64 --set wings=2 0
says "--set: x86_64 has no parameter 'wings' (it has maxphyaddr)"
run 2 explain -f x86_64 --set maxphyaddr=99 0
says '--set: maxphyaddr must be in 36..52'
run 2 dump -f sv48 --root $R --enable flying "$CORE"
says "--enable: sv48 has no feature 'flying'" '(it has svnapot, '
run 2 dump -f sv48 --root $R --disable flying "$CORE"
says "--disable: sv48 has no feature 'flying'"
run 2 dump -f sv48 --root $R --ctx sum=2 "$CORE"
says '--ctx sum=2: 1 bit wide'
run 2 generate --ops fly sv48
says "--ops: there is no operation 'fly'" lookup_many
run 3 generate -o "$W/gen" --template-dir "$W/none" sv48
says "--template-dir: $W/none has no format.c.m4"
[ "$(wc -l <"$W/err")" -eq 1 ] || fail "more than one line: $(cat "$W/err")"
run 2 formats nosuch
lines 0
run 2 formats --verification nosuch
says "no format 'nosuch'"

# One output at a time; the same one twice is no quarrel.
run 2 dump -f sv48 --root $R --json --csv "$CORE"
says '--csv: --json was said before'
run 2 translate -f sv48 --root $R --csv --json "$CORE" 0
says '--json: --csv was said before'
for o in --svg --html --overview --maps; do
	run 2 dump -f sv48 --root $R --json $o "$CORE"
	says "$o" --json
done
run 2 dump -f sv48 --root $R --svg --html "$CORE"
says '--html: --svg was said before'
run 2 dump -f sv48 --root $R --maps --overview "$CORE"
run 2 dump -f sv48 --root $R -ss x --svg "$CORE"
run 2 read -f sv48 --root $R --raw --hex "$CORE" 0x2b547 1
run 0 translate -f sv48 --root $R --json --json "$CORE" 0x2b547

# Filters: what is missing, what there is.
run 2 dump -f sv48 --root $R --filter 'w and' "$CORE"
says "--filter: something must follow 'and'"
run 2 dump -f sv48 --root $R --filter 'or w' "$CORE"
says "--filter: something must stand before 'or'"
run 2 dump -f sv48 --root $R --filter '(w' "$CORE"
says "--filter: ')' is missing"
run 2 dump -f sv48 --root $R --filter kind=blue "$CORE"
says "--filter: sv48 has no kind 'blue'" leaf
run 2 dump -f sv48 --root $R --filter level=blue "$CORE"
says "--filter: sv48 has no level 'blue'"
run 2 dump -f sv48 --root $R --filter memtype=blue "$CORE"
says "--filter: sv48 has no memory type 'blue'" pma
run 2 diff -f sv48 --root $R --root $R --filter kind=blue "$CORE"
says "--filter: sv48 has no kind 'blue'"
run 1 dump -f sv48 --root $R --filter uc "$CORE"

# No description anywhere: said, not an image without roots.
mkdir -p "$W/nowhere" && cp "$PTGEN" "$W/nowhere/ptgen"
core=$(cd "$(dirname "$CORE")" && pwd)/mem.core
if [ ! -d /usr/local/share/ptgen ] && [ ! -d /usr/share/ptgen ]; then
	(cd "$W/nowhere" && ./ptgen roots -f all "$core") >"$W/out" 2>"$W/err"
	[ $? -eq 3 ] || fail "roots without formats: $(cat "$W/out")"
	says 'no formats found; set PTGEN_PATH'
fi
# A broken description does not take the others away.
mkdir -p "$W/path" && printf 'format half {\n' >"$W/path/half.pt"
TESTS=$((TESTS + 1))
PTGEN_PATH=$W/path "$PTGEN" roots -f all "$CORE" >"$W/out" 2>"$W/err" || fail "roots with a broken description: $?"
has sv48
says 'half.pt' 'left out'
finish
