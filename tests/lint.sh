#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh PTGEN - directions of includes, layout of formats, words that do not belong, sizes of files
set -u
ptgen=$1 bad=0
cd "$(dirname "$0")/.." || exit 2

fail() {
	echo "lint: $1"
	bad=1
}

# dsl <- gen -> runtime
grep -nE '#include "(gen|runtime)/' dsl/*.[chy] dsl/*.re | grep -v 'runtime/ptg.h"' && fail "dsl includes gen or runtime"
grep -nE '#include "(gen|dsl)/' runtime/*.[ch] && fail "runtime includes something else than itself"
grep -LE 'SPDX-License-Identifier: MIT' dsl/*.[chy] gen/*.[ch] gen/*/*.[ch] runtime/*.[ch] | grep . && fail "no SPDX line"
for f in formats/*.pt formats/*.pti; do
	"$ptgen" fmt --diff "$f" >/dev/null 2>&1 || fail "$f is not in the canonical layout (make fmt)"
done
"$ptgen" check --deny warnings formats/*.pt || fail "a format has errors or warnings"
git grep -nIE '\b(TODO|FIXME|XXX|HACK)\b' -- dsl gen runtime formats Makefile docs README.md && fail "unfinished places"
for f in dsl/*.c gen/*.c gen/*/*.c runtime/*.c tests/*/*.[ch]; do
	n=$(wc -l <"$f")
	[ "$n" -le 600 ] || fail "$f has $n lines: is it still one room?"
done
[ $bad -eq 0 ] && echo "lint: ok"
exit $bad
