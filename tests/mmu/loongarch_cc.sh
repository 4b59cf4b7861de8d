#!/bin/sh
# SPDX-License-Identifier: MIT
# loongarch_cc.sh DIR OPTION... -c FILE -o OBJECT - compile for LoongArch with what fetch.sh unpacked into DIR
#
# Debian 12 has no compiler for it. The compiler proper and the assembler of Debian
# 13 run with their own loader, one after the other, since the driver could not
# start them; the freestanding headers are clang's, which take suffixes of numbers from the compiler.
set -eu
dir=$1
shift
file= object=
options=
while [ $# -gt 0 ]; do
	case $1 in
	-c) file=$2 && shift ;;
	-o) object=$2 && shift ;;
	*) options="$options $1" ;;
	esac
	shift
done
cc1=../libexec/gcc-cross/loongarch64-linux-gnu/14/cc1
headers=$(clang -print-resource-dir)/include
case $file in
*.S) "$dir/run" $cc1 -E -lang-asm -quiet $options -D__ASSEMBLER__ "$file" -o "$object.s" ;;
*) "$dir/run" $cc1 -quiet -isystem "$headers" -march=loongarch64 -mabi=lp64s -mstrict-align -fno-pic -fno-pie \
	-D__INT64_C_SUFFIX__=L -D__UINT64_C_SUFFIX__=UL -D__UINT32_C_SUFFIX__=U $options "$file" -o "$object.s" ;;
esac
"$dir/run" loongarch64-linux-gnu-as -mabi=lp64s -mno-relax "$object.s" -o "$object"
rm -f "$object.s"
