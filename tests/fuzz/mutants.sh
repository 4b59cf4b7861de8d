#!/bin/sh
# mutants.sh PTGEN [FORMAT...] - how many slips in a description do the checks catch?
#
# Each line of a shipped description is changed in one small way at a time: a number one
# higher or lower, an operator or a duty replaced, the line left out.  A mutant that
# `ptgen generate` refuses is caught; one with the same facts as the original means
# the same; the rest is missed, and listed with -v.  What is left are mostly rights:
# a wrong but consistent `deny` is what the examples and vectors are for.
set -u
verbose=
[ "${1:-}" = -v ] && { verbose=1; shift; }
ptgen=$(realpath "$1")
shift
formats=$(realpath "$(dirname "$0")/../../formats")
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cp "$formats"/*.pt "$formats"/*.pti "$tmp"

# FILE: one mutant a line, LINE<TAB>TEXT.
mutants() {
	awk '
	function out(text) { if (text != code) printf "%d\t%s\n", NR, text }
	function swap(from, to,    at) {
		at = index(code, from)
		if (at)
			out(substr(code, 1, at - 1) to substr(code, at + length(from)))
	}
	{
		code = $0
		sub(/#.*/, "", code)
		if (code ~ /^[ \t]*(}|example|import|format|nest|$)/)
			next
		rest = code
		at = 0
		while (match(rest, /[0-9]+/)) {
			start = at + RSTART
			number = substr(rest, RSTART, RLENGTH)
			before = start > 1 ? substr(code, start - 1, 1) : " "
			after = substr(code, start + RLENGTH, 1)
			if (before !~ /[A-Za-z0-9_]/ && after !~ /[A-Za-z0-9_]/ && length(number) < 9) {
				out(substr(code, 1, start - 1) (number + 1) substr(code, start + RLENGTH))
				if (number > 0)
					out(substr(code, 1, start - 1) (number - 1) substr(code, start + RLENGTH))
			}
			at = start + RLENGTH - 1
			rest = substr(code, at + 1)
		}
		swap("!", ""); swap(" & ", " | "); swap(" | ", " & "); swap("zero", "ignored"); swap("ignored", "zero")
		swap("soft", ""); swap("0b0", "0b1"); swap("0b1", "0b0"); swap(" if ", " if !")
		if (code !~ /{[ \t]*$/)
			out("")
	}' "$1"
}

facts() {
	"$ptgen" generate --emit=facts "$tmp/$1.pt" 2>"$tmp/err"
}

all=0 caught=0 same=0 missed=0
for format in ${*:-sv39 x86_64 x86_32 ept4 aarch64_4k armv7_short amdv1 s390x}; do
	facts "$format" >"$tmp/wanted" || { echo "mutants: $format does not pass unchanged"; exit 1; }
	imports=$(sed -n 's/^import "\(.*\)"/\1/p' "$tmp/$format.pt")
	for file in "$format.pt" $imports; do
		mutants "$formats/$file" >"$tmp/list"
		while IFS="$(printf '\t')" read -r line text; do
			all=$((all + 1))
			{ head -n $((line - 1)) "$formats/$file"; printf '%s\n' "$text"; tail -n +$((line + 1)) "$formats/$file"; } >"$tmp/$file"
			if ! facts "$format" >"$tmp/got"; then
				grep -q ': error: .*\]$' "$tmp/err" || { echo "mutants: $file:$line: refused without a message: $text"; exit 1; }
				caught=$((caught + 1))
			elif cmp -s "$tmp/got" "$tmp/wanted"; then
				same=$((same + 1))
			else
				missed=$((missed + 1))
				[ -z "$verbose" ] || echo "$file:$line: $text"
			fi
		done <"$tmp/list"
		cp "$formats/$file" "$tmp/$file"
	done
done
changed=$((caught + missed))
echo "mutants: $all, $same mean the same; of the other $changed the checks refuse $caught, $((caught * 100 / (changed ? changed : 1))) %"
[ $((caught * 100)) -ge $((changed * 70)) ]
