# SPDX-License-Identifier: MIT
# ptgen.bash - completion of ptgen for bash
#
# The words come from ptgen's own help, so that they are those of the program
# that is installed.

_ptgen_commands() {
	"$1" --help 2>/dev/null | sed -n 's/^  \([a-z0-9]*\)  .*/\1/p'
}

_ptgen_options() {
	"$1" "$2" --help 2>/dev/null | sed -n 's/^ *\(-[a-zA-Z], \)\{0,1\}\(--[a-z0-9-]*\).*/\1\2/p' | tr -d , | tr ' ' '\n'
}

_ptgen_formats() {
	"$1" formats --csv 2>/dev/null | sed '1d; s/,.*//'
}

# the last of several words between commas, the rest in front of it
_ptgen_list() {
	local before=
	case $cur in *,*) before=${cur%,*},; esac
	COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
}

_ptgen_files() {
	local pattern
	compopt -o filenames 2>/dev/null
	COMPREPLY=($(compgen -d -- "$cur"))
	for pattern; do
		COMPREPLY+=($(compgen -f -X "$pattern" -- "$cur"))
	done
}

_ptgen() {
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} cur=${COMP_WORDS[COMP_CWORD]} prev=
	local equals=
	COMPREPLY=()
	[ "$COMP_CWORD" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD - 1]}
	# bash makes --name=value three words
	if [ "$cur" = = ]; then
		cur=
		equals=1
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
		equals=1
	fi

	if [ "$COMP_CWORD" -eq 1 ]; then
		_ptgen_files '!*.pt'
		COMPREPLY+=($(compgen -W "help version $(_ptgen_commands "$program")" -- "$cur"))
		return
	fi
	case $command:$prev in
	help:*)
		COMPREPLY=($(compgen -W "$(_ptgen_commands "$program")" -- "$cur"))
		return
		;;
	*:-f | *:--format)
		case $cur in
		*/* | .*) _ptgen_files '!*.pt' ;;
		*) _ptgen_list "all aarch64 ia32e riscv64 $(_ptgen_formats "$program")" ;;
		esac
		return
		;;
	*:-r | *:--root)
		[ -n "$equals" ] && [ "$prev" != --root ] && return
		compopt -o nospace 2>/dev/null
		_ptgen_list 'asce= cr3= cr4= dte= eptp= hgatp= pgdh= pgdl= prtb= pwch= pwcl= satp= tcr= ttbcr= ttbr0= ttbr1= vtcr= vttbr='
		return
		;;
	*:--access) COMPREPLY=($(compgen -W 'ur uw ux urw sr sw sx srw' -- "$cur")); return ;;
	*:--merge) COMPREPLY=($(compgen -W 'rights phys none' -- "$cur")); return ;;
	*:--emit) _ptgen_list "$(_ptgen_words emit)"; return ;;
	*:--ops) _ptgen_list "$(_ptgen_words ops)"; return ;;
	lint:--only | lint:--ignore) _ptgen_list "$(_ptgen_words findings)"; return ;;
	*:--deny) COMPREPLY=($(compgen -W 'warnings' -- "$cur")); return ;;
	*:--template-dir) _ptgen_files '*'; return ;;
	doc:-o | doc:--output | generate:-o | generate:--output) _ptgen_files '*'; return ;;
	*:-o | *:--output) _ptgen_files ''; return ;;
	*:--set | *:--enable | *:--disable | *:--ctx | *:--ram | *:--range | *:--level | *:-l | *:--pa | *:--prefix | *:--filter) return ;;
	esac
	case $command:$cur in
	*:-*) COMPREPLY=($(compgen -W "$(_ptgen_options "$program" "$command")" -- "$cur")) ;;
	formats:*) COMPREPLY=($(compgen -W "$(_ptgen_formats "$program")" -- "$cur")) ;;
	generate:* | doc:*)
		_ptgen_files '!*.pt'
		COMPREPLY+=($(compgen -W "$(_ptgen_formats "$program")" -- "$cur"))
		;;
	check:* | fmt:*) _ptgen_files '!*.pt' '!*.pti' ;;
	*) _ptgen_files '' ;;
	esac
}

_ptgen_words() {
	case $1 in
	emit) echo h c facts json vectors md svg proof ;;
	ops) echo lookup lookup_many translate access_mem walk map unmap protect harvest codec ;;
	findings) echo wx user-alias exec-alias table-user-writable table-writable outside-ram reserved unreadable group self-map alias ;;
	esac
}

complete -F _ptgen ptgen
