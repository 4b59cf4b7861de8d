#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [--quick|--kills] BUILD [FORMAT...] - prove what tests/proof/proved.txt claims
#
# The model checker of Debian 13 is unpacked into BUILD/cbmc the first time.
# Each kind of proof has a mutant that must fail and a claim that must be refuted,
# so that none is vacuous.  One line a proof; exit status 1 when one is not as it
# should be.  In the environment, ONLY=PROPERTY: that one; CLAIMS=FILE: these claims.  --quick: the walks of two formats, the encoder and one page of another.
# --kills [FORMAT...]: with each slip of tests/proof/kills.txt a walk is no longer the manual's.
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
from=runtime                                  # where the runtime is: with a slip in it, elsewhere

# The second solver, for what the first does not answer soon.
printf '#!/bin/sh\nexec "%s/cbmc/run" cadical -q "$@"\n' "$build" >"$out/cadical"
chmod +x "$out/cadical"

# cbmc SECONDS FLAGS...: the model checker, for so much time of the processor
cbmc() {
	(
		ulimit -t "$1"
		shift
		exec "$build/cbmc/run" cbmc -I $from -I "$here" ${FORMATS:--I "$build/formats"} --no-standard-checks --unwind 130 \
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
	cbmc ${FIRST:-60} "$@" || grep -q '^VERIFICATION' "$out/log" ||
		cbmc ${SECOND:-600} --external-sat-solver "$out/cadical" "$@"
	got=$(sed -n 's/^VERIFICATION //p' "$out/log")
	ms=$((($(date +%s%N) - start) / 1000000))
	if [ "$got" = "$want" ]; then
		printf '  %-54s %7d ms\n' "$name" "$ms"
	else
		printf '  %-54s NOT AS IT SHOULD BE: %s\n' "$name" "${got:-no answer}"
		grep -E 'FAILURE|error' "$out/log" | head -5
		tail -2 "$out/log"
		cp "$out/log" "$out/$(echo "$name" | tr ' :,/' '____').log"
		bad=1
	fi
}

# depths that have pages
page_depths() {
	sed -n '/_kinds\[\] = {/,/^};/s/.*\.role = PTG_ROLE_PAGE, *\(\.level = \([0-9]*\)\)\{0,1\}.*/0\2/p' \
		"$build/formats/$1.c" | sed 's/^0\([0-9]\)/\1/' | sort -un
}

# files of the runtime
runtime() {
	for part; do
		echo "$from/$part.c"
	done
}

# of FORMAT: -DFORMAT and -DFORMAT_FILE
named() {
	echo "-DFORMAT=$1 -DFORMAT_FILE=\"$1.c\""
}

# The generated walk is the manual's.
walk() {
	f=$1
	shift
	set -- $(named "$f") "$@" $here/translate.c $here/spec/$f.c $(runtime root eval setup decode)
	if [ -f $here/spec/$f.cases ]; then # a register has these values, one a proof
		for case in $(grep -v '^#' $here/spec/$f.cases); do
			prove "$f: walk = manual, register $case" SUCCESSFUL -DCASE="${case}u" "$@"
		done
		set -- -DCASE="${case}u" "$@"
	else
		prove "$f: walk = manual" SUCCESSFUL "$@"
	fi
	prove "$f: wrong memory is found" FAILED -DMUTANT "$@"
	prove "$f: some address translates" FAILED -DREACH "$@"
}

# The same of a space that other settings were in before.
again() {
	f=$1
	set -- $(named "$f") -DAGAIN $here/translate.c $here/spec/$f.c $(runtime root eval setup decode)
	prove "$f: set up anew, walk = manual" SUCCESSFUL "$@"
	prove "$f: set up anew, wrong memory is found" FAILED -DMUTANT "$@"
	prove "$f: set up anew, some address translates" FAILED -DREACH "$@"
}

# "depth row role" of each row of kinds of a generated format
rows() {
	tr '\n' ' ' <"$build/formats/$1.c" | awk '
	function part(name,   at) { # the text of an array of the plan
		at = substr($0, index($0, "_" name "[] = {"))
		return substr(at, 1, index(at, " };"))
	}
	function number(text, member) {
		if (!match(text, "\\." member " = [0-9]+"))
			return 0
		text = substr(text, RSTART, RLENGTH)
		sub(/.* = /, "", text)
		return text + 0
	}
	{
		n = split(part("kinds"), k, "/[*] [0-9]+ [*]/")
		for (i = 2; i <= n; i++) {
			match(k[i], "PTG_ROLE_[A-Z]*")
			role[i - 2] = substr(k[i], RSTART + 9, RLENGTH - 9)
		}
		n = split(part("rows"), r, "/[*] [0-9]+ [*]/")
		for (i = 2; i <= n; i++)
			kind[i - 2] = number(r[i], "kind")
		n = split(part("levels"), l, "/[*] [0-9]+ [*]/")
		for (i = 2; i <= n; i++)
			for (j = 0; j < number(l[i], "row_count"); j++)
				print i - 2, j, role[kind[number(l[i], "row_first") + j]]
	}'
}

# of FORMAT: the roots an address may choose
slots() {
	case $(sed -n '/_roots\[\] = {/,/^};/p' "$build/formats/$1.c" | grep -c '^	/\*') in
	1) echo 0 ;;
	2) echo 0 1 ;;
	*) echo 0 1 2 3 ;;
	esac
}

# of FORMAT: does an entry lead to one of several levels?
forks() {
	sed -n '/_kinds\[\] = {/,/^};/p' "$build/formats/$1.c" | grep -q '\.next_count = [2-9]' && echo 1 || echo 0
}

# "LEVEL ROW VIA PATH" of the cases of walks that start at a depth, from the rows.  Ways down from
# a level above the last are part of the deeper cases, invalid rows are one; NONE=1: entries of no row as well;
# FORKS=1: each of the depths between is on the way or is not.
ways() {
	awk -v start="$1" -v none="$2" -v forks="$3" '
	function paths(level, row, via,   ends, skip) {
		ends = 2 ^ start + (level < start) * 2 ^ level
		for (skip = 0; skip < (forks && start > level + 1 ? 2 ^ (start - level - 1) : 1); skip++)
			printf "%d %d 0x%x %d\n", level, row, via, forks ? ends + skip * 2 ^ (level + 1) : 0
	}
	function down(level, row, depth, via,   i) {
		if (depth > start)
			paths(level, row, via)
		else
			for (i = 0; i < (tables[depth] ? tables[depth] : 1); i++)
				down(level, row, depth + 1, via + i * 16 ^ depth)
	}
	{ role[$1, $2] = $3; count[$1]++ }
	$3 == "INVALID" { invalid[$1] = 1 }
	$3 == "TABLE" || $3 == "PASS" { tables[$1]++ }
	END {
		for (level = 0; level <= start; level++)
			for (row = -1; row < count[level] + none; row++)
				if (row < 0 ? invalid[level] : role[level, row] != "INVALID" &&
				    (level == 0 || (role[level, row] != "TABLE" && role[level, row] != "PASS")))
					down(level, row, level + 1, 0)
	}' "$out/rows"
}

# the last row of pages at depth 0
last_page() {
	awk '$1 == 0 && $3 == "PAGE" { row = $2 } END { print row }' "$out/rows"
}

# ask FLAGS...: does it hold?  No claim is made.
ask() {
	cbmc ${FIRST:-60} "$@"
	grep -q '^VERIFICATION SUCCESSFUL' "$out/log"
}

# The generic walk is the manual's (generic) or the generated one (same), case by case.
cases() {
	f=$1 other=$2
	shift 2
	forks=$(forks "$f")
	set -- $(named "$f") "$@" $here/generic.c $(runtime root eval setup find answer attrs)
	[ "$other" = manual ] && set -- "$@" -DSPEC $here/spec/$f.c
	rows "$f" >"$out/rows"
	ask -DNO_ROW "$@" && none=0 || none=1
	for slot in $(slots "$f"); do
		set -- -DSLOT=$slot -DBYPASS -DPATH=1 "$@"
		prove "$f: generic = $other, root $slot, no tables" SUCCESSFUL "$@"
		if sed -n '/_roots\[\] = {/,/^};/p' "$build/formats/$f.c" | grep -q '\.bypass = [0-9]'; then
			prove "$f: some address is not translated, root $slot" FAILED -DREACH "$@"
		fi
		shift 3
		for first in $(cut -d' ' -f1 "$out/rows" | sort -un); do
			ask -DSLOT=$slot -DNO_START -DSTART=$first "$@" && continue
			ways $first $none $forks >"$out/ways"
			set -- -DSLOT=$slot -DSTART=$first "$@"
			reached=
			while read -r level row via path; do
				set -- -DLEVEL=$level -DROW=$row -DVIA=$via "$@"
				[ $forks = 0 ] || set -- -DPATH=$path "$@"
				prove "$f: generic = $other, root $slot, start $first, depth $level, kind $row" SUCCESSFUL "$@"
				if [ -z "$reached" ] && [ "$level $row" = "0 $(last_page)" ] && ! ask --stop-on-fail -DREACH "$@"; then
					reached=1
					prove "$f: wrong memory is found by generic = $other, root $slot, start $first" FAILED -DMUTANT "$@"
					prove "$f: some address translates, root $slot, start $first" FAILED -DREACH "$@"
				fi
				shift $((3 + forks))
			done <"$out/ways"
			shift 2
			[ -n "$reached" ] || {
				echo "  $f: nothing translates, root $slot, start $first"
				bad=1
			}
		done
	done
}

# The encoder, at every depth that has pages or at those said.
codec() {
	f=$1
	shift
	for depth in ${*:-$(page_depths "$f")}; do
		set -- $(named "$f") -DLEVEL="$depth" $here/codec.c $(runtime encode entry step eval setup attrs convert)
		prove "$f: encode, then decode, depth $depth" SUCCESSFUL "$@"
		prove "$f: a flipped bit is found, depth $depth" FAILED -DMUTANT "$@"
		prove "$f: something can be encoded, depth $depth" FAILED -DREACH "$@"
	done
}

# Tables, at every depth: of each row that the encoder writes.
tables() {
	f=$1
	shift
	set -- $(named "$f") "$@" $here/table.c $(runtime entry step eval setup attrs convert)
	rows "$f" | awk '$3 == "TABLE" { print $1, $2 }' >"$out/ways"
	while read -r level row; do
		ask -DREACH -DLEVEL=$level -DROW=$row "$@" && continue # never written
		prove "$f: a table's entry, depth $level, kind $row" SUCCESSFUL -DLEVEL=$level -DROW=$row "$@"
		prove "$f: a flipped bit of it is found, depth $level, kind $row" FAILED -DMUTANT -DLEVEL=$level -DROW=$row "$@"
		prove "$f: it can be encoded, depth $level, kind $row" FAILED -DREACH -DLEVEL=$level -DROW=$row "$@"
	done <"$out/ways"
}

# One page through the straight way of F_map and F_unmap, in three parts.
one() {
	f=$1
	shift
	set -- $(named "$f") "$@" $here/map_one.c $(runtime eval setup root decode)
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
. $here/missing.sh
. $here/digest.sh
. $here/tiny.sh

# A description, a template or the runtime with one slip in it (and no examples, which would say so): does the
# proof see it?  In setup.c: the walk of a space set up anew; in quick.c and translate.c: what the digest answers; else in
# the runtime: walks to the smallest page by the generic walker.
slip() {
	f=$1 file=$2 slip=$3
	rm -rf "$out/slip"
	mkdir -p "$out/slip/formats" "$out/slip/gen" "$out/slip/c"
	cp -r gen/templates "$out/slip/gen/templates"
	cp -r runtime "$out/slip/runtime"
	for p in formats/*.pt formats/*.pti; do
		sed '/^ *example /d' "$p" >"$out/slip/$p"
	done
	cp "$out/slip/$file" "$out/before"
	sed "$slip" "$out/before" >"$out/slip/$file"
	if cmp -s "$out/before" "$out/slip/$file"; then
		echo "  $f: nothing to change in $file: $slip"
		bad=1
		return
	fi
	case $file in
	runtime/setup.c)
		from=$out/slip/runtime
		prove "$f: $slip" FAILED $(named "$f") -DAGAIN $here/translate.c $here/spec/$f.c $(runtime root eval setup decode)
		from=runtime
		return
		;;
	runtime/quick.c | runtime/translate.c)
		from=$out/slip/runtime
		digest_files "$f"
		prove "$f: $slip" FAILED $digest
		from=runtime
		return
		;;
	runtime/*)
		from=$out/slip/runtime
		rows "$f" >"$out/rows"
		prove "$f: $slip" FAILED $(named "$f") -DSPEC -DLEVEL=0 -DROW="$(last_page)" $here/generic.c \
			$(runtime root eval setup find answer attrs) $here/spec/$f.c
		from=runtime
		return
		;;
	esac
	if ! "$build/ptgen" generate --template-dir "$out/slip/gen/templates" -o "$out/slip/c" "$out/slip/formats/$f.pt" \
		>"$out/log" 2>&1; then
		echo "  $f: $slip: refused: $(grep -m1 error "$out/log")"
		bad=1
	else
		FORMATS="-I $out/slip/c"
		case=
		[ -f $here/spec/$f.cases ] && case=-DCASE=$(grep -v '^#' $here/spec/$f.cases | head -1)u
		prove "$f: $slip" FAILED $(named "$f") $case $here/translate.c $here/spec/$f.c $(runtime root eval setup decode)
		FORMATS=
	fi
}

if [ -n "$kills" ]; then
	grep -v '^#' $here/kills.txt >"$out/kills"
	exec 3<"$out/kills"
	while read -r f file slip <&3; do
		case " $* " in
		"  " | *" $f "*) ;;
		*) continue ;;
		esac
		slip "$f" "$file" "$slip"
	done
elif [ -n "$quick" ]; then
	walk sv48
	walk x86_64
	codec sv32 0
	one exynos_v5
	pair sv39_sv39x4
	tiny 1
else
	grep -v '^#' "${CLAIMS:-$here/proved.txt}" >"$out/claims"
	exec 3<"$out/claims"
	while read -r f property flags <&3; do
		case " $* " in
		"  " | *" $f "*) ;;
		*) continue ;;
		esac
		case $property in
		${ONLY:-*}) ;;
		*) continue ;;
		esac
		case $property in
		walk) walk "$f" $flags ;;
		again) again "$f" ;;
		generic) cases "$f" manual $flags ;;
		same) cases "$f" generated $flags ;;
		digest) digest "$f" ;;
		codec) codec "$f" $flags ;;
		tables) tables "$f" $flags ;;
		one) one "$f" $flags ;;
		pair) pair "$f" ;;
		missing) missing "$f" $flags ;;
		ranges) tiny 64 ;;
		esac
	done
fi
[ $bad -eq 0 ] && echo "prove: $n as they should be"
exit $bad
