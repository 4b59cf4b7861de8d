#!/bin/sh
# SPDX-License-Identifier: MIT
# editors.sh - the editors' grammars know every word of the language, and Vim colours a description
set -u
cd "$(dirname "$0")/.." || exit 2
bad=0
words=$(sed -n 's/^	"\([a-z][a-z0-9_]*\)"  *{ RETURN(TOK_.*/\1/p' dsl/lex.re)
[ -n "$words" ] || { echo "editors: no words in dsl/lex.re"; exit 1; }
for f in docs/editors/vim/syntax/ptgen.vim docs/editors/vscode/syntaxes/ptgen.tmLanguage.json; do
	for w in $words; do
		grep -qw "$w" "$f" || { echo "editors: $f does not know '$w'"; bad=1; }
	done
done
for f in docs/editors/vscode/*.json docs/editors/vscode/syntaxes/*.json; do
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$f" || { echo "editors: $f is no JSON"; bad=1; }
done
if command -v vim >/dev/null 2>&1; then
	out=$(mktemp)
	vim -es -u NONE -i NONE --cmd 'set nocp rtp^=docs/editors/vim' -c 'filetype on' -c 'syntax on' -c 'edit formats/sv48.pt' \
		-c "call writefile([&filetype, synIDattr(synID(search('^format'), 1, 1), 'name'), synIDattr(synID(1, 1, 1), 'name')], '$out')" \
		-c 'qall!' </dev/null >/dev/null 2>&1
	[ "$(tr '\n' ' ' <"$out")" = "ptgen ptgenStatement ptgenTitle " ] || { echo "editors: Vim says: $(cat "$out")"; bad=1; }
	rm -f "$out"
else
	echo "editors: vim is not installed: its part skipped"
fi
[ $bad -eq 0 ] && echo "editors: ok"
exit $bad
