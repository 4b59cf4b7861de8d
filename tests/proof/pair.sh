# SPDX-License-Identifier: MIT
# pair.sh - part of run.sh: two-stage walks

# The access that the second stage sees when a table of the first is read, from the manuals.
read_as() {
	case $1 in
	*_npt) # AMD64 volume 2, 15.25.5: as a user's write; to the nested level every access is a user's
		echo PTG_WRITE
		;;
	*_ept*) # SDM volume 3, 29.3.3.2: as a write where accessed and dirty flags are enabled (feature 4)
		echo '(second.config[0]>>4&1?PTG_WRITE:PTG_READ)'
		;;
	*) # RISC-V "Two-Stage Address Translation", Arm "stage 2", POWER "nested": as a read
		echo PTG_READ
		;;
	esac
}

# The generated walk of a pair is the first stage's manual through any second stage.
pair() {
	f=$1
	first=$(sed -n 's/^extern const struct ptg_format \([a-z0-9_]*\)_format, .*/\1/p' "$build/formats/$f.c")
	set -- $(named "$f") -DFIRST=$first -D__CPROVER_uninterpreted_memory=guest_memory \
		-D__CPROVER_uninterpreted_readable=guest_readable "-DTABLES=$(read_as "$f")" $here/pair.c $here/spec/$first.c \
		"$build/formats/$first.c" runtime/root.c runtime/eval.c runtime/setup.c runtime/decode.c
	prove "$f: walk = two walks" SUCCESSFUL "$@"
	prove "$f: another last page is found" FAILED -DMUTANT "$@"
	prove "$f: some address translates" FAILED -DREACH "$@"
}
