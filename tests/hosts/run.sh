#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh - the walker's own tests on other hosts: 32 and 64 bits, little and big endian
#
# Every cross compiler that is installed, its program run by qemu-user.  What is not
# there is said and passed over.  Exit 1: a test failed.
set -u
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
failed=0

# host NAME QEMU COMPILER...
host() {
	name=$1 qemu=$2
	shift 2
	if ! command -v "$1" >/dev/null 2>&1 || ! command -v "$qemu" >/dev/null 2>&1; then
		echo "  $name: not installed"
		return
	fi
	for test in walk entries; do
		if ! "$@" -std=c11 -O2 -static -D_GNU_SOURCE -I. -Itests/hosts -o "$tmp/$name" \
			tests/unit/test_$test.c runtime/*.c 2>"$tmp/log"; then
			echo "  $name: $test does not compile"
			head -5 "$tmp/log"
			failed=1
			continue
		fi
		printf '  %s: ' "$name"
		"$qemu" "$tmp/$name" || failed=1
	done
}

host i686 qemu-i386 i686-linux-gnu-gcc
host aarch64 qemu-aarch64 aarch64-linux-gnu-gcc
host armv7 qemu-arm arm-linux-gnueabihf-gcc
host riscv64 qemu-riscv64 riscv64-linux-gnu-gcc
host mips qemu-mips mips-linux-gnu-gcc
host s390x qemu-s390x s390x-linux-gnu-gcc
exit $failed
