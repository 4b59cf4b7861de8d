" SPDX-License-Identifier: MIT
" Templates of web pages have the same ending: look before the name is taken.
autocmd BufNewFile,BufRead *.pti setfiletype ptgen
autocmd BufNewFile,BufRead *.pt call s:Detect()

function! s:Detect()
	for line in getline(1, 40)
		if line =~# '\v^(##|import\s+"|format\s|nest\s)'
			set filetype=ptgen
			return
		endif
	endfor
endfunction
