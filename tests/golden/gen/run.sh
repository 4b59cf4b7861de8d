#!/bin/sh
# run.sh PTGEN - the generated C of two formats, byte by byte
#
# So that a change of the templates is read by a person.  BLESS=1 accepts what
# comes out now.  The facts of one format are compared too, and generating
# twice must give the same bytes; errors must leave no file behind.
set -u
ptgen=$(realpath "$1")
cd "$(dirname "$0")" || exit 2
root=../../..
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
bad=0

gen() { # DIR OPTION... FILE
	dir=$1
	shift
	mkdir -p "$dir"
	"$ptgen" generate --template-dir $root/gen/templates -o "$dir" "$@" || bad=1
}

for f in sv48 x86_64; do
	gen "$tmp/one" $root/formats/$f.pt
	gen "$tmp/two" $root/formats/$f.pt
	for part in h c; do
		cmp -s "$tmp/one/$f.$part" "$tmp/two/$f.$part" || { echo "golden: $f.$part differs from run to run"; bad=1; }
		if [ -n "${BLESS:-}" ]; then
			cp "$tmp/one/$f.$part" $f.$part
		else
			diff -u $f.$part "$tmp/one/$f.$part" || { echo "golden: $f.$part"; bad=1; }
		fi
	done
done

gen "$tmp/facts" --emit=facts $root/formats/rockchip_v1.pt
if [ -n "${BLESS:-}" ]; then
	cp "$tmp/facts/rockchip_v1.facts" .
else
	diff -u rockchip_v1.facts "$tmp/facts/rockchip_v1.facts" || { echo "golden: facts"; bad=1; }
fi

# A name of one's own, features made constants: compiles, and nothing else is external.
gen "$tmp/mine" --prefix mine --set maxphyaddr=46 --disable pdpe1gb $root/formats/x86_64.pt
${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -ffreestanding -I$root/runtime -I"$tmp/mine" -c \
	-o "$tmp/mine.o" "$tmp/mine/mine.c" || bad=1
nm -g --defined-only "$tmp/mine.o" | awk '$3 !~ /^mine_/ {print "golden: external name " $3; bad = 1} END {exit bad}' || bad=1
grep -q pdpe1gb\; "$tmp/mine/mine.h" && { echo "golden: a fixed feature is still a member"; bad=1; }

# Nothing is written when one of several files is wrong.
printf 'format broken {\n' >"$tmp/broken.pt"
mkdir "$tmp/none"
"$ptgen" generate --template-dir $root/gen/templates -o "$tmp/none" $root/formats/sv39.pt "$tmp/broken.pt" 2>/dev/null &&
	{ echo "golden: a broken file was accepted"; bad=1; }
[ -z "$(ls -A "$tmp/none")" ] || { echo "golden: files were left behind"; bad=1; }

# Texts of the user's are never expanded by m4.
cat >"$tmp/m4.pt" <<'END'
## m4_define(<|x|>, y) g4(lower) dnl `quoted' */ m4_esyscmd(touch m4_ran)
format m4_trap {
    va 21 unsigned
    pa 32
    entry 32 little
    level 0 va[20:12]
    fields pte {
        m4_V [0]
        -    [11:1]  ignored
        A    [31:12] -> pa[31:12]
    }
    invalid not_present when e[0]=0
    page page of pte when m4_V=1
    attr r = 1
    root base 32 {
        A [31:12] -> table[31:12]
        - [11:0]  ignored
    }
}
END
gen "$tmp/m4" "$tmp/m4.pt"
[ -e m4_ran ] && { echo "golden: m4 ran a text of the user's"; rm -f m4_ran; bad=1; }
grep -q 'm4_define(<|x|>, y) g4(lower)' "$tmp/m4/m4_trap.c" || { echo "golden: a title was changed"; bad=1; }
${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -ffreestanding -I$root/runtime -I"$tmp/m4" -c \
	-o "$tmp/m4.o" "$tmp/m4/m4_trap.c" || bad=1

[ $bad -eq 0 ] && echo "golden: generated code ok"
exit $bad
