#!/bin/sh
# SPDX-License-Identifier: MIT
# wrong.sh BUILD - the guests find a description that is wrong in one place
#
# Each line of the list below: guest, description, where the mistake is made, and
# sed's command that makes it.  Everything is generated from the wrong description,
# so both walkers agree: only the machine can tell.  A guest that then passes, or fails
# for another reason than a difference, fails this test.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:?usage: wrong.sh BUILD}
failed=0
caught=0

mistakes() {
	cat <<'EOF'
sv39        sv39        riscv64.pti  s/(r | mxr & x)/(r | mxr | x)/
sv39        sv39        riscv64.pti  s/mark D on write /mark D on any /
x86_64      x86_64      ia32e.pti    s/fetch & !in_user & u & smep/fetch \& !in_user \& u \& smap/
aarch64_4k  aarch64_4k  aarch64.pti  s/!in_user & u & pan & !fetch/!in_user \& u \& pan/
power9_radix power9_radix power9_radix.pt s/read & (!r | !in_user & !privileged & key0_r)/read \& !r/
vtd_ss4     vtd_ss4     vtd_ss.pti   s/= W  tables & W/= W  tables none/
EOF
}

# The same build, but for the formats.
wrong() { # GUEST FORMAT FILE COMMAND
	w=$build/mmu/wrong
	rm -rf "$w"
	mkdir -p "$w/text" "$w/formats" "$w/mmu" || exit 2
	for f in formats/*.pt formats/*.pti; do sed '/^ *example /d' "$f" >"$w/text/${f##*/}"; done
	sed "$4" "$w/text/$3" >"$w/text/changed"
	cmp -s "$w/text/changed" "$w/text/$3" && { echo "nothing to change in $3: $4"; return; }
	mv "$w/text/changed" "$w/text/$3"
	"$build/ptgen" generate --template-dir gen/templates -o "$w/formats" "$w/text/$2.pt" 2>"$w/log" || { cat "$w/log"; return; }
	for d in "$build"/mmu/*/; do
		[ -e "$d/stamp" ] && mkdir -p "$w/mmu/$(basename "$d")" && cp -p "$d"/rt_*.o "$d/stamp" "$w/mmu/$(basename "$d")"
	done
	LINES_SHOWN=1000 tests/mmu/run.sh "$w" "$1"
}

while read -r guest format file command; do
	wrong "$guest" "$format" "$file" "$command" >"$build/mmu/wrong.log" 2>&1
	if grep -q '^difference (' "$build/mmu/wrong.log"; then
		caught=$((caught + 1))
	else
		echo "  not found by $guest: $file $command"
		head -5 "$build/mmu/wrong.log"
		failed=1
	fi
done <<EOF
$(mistakes)
EOF
echo "  $caught mistakes in descriptions found by the machines"
rm -rf "$build/mmu/wrong" "$build/mmu/wrong.log"
exit $failed
