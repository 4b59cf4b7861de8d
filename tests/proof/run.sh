#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [--quick|--kills] BUILD [FORMAT...] - prove what tests/proof/proved.txt claims
#
# The model checker of Debian 13 is unpacked into BUILD/cbmc the first time.
# Each kind of proof has a mutant that must fail and a claim that must be refuted,
# so that none is vacuous.  One line a proof; exit status 1 when one is not as it
# should be.  --quick: the walks of two formats, the encoder and one page of another.
# --kills: with each slip of tests/proof/kills.txt a walk is no longer the manual's.
set -u
quick= kills=
case ${1:-} in
--quick) quick=1 && shift ;;
--kills) kills=1 && shift ;;
esac
build=${1:?usage: run.sh [--quick|--kills] BUILD [FORMAT...]}
shift
here=tests/proof
out=$build/proof
mkdir -p "$out"
if [ ! -x "$build/cbmc/root/usr/bin/cadical" ]; then
	"$here/fetch.sh" "$build/cbmc" cbmc minisat cadical || {
		echo "prove: CBMC cannot be had here"
		exit 1
	}
fi
bad=0 n=0
roots="runtime/root.c runtime/eval.c runtime/setup.c"

# The second solver, for what the first does not answer soon.
printf '#!/bin/sh\nexec "%s/cbmc/run" cadical -q "$@"\n' "$build" >"$out/cadical"
chmod +x "$out/cadical"

# cbmc SECONDS FLAGS...: the model checker, for so much time of the processor
cbmc() {
	(
		ulimit -t "$1"
		shift
		exec "$build/cbmc/run" cbmc -I runtime -I "$here" ${FORMATS:--I "$build/formats"} --no-standard-checks --unwind 130 \
			--unwinding-assertions -Dvolatile= --slice-formula "$@"
	) >"$out/log" 2>&1
}

# prove NAME WANT FILES-AND-FLAGS...: WANT is SUCCESSFUL or FAILED
prove() {
	name=$1 want=$2
	shift 2
	[ "$want" = FAILED ] && set -- --stop-on-fail "$@"
	n=$((n + 1))
	start=$(date +%s%N)
	cbmc ${FIRST:-20} "$@" || grep -q '^VERIFICATION' "$out/log" ||
		cbmc ${SECOND:-600} --external-sat-solver "$out/cadical" "$@"
	got=$(sed -n 's/^VERIFICATION //p' "$out/log")
	ms=$((($(date +%s%N) - start) / 1000000))
	if [ "$got" = "$want" ]; then
		printf '  %-54s %7d ms\n' "$name" "$ms"
	else
		printf '  %-54s NOT AS IT SHOULD BE: %s\n' "$name" "${got:-no answer}"
		grep -E 'FAILURE|error' "$out/log" | head -5
		tail -2 "$out/log"
		cp "$out/log" "$out/$(echo "$name" | tr ' :,' '___').log"
		bad=1
	fi
}

# "depth rows" of each level of a generated format
levels() {
	tr '\n' ' ' <"$build/formats/$1.c" | sed 's/.*_levels\[\] = {//; s/};.*//' | tr '/' '\n' |
		sed -n 's/^ *{ .name.*\.row_count = \([0-9]*\).*/\1/p' | awk '{ print NR - 1, $1 }'
}

# depths that have pages
page_depths() {
	sed -n '/_kinds\[\] = {/,/^};/s/.*\.role = PTG_ROLE_PAGE, *\(\.level = \([0-9]*\)\)\{0,1\}.*/0\2/p' \
		"$build/formats/$1.c" | sed 's/^0\([0-9]\)/\1/' | sort -un
}

# of FORMAT: -DFORMAT and -DFORMAT_FILE
named() {
	echo "-DFORMAT=$1 -DFORMAT_FILE=\"$1.c\""
}

# The generated walk is the manual's.
walk() {
	f=$1
	shift
	set -- $(named "$f") "$@" $here/translate.c $here/spec/$f.c $roots runtime/decode.c
	prove "$f: walk = manual" SUCCESSFUL "$@"
	prove "$f: wrong memory is found" FAILED -DMUTANT "$@"
	prove "$f: some address translates" FAILED -DREACH "$@"
}

# The generic walk is the manual's (generic) or the generated one (same), case by case.
cases() {
	f=$1 other=$2
	shift 2
	set -- $(named "$f") "$@" $here/generic.c $roots runtime/find.c runtime/answer.c runtime/step.c runtime/attrs.c
	[ "$other" = manual ] && set -- "$@" -DSPEC $here/spec/$f.c
	levels "$f" >"$out/levels"
	while read -r depth rows; do
		row=0
		while [ $row -lt "$rows" ]; do
			prove "$f: generic = $other, depth $depth, kind $row" SUCCESSFUL -DLEVEL="$depth" -DROW=$row "$@"
			row=$((row + 1))
		done
	done <"$out/levels"
	prove "$f: wrong memory is found by generic = $other" FAILED -DMUTANT -DLEVEL=0 -DROW=0 "$@"
}

# The encoder, at every depth that has pages or at those said.
codec() {
	f=$1
	shift
	for depth in ${*:-$(page_depths "$f")}; do
		set -- $(named "$f") -DLEVEL="$depth" $here/codec.c runtime/encode.c runtime/entry.c runtime/step.c runtime/eval.c \
			runtime/setup.c runtime/attrs.c runtime/convert.c
		prove "$f: encode, then decode, depth $depth" SUCCESSFUL "$@"
		prove "$f: a flipped bit is found, depth $depth" FAILED -DMUTANT "$@"
		prove "$f: something can be encoded, depth $depth" FAILED -DREACH "$@"
	done
}

# One page through the straight way of F_map and F_unmap, in three parts.
one() {
	f=$1
	limits=
	shift
	for loop in map.0 map.1 vacant.0 fill.0; do
		limits="$limits${limits:+,}${f}_$loop:2"
	done
	set -- $(named "$f") "$@" --unwindset "$limits" $here/map_one.c runtime/eval.c runtime/setup.c runtime/root.c \
		runtime/decode.c
	for way in map unmap; do
		[ $way = unmap ] && set -- -DUNMAP "$@"
		prove "$f: $way one page, by one store" SUCCESSFUL -DPART=1 "$@"
		prove "$f: $way one page, as asked" SUCCESSFUL -DPART=2 "$@"
		prove "$f: $way one page, all else as before" SUCCESSFUL -DPART=3 "$@"
		for part in 1 2 3; do
			[ $way = map ] || [ $part = 1 ] || continue
			prove "$f: $way, a store elsewhere is found, $part" FAILED -DMUTANT -DPART=$part "$@"
		done
		prove "$f: $way, one page is changed" FAILED -DREACH -DPART=1 "$@"
	done
}

. $here/pair.sh

# A description or a template with one slip in it (and no examples, which would say so): does the proof see it?
slip() {
	f=$1 file=$2 slip=$3
	rm -rf "$out/slip"
	mkdir -p "$out/slip/formats" "$out/slip/gen" "$out/slip/c"
	cp -r gen/templates "$out/slip/gen/templates"
	for p in formats/*.pt formats/*.pti; do
		sed '/^ *example /d' "$p" >"$out/slip/$p"
	done
	cp "$out/slip/$file" "$out/before"
	sed "$slip" "$out/before" >"$out/slip/$file"
	if cmp -s "$out/before" "$out/slip/$file"; then
		echo "  $f: nothing to change in $file: $slip"
		bad=1
	elif ! "$build/ptgen" generate --template-dir "$out/slip/gen/templates" -o "$out/slip/c" "$out/slip/formats/$f.pt" \
		>"$out/log" 2>&1; then
		echo "  $f: $slip: refused: $(grep -m1 error "$out/log")"
		bad=1
	else
		FORMATS="-I $out/slip/c"
		prove "$f: $slip" FAILED $(named "$f") $here/translate.c $here/spec/$f.c $roots runtime/decode.c
	fi
}

if [ -n "$kills" ]; then
	grep -v '^#' $here/kills.txt >"$out/kills"
	exec 3<"$out/kills"
	while read -r f file slip <&3; do
		slip "$f" "$file" "$slip"
	done
elif [ -n "$quick" ]; then
	walk sv48
	walk x86_64
	codec sv32 0
	one exynos_v5
	pair sv39_sv39x4
else
	grep -v '^#' $here/proved.txt >"$out/claims"
	exec 3<"$out/claims"
	while read -r f property flags <&3; do
		case " $* " in
		"  " | *" $f "*) ;;
		*) continue ;;
		esac
		case $property in
		walk) walk "$f" $flags ;;
		generic) cases "$f" manual $flags ;;
		same) cases "$f" generated $flags ;;
		codec) codec "$f" $flags ;;
		one) one "$f" $flags ;;
		pair) pair "$f" ;;
		esac
	done
fi
[ $bad -eq 0 ] && echo "prove: $n as they should be"
exit $bad
