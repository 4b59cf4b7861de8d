# SPDX-License-Identifier: MIT
# missing.sh - part of run.sh: a page whose table is missing

# Loops that a page of the last table goes through once, which is asserted.
once="map_table.0:1,map_run.0:2,ptg_op_roots_.0:1,ptg_pool_fill_.0:2,ptg_pool_drain_.0:2,map_empties.0:1"
once="$once,map_full_tables.0:1,map_all_below.0:1,map_put.0:1,map_taken.0:1,map_run_hiding.0:1"

# FORMAT, flags: -DMISSING, the depth of the empty entry, and -DASKED, the rights asked for.
missing() {
	f=$1
	shift
	set -- $(named "$f") "$@" --object-bits 12 --max-field-sensitivity-array-size 300 --unwindset "$once" $here/missing.c
	for part in op args pool frame link convert group subtree sideways map map_op map_alike map_way setup root attrs; do
		set -- "$@" runtime/$part.c
	done
	prove "$f: map, table missing, one store to what is in use" SUCCESSFUL -DPART=1 "$@"
	prove "$f: map, table missing, as asked" SUCCESSFUL -DPART=2 "$@"
	prove "$f: map, table missing, all else as before" SUCCESSFUL -DPART=3 "$@"
	prove "$f: map, table missing, none to be had" SUCCESSFUL -DPART=4 "$@"
	for part in 1 2 3 4; do
		prove "$f: map, table missing, what is wrong is found, $part" FAILED -DMUTANT -DPART=$part "$@"
	done
	prove "$f: map, table missing, it is done" FAILED -DREACH -DPART=1 "$@"
	prove "$f: map, table missing, it is refused" FAILED -DREACH -DPART=4 "$@"
}
