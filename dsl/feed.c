/* SPDX-License-Identifier: MIT */
/*
 * feed.c - from the scanner's words to the parser's tokens
 *
 * A line end counts unless something must follow: an operator, a comma, an
 * open ( or [ stands before it.  The braces of a concatenation are told from
 * those of a block.  After a syntax error the rest of the statement is thrown
 * away here, with all the blocks that belong to it.  A `}` that is missing is
 * seen by the word that begins the next line, reported, and supplied.
 */
#include <string.h>

#include "dsl/arena.h"
#include "dsl/number.h"
#include "dsl/parser.h"
#include "dsl/words.h"

#include "dsl/parse.h"

void feed_start(struct parser *p)
{
	const struct source_file *f = &p->run->sources->files[p->file];

	lex_start(&p->lex, f->text, f->size);
	p->last = p->before = TOK_NL;
	p->head = 0;
	p->last_span = (struct span){ p->file, 0, 0 };
}

static struct span span_of(const struct parser *p, const struct lexeme *word)
{
	return (struct span){ p->file, (uint32_t)word->start, (uint32_t)word->end };
}

/* --- reading ---------------------------------------------------------------- */

static void add_title(struct parser *p, const struct lexeme *line)
{
	const char *from = p->lex.text + line->start + 2, *to = p->lex.text + line->end;

	if (p->depth)
		return;
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'))
		to--;
	/* The length is bounded: a title is copied when it grows. */
	if (p->title && strlen(p->title) > 4096)
		return;
	p->title = p->title ? arena_printf(p->arena, "%s\n%.*s", p->title, (int)(to - from), from)
			    : arena_copy(p->arena, from, (size_t)(to - from));
}

static void check_comment(struct parser *p, const struct lexeme *line)
{
	size_t i;

	for (i = line->start; i < line->end; i++) {
		unsigned char c = (unsigned char)p->lex.text[i];

		if ((c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r')
			continue;
		syntax_report(p, (struct span){ p->file, (uint32_t)i, (uint32_t)i + 1 },
			      "byte 0x%02x is not plain ASCII text", c);
		return;
	}
}

/* The next word into p->held; what stands between is noted. */
static void read_word(struct parser *p)
{
	bool first = false;

	for (;;) {
		p->held = lex_next(&p->lex);
		switch (p->held.token) {
		case LEX_NEWLINE:
			if (!first)
				p->newline = span_of(p, &p->held);
			first = true;
			continue;
		case LEX_TITLE:
			add_title(p, &p->held);
			check_comment(p, &p->held);
			continue;
		case LEX_COMMENT:
			check_comment(p, &p->held);
			continue;
		case LEX_NUL:
			syntax_report(p, span_of(p, &p->held), "the file has a zero byte here: it is not a text");
			p->held.token = TOK_YYEOF;
			p->stop = true;
			break;
		}
		break;
	}
	p->held_first = first;
	p->holding = true;
}

/* --- line ends ------------------------------------------------------------- */

static bool in_parens(const struct parser *p)
{
	return p->depth && p->open[p->depth - 1].bracket != '{' &&
	       p->open[p->depth - 1].bracket != 'c';
}

static unsigned innermost_block(const struct parser *p)
{
	unsigned d = p->depth;

	while (d && p->open[d - 1].bracket != '{')
		d--;
	return d;
}

/*
 * Does the line end before p->held count?  Where a value is complete and
 * another word follows, whatever was open has been forgotten; where one must
 * follow, a word that only begins statements does not.
 */
static bool line_counts(struct parser *p)
{
	enum word_class class = word_class(p->held.token);
	bool more = word_wants_more(p->before, p->last);

	if (p->last == TOK_NL || p->last == TOK_LBRACE)
		return false;
	if (!more && !in_parens(p))
		return true;
	if (more ? class != WORD_HEAD
		 : p->held.token != TOK_NUM && (class == WORD_NONE || class == WORD_JOIN))
		return false;
	p->depth = innermost_block(p);
	return true;
}

/* --- brackets ---------------------------------------------------------------- */

static bool open_bracket(struct parser *p, char bracket, struct span at)
{
	if (p->depth == PARSE_DEPTH_MAX) {
		syntax_report(p, at, "brackets are nested more than %d deep", PARSE_DEPTH_MAX);
		p->stop = true;
		return false;
	}
	p->open[p->depth++] = (struct open){ bracket, p->head, at };
	return true;
}

/* Brackets that were left open inside of what closes here are forgotten. */
static void close_paren(struct parser *p, char bracket)
{
	if (p->depth && p->open[p->depth - 1].bracket == bracket)
		p->depth--;
}

static int close_brace(struct parser *p)
{
	while (p->depth && in_parens(p))
		p->depth--;
	if (!p->depth) {
		p->stray = true;
		p->bad = "this '}' closes nothing";
		return TOK_BAD;
	}
	return p->open[--p->depth].bracket == 'c' ? TOK_RCAT : TOK_RBRACE;
}

static int track_brackets(struct parser *p, int token, struct span at)
{
	switch (token) {
	case TOK_LPAREN:
		return open_bracket(p, '(', at) ? token : TOK_YYEOF;
	case TOK_LBRACKET:
		return open_bracket(p, '[', at) ? token : TOK_YYEOF;
	case TOK_RPAREN:
		close_paren(p, '(');
		return token;
	case TOK_RBRACKET:
		close_paren(p, '[');
		return token;
	case TOK_LBRACE:
		if (!word_opens_cat(p->before, p->last, in_parens(p)))
			return open_bracket(p, '{', at) ? token : TOK_YYEOF;
		return open_bracket(p, 'c', at) ? TOK_LCAT : TOK_YYEOF;
	case TOK_RBRACE:
		return close_brace(p);
	case TOK_NL: /* a `;` ends the statement whatever is open */
		p->depth = innermost_block(p);
		return token;
	default:
		return token;
	}
}

/* How many blocks end, each without its `}`, since p->held begins this line? */
static unsigned count_missing(struct parser *p)
{
	unsigned d = p->depth, n = 0;

	/* An indented `enum` is one at the wrong place, not the end of the format. */
	if (word_begins_top(p->held.token) && p->held.start && p->lex.text[p->held.start - 1] != '\n')
		return 0;
	while (d && p->open[d - 1].bracket == '{' && word_leaves_block(p->open[d - 1].head, p->held.token)) {
		d--;
		n++;
	}
	if (n) {
		syntax_report(p, p->last_span, "a '}' is missing after this");
		diag_note(p->run->diag, p->open[p->depth - 1].span, "for the '{' here");
	}
	return n;
}

/* --- values -------------------------------------------------------------------- */

/* What editors and manuals put in place of plain characters. */
static const char *not_ascii(const struct parser *p, const struct lexeme *word)
{
	const char *text = p->lex.text + word->start;
	unsigned char c = (unsigned char)*text;
	unsigned last = word->end - word->start >= 3 ? (unsigned char)text[2] : 0;

	if (word->start == 0 && !strncmp(text, "\xef\xbb\xbf", 3))
		return "the file begins with a byte order mark: descriptions are plain ASCII";
	if (word->start == 0 && c >= 0xfe)
		return "the file is UTF-16: descriptions are plain ASCII";
	if (!strncmp(text, "\xc2\xa0", 2))
		return "this is a no-break space: write a plain one";
	if ((!strncmp(text, "\xe2\x80", 2) && last >= 0x90 && last <= 0x95) || !strncmp(text, "\xe2\x88\x92", 3))
		return "this dash is not '-'";
	if (!strncmp(text, "\xe2\x80", 2) && last >= 0x98 && last <= 0x9f)
		return "this quote is not '\"'";
	return arena_printf(p->arena, "byte 0x%02x is not plain ASCII text", c);
}

static const char *why_bad(const struct parser *p, const struct lexeme *word)
{
	const char *text = p->lex.text + word->start;
	unsigned char c = (unsigned char)*text;

	if (word->end - word->start == 2 && text[0] == text[1])
		return c == '=' ? "write '=' for equal" : c == '&' ? "write '&' for and"
			: c == '|' ? "write '|' for or" : "there are no shifts here: say which bits go where";
	if (!strncmp(text, "=>", 2) || !strncmp(text, "<-", 2))
		return "an arrow is '->', from the entry to the address";
	if (c == '"')
		return "a closing quote is missing";
	if (c == '<' || c == '>')
		return "there is no comparison of sizes: write 'in LOW..HIGH'";
	if (c == '~' || c == '^')
		return "only ! & | and + - * exist";
	if (c == '/' && text[1] == c)
		return "a comment begins with '#'";
	if (c >= 0x20 && c < 0x7f)
		return arena_printf(p->arena, "'%c' means nothing here", c);
	return not_ascii(p, word);
}

static int make_number(struct parser *p, const struct lexeme *word, union DSL_STYPE *value)
{
	struct ast_expr *e = arena_alloc(p->arena, sizeof(*e));
	struct number n;

	p->bad = number_read(&n, p->lex.text + word->start, word->end - word->start);
	if (!p->bad && n.high && p->head != TOK_EXAMPLE)
		p->bad = "the number does not fit into 64 bits";
	if (p->bad)
		return TOK_BAD;
	e->op = n.pattern ? EX_PATTERN : EX_NUM;
	e->value = n.value;
	e->mask = n.mask;
	e->high = n.high;
	e->width = n.width;
	e->height = 1;
	e->span = span_of(p, word);
	if (n.pattern)
		value->TOK_PATTERN = e;
	else
		value->TOK_NUM = e;
	return n.pattern ? TOK_PATTERN : TOK_NUM;
}

static int make_value(struct parser *p, const struct lexeme *word, union DSL_STYPE *value)
{
	const char *text = p->lex.text + word->start;
	size_t length = word->end - word->start;

	if (word_class(word->token) != WORD_NONE) {
		value->TOK_NAME.text = names_intern(p->run->names, text, length);
		value->TOK_NAME.span = span_of(p, word);
	} else if (word->token == TOK_STRING) {
		value->TOK_STRING = names_intern(p->run->names, text + 1, length - 2);
	} else if (word->token == TOK_NUM) {
		return make_number(p, word, value);
	} else if (word->token == LEX_BAD) {
		p->bad = why_bad(p, word);
		return TOK_BAD;
	}
	return word->token;
}

/* The lines `##` above belong to a format or nest; at the head of the file to all of its formats. */
static void place_title(struct parser *p, int token)
{
	if (p->depth)
		return;
	if (!p->seen_token)
		p->file_title = p->title;
	p->seen_token = true;
	if (token == TOK_FORMAT || token == TOK_NEST)
		p->format_title = p->title;
	p->title = NULL;
}

/* --- handing out ---------------------------------------------------------------- */

static int hand_out(struct parser *p, int token, struct span at, struct span *span)
{
	if (token != TOK_NL && (p->last == TOK_NL || p->last == TOK_LBRACE))
		p->head = token;
	p->before = p->last;
	p->last = token;
	*span = at;
	if (token != TOK_NL) {
		p->before_span = p->last_span;
		p->last_span = at;
	}
	return token;
}

static struct span after_last(const struct parser *p)
{
	return (struct span){ p->file, p->last_span.end, p->last_span.end };
}

/* Everything but throwing away. */
static int next_token(struct parser *p, union DSL_STYPE *value, struct span *span)
{
	struct lexeme word;
	int token;

	if (!p->holding && !p->stop)
		read_word(p);
	if (p->stop)
		return hand_out(p, TOK_YYEOF, after_last(p), span);
	if (p->held_first && p->skipping && word_begins_top(p->held.token)) {
		p->depth = p->skip_depth;
		p->held_first = false;
		p->line_head = true;
		return hand_out(p, TOK_NL, p->newline, span);
	}
	if (p->held_first && line_counts(p)) {
		p->held_first = false;
		p->line_head = true;
		return hand_out(p, TOK_NL, p->newline, span);
	}
	if (p->line_head || (p->held_first && (p->last == TOK_NL || p->last == TOK_LBRACE)))
		p->missing = count_missing(p);
	p->held_first = p->line_head = false;
	if (p->supply_newline) {
		p->supply_newline = false;
		return hand_out(p, TOK_NL, p->newline, span);
	}
	if (p->missing) {
		p->missing--;
		p->depth--;
		p->supply_newline = true;
		return hand_out(p, TOK_RBRACE, after_last(p), span);
	}
	word = p->held;
	p->holding = false;
	place_title(p, word.token);
	token = make_value(p, &word, value);
	token = track_brackets(p, token, span_of(p, &word));
	return hand_out(p, token, span_of(p, &word), span);
}

/* Is this token, just read, where the parser may go on? */
static bool resumes(struct parser *p, int token)
{
	if (token == TOK_YYEOF)
		return true;
	if (p->skip_top)
		return token == TOK_NL && p->line_head && word_begins_top(p->held.token);
	if (token == TOK_NL && innermost_block(p) <= p->skip_depth) {
		p->depth = p->skip_depth;
		return true;
	}
	return token == TOK_RBRACE && p->depth < p->skip_depth;
}

int feed_next(struct parser *p, union DSL_STYPE *value, struct span *span)
{
	int token = next_token(p, value, span);

	while (p->skipping) {
		if (resumes(p, token))
			p->skipping = p->skip_top = false;
		else
			token = next_token(p, value, span);
	}
	return token;
}

void feed_recover(struct parser *p, int token)
{
	unsigned depth = p->depth;

	if (token == TOK_LBRACE)
		depth--;
	while (depth && p->open[depth - 1].bracket != '{')
		depth--;
	p->skip_depth = depth;
	p->skip_top = !depth && (p->stray || word_begins_statement(token));
	p->stray = false;
	if (token == TOK_NL)
		p->depth = depth;
	p->skipping = p->skip_top || (token != TOK_NL && token != TOK_RBRACE && token != TOK_YYEOF);
}
