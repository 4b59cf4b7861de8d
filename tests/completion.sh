#!/bin/bash
# SPDX-License-Identifier: MIT
# completion.sh PTGEN - the bash and zsh completions, asked as the shells ask them
set -u
ptgen=$(realpath "$1") bad=0 runs=0
cd "$(dirname "$0")/.." || exit 2
# shellcheck source=/dev/null
. docs/completion/ptgen.bash

# ask "WORDS" WANTED...: completing the last word must offer each
ask() {
	local line=$1
	shift
	read -ra COMP_WORDS <<<"$line"
	[ "${line% }" = "$line" ] || COMP_WORDS+=("")
	COMP_WORDS[0]=$ptgen
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_ptgen 2>/dev/null
	runs=$((runs + 1))
	for want; do
		case " ${COMPREPLY[*]} " in
		*" $want "*) ;;
		*) echo "completion: '$line': no '$want' in: ${COMPREPLY[*]:0:20}"; bad=1 ;;
		esac
	done
}

ask 'ptgen d' dump diff doc
ask 'ptgen tr' translate
ask 'ptgen help ro' roots
ask 'ptgen dump --fi' --filter
ask 'ptgen dump -' -f --format --svg --json
ask 'ptgen translate -f sv4' sv48 sv48x4
ask 'ptgen roots -f sv39,sv4' sv39,sv48
ask 'ptgen roots -f al' all
ask 'ptgen translate --root sa' satp=
ask 'ptgen translate --root ttbr0=1,tt' ttbr0=1,ttbr1=
ask 'ptgen lint --only wx,re' wx,reserved
ask 'ptgen generate --emit h,v' h,vectors
ask 'ptgen generate formats/sv4' formats/sv48.pt
ask 'ptgen generate sv5' sv57
ask 'ptgen check formats/riscv6' formats/riscv64.pti
ask 'ptgen formats x86_64_l' x86_64_la57

if command -v zsh >/dev/null 2>&1; then
	# Completes in a terminal of zsh's own, takes the line back, and reads the screen.
	screen=$(PATH=$(dirname "$ptgen"):$PATH timeout 60 zsh -f -c '
		zmodload zsh/zpty
		zpty -b z zsh -f -i
		zpty -w z "PS1=; fpath=($PWD/docs/completion \$fpath); autoload -U compinit; compinit -D -u; stty cols 200"
		sleep 1
		ask() { # LINE WANTED: wait up to ten seconds for it
			zpty -w -n z "$1"${(#):-9}
			for i in {1..100}; do
				zpty -r -t z part 2>/dev/null && print -rn -- "$part" && out+=$part
				[[ $out == *$2* ]] && break
				sleep 0.1
			done
			zpty -w -n z ${(#):-21}
			out=
		}
		ask "ptgen transl" ate
		ask "ptgen dump --maps --filt" er
		ask "ptgen translate -f sv48x" 4
		ask "ptgen lint --on" ly
		zpty -d z' 2>&1 | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/.\x08//g' | tr -d '\r\007')
	for want in late --filter sv48x4 --only; do
		runs=$((runs + 1))
		case $screen in
		*"$want"*) ;;
		*) echo "completion: zsh: no '$want'"; bad=1 ;;
		esac
	done
	[ $bad -eq 0 ] || printf '%s\n' "$screen" | tail -n 30
else
	echo "completion: zsh is not installed: its part skipped"
fi
[ $bad -eq 0 ] && echo "completion: $runs questions ok"
exit $bad
