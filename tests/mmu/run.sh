#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD [GUEST...] - guests under qemu-system ask their own MMUs
#
# Each guest of guests.txt is built into BUILD/mmu (clang and lld), run, and prints
# one line; a guest that finds a difference, or hangs, fails and its output follows.
# BUILD/mmu/passed.txt then says what passed: format, guest, questions.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:?usage: run.sh BUILD [GUEST...]}
shift
out=$build/mmu
limit=${TIMEOUT:-120}
mkdir -p "$out" || exit 2

compiler() { # TARGET: what compiles for it
	free="-std=gnu11 -ffreestanding -nostdlib -fno-builtin -O2 -g -Wall -Wextra -Werror"
	case $1 in
	riscv64) echo "clang --target=riscv64-unknown-elf -march=rv64imac -mabi=lp64 -mcmodel=medany -mno-relax $free" ;;
	riscv32) echo "clang --target=riscv32-unknown-elf -march=rv32imac -mabi=ilp32 -mcmodel=medany -mno-relax $free" ;;
	aarch64) echo "clang --target=aarch64-none-elf -mgeneral-regs-only -mstrict-align $free" ;;
	arm) echo "clang --target=armv7a-none-eabi -mcpu=cortex-a15 -marm -mfloat-abi=soft -mno-unaligned-access $free" ;;
	x86_64) echo "clang --target=x86_64-none-elf -mno-red-zone -mgeneral-regs-only -mcmodel=small -fno-pic $free" ;;
	i386) echo "clang --target=i386-none-elf -march=i686 -include tests/mmu/i386_cas.h -mgeneral-regs-only -fno-pic $free" ;;
	s390x) echo "clang --target=s390x-none-elf -march=z13 -msoft-float -fno-pic $free" ;;
	powerpc64) echo "clang --target=powerpc64-unknown-linux-gnu -mabi=elfv2 -mcpu=power9 -mno-vsx -mno-altivec -fno-pic $free" ;;
	loongarch64) echo "tests/mmu/loongarch_cc.sh $out/loongarch -ffreestanding -fno-builtin -std=gnu11 -O2 -g -Wall -Wextra -Werror" ;;
	esac
}

edu='-device edu,addr=4,dma_mask=0xffffffffffffffff'
machine() { # MACHINE ELF: the command
	case $1 in
	riscv64) echo "qemu-system-riscv64 -M virt -m 128 -cpu rv64,svnapot=on,svpbmt=on,h=true -bios none -kernel $2" ;;
	riscv64_plain) echo "qemu-system-riscv64 -M virt -m 128 -cpu rv64,svnapot=off,svpbmt=off -bios none -kernel $2" ;;
	riscv32) echo "qemu-system-riscv32 -M virt -m 128 -bios none -kernel $2" ;;
	aarch64) echo "qemu-system-aarch64 -M virt,virtualization=on -m 128 -cpu max -kernel $2" ;;
	smmuv3) echo "qemu-system-aarch64 -M virt,virtualization=on,iommu=smmuv3,highmem=off -m 128 -cpu max -icount shift=10 $edu -kernel $2" ;;
	arm) echo "qemu-system-arm -M virt,virtualization=on,highmem=off -m 128 -cpu cortex-a15 -kernel $2" ;;
	arm_max) echo "qemu-system-arm -M virt,virtualization=on,highmem=off -m 128 -cpu max -kernel $2" ;;
	x86_64) echo "qemu-system-x86_64 -M pc -m 128 -cpu max -device isa-debug-exit,iobase=0xf4 -kernel $2" ;;
	amdvi) echo "qemu-system-x86_64 -M q35 -m 128 -cpu max -icount shift=10 -device isa-debug-exit,iobase=0xf4 -device amd-iommu $edu -kernel $2" ;;
	vtd | vtd_snoop | vtd39)
		case $1 in vtd) unit=aw-bits=48 ;; vtd_snoop) unit=aw-bits=48,snoop-control=on ;; *) unit=aw-bits=39 ;; esac
		echo "qemu-system-x86_64 -M q35 -m 128 -cpu max -icount shift=10 -device isa-debug-exit,iobase=0xf4 -device intel-iommu,$unit $edu -kernel $2"
		;;
	powernv) echo "tests/mmu/until_result.sh qemu-system-ppc64 -M powernv9 -m 1G -bios $2" ;;
	loongarch64) echo "qemu-system-loongarch64 -M virt -m 1G -kernel $2" ;;
	s390x) echo "qemu-system-s390x -M s390-ccw-virtio -m 128 -cpu max -kernel $2" ;;
	esac
}

# Compile the runtime and FORMATS for TARGET unless its objects are newer than all sources.
# The stamp is older than what is read, so that objects of two states of a header never meet.
objects() { # TARGET FORMATS
	dir=$out/$1
	mkdir -p "$dir"
	if [ "$1" = loongarch64 ] && [ ! -x "$out/loongarch/run" ]; then
		tests/proof/fetch.sh "$out/loongarch" cpp-14-loongarch64-linux-gnu binutils-loongarch64-linux-gnu || return 1
	fi
	until [ -e "$dir/stamp" ] && [ -z "$(find runtime -newer "$dir/stamp")" ]; do
		rm -f "$dir"/*.o
		touch "$dir/stamp"
		ls runtime/*.c | xargs -P 2 -I{} sh -c '$0 -Iruntime -c "$1" -o "$2/rt_$(basename "$1" .c).o"' \
			"$(compiler "$1")" {} "$dir" 2>"$dir/log" || { cat "$dir/log"; rm -f "$dir/stamp"; return 1; }
	done
	for f in $(echo "$2" | tr , ' '); do
		[ "$dir/$f.o" -nt "$build/formats/$f.c" ] ||
			$(compiler "$1") -Iruntime -I"$build/formats" -c "$build/formats/$f.c" -o "$dir/$f.o" || return 1
	done
}

link() { # GUEST TARGET ARCH FORMATS DEFINES...
	guest=$1 target=$2 arch=$3 formats=$4
	shift 4
	dir=$out/$target
	objs=
	for f in $(echo "$formats" | tr , ' '); do objs="$objs $dir/$f.o"; done
	script=tests/mmu/$target.ld
	[ -e "$script" ] || script=tests/mmu/${arch%%_*}.ld
	start=tests/mmu/$target.S
	[ -e "$start" ] || start=tests/mmu/${arch%%_*}.S
	for f in tests/mmu/guest.c tests/mmu/guest_tables.c tests/mmu/guest_ask.c tests/mmu/arch_$arch.c "$start"; do
		o=$out/$guest.$(basename "$f").o
		$(compiler "$target") "$@" -DSEED="${SEED:-0}" -Iruntime -Itests/mmu -c "$f" -o "$o" || return 1
		objs="$objs $o"
	done
	ld=ld.lld
	[ "$target" = s390x ] && ld="s390x-linux-gnu-ld -z noexecstack --no-warn-rwx-segments" # lld does not know it
	[ "$target" = powerpc64 ] && ld="ld.lld --oformat binary"
	[ "$target" = loongarch64 ] && ld="$out/loongarch/run loongarch64-linux-gnu-ld -z noexecstack --no-warn-rwx-segments"
	$ld -T "$script" -o "$out/$guest.elf" $objs "$dir"/rt_*.o
}

failed=0
one() { # GUEST TARGET ARCH FORMATS MACHINE DEFINES...
	guest=$1 target=$2 arch=$3 formats=$4 qemu=$5
	shift 5
	log=$out/$guest.log
	if ! { objects "$target" "$formats" && link "$guest" "$target" "$arch" "$formats" "$@"; } >"$log" 2>&1; then
		printf '  %-16s does not build\n' "$guest"
		head -20 "$log"
		failed=1
		return
	fi
	start=$(date +%s)
	timeout -k 5 "$limit" $(machine "$qemu" "$out/$guest.elf") -display none -monitor none -serial stdio -no-reboot </dev/null >"$log" 2>&1
	line=$(sed -n 's/^result: //p' "$log" | tr -d '\r')
	case $line in
	*', 0 differences')
		printf '  %-16s %s (%s s)\n' "$guest" "$line" $(($(date +%s) - start))
		for f in $(echo "$formats" | tr , ' '); do
			echo "$f $guest ${line%% asked*}" >>"$out/passed.txt"
		done
		;;
	*)
		printf '  %-16s FAILED: %s\n' "$guest" "${line:-no result}"
		grep -v '^result\|^qemu-system.*: \(detected\|New fault\|Interrupt Mask\)' "$log" | head -${LINES_SHOWN:-8}
		failed=1
		;;
	esac
}

: >"$out/passed.txt"
while read -r guest rest; do
	case $guest in '' | '#'*) continue ;; esac
	if [ $# -gt 0 ]; then
		case " $* " in *" $guest "*) ;; *) continue ;; esac
	fi
	one "$guest" $rest
done <tests/mmu/guests.txt
[ -s "$out/passed.txt" ] || failed=1
exit $failed
