#!/bin/bash
# SPDX-License-Identifier: MIT
# tutorial.sh BUILD - every command of README and docs/tutorial.md runs and prints what stands there
#
# In a block between ``` a line that begins with `$ ` is a command; the lines
# after it, if the block has any, are what it prints.  A block that begins with
# a description's name is what `check` says of it after the change that the
# text tells of.  What needs a program that is not installed is left out.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD build=$1
case $build in /*) ;; *) build=$top/$build ;; esac
work=$build/tutorial
rm -rf "$work"
mkdir -p "$work"
ln -s "$top/formats" "$top/runtime" "$top/gen" "$top/tests" "$top/Makefile" "$work"
cp -R docs "$work/docs"
ln -s "$build" "$work/build"
unset MAKEFLAGS MAKELEVEL MFLAGS
export PTGEN_DATA=$top
cd "$work" || exit 2
runs=0 bad=0

fail() {
	bad=1
	echo "tutorial: $*" >&2
}

# Where the example kernel's pages lie, and how long generated C is, changes with every second commit.
vague() { sed 's/now a page of 0x[0-9a-f]*/now a page of X/; s/\.c *[0-9]* lines/.c N lines/' <<<"$1"; }

possible() { # COMMAND
	local word
	for word in python3 xz; do
		case $1 in *"$word "*) command -v $word >/dev/null || return 1 ;; esac
	done
	case $1 in
	*docs/examples/kernel*)
		command -v clang >/dev/null && command -v ld.lld >/dev/null && command -v qemu-system-riscv64 >/dev/null ;;
	*) true ;;
	esac
}

# try FILE COMMAND WANTED COMPARE
try() {
	local got status
	possible "$2" || { echo "tutorial: left out: ${2%%$'\n'*}"; return; }
	runs=$((runs + 1))
	case $2 in
	make*) got=$(timeout 120 bash -c "$2 -s --no-print-directory PTGEN=$build/ptgen RUNTIME=$top/runtime \
		FORMAT=$top/formats/sv48.pt B=$work/kernel" 2>&1 | grep -v '^qemu-system\|^clang \|^mkdir \|^ld.lld ') ;;
	*) got=$(timeout 120 bash -c "$2" 2>&1) ;;
	esac
	status=$?
	[ $status -le 1 ] || fail "$1: status $status: $2: $got"
	[ "$4" = 0 ] || [ "$(vague "$got")" = "$(vague "$3")" ] || fail "$1: $2
$(diff <(echo "$3") <(echo "$got"))"
}

# The blocks of one file, block by block, command by command.
run_file() {
	local line command='' wanted='' inside=0 shown=0 quotes
	local -a commands=() outputs=()
	while IFS= read -r line; do
		case $inside$line in
		0'```'*) inside=1 commands=() outputs=() shown=0 command='' ;;
		1'```')
			inside=0
			for i in "${!commands[@]}"; do
				try "$1" "${commands[i]}" "${outputs[i]}" $shown
			done
			;;
		1'$ '*)
			command=${line#'$ '}
			quotes=${command//[^\']/}
			while [ $((${#quotes} % 2)) -eq 1 ] && IFS= read -r line; do
				command+=$'\n'$line
				quotes=${command//[^\']/}
			done
			commands+=("$command")
			outputs+=('')
			;;
		1*)
			[ ${#commands[@]} -gt 0 ] || continue
			shown=1
			wanted=${outputs[-1]}
			outputs[-1]=$wanted${wanted:+$'\n'}$line
			;;
		esac
	done <"$top/$1"
}

run_file docs/tutorial.md

# The mistake that the tutorial makes: what the compiler says to it.
sed -i 's/^\( *attr u = U\)  tables none/\1/' docs/examples/toy.pt
sed -n '/^docs\/examples\/toy.pt:[0-9]*:[0-9]*: error/,/^```/p' "$top/docs/tutorial.md" | sed '$d' >want
build/ptgen check docs/examples/toy.pt >got 2>&1
runs=$((runs + 1))
grep -qF -x -f got want && [ "$(grep -cF -x -f want got)" -ge "$(wc -l <want)" ] || fail "the mistake: $(diff want got)"

# The README shows what the demo prints, shortened: each line of it is one of the demo's.
"$top/tests/demo.sh" "$build" >demo 2>&1 || fail "the demo: $(tail -n 3 demo)"
sed -n '/^The descriptions become C/,/^```/p' "$top/README.md" | sed '$d; s/mem\.core/riscv64-sv48.core/; s/^\$ \(.*\) [^ ]*riscv64-sv48.core/$ \1 riscv64-sv48.core/' |
	grep . >lines
vague "$(cat lines)" >want
vague "$(sed "s|$build/demo/||" demo)" >got
while IFS= read -r line; do
	grep -qxF -e "$line" got || fail "README shows what the demo does not: $line"
done <want
runs=$((runs + 1))

# The picture in docs/inspection.md is what its command draws.
build/ptgen dump -f sv48 --root satp=0x9000200000083a79 --range 0..0x800000000000 --svg -o got.svg "$build/demo/riscv64-sv48.core"
cmp -s got.svg "$top/docs/space.svg" || fail "docs/space.svg is not current"
runs=$((runs + 1))

[ $bad -eq 0 ] && echo "tutorial: $runs commands ok"
exit $bad
