#!/bin/sh
# SPDX-License-Identifier: MIT
# until_result.sh COMMAND... - run a machine that cannot turn itself off until it has said "result:" or "stopped:"
set -u
out=$(mktemp)
"$@" >"$out" &
machine=$!
trap 'kill -9 $machine 2>/dev/null; cat "$out"; rm -f "$out"; exit 1' TERM INT
while kill -0 $machine 2>/dev/null && ! grep -aq '^\(result\|stopped\):.*[a-z]$' "$out"; do
	sleep 0.2
done
sleep 0.2
kill -9 $machine 2>/dev/null
wait $machine 2>/dev/null
cat "$out"
rm -f "$out"
