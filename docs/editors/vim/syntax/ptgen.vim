" SPDX-License-Identifier: MIT
" Vim syntax of ptgen's descriptions of page-table formats (*.pt, *.pti)
if exists("b:current_syntax")
	finish
endif

syn case match
syn keyword ptgenStatement format import enum nest over va pa space entry bits table param feature
	\ context level levels fields register first attr map deny mark select
	\ root example fault flush extern page invalid pass const
syn keyword ptgenWord signed unsigned little big msb0 lsb0 added off by after stride dynamic
	\ zero one res0 res1 ignored soft overlay of at when otherwise if low
	\ size napot next unless skip repeat contig limit require encode nowhere
	\ tables none decoded alias reserved else except in on trim start bypass
	\ is ignore from index
syn keyword ptgenAccess read write fetch any in_user
syn match ptgenNumber "\v<0x[0-9a-fA-F_]+>|<0b[01_]+>|<\d[0-9_]*[KMGTPE]?>"
syn match ptgenOperator "\v-\>|\.\.|[=!<>]\=|[-=&|!~<>+*?]"
syn match ptgenBits "\v\[[0-9:, ]+\]" contains=ptgenNumber
syn match ptgenField "\v<[A-Z][A-Z0-9_]*>"
syn region ptgenString start=+"+ skip=+\\"+ end=+"+ oneline
syn match ptgenComment "#.*$" contains=@Spell
syn match ptgenTitle "##.*$" contains=@Spell
syn region ptgenBlock start="{" end="}" transparent fold

hi def link ptgenStatement Statement
hi def link ptgenWord Type
hi def link ptgenAccess Constant
hi def link ptgenNumber Number
hi def link ptgenOperator Operator
hi def link ptgenBits Special
hi def link ptgenField Identifier
hi def link ptgenString String
hi def link ptgenComment Comment
hi def link ptgenTitle SpecialComment

setlocal commentstring=#\ %s comments=:##,:#
let b:current_syntax = "ptgen"
