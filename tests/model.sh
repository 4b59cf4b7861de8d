#!/bin/sh
# SPDX-License-Identifier: MIT
# Random operations on every format against a flat model, one process a format: model.sh PROGRAM [FORMAT...]
# PTG_MODEL_STEPS (a million), PTG_SEED (1) and JOBS (the processors) as wished; the log of each is in PROGRAM.log/.
set -u

program=$1
shift
[ $# -gt 0 ] || set -- $(ls formats/*.pt | sed 's,.*/,,; s,\.pt$,,')
log=$program.log
mkdir -p "$log"
export PTG_MODEL_STEPS="${PTG_MODEL_STEPS:-1000000}" CK_FORK=no

one='PTG_FORMAT=$2 "$0" >"$1/$2" 2>&1 && sed -n "/done/p" "$1/$2" || { echo "$2: FAILED, see $1/$2"; exit 1; }'
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -n 1 sh -c "$one" "$program" "$log"
