#!/bin/sh
# SPDX-License-Identifier: MIT
# verification.sh [--check] - formats/verification.txt: what stands behind each format
#
# Counted from the tests themselves: checks of tests/vectors, snapshots and kernels
# that were booted, guests of tests/mmu, claims of tests/proof.  --check: fails where the file is not up to date.
set -eu
file=formats/verification.txt

snapshots() {
	case $1 in
	sv39 | sv48 | sv57) ls -d tests/snapshots/riscv64-*"$1" 2>/dev/null | wc -l ;;
	aarch64_4k) ls -d tests/snapshots/aarch64-4k-* 2>/dev/null | wc -l ;;
	armv7_short) ls -d tests/snapshots/armv7-short* 2>/dev/null | wc -l ;;
	x86_pae) ls -d tests/snapshots/i386-pae* 2>/dev/null | wc -l ;;
	x86_64) ls -d tests/snapshots/x86_64-4level* 2>/dev/null | wc -l ;;
	x86_64_la57) ls -d tests/snapshots/x86_64-la57* 2>/dev/null | wc -l ;;
	s390x) ls -d tests/snapshots/s390x* 2>/dev/null | wc -l ;;
	*) echo 0 ;;
	esac
}

table() {
	echo "# FORMAT checks-of-vectors snapshots MMU-guests proofs; made by tests/verification.sh"
	for f in $(ls formats/*.pt | sed 's|.*/||; s|\.pt$||'); do
		vectors=$(cat tests/vectors/*.txt | awk -v f="$f" '$1 == "format" { on = 0; for (i = 2; i <= NF; i++) on = on || $i == f }
			on && $2 ~ /^(0x|[0-9])/ && ($3 == "=" || $3 == "!") { n++ } END { print n + 0 }')
		guests=$(awk -v f="$f" '$1 == f { n++ } END { print n + 0 }' tests/mmu/passed.txt)
		proofs=$(awk -v f="$f" '$1 == f { print (NF > 2 ? $2 "(bounded)" : $2) }' tests/proof/proved.txt | sort -u | paste -sd, -)
		kernels=$(awk -v f="$f" '$1 == f { n++ } END { print n + 0 }' tests/kernels/passed.txt)
		echo "$f $vectors $(($(snapshots "$f") + kernels)) $guests ${proofs:--}"
	done
}

if [ "${1:-}" = --check ]; then
	table | cmp -s - $file || {
		echo "$file is not up to date: run tests/verification.sh"
		exit 1
	}
else
	table >$file
fi
