/* SPDX-License-Identifier: MIT */
/*
 * words.h - what the words of the language are good for
 *
 * Not the grammar: what recovery from errors and the dropping of line ends
 * need to know about a word without parsing.
 */
#ifndef DSL_WORDS_H
#define DSL_WORDS_H

#include <stdbool.h>

enum word_class {
	WORD_NONE,      /* not a word */
	WORD_NAME,      /* the description's own */
	WORD_HEAD,      /* begins a statement and is never an operand */
	WORD_SOFT_HEAD, /* begins a statement; may be an operand too */
	WORD_JOIN,      /* when, if, else ... */
	WORD_SOFT       /* any other; may be an operand */
};

enum word_class word_class(int token);
bool word_begins_statement(int token); /* inside a format */
bool word_begins_top(int token);       /* outside of one */

/* Can a value end with this token? */
bool word_ends_operand(int token);

/* Must something follow these two tokens, be it on the next line? */
bool word_wants_more(int before, int last);

/* Is a `{` after these two tokens one of a concatenation, not of a block? */
bool word_opens_cat(int before, int last, bool in_parens);

/* Can a line that begins with `token` not stand in the block of a statement `head`, but after it? */
bool word_leaves_block(int head, int token);

#endif /* DSL_WORDS_H */
