m4_dnl lib.m4 - the only macros the templates may use.  Text between <| and |> is literal C.
m4_dnl SPDX-License-Identifier: MIT
m4_changequote(`<|',`|>')m4_changecom()m4_dnl
m4_dnl
m4_dnl g4_fact(KEY, VALUE) -- record one fact.  The value stays quoted: no text is expanded twice.
m4_define(<|g4_fact|>, <|m4_define(<|g4_$1|>, <|<|$2|>|>)|>)m4_dnl
m4_dnl
m4_dnl g4_list(KEY, ITEMS) -- record a list of words.
m4_define(<|g4_list|>, <|m4_define(<|g4_$1|>, <|$2|>)|>)m4_dnl
m4_dnl
m4_dnl g4(KEY) -- the value of a fact; a misspelt key stops the build, it never reaches the output.
m4_define(<|g4|>, <|m4_ifdef(<|g4_$1|>, <|m4_indir(<|g4_$1|>)|>, <|m4_errprint(m4___file__:m4___line__: no fact <|$1|>
)m4_m4exit(1)|>)|>)m4_dnl
m4_dnl
m4_dnl g4_if(KEY, THEN, ELSE) -- THEN where there is such a fact.
m4_define(<|g4_if|>, <|m4_ifdef(<|g4_$1|>, <|$2|>, <|$3|>)|>)m4_dnl
m4_dnl
m4_dnl g4_each(VAR, KEY, BODY) -- BODY once for each item of a list, with VAR defined to it; no list: nothing.
m4_define(<|g4_each|>, <|m4_ifdef(<|g4_$2|>, <|_g4_each(<|$1|>, <|$3|>, m4_indir(<|g4_$2|>))|>)|>)m4_dnl
m4_define(<|_g4_each|>, <|m4_ifelse(<|$3|>, <||>, <||>, <|m4_pushdef(<|$1|>, <|$3|>)$2<||>m4_popdef(<|$1|>)_g4_each(<|$1|>, <|$2|>, m4_shift(m4_shift(m4_shift($@))))|>)|>)m4_dnl
m4_dnl
