/* SPDX-License-Identifier: MIT */
/*
 * lex.re - the words of a description
 *
 * The text ends with a zero byte, which no rule but its own matches: no rule
 * can run over the end.
 */
#include "dsl/lex.h"

#include "dsl/ast.h"
#include "dsl/parse.h"

void lex_start(struct lexer *lex, const char *text, size_t size)
{
	lex->text = lex->cursor = text;
	lex->size = size;
}

static int scan(struct lexer *lex)
{
	const char *YYCURSOR = lex->cursor;
	const char *limit = lex->text + lex->size;

#define RETURN(token) do { lex->cursor = YYCURSOR; return token; } while (0)
	/*!re2c
	re2c:define:YYCTYPE = "unsigned char";
	re2c:yyfill:enable = 0;

	"\x00"          { if (YYCURSOR > limit) return TOK_YYEOF; RETURN(LEX_NUL); }
	"\n"            { RETURN(LEX_NEWLINE); }
	"##"            { RETURN(LEX_TITLE); }
	"##" [^#\n\x00] [^\n\x00]* { RETURN(LEX_TITLE); }
	"#" [^\n\x00]*   { RETURN(LEX_COMMENT); }

	"format"      { RETURN(TOK_FORMAT); }
	"import"      { RETURN(TOK_IMPORT); }
	"enum"        { RETURN(TOK_ENUM); }
	"nest"        { RETURN(TOK_NEST); }
	"over"        { RETURN(TOK_OVER); }
	"va"          { RETURN(TOK_VA); }
	"pa"          { RETURN(TOK_PA); }
	"space"       { RETURN(TOK_SPACE); }
	"entry"       { RETURN(TOK_ENTRY); }
	"bits"        { RETURN(TOK_BITS); }
	"table"       { RETURN(TOK_TABLE); }
	"param"       { RETURN(TOK_PARAM); }
	"feature"     { RETURN(TOK_FEATURE); }
	"context"     { RETURN(TOK_CONTEXT); }
	"level"       { RETURN(TOK_LEVEL); }
	"levels"      { RETURN(TOK_LEVELS); }
	"fields"      { RETURN(TOK_FIELDS); }
	"register"    { RETURN(TOK_REGISTER); }
	"first"       { RETURN(TOK_FIRST); }
	"attr"        { RETURN(TOK_ATTR); }
	"map"         { RETURN(TOK_MAP); }
	"deny"        { RETURN(TOK_DENY); }
	"mark"        { RETURN(TOK_MARK); }
	"select"      { RETURN(TOK_SELECT); }
	"root"        { RETURN(TOK_ROOT); }
	"example"     { RETURN(TOK_EXAMPLE); }
	"fault"       { RETURN(TOK_FAULT); }
	"flush"       { RETURN(TOK_FLUSH); }
	"extern"      { RETURN(TOK_EXTERN); }
	"page"        { RETURN(TOK_PAGE); }
	"invalid"     { RETURN(TOK_INVALID); }
	"pass"        { RETURN(TOK_PASS); }
	"signed"      { RETURN(TOK_SIGNED); }
	"unsigned"    { RETURN(TOK_UNSIGNED); }
	"little"      { RETURN(TOK_LITTLE); }
	"big"         { RETURN(TOK_BIG); }
	"msb0"        { RETURN(TOK_MSB0); }
	"lsb0"        { RETURN(TOK_LSB0); }
	"added"       { RETURN(TOK_ADDED); }
	"off"         { RETURN(TOK_OFF); }
	"by"          { RETURN(TOK_BY); }
	"after"       { RETURN(TOK_AFTER); }
	"stride"      { RETURN(TOK_STRIDE); }
	"dynamic"     { RETURN(TOK_DYNAMIC); }
	"zero"        { RETURN(TOK_ZERO); }
	"one"         { RETURN(TOK_ONE); }
	"res0"        { RETURN(TOK_RES0); }
	"res1"        { RETURN(TOK_RES1); }
	"ignored"     { RETURN(TOK_IGNORED); }
	"soft"        { RETURN(TOK_SOFT); }
	"overlay"     { RETURN(TOK_OVERLAY); }
	"of"          { RETURN(TOK_OF); }
	"at"          { RETURN(TOK_AT); }
	"when"        { RETURN(TOK_WHEN); }
	"otherwise"   { RETURN(TOK_OTHERWISE); }
	"if"          { RETURN(TOK_IF); }
	"low"         { RETURN(TOK_LOW); }
	"size"        { RETURN(TOK_SIZE); }
	"napot"       { RETURN(TOK_NAPOT); }
	"next"        { RETURN(TOK_NEXT); }
	"unless"      { RETURN(TOK_UNLESS); }
	"skip"        { RETURN(TOK_SKIP); }
	"repeat"      { RETURN(TOK_REPEAT); }
	"contig"      { RETURN(TOK_CONTIG); }
	"limit"       { RETURN(TOK_LIMIT); }
	"require"     { RETURN(TOK_REQUIRE); }
	"encode"      { RETURN(TOK_ENCODE); }
	"nowhere"     { RETURN(TOK_NOWHERE); }
	"tables"      { RETURN(TOK_TABLES); }
	"none"        { RETURN(TOK_NONE); }
	"decoded"     { RETURN(TOK_DECODED); }
	"alias"       { RETURN(TOK_ALIAS); }
	"reserved"    { RETURN(TOK_RESERVED); }
	"else"        { RETURN(TOK_ELSE); }
	"except"      { RETURN(TOK_EXCEPT); }
	"in"          { RETURN(TOK_IN); }
	"on"          { RETURN(TOK_ON); }
	"trim"        { RETURN(TOK_TRIM); }
	"start"       { RETURN(TOK_START); }
	"bypass"      { RETURN(TOK_BYPASS); }
	"is"          { RETURN(TOK_IS); }
	"ignore"      { RETURN(TOK_IGNORE); }
	"const"       { RETURN(TOK_CONST); }
	"from"        { RETURN(TOK_FROM); }
	"index"       { RETURN(TOK_INDEX); }

	[A-Za-z_] [A-Za-z0-9_]* { RETURN(TOK_NAME); }
	[0-9] [A-Za-z0-9_]*     { RETURN(TOK_NUM); }
	["] [^"\n\x00]* ["]     { RETURN(TOK_STRING); }

	"->"  { RETURN(TOK_ARROW); }
	".."  { RETURN(TOK_DOTDOT); }
	"!="  { RETURN(TOK_NE); }
	"="   { RETURN(TOK_EQ); }
	"!"   { RETURN(TOK_NOT); }
	"&"   { RETURN(TOK_AND); }
	"|"   { RETURN(TOK_OR); }
	"+"   { RETURN(TOK_PLUS); }
	"-"   { RETURN(TOK_MINUS); }
	"*"   { RETURN(TOK_TIMES); }
	"("   { RETURN(TOK_LPAREN); }
	")"   { RETURN(TOK_RPAREN); }
	"["   { RETURN(TOK_LBRACKET); }
	"]"   { RETURN(TOK_RBRACKET); }
	"{"   { RETURN(TOK_LBRACE); }
	"}"   { RETURN(TOK_RBRACE); }
	","   { RETURN(TOK_COMMA); }
	":"   { RETURN(TOK_COLON); }
	"."   { RETURN(TOK_DOT); }
	";"   { RETURN(TOK_NL); }

	"==" | "=>" | "<-" | "&&" | "||" | "<=" | ">=" | "<<" | ">>" { RETURN(LEX_BAD); }
	["] [^"\n\x00]* { RETURN(LEX_BAD); }
	[\x80-\xff]+   { RETURN(LEX_BAD); }
	*              { RETURN(LEX_BAD); }
	*/
#undef RETURN
}

struct lexeme lex_next(struct lexer *lex)
{
	struct lexeme found;

	while (*lex->cursor == ' ' || *lex->cursor == '\t' || *lex->cursor == '\r')
		lex->cursor++;
	found.start = (size_t)(lex->cursor - lex->text);
	found.token = scan(lex);
	found.end = (size_t)(lex->cursor - lex->text);
	return found;
}
