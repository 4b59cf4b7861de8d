# SPDX-License-Identifier: MIT
# digest.sh - part of run.sh: what the generic walker answers from the digest of its format

# digest_files FORMAT: into $digest, files and flags
digest_files() {
	rows "$1" >"$out/rows"
	digest="$(named "$1") --unwindset find_quickly.0:$(($(cut -d' ' -f1 "$out/rows" | sort -u | wc -l) + 1)) \
		$here/digest.c $(runtime root eval setup decode answer attrs find step)"
}

digest() {
	f=$1 first=${FIRST:-}
	FIRST=${FIRST:-150} # the second solver is no faster here
	digest_files "$f"
	prove "$f: look-up from the digest = generated" SUCCESSFUL $digest
	prove "$f: look-up from the digest, wrong memory is found" FAILED -DMUTANT $digest
	prove "$f: look-up from the digest, some address is answered" FAILED -DREACH $digest
	FIRST=$first
}
