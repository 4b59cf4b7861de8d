#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh PTGEN DIR [GUEST...] - what booted machines answered, and what ptgen answers
#
# Decompresses each guest to DIR, asks `ptgen translate` every address of its
# oracle, compares.  With SNAP=PROGRAM (snap.c) the rows also go through the
# library, by the generated and the generic walker.  Exit status 1 when a row differs.
set -eu

ptgen=$1
build=$2
shift 2
here=$(dirname "$0")
[ $# -gt 0 ] || set -- $(cd "$here" && ls -d */ | tr -d /)
failed=0

register() { # NAME FILE: the first value of NAME=0x.. in regs.txt
	sed -n "s/.*[[:space:]]$1=\(0x[0-9a-fA-F]*\).*/\1/p" "$2" | head -n 1
}

# ask DIR IMAGE: every group of rows; prints "ROWS DIFFERENCES"
ask() {
	rows=0
	differ=0
	for args in "$1"/*.args; do
		n=${args%.args}
		# 1 means that some address faulted, which the comparison judges
		# shellcheck disable=SC2046
		"$ptgen" translate $(cat "$args") --json "$2" - <"$n.va" >"$n.got" || [ $? -eq 1 ]
		if [ "$(wc -l <"$n.got")" -ne "$(wc -l <"$n.va")" ]; then
			echo "  $(cat "$args"): $(wc -l <"$n.got") answers to $(wc -l <"$n.va") questions" >&2
			differ=$((differ + 1))
			continue
		fi
		counts=$(paste "$n.want" "$n.got" | awk -v ram_first=2147483648 -v ram_last=2214592511 -f "$here/compare.awk")
		if [ "${counts#* }" -ne 0 ]; then
			echo "  in: ptgen translate $(cat "$args") $2" >&2
		fi
		rows=$((rows + ${counts% *}))
		differ=$((differ + ${counts#* }))
	done
	echo "$rows $differ"
}

# one GUEST KIND ORACLE
one() {
	dir=$build/$1
	work=$dir/rows.$3
	regs=$here/$1/regs.txt
	rm -rf "$work"
	mkdir -p "$work"
	[ -f "$dir/mem.core" ] || xz -dc "$here/$1/mem.core.xz" >"$dir/mem.core"
	xz -dc "$here/$1/$3.tsv.xz" | awk -v kind="$2" -v dir="$work" -v tcr="$(register TCR_EL1 "$regs")" \
		-v cr4="$(register CR4 "$regs")" -f "$here/rows.awk"
	counts=$(ask "$work" "$dir/mem.core")
	printf '%-22s %6d rows, %d differ%s\n' "$1" "${counts% *}" "${counts#* }" "${4:-}"
	[ "${counts#* }" -eq 0 ] || failed=1
	if [ -n "${SNAP:-}" ]; then
		# shellcheck disable=SC2046
		counts=$("$SNAP" "$dir/mem.core" $(ls "$work"/*.args | sed 's/\.args$//')) || failed=1
		printf '%-22s %6d rows, %d differ, both walkers\n' '' "${counts% *}" "${counts#* }"
	fi
	rm -rf "$work"
}

for guest; do
	case $guest in
	riscv64-synth-sv48)
		one "$guest" riscv oracle
		one "$guest" exec oracle_exec ' (executed)'
		;;
	riscv64-*) one "$guest" riscv oracle ;;
	x86_64-*)  one "$guest" x86 oracle ;;
	i386-pae)  one "$guest" pae oracle ;;
	aarch64-*) one "$guest" aarch64 oracle ;;
	armv7-*)   one "$guest" armv7 oracle ;;
	s390x)     one "$guest" s390x oracle ;;
	*)         echo "$guest: no such guest" >&2; exit 2 ;;
	esac
done
exit $failed
