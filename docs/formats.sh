#!/bin/sh
# SPDX-License-Identifier: MIT
# formats.sh PTGEN DIR - write docs/formats into DIR: a page with pictures for each format, and the table of all
#
# How a format is verified is read off the tests, so that the table cannot promise more.
set -eu
LC_ALL=C
export LC_ALL
ptgen=$1 dir=$2
cd "$(dirname "$0")/.."
mkdir -p "$dir"
"$ptgen" doc formats/*.pt -o "$dir"

examples() { grep -c '^ *example' "formats/$1.pt" || true; }
vectors() { # questions under `format NAME`
	awk -v name="$1" '/^format/ { on = $2 == name }  on && /^(look|any|[us][rwx]+) .*[=!]/ { n++ }  END { print n + 0 }' tests/vectors/*.txt
}
mmu() { grep -v '^#' tests/mmu/guests.txt | awk -v name="$1" '{ n = split($4, f, ","); for (i = 1; i <= n; i++) if (f[i] == name) { print "yes"; exit } }'; }
model() { grep -lqw "$1" tests/unit/test_*_models.c tests/unit/test_format_models.c 2>/dev/null && echo yes; }
guest() { # snapshots of this format
	case $1 in
	sv39) echo riscv64-sv39 ;;
	sv48) echo riscv64-sv48 ;;
	sv57) echo riscv64-sv57 ;;
	x86_64) echo x86_64-4level ;;
	x86_64_la57) echo x86_64-la57 ;;
	x86_pae) echo i386-pae ;;
	aarch64_4k) echo aarch64-4k-48 ;;
	armv7_short_tre) echo armv7-short ;;
	s390x) echo s390x ;;
	esac
}

{
	cat <<-'E'
		# The formats

		Made by `make docs-gen`. A page of each shows how an address is split, the tree of tables, every kind of entry with its
		bits, attributes, rights, registers, rules and faults.

		How each is verified:

		- **examples**: entries from the manual in the description itself. `ptgen check` decodes each, and encodes it again.
		- **vectors**: walks worked out by hand from the manual (`tests/vectors/`), asked of the generic and of the generated walker.
		- **model**: random tables and entries against an independent model written from the manual (`tests/unit/test_*_models.c`).
		- **proof**: the generated walk equals a specification written from the manual, for all memory and all addresses
		  (`tests/proof/spec/`, CBMC).
		- **MMU**: a guest under QEMU lives on tables that the generated code built, and its own MMU agrees (`tests/mmu/`).
		- **memory**: the page tables of a booted kernel, with the machine's own translations (`tests/snapshots/`).

		All formats are compiled without warnings, and their walker is compared with the generic one on random memory (`make diff`).

		| format | | addresses | physical | pages | examples | vectors | model | proof | MMU | memory |
		|---|---|---|---|---|---|---|---|---|---|---|
	E
	"$ptgen" formats --json | sed -n 's/^{"name":"\([^"]*\)","va_bits":\([^,]*\),"pa_bits":\([^,]*\),.*"pages":\("[^"]*"\|\[[^]]*\]\),.*"title":"\(.*\)","file":"formats.*/\1|\2|\3|\4|\5/p' |
		while IFS='|' read -r name va pa pages title; do
			pages=$(echo "$pages" | tr -d '"' | awk 'NF > 8 { print $1, "to", $NF, "(" NF " sizes)"; next } { print }')
			proof=
			[ -e "tests/proof/spec/$name.c" ] && proof=yes
			e=$(examples "$name") v=$(vectors "$name")
			[ "$e" = 0 ] && e=
			[ "$v" = 0 ] && v=
			echo "| [$name]($name.md) | $title | $va | $pa | $pages | $e | $v | $(model "$name") | $proof | $(mmu "$name") | $(guest "$name" | sed 's/.*/yes/') |"
		done
} | sed 's/  *|/ |/g' >"$dir/README.md"
