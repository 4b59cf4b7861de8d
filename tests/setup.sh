#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh [WHAT...] - make sure that the tools a target needs are there
#
# WHAT: build (default), check, cross, prove, mmu, kernels, bench, fuzz.  Missing packages are installed with
# apt-get when that can be done as root (or with sudo); otherwise the one
# line to run is printed and the exit status is 1.
set -eu

want=
may= # nice to have: kdump files; never a failure
need() { # COMMAND-or-FILE PACKAGE
	case $1 in
	/*) [ -e "$1" ] && return ;;
	*) command -v "$1" >/dev/null 2>&1 && return ;;
	esac
	case " $want " in *" $2 "*) ;; *) want="$want $2" ;; esac
}

for what in "${@:-build}"; do
	case $what in
	build)
		need gcc gcc; need re2c re2c; need bison bison; need m4 m4
		need pkg-config pkg-config; need xz xz-utils
		;;
	check)
		need clang clang; need objdump binutils; need python3 python3-minimal
		need clang-format clang-format
		command -v pkg-config >/dev/null 2>&1 && pkg-config --exists check 2>/dev/null || want="$want check"
		[ -e /usr/include/stdint.h ] || want="$want libc6-dev"
		command -v pkg-config >/dev/null 2>&1 && pkg-config --exists libkdumpfile 2>/dev/null || may=libkdumpfile-dev
		;;
	mmu)
		need clang clang; need ld.lld lld
		need qemu-system-riscv64 qemu-system-misc; need qemu-system-x86_64 qemu-system-x86
		need qemu-system-aarch64 qemu-system-arm; need dpkg-deb dpkg; need qemu-system-ppc64 qemu-system-ppc
		need s390x-linux-gnu-ld binutils-s390x-linux-gnu
		;;
	kernels)
		need python3 python3-minimal; need dpkg-deb dpkg
		need qemu-system-riscv64 qemu-system-misc; need qemu-system-x86_64 qemu-system-x86
		need qemu-system-aarch64 qemu-system-arm; need qemu-system-ppc64 qemu-system-ppc
		;;
	cross)
		need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
		need arm-linux-gnueabihf-gcc gcc-arm-linux-gnueabihf
		need riscv64-linux-gnu-gcc gcc-riscv64-linux-gnu
		need mips-linux-gnu-gcc gcc-mips-linux-gnu
		need s390x-linux-gnu-gcc gcc-s390x-linux-gnu
		need i686-linux-gnu-gcc gcc-i686-linux-gnu
		need qemu-s390x qemu-user
		;;
	bench)
		need valgrind valgrind; need clang clang; need gnuplot gnuplot-nox
		;;
	fuzz)
		need clang clang
		ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a >/dev/null 2>&1 ||
			want="$want libclang-rt-14-dev"
		;;
	prove)
		need dpkg-deb dpkg; need xz xz-utils; need gcc gcc
		;;
	*)
		echo "setup.sh: unknown: $what" >&2
		exit 2
		;;
	esac
done

[ -n "$want$may" ] || exit 0
if [ -n "$may" ]; then
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1 ||
		! DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $may >/dev/null 2>&1; then
		echo "  SETUP   without $may no kdump files are read"
	fi
	[ -n "$want" ] || exit 0
fi

as=
if [ "$(id -u)" -ne 0 ]; then
	if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		as=sudo
	else
		echo "These packages are missing; install them with:"
		echo "    sudo apt-get install -y$want"
		exit 1
	fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
	echo "Missing (names of Debian packages):$want"
	exit 1
fi
echo "  SETUP   apt-get install$want"
log=$(mktemp)
if ! { $as apt-get update && DEBIAN_FRONTEND=noninteractive $as apt-get install -y --no-install-recommends $want; } >"$log" 2>&1; then
	tail -5 "$log"
	rm -f "$log"
	echo "setup.sh: apt-get failed"
	exit 1
fi
rm -f "$log"
