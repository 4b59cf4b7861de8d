#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD [-v] [-n COUNT] [FORMAT...] - the mutation test on copies of formats/
set -u
build=$(realpath "$1")
shift
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cp formats/*.pt formats/*.pti "$tmp"
options=
while [ $# -gt 0 ]; do
	case $1 in
	-v) options="$options -v" ;;
	-n) options="$options -n $2"; shift ;;
	*) break ;;
	esac
	shift
done
# shellcheck disable=SC2086
"$build/tests/mutants/mutants" $options "$tmp" "$@"
