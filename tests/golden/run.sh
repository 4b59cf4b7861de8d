#!/bin/sh
# run.sh PTGEN - check descriptions and compare what is said about them.
#
#   ok/NAME.pt    must pass, in silence; a line "# encode: FORMAT OPTIONS => 0xENTRY" says
#                 what `ptgen encode` makes of it
#   err/NAME.pt   what `ptgen check` says is compared with err/NAME.out;
#                 it exits with 1 when that holds an error, else with 0
#
# A first line "# ptgen: OPTIONS" gives options.  BLESS=1 rewrites the .out files
# and docs/diagnostics.md instead; then read the diff.  Each id of dsl/diag.def must be in some .out, and
# no other.  Exit 1: something differs.
set -u
ptgen=$(realpath "$1") bad=0 n=0
cd "$(dirname "$0")" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

fail() {
	echo "golden: $*"
	bad=1
}

encoded() {
	sed -n 's/^# encode: //p' "$1" >"$tmp/lines"
	while read -r format rest; do
		# shellcheck disable=SC2086
		got=$("$ptgen" encode -f "$1:$format" --json ${rest% => *} 2>&1 | sed -n 's/.*"entry":"\(0x[0-9a-f]*\)".*/\1/p')
		[ "$got" = "${rest#* => }" ] || fail "$1: encode $format $rest: $got"
	done <"$tmp/lines"
}

for pt in ok/*.pt err/*.pt; do
	[ -e "$pt" ] || continue
	n=$((n + 1))
	options=$(sed -n '1s/^# ptgen: //p' "$pt" | tr -d '\0')
	# shellcheck disable=SC2086
	"$ptgen" check $options "$pt" >"$tmp/out" 2>"$tmp/err"
	rc=$?
	[ -s "$tmp/out" ] && fail "$pt: something on standard output"
	case $pt in
	ok/*)
		[ $rc -eq 0 ] && [ ! -s "$tmp/err" ] || { fail "$pt: exit $rc"; cat "$tmp/err"; }
		encoded "$pt"
		continue ;;
	esac
	want=0
	grep -q ': error: ' "$tmp/err" && want=1
	[ -s "$tmp/err" ] || fail "$pt: nothing was said"
	[ $rc -eq $want ] || fail "$pt: exit $rc, expected $want"
	if [ -n "${BLESS:-}" ]; then
		cp "$tmp/err" "${pt%.pt}.out"
	else
		diff -u "${pt%.pt}.out" "$tmp/err" || bad=1
	fi
done
if [ -n "${BLESS:-}" ]; then
	sh ../../docs/diagnostics.sh >../../docs/diagnostics.md
	exit $bad
fi

sed -n 's/^X([A-Z_0-9]*, "\([a-z0-9-]*\)".*/\1/p' ../../dsl/diag.def | sort -u >"$tmp/ids"
sed -n 's/^.*: \(error\|warning\): .*\[\([a-z0-9-]*\)\]$/\2/p' err/*.out | sort -u >"$tmp/said"
diff "$tmp/ids" "$tmp/said" >"$tmp/diff" || { fail "ids (<) and messages (>) differ:"; cat "$tmp/diff"; }

sh ../../docs/diagnostics.sh | cmp -s - ../../docs/diagnostics.md || fail "docs/diagnostics.md is out of date: BLESS=1"

[ $bad -eq 0 ] && echo "golden: $n ok"
exit $bad
