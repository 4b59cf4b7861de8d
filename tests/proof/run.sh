#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [--quick] BUILD [FORMAT...] - prove what tests/proof has harnesses and specifications for
#
# The model checker of Debian 13 is unpacked into BUILD/cbmc the first time.
# Each proof has a mutant that must fail and a claim that must be refuted, so
# that none is vacuous.  One line a proof; exit status 1 when one is not as it
# should be.
set -u
quick=
if [ "${1:-}" = --quick ]; then
	quick=1
	shift
fi
build=${1:?usage: run.sh [--quick] BUILD [FORMAT...]}
shift
here=tests/proof
out=$build/proof
mkdir -p "$out"
if [ $# -eq 0 ]; then
	if [ -n "$quick" ]; then
		set -- x86_64 sv48
	else
		set -- $(cd "$here/spec" && ls *.c | sed 's/\.c$//')
	fi
fi
if [ ! -x "$build/cbmc/run" ]; then
	"$here/fetch.sh" "$build/cbmc" cbmc minisat || {
		echo "prove: CBMC cannot be had here"
		exit 1
	}
fi
bad=0 n=0

# prove NAME WANT FILES-AND-FLAGS...: WANT is SUCCESSFUL or FAILED
prove() {
	name=$1 want=$2
	shift 2
	n=$((n + 1))
	start=$(date +%s%N)
	"$build/cbmc/run" cbmc -I runtime -I "$here" -I "$build/formats" --no-standard-checks --unwind 66 \
		--unwinding-assertions "$@" >"$out/log" 2>&1
	got=$(sed -n 's/^VERIFICATION //p' "$out/log")
	ms=$((($(date +%s%N) - start) / 1000000))
	if [ "$got" = "$want" ]; then
		printf '  %-44s %7d ms\n' "$name" "$ms"
	else
		printf '  %-44s NOT AS IT SHOULD BE: %s\n' "$name" "${got:-no answer}"
		grep -E 'FAILURE|error' "$out/log" | head -5
		tail -2 "$out/log"
		cp "$out/log" "$out/$(echo "$name" | tr ' :' '__').log"
		bad=1
	fi
}

for f in "$@"; do
	flags="-DFORMAT=$f -DFORMAT_FILE=\"$f.c\" $here/translate.c $here/spec/$f.c"
	# shellcheck disable=SC2086
	prove "$f: walk = manual" SUCCESSFUL $flags
	# shellcheck disable=SC2086
	prove "$f: wrong memory is found" FAILED -DMUTANT $flags
	# shellcheck disable=SC2086
	prove "$f: some address translates" FAILED -DREACH $flags
done
[ $bad -eq 0 ] && echo "prove: $n as they should be"
exit $bad
