/* SPDX-License-Identifier: MIT */
/*
 * fmt_lines.c - cut a text into lines of words, and know the block of each
 */
#include "dsl/fmt_lines.h"

#include "dsl/arena.h"
#include "dsl/lex.h"
#include "dsl/words.h"

#include "dsl/ast.h"
#include "dsl/parse.h"

#define DEPTH_MAX 256

struct bracket {
	char kind;      /* ( [ { for a block, c for a concatenation */
	int head;
	unsigned line;  /* that it was opened in */
};

struct reader {
	struct arena *arena;
	struct fmt_lines *all;
	unsigned lines_room, words_room;
	struct bracket open[DEPTH_MAX];
	unsigned depth;
	int before, last, head;
	bool blank;
};

static unsigned blocks(const struct reader *r)
{
	unsigned i, n = 0;

	for (i = 0; i < r->depth; i++)
		n += r->open[i].kind == '{';
	return n;
}

static const struct bracket *innermost(const struct reader *r)
{
	return r->depth ? &r->open[r->depth - 1] : NULL;
}

static bool in_parens(const struct reader *r)
{
	const struct bracket *b = innermost(r);

	return b && (b->kind == '(' || b->kind == '[');
}

static struct fmt_line *new_line(struct reader *r)
{
	struct fmt_lines *all = r->all;
	const struct bracket *b = innermost(r);
	struct fmt_line *l;

	if (all->count == r->lines_room) {
		unsigned room = r->lines_room ? r->lines_room * 2 : 64;

		all->line = arena_grow(r->arena, all->line, all->count, room, sizeof(*l));
		r->lines_room = room;
	}
	l = &all->line[all->count++];
	l->blank_before = r->blank;
	l->depth = blocks(r);
	l->head = b && b->kind == '{' ? b->head : 0;
	l->continued = b && b->kind != '{';
	if (!l->continued && word_wants_more(r->before, r->last) && r->last != TOK_LBRACE)
		l->continued = !(r->last == TOK_COMMA && l->head == TOK_ENUM);
	r->blank = false;
	r->words_room = 0;
	return l;
}

static void open_bracket(struct reader *r, char kind)
{
	if (r->depth < DEPTH_MAX)
		r->open[r->depth++] = (struct bracket){ kind, r->head, r->all->count };
}

static int close_brace(struct reader *r)
{
	if (!r->depth)
		return TOK_RBRACE;
	return r->open[--r->depth].kind == 'c' ? TOK_RCAT : TOK_RBRACE;
}

static int track(struct reader *r, int token)
{
	switch (token) {
	case TOK_LPAREN:
		open_bracket(r, '(');
		return token;
	case TOK_LBRACKET:
		open_bracket(r, '[');
		return token;
	case TOK_LBRACE:
		if (word_opens_cat(r->before, r->last, in_parens(r)))
			token = TOK_LCAT;
		open_bracket(r, token == TOK_LCAT ? 'c' : '{');
		return token;
	case TOK_RPAREN:
	case TOK_RBRACKET:
		if (in_parens(r))
			r->depth--;
		return token;
	case TOK_RBRACE:
		return close_brace(r);
	default:
		return token;
	}
}

/* The bracket that a word stands in; the block around the whole line does not count. */
static char inside(const struct reader *r)
{
	const struct bracket *b = innermost(r);

	return !b || (b->kind == '{' && b->line != r->all->count) ? '\0' : b->kind;
}

static void add_word(struct reader *r, struct fmt_line *l, const char *text, const struct lexeme *word)
{
	struct fmt_word *w;

	if (l->count == r->words_room) {
		unsigned room = r->words_room ? r->words_room * 2 : 16;

		l->words = arena_grow(r->arena, l->words, l->count, room, sizeof(*w));
		r->words_room = room;
	}
	if (r->last == TOK_NL || r->last == TOK_LBRACE)
		r->head = word->token;
	w = &l->words[l->count++];
	w->text = text + word->start;
	w->length = (unsigned)(word->end - word->start);
	w->inside = inside(r);
	w->token = track(r, word->token);
	if (w->token == TOK_RBRACE || w->token == TOK_RCAT || w->token == TOK_RPAREN ||
	    w->token == TOK_RBRACKET)
		w->inside = inside(r);
	/* A line that begins with `}` stands where its block does. */
	if (w->token == TOK_RBRACE && l->count == 1)
		l->depth = blocks(r);
	r->before = r->last;
	r->last = w->token;
}

static void add_comment(struct fmt_line *l, const char *text, const struct lexeme *word)
{
	size_t end = word->end;

	while (end > word->start && (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == '\r'))
		end--;
	l->comment = text + word->start;
	l->comment_length = (unsigned)(end - word->start);
	l->title = word->token == LEX_TITLE;
}

/* The line end counts for the parser where nothing must follow it. */
static void end_line(struct reader *r, struct fmt_line *l)
{
	while (l->count && l->words[l->count - 1].token == TOK_NL)
		l->count--;
	if (!in_parens(r) && r->last != TOK_LBRACE && !word_wants_more(r->before, r->last)) {
		r->before = r->last;
		r->last = TOK_NL;
	}
	/* A lone `;` leaves nothing. */
	if (!l->count && !l->comment) {
		r->blank = l->blank_before;
		r->all->count--;
	}
}

void fmt_read(struct arena *arena, const char *text, size_t size, struct fmt_lines *all)
{
	struct reader *r = arena_alloc(arena, sizeof(*r));
	struct lexer lex;
	struct lexeme word;
	struct fmt_line *l = NULL;
	bool empty = true; /* nothing on this line of the text yet */

	r->arena = arena;
	r->all = all;
	r->before = r->last = TOK_NL;
	lex_start(&lex, text, size);
	for (;;) {
		word = lex_next(&lex);
		if (word.token == LEX_NEWLINE || word.token == TOK_YYEOF || word.token == LEX_NUL) {
			if (!empty)
				end_line(r, l);
			else
				r->blank = true;
			empty = true;
			if (word.token != LEX_NEWLINE)
				return;
			continue;
		}
		if (empty)
			l = new_line(r);
		empty = false;
		if (word.token == LEX_COMMENT || word.token == LEX_TITLE)
			add_comment(l, text, &word);
		else
			add_word(r, l, text, &word);
	}
}
