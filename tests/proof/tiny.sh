# SPDX-License-Identifier: MIT
# tiny.sh - part of run.sh: range operations, by trying everything

# try_all NAME WANT FILE PARTS: tiny.c with FILE in the place of what it is a copy of; so many of 64 parts on two processors
try_all() {
	name=$1 want=$2 file=$3 parts=$4 ok=yes
	n=$((n + 1))
	start=$(date +%s%N)
	"${CC:-cc}" -std=c11 -O2 -I"$out/tiny" -Iruntime $here/tiny.c "$file" $([ "$file" = "$out/tiny/tiny.c" ] ||
		[ "$file" = "$out/tiny/slip-tiny.c" ] || echo "$out/tiny/tiny.c") "$build/libptg.a" -o "$out/tiny/tiny" || ok=
	for half in 0 1; do
		for part in $(seq $half 2 $((parts - 1))); do
			[ "$ok" ] && "$out/tiny/tiny" $part 64 || { : >"$out/tiny/bad" && break; }
		done >"$out/tiny/log.$half" 2>&1 &
	done
	wait
	[ -f "$out/tiny/bad" ] && got=FAILED || got=SUCCESSFUL
	rm -f "$out/tiny/bad"
	ms=$((($(date +%s%N) - start) / 1000000))
	if [ "$ok" ] && [ "$got" = "$want" ]; then
		printf '  %-54s %7d ms\n' "$name" "$ms"
	else
		printf '  %-54s NOT AS IT SHOULD BE: %s\n' "$name" "$got"
		tail -n 1 "$out/tiny/log.0" "$out/tiny/log.1"
		bad=1
	fi
}

# PARTS of 64: all of them, or a sample.
tiny() {
	rm -rf "$out/tiny"
	mkdir -p "$out/tiny"
	"$build/ptgen" generate --template-dir gen/templates -o "$out/tiny" tests/unit/tiny.pt || bad=1
	try_all "tiny: ranges, $1 of 64 parts" SUCCESSFUL "$out/tiny/tiny.c" "$1"
	while read -r file slip; do
		from_c=runtime/$file
		[ $file = tiny.c ] && from_c=$out/tiny/tiny.c
		sed "$slip" "$from_c" >"$out/tiny/slip-$file"
		if cmp -s "$from_c" "$out/tiny/slip-$file"; then
			echo "  tiny: nothing to change in $file: $slip"
			bad=1
			continue
		fi
		try_all "tiny: $file: $slip" FAILED "$out/tiny/slip-$file" 1
	done <<-'SLIPS'
	unmap.c s/for (i = to + 1; i <= fr->hi/for (i = to + 2; i <= fr->hi/
	protect.c s/? PTG_CUT_ : PTG_E_SPLIT/? PTG_OK : PTG_E_SPLIT/
	map.c s/return op->flags & PTG_MAP_KEEP ? PTG_OK : PTG_E_EXISTS/return PTG_OK/
	map_way.c s/return op->flags & PTG_MAP_KEEP ? 0 :/return op->flags \& PTG_MAP_KEEP ? 1 :/
	collapse.c s/return u->pa == f->pa + offset/return u->pa >= f->pa/
	split.c s/\.page = split_page/.page = NULL/
	tiny.c s/left = 3 + 1 -/left = 3 + 2 -/
	one.c s/!one_like(s, at, n, ~/!one_like(s, at, 1, ~/
	runs.c s/r->va += ptg_shl_(r->n,/r->va += ptg_shl_(r->n + 1,/
	runs.c s/e + i \* step/e + i * 2 * step/
	SLIPS
}
