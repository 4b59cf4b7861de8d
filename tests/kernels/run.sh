#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD [NAME...] - boot the kernels of guests.txt, compare their MMUs with ptgen
set -u
here=$(dirname "$0") build=$1 bad=0
shift
work=$build/kernels

while read -r name suite arch kernel format qemu; do
	case $name in '' | '#'*) continue ;; esac
	case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
	dir=$(realpath -m "$work/$suite-$kernel")
	if ! sh "$here/fetch.sh" "$dir" "$suite" "$arch" "$kernel"; then
		bad=1
		continue
	fi
	# shellcheck disable=SC2086
	python3 "$here/guest.py" "$build" "$dir" "$name" "$format" qemu-system-$qemu 2>"$dir/$name.log" || {
		tail -n 5 "$dir/$name.log" >&2
		echo "kernels: $name: a difference, or it did not run" >&2
		bad=1
	}
done <"$here/guests.txt"
exit $bad
