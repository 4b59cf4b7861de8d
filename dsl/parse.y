/* SPDX-License-Identifier: MIT */
/*
 * parse.y - the grammar of descriptions: section 2 of docs/language.md
 *
 * Actions build the tree with the functions of ast_make.h and do nothing
 * else.  Lists grow at the front and are turned round where they end.
 * Conflicts are removed by the shape of the rules, never by precedence.
 */
%code requires {
#include "dsl/ast.h"
struct parser;
}

%code {
#include "dsl/ast_make.h"
#include "dsl/parser.h"

#define YYSTACK_USE_ALLOCA 0
#define YYLLOC_DEFAULT(result, rhs, n) \
	((result) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n)) \
			: (struct span){ YYRHSLOC(rhs, 0).file, YYRHSLOC(rhs, 0).end, \
					 YYRHSLOC(rhs, 0).end })
#define NEW(kind, at) ast_new_stmt(p, ST_##kind, at)
#define CLAUSE(kind, at) ast_new_clause(p, CL_##kind, at)
#define EXPR(op, at, a, b) ast_new_expr(p, EX_##op, at, a, b)

static int dsl_lex(DSL_STYPE *value, struct span *span, struct parser *p)
{
	return feed_next(p, value, span);
}

static void dsl_error(struct span *at, struct parser *p, const char *text);
}

%define api.prefix {dsl_}
%define api.token.prefix {TOK_}
%define api.pure full
%define api.location.type {struct span}
%define api.value.type union
%define parse.lac full
%define parse.error custom
%locations
%expect 0
%param {struct parser *p}
%initial-action { @$ = (struct span){ p->file, 0, 0 }; }

/* In messages <...> is a description, everything else the word itself. */
%token YYEOF 0 "<the end of the file>" NL "<the end of the line>" BAD "<bad>"
%token <struct ast_name> NAME "<a name>"
%token <struct ast_expr *> NUM "<a number>" PATTERN "<a bit pattern>"
%token <const char *> STRING "<a file name in quotes>"
%token ARROW "->" DOTDOT ".." NE "!=" EQ "=" NOT "!" AND "&" OR "|" PLUS "+" MINUS "-" TIMES "*"
%token LPAREN "(" RPAREN ")" LBRACKET "[" RBRACKET "]" LBRACE "{" RBRACE "}" COMMA "," COLON ":" DOT "."
%token LCAT "{ " RCAT "} "  /* of a concatenation; feed.c knows which is which */

%token <struct ast_name>
	FORMAT "format" IMPORT "import" ENUM "enum" NEST "nest" OVER "over" VA "va" PA "pa"
	SPACE "space" ENTRY "entry" BITS "bits" TABLE "table" PARAM "param" FEATURE "feature"
	CONTEXT "context" LEVEL "level" LEVELS "levels" FIELDS "fields" REGISTER "register"
	FIRST "first" ATTR "attr" MAP "map" DENY "deny" MARK "mark" SELECT "select" ROOT "root"
	EXAMPLE "example" FAULT "fault" FLUSH "flush" EXTERN "extern" PAGE "page" INVALID "invalid"
	PASS "pass" SIGNED "signed" UNSIGNED "unsigned" LITTLE "little" BIG "big" MSB0 "msb0"
	LSB0 "lsb0" ADDED "added" OFF "off" BY "by" AFTER "after" STRIDE "stride" DYNAMIC "dynamic"
	ZERO "zero" ONE "one" RES0 "res0" RES1 "res1" IGNORED "ignored" SOFT "soft" OVERLAY "overlay"
	OF "of" AT "at" WHEN "when" OTHERWISE "otherwise" IF "if" LOW "low" SIZE "size" NAPOT "napot"
	NEXT "next" UNLESS "unless" SKIP "skip" REPEAT "repeat" CONTIG "contig" LIMIT "limit"
	REQUIRE "require" ENCODE "encode" NOWHERE "nowhere" TABLES "tables" NONE "none"
	DECODED "decoded" ALIAS "alias" RESERVED "reserved" ELSE "else" EXCEPT "except" IN "in"
	ON "on" TRIM "trim" START "start" BYPASS "bypass" IS "is" IGNORE "ignore" CONST "const"
	FROM "from" INDEX "index"

%type <struct ast_name> word name hard any_name kind_name kind_name_not_added example_kind
%type <struct ast_name> next_word level_name else_fault opt_else_fault opt_base field_name
%type <struct ast_names *> names name_list
%type <struct ast_expr *> expr conj negation relation additive term primary postfix ref cats
%type <struct ast_expr *> opt_if opt_when opt_number next_target opt_unless registers
%type <struct ast_expr *> opt_equal opt_count opt_width bits
%type <struct ast_set *> set set_item
%type <struct ast_slice> slice
%type <struct ast_field *> fields field_lines field
%type <struct ast_piece *> pieces piece
%type <struct ast_dest *> dest
%type <enum ast_duty> duty opt_duty
%type <enum ast_role> role
%type <struct ast_clause *> clauses clause kind_body kind_items kind_lines kind_item
%type <struct ast_levels *> levels level_range
%type <struct ast_encode *> encodes encode
%type <struct ast_stmt *> stmts lines stmt plain_stmt kind kind_block kind_block_lines level
%type <struct ast_stmt *> attr attr_tables root_body root_lines root_stmt deny va_ignore example example_of
%type <struct ast_item *> spaces space features feature contexts context enum_items enum_lines enum_item
%type <struct ast_item *> example_inputs example_input
%type <struct ast_map_row *> rows row_lines row
%type <struct ast_map_value *> values value
%type <struct ast_start *> starts start_lines start opt_starts
%type <struct ast_code *> opt_codes codes code_lines code
%type <struct ast_from *> opt_from
%type <struct ast_stmt *> nest_body nest_lines nest_stmt
%type <struct ast_if *> example_ifs example_if opt_ifs
%type <struct ast_assert *> asserts
%type <struct ast_format *> format_head
%type <const char *> nest_head
%type <int> tables_op sign byte_order bit_order opt_in_tables

%%

file
: top
| top top_item
| top error                     { yyerrok; }
;

top
: %empty
| top NL
| top top_item NL
| top error NL                  { yyerrok; }
;

top_item
: IMPORT STRING                 { ast_import(p, $2, @2); }
| ENUM name LBRACE enum_items RBRACE { ast_enum(p, $2, ast_reverse_item($4)); }
| nest_head name EQ name OVER name { ast_nest(p, $1, $2, $4, $6, NULL); }
| nest_head name EQ name OVER name LBRACE nest_body RBRACE { ast_nest(p, $1, $2, $4, $6, $8); }
| format_head stmts RBRACE      { ast_format(p, $1, @$, $2); }
;

nest_head: NEST                 { $$ = ast_title(p); } ;

nest_body
: nest_lines
| nest_lines nest_stmt          { $$ = ast_push_stmts($1, $2); }
| nest_lines error              { $$ = $1; yyerrok; }
;

nest_lines
: %empty                        { $$ = NULL; }
| nest_lines NL
| nest_lines nest_stmt NL       { $$ = ast_push_stmts($1, $2); }
| nest_lines error NL           { $$ = $1; yyerrok; }
;

nest_stmt: TABLES name opt_if   { $$ = ast_nest_tables(p, @$, $2, $3); } ;

format_head
: FORMAT name opt_base LBRACE   { $$ = ast_format_head(p, $2, $3); }
;

opt_base
: %empty                        { $$ = ast_no_name(); }
| COLON name                    { $$ = $2; }
;

enum_items
: enum_lines
| enum_lines enum_item          { $$ = ast_push_item($1, $2); }
| enum_lines error              { $$ = $1; yyerrok; }
;

enum_lines
: %empty                        { $$ = NULL; }
| enum_lines NL
| enum_lines enum_item COMMA    { $$ = ast_push_item($1, $2); }
| enum_lines enum_item NL       { $$ = ast_push_item($1, $2); }
| enum_lines error NL           { $$ = $1; yyerrok; }
;

enum_item
: name                          { $$ = ast_item(p, $1, NULL); }
| name EQ additive              { $$ = ast_item(p, $1, $3); }
;

/* --- statements ----------------------------------------------------------- */

stmts
: lines
| lines stmt                    { $$ = ast_push_stmts($1, $2); }
| lines error                   { $$ = $1; yyerrok; }
;

lines
: %empty                        { $$ = NULL; }
| lines NL
| lines stmt NL                 { $$ = ast_push_stmts($1, $2); }
| lines error NL                { $$ = $1; yyerrok; }
;

stmt
: plain_stmt                    { $$ = $1; $$->span = @$; }
| FIRST LBRACE kind_block RBRACE { $$ = ast_first(p, $3); }
;

plain_stmt
: VA additive sign              { $$ = NEW(VA, @$); $$->expr = $2; $$->flag = $3; }
| va_ignore
| PA additive                   { $$ = NEW(PA, @$); $$->expr = $2; }
| SPACE spaces                  { $$ = NEW(SPACE, @$); $$->items = ast_reverse_item($2); }
| ENTRY additive byte_order     { $$ = NEW(ENTRY, @$); $$->expr = $2; $$->flag = $3; }
| BITS bit_order                { $$ = NEW(BITS, @$); $$->flag = $2; }
| TABLE ADDED                   { $$ = NEW(TABLE_ADDED, @$); }
| PARAM name EQ additive IN set opt_from
				{ $$ = NEW(PARAM, @$); $$->name = $2; $$->expr = $4; $$->set = ast_reverse_set($6); $$->from = $7; }
| CONST name EQ additive        { $$ = NEW(CONST, @$); $$->name = $2; $$->expr = $4; }
| CONST name EQ additive IN set opt_from
				{ $$ = NEW(CONST, @$); $$->name = $2; $$->expr = $4; $$->set = ast_reverse_set($6); $$->from = $7; }
| FEATURE features              { $$ = NEW(FEATURE, @$); $$->items = ast_reverse_item($2); }
| CONTEXT contexts              { $$ = NEW(CONTEXT, @$); $$->items = ast_reverse_item($2); }
| level
| LEVELS additive DYNAMIC VA slice { $$ = NEW(LEVELS, @$); $$->expr = $2; $$->slice = $5; }
| FIELDS name opt_base LBRACE fields RBRACE opt_else_fault
				{ $$ = NEW(FIELDS, @$); $$->name = $2; $$->base = $3; $$->fields = ast_reverse_field($5); $$->fault = $7; }
| REGISTER name opt_number LBRACE fields RBRACE
				{ $$ = NEW(REGISTER, @$); $$->name = $2; $$->expr = $3; $$->fields = ast_reverse_field($5); }
| kind
| attr
| MAP additive ARROW names LBRACE rows RBRACE opt_else_fault
				{ $$ = NEW(MAP, @$); $$->expr = $2; $$->names = $4; $$->rows = ast_reverse_map_row($6); $$->fault = $8; }
| deny
| MARK postfix opt_equal opt_in_tables ON expr opt_if opt_else_fault
				{ $$ = ast_mark(p, @$, $2, $3, $4, $6, $7, $8); }
| SELECT postfix EQ additive    { $$ = NEW(SELECT, @$); $$->expr = $2; $$->value = $4; }
| SELECT postfix IN set         { $$ = NEW(SELECT, @$); $$->expr = $2; $$->set = ast_reverse_set($4); }
| ROOT name opt_number opt_when LBRACE root_body RBRACE
				{ $$ = ast_root(p, @$, $2, $3, $4, $6); }
| example
| FAULT name IS name            { $$ = NEW(FAULT, @$); $$->name = $2; $$->after = $4; }
| FLUSH names                   { $$ = NEW(FLUSH, @$); $$->names = $2; }
| EXTERN name LPAREN additive RPAREN { $$ = NEW(EXTERN, @$); $$->name = $2; $$->expr = $4; }
;

sign
: SIGNED                        { $$ = 1; }
| UNSIGNED                      { $$ = 0; }
;

byte_order
: BIG                           { $$ = 1; }
| LITTLE                        { $$ = 0; }
;

bit_order
: MSB0                          { $$ = 1; }
| LSB0                          { $$ = 0; }
;

opt_equal
: %empty                        { $$ = NULL; }
| EQ additive                   { $$ = $2; }
;

opt_in_tables
: %empty                        { $$ = 0; }
| IN TABLES                     { $$ = 1; }
;

va_ignore
: VA IGNORE slice opt_if        { $$ = NEW(VA_IGNORE, @$); $$->slice = $3; $$->cond = $4; }
;

spaces
: space
| spaces COMMA space            { $$ = ast_push_item($1, $3); }
;

space: name additive            { $$ = ast_item(p, $1, $2); } ;

features
: feature
| features COMMA feature        { $$ = ast_push_item($1, $3); }
;

feature
: name                          { $$ = ast_item(p, $1, NULL); }
| name OFF                      { $$ = ast_item(p, $1, NULL); $$->flag = true; }
| name OFF EQ postfix           { $$ = ast_item(p, $1, $4); $$->flag = true; }
| name EQ postfix               { $$ = ast_item(p, $1, $3); }
;

contexts
: context
| contexts COMMA context        { $$ = ast_push_item($1, $3); }
;

context
: name opt_count opt_width opt_equal { $$ = ast_context(p, $1, $2, $3, $4); }
| context FROM postfix          { $$->from = $3; }
;

opt_count
: %empty                        { $$ = NULL; }
| LBRACKET additive RBRACKET    { $$ = $2; }
;

opt_width
: %empty                        { $$ = NULL; }
| COLON additive                { $$ = $2; }
;

/* Registers that give a number: the first its value, the second a bound; with codes, what each value of the field stands for. */
opt_from
: %empty                        { $$ = NULL; }
| FROM registers opt_codes      { $$ = ast_from(p, @$, ast_reverse_expr($2), $3); }
;

registers
: postfix
| registers COMMA postfix       { $$ = ast_push_expr($1, $3); }
;

opt_codes
: %empty                        { $$ = NULL; }
| LBRACE codes RBRACE           { $$ = ast_reverse_code($2); }
;

codes
: code_lines
| code_lines code               { $$ = ast_push_code($1, $2); }
| code_lines error              { $$ = $1; yyerrok; }
;

code_lines
: %empty                        { $$ = NULL; }
| code_lines NL
| code_lines code NL            { $$ = ast_push_code($1, $2); }
| code_lines error NL           { $$ = $1; yyerrok; }
;

code: bits EQ NUM               { $$ = ast_code(p, $1, $3); } ;

/* A number, or a pattern of bits. */
bits: NUM | PATTERN ;

level
: LEVEL level_name VA slice     { $$ = NEW(LEVEL, @$); $$->name = $2; $$->slice = $4; }
| LEVEL level_name BY postfix   { $$ = ast_level_by(p, @$, $2, $4); }
| level ENTRY additive          { $$->entry = $3; }
| level AFTER level_name        { $$->after = $3; }
| level STRIDE additive         { $$->stride = $3; }
| level IF expr                 { $$->cond = $3; }
;

level_name
: any_name
| NUM                           { $$ = ast_number_name(p, $1); }
;

attr
: ATTR any_name EQ expr attr_tables { $$ = $5; $$->name = $2; $$->expr = $4; }
| attr DECODED                  { $$->flag = true; }
;

attr_tables
: %empty                        { $$ = NEW(ATTR, @$); }
| TABLES tables_op expr         { $$ = NEW(ATTR, @$); $$->tables_op = (char)$2; $$->tables = $3; }
| TABLES NONE                   { $$ = NEW(ATTR, @$); $$->tables_op = 'n'; }
;

tables_op
: AND                           { $$ = '&'; }
| OR                            { $$ = '|'; }
;

deny: DENY name WHEN expr       { $$ = NEW(DENY, @$); $$->fault = $2; $$->cond = $4; } ;

/* --- fields ----------------------------------------------------------------- */

fields
: field_lines
| field_lines field             { $$ = ast_push_field($1, $2); }
| field_lines error             { $$ = $1; yyerrok; }
;

field_lines
: %empty                        { $$ = NULL; }
| field_lines NL
| field_lines field NL          { $$ = ast_push_field($1, $2); }
| field_lines error NL          { $$ = $1; yyerrok; }
;

field
: field_name pieces opt_duty opt_if opt_when { $$ = ast_field(p, @$, $1, $2, $3, $4, DUTY_ZERO, $5); }
| field_name pieces opt_duty IF expr ELSE duty opt_when
				{ $$ = ast_field(p, @$, $1, $2, $3, $5, $7, $8); }
| ZERO ARROW dest opt_if opt_when { $$ = ast_zero(p, @$, $3, $4, $5); }
;

field_name
: NAME
| MINUS                         { $$ = ast_no_name(); }
;

pieces
: piece
| pieces piece                  { $$ = ast_push_piece($1, $2); }
| pieces COMMA piece            { $$ = ast_push_piece($1, $3); }
;

piece
: slice                         { $$ = ast_piece(p, $1, NULL); }
| slice ARROW dest              { $$ = ast_piece(p, $1, $3); }
;

dest
: any_name slice                { $$ = ast_dest(p, @$, NULL, $1, $2); }
| level_name DOT any_name slice { $$ = ast_dest(p, @$, $1.text, $3, $4); }
;

opt_duty
: %empty                        { $$ = DUTY_NONE; }
| duty
;

duty
: ZERO                          { $$ = DUTY_ZERO; }
| ONE                           { $$ = DUTY_ONE; }
| RES0                          { $$ = DUTY_RES0; }
| RES1                          { $$ = DUTY_RES1; }
| IGNORED                       { $$ = DUTY_IGNORED; }
| SOFT                          { $$ = DUTY_SOFT; }
| OVERLAY                       { $$ = DUTY_OVERLAY; }
;

/* --- kinds ------------------------------------------------------------------- */

kind_block
: kind_block_lines
| kind_block_lines kind         { $$ = ast_push_stmts($1, $2); }
| kind_block_lines error        { $$ = $1; yyerrok; }
;

kind_block_lines
: %empty                        { $$ = NULL; }
| kind_block_lines NL
| kind_block_lines kind NL      { $$ = ast_push_stmts($1, $2); }
| kind_block_lines error NL     { $$ = $1; yyerrok; }
;

/* `table added` alone is a statement; a kind of that name needs a clause. */
kind
: role kind_name clauses kind_body { $$ = ast_kind(p, @$, $1, $2, $3, $4); }
| TABLE kind_name_not_added clauses kind_body { $$ = ast_kind(p, @$, ROLE_TABLE, $2, $3, $4); }
| TABLE ADDED clause clauses kind_body
				{ $$ = ast_kind(p, @$, ROLE_TABLE, $2, ast_append_clause($4, $3), $5); }
;

role
: PAGE                          { $$ = ROLE_PAGE; }
| INVALID                       { $$ = ROLE_INVALID; }
| PASS                          { $$ = ROLE_PASS; }
;

kind_body
: %empty                        { $$ = NULL; }
| LBRACE kind_items RBRACE      { $$ = $2; }
;

kind_items
: kind_lines
| kind_lines kind_item          { $$ = ast_concat_clause($2, $1); }
| kind_lines error              { $$ = $1; yyerrok; }
;

kind_lines
: %empty                        { $$ = NULL; }
| kind_lines NL
| kind_lines kind_item NL       { $$ = ast_concat_clause($2, $1); }
| kind_lines error NL           { $$ = $1; yyerrok; }
;

kind_item
: duty names                    { $$ = CLAUSE(DUTY, @$); $$->duty = $1; $$->names = $2; }
| clause clauses                { $$ = ast_append_clause($2, $1); }
;

clauses
: %empty                        { $$ = NULL; }
| clauses clause                { $$ = ast_push_clause($1, $2); }
;

clause
: OF name                       { $$ = CLAUSE(OF, @$); $$->name = $2; }
| AT levels                     { $$ = CLAUSE(AT, @$); $$->levels = ast_reverse_levels($2); }
| WHEN expr                     { $$ = CLAUSE(WHEN, @$); $$->expr = $2; }
| OTHERWISE                     { $$ = CLAUSE(OTHERWISE, @$); }
| IF expr                       { $$ = CLAUSE(IF, @$); $$->expr = $2; }
| LOW ZERO else_fault           { $$ = CLAUSE(LOW_ZERO, @$); $$->fault = $3; }
| LOW IGNORED                   { $$ = CLAUSE(LOW_IGNORED, @$); }
| LOW ADDED                     { $$ = CLAUSE(LOW_ADDED, @$); }
| SIZE NAPOT NUM OF name        { $$ = ast_napot(p, @$, $3, $5); }
| SIZE expr                     { $$ = CLAUSE(SIZE, @$); $$->expr = $2; }
| NEXT next_target opt_unless   { $$ = CLAUSE(NEXT, @$); $$->expr = $2; $$->unless = $3; }
| SKIP ZERO                     { $$ = CLAUSE(SKIP_ZERO, @$); }
| SKIP IGNORED                  { $$ = CLAUSE(SKIP_IGNORED, @$); }
| BITS expr opt_else_fault      { $$ = CLAUSE(BITS, @$); $$->expr = $2; $$->fault = $3; }
| REPEAT additive               { $$ = CLAUSE(REPEAT, @$); $$->expr = $2; }
| CONTIG additive WHEN expr     { $$ = CLAUSE(CONTIG, @$); $$->expr = $2; $$->unless = $4; }
| LIMIT INDEX slice IN set else_fault
				{ $$ = CLAUSE(LIMIT, @$); $$->slice = $3; $$->set = ast_reverse_set($5); $$->fault = $6; }
| REQUIRE expr opt_else_fault   { $$ = CLAUSE(REQUIRE, @$); $$->expr = $2; $$->fault = $3; }
| ENCODE encodes                { $$ = CLAUSE(ENCODE, @$); $$->encodes = ast_reverse_encode($2); }
| TABLE ADDED                   { $$ = CLAUSE(TABLE_ADDED, @$); }
| NOWHERE                       { $$ = CLAUSE(NOWHERE, @$); }
;

next_target
: additive
| next_word                     { $$ = ast_name_expr(p, $1); }
;

next_word: hard | RESERVED | INVALID | ADDED | IGNORE ;

opt_unless
: %empty                        { $$ = NULL; }
| UNLESS expr                   { $$ = $2; }
;

levels
: level_range
| levels COMMA level_range      { $$ = ast_push_levels($1, $3); }
;

level_range
: level_name                    { $$ = ast_level_range(p, $1, ast_no_name()); }
| level_name DOTDOT level_name  { $$ = ast_level_range(p, $1, $3); }
;

encodes
: encode
| encodes COMMA encode          { $$ = ast_push_encode($1, $3); }
;

encode: name EQ additive        { $$ = ast_encode(p, $1, $3); } ;

/* --- maps, roots, examples ------------------------------------------------------ */

rows
: row_lines
| row_lines row                 { $$ = ast_push_map_row($1, $2); }
| row_lines error               { $$ = $1; yyerrok; }
;

row_lines
: %empty                        { $$ = NULL; }
| row_lines NL
| row_lines row NL              { $$ = ast_push_map_row($1, $2); }
| row_lines error NL            { $$ = $1; yyerrok; }
;

row
: bits EQ RESERVED              { $$ = ast_row(p, @$, $1, NULL); $$->reserved = true; }
| bits EQ values                { $$ = ast_row(p, @$, $1, $3); }
| row ALIAS                     { $$->alias = true; }
;

values
: value
| values COMMA value            { $$ = ast_push_map_value($1, $3); }
;

value
: MINUS                         { $$ = ast_map_value(p, @$, MV_NONE, NULL); }
| NUM                           { $$ = ast_map_value(p, @$, MV_EXPR, $1); }
| word                          { $$ = ast_map_value(p, @$, MV_EXPR, ast_name_expr(p, $1)); }
| slice                         { $$ = ast_map_value(p, @$, MV_COPY, NULL); $$->copy = $1; }
;

root_body
: root_lines
| root_lines root_stmt          { $$ = ast_push_stmts($1, $2); }
| root_lines error              { $$ = $1; yyerrok; }
;

root_lines
: %empty                        { $$ = NULL; }
| root_lines NL
| root_lines root_stmt NL       { $$ = ast_push_stmts($1, $2); }
| root_lines error NL           { $$ = $1; yyerrok; }
;

/* A field among the statements of a root: ast_root() takes it out again. */
root_stmt
: field                         { $$ = ast_root_field(p, $1); }
| TRIM VA additive              { $$ = NEW(TRIM, @$); $$->expr = $3; }
| BITS expr opt_else_fault      { $$ = NEW(ROOT_BITS, @$); $$->expr = $2; $$->fault = $3; }
| REQUIRE expr opt_else_fault   { $$ = NEW(REQUIRE, @$); $$->cond = $2; $$->fault = $3; }
| START additive opt_starts     { $$ = NEW(START, @$); $$->expr = $2; $$->starts = $3; }
| BYPASS WHEN expr              { $$ = NEW(BYPASS, @$); $$->cond = $3; }
| LIMIT INDEX slice IN set else_fault
				{ $$ = NEW(LIMIT, @$); $$->slice = $3; $$->set = ast_reverse_set($5); $$->fault = $6; }
| deny
| va_ignore
;

opt_starts
: %empty                        { $$ = NULL; }
| LBRACE starts RBRACE          { $$ = ast_reverse_start($2); }
;

starts
: start_lines
| start_lines start             { $$ = ast_push_start($1, $2); }
| start_lines error             { $$ = $1; yyerrok; }
;

start_lines
: %empty                        { $$ = NULL; }
| start_lines NL
| start_lines start NL          { $$ = ast_push_start($1, $2); }
| start_lines error NL          { $$ = $1; yyerrok; }
;

start
: NUM EQ level_name             { $$ = ast_start(p, $1, $3); }
| PATTERN EQ level_name         { $$ = ast_start(p, $1, $3); }
;

example
: example_of opt_ifs EQ example_kind asserts { $$ = ast_example($1, $2, false, $4, $5); }
| example_of opt_ifs EQ INVALID name { $$ = ast_example($1, $2, true, $5, NULL); }
| example_of opt_ifs EQ INVALID name IS name { $$ = ast_example($1, $2, true, $5, NULL); $$->base = $7; }
;

example_of
: EXAMPLE NUM                   { $$ = NEW(EXAMPLE, @$); $$->expr = $2; }
| EXAMPLE NUM AT level_name     { $$ = NEW(EXAMPLE, @$); $$->expr = $2; $$->after = $4; }
| EXAMPLE NUM AT level_name AFTER NUM { $$ = NEW(EXAMPLE, @$); $$->expr = $2; $$->after = $4; $$->entry = $6; }
| EXAMPLE example_inputs        { $$ = NEW(EXAMPLE, @$); $$->items = ast_reverse_item($2); }
;

example_inputs
: example_input
| example_inputs COMMA example_input { $$ = ast_push_item($1, $3); }
;

example_input: name NUM         { $$ = ast_item(p, $1, $2); } ;

opt_ifs
: %empty                        { $$ = NULL; }
| IF example_ifs                { $$ = ast_reverse_if($2); }
;

example_ifs
: example_if
| example_ifs COMMA example_if  { $$ = ast_push_if($1, $3); }
;

example_if
: name                          { $$ = ast_if(p, $1, false, NULL); }
| name NUM                      { $$ = ast_if(p, $1, false, $2); }
| NOT name                      { $$ = ast_if(p, $2, true, NULL); }
;

asserts
: %empty                        { $$ = NULL; }
| asserts any_name NUM          { $$ = ast_push_assert($1, ast_assert(p, $2, ast_no_name(), $3)); }
| asserts any_name name         { $$ = ast_push_assert($1, ast_assert(p, $2, ast_no_name(), ast_name_expr(p, $3))); }
| asserts level_name DOT any_name NUM { $$ = ast_push_assert($1, ast_assert(p, $2, $4, $5)); }
| asserts level_name DOT any_name name { $$ = ast_push_assert($1, ast_assert(p, $2, $4, ast_name_expr(p, $5))); }
;

/* --- expressions -------------------------------------------------------------- */

expr
: conj
| expr OR conj                  { $$ = EXPR(OR, @$, $1, $3); }
;

conj
: negation
| conj AND negation             { $$ = EXPR(AND, @$, $1, $3); }
;

negation
: relation
| NOT negation                  { $$ = EXPR(NOT, @$, $2, NULL); }
;

relation
: additive
| additive EQ additive          { $$ = EXPR(EQ, @$, $1, $3); }
| additive EQ additive EXCEPT additive { $$ = ast_except(p, @$, $1, $3, $5); }
| additive NE additive          { $$ = EXPR(NE, @$, $1, $3); }
| additive IN set               { $$ = ast_in(p, @$, $1, $3); }
;

additive
: term
| additive PLUS term            { $$ = EXPR(ADD, @$, $1, $3); }
| additive MINUS term           { $$ = EXPR(SUB, @$, $1, $3); }
;

term
: primary
| term TIMES primary            { $$ = EXPR(MUL, @$, $1, $3); }
;

primary
: NUM
| PATTERN
| postfix
;

postfix
: ref
| postfix LBRACKET additive RBRACKET { $$ = EXPR(INDEX, @$, $1, $3); }
| postfix LBRACKET additive COLON additive RBRACKET { $$ = ast_slice_expr(p, @$, $1, $3, $5); }
;

ref
: word                          { $$ = ast_name_expr(p, $1); }
| word DOT any_name             { $$ = ast_dot(p, @$, $1, $3); }
| LPAREN expr RPAREN            { $$ = ast_parens($2, @$); }
| LPAREN expr ELSE expr RPAREN  { $$ = EXPR(ELSE, @$, $2, $4); }
| LCAT cats RCAT                { $$ = ast_cat(p, @$, $2); }
;

cats
: additive
| cats COMMA additive           { $$ = ast_push_expr($1, $3); }
;

set
: set_item
| set COMMA set_item            { $$ = ast_push_set($1, $3); }
;

set_item
: additive                      { $$ = ast_set(p, $1, NULL); }
| additive DOTDOT additive      { $$ = ast_set(p, $1, $3); }
;

slice
: LBRACKET additive RBRACKET    { $$ = (struct ast_slice){ $2, NULL, @$ }; }
| LBRACKET additive COLON additive RBRACKET { $$ = (struct ast_slice){ $2, $4, @$ }; }
;

opt_number: %empty { $$ = NULL; } | NUM ;
opt_if: %empty { $$ = NULL; } | IF expr { $$ = $2; } ;
opt_when: %empty { $$ = NULL; } | WHEN expr { $$ = $2; } ;

/* --- names ---------------------------------------------------------------------- */

opt_else_fault: %empty { $$ = ast_no_name(); } | else_fault ;
else_fault: ELSE name           { $$ = $2; } ;

names: name_list                { $$ = ast_reverse_names($1); } ;

name_list
: name                          { $$ = ast_names(p, $1); }
| name_list COMMA name          { $$ = ast_push_names($1, ast_names(p, $3)); }
;

/* Where any word is a name; where all but those that begin or join clauses; where an operand may stand. */
any_name: name | hard ;
name: word | RESERVED | INVALID | ADDED | IGNORE ;
kind_name: any_name ;
kind_name_not_added: word | RESERVED | INVALID | IGNORE | hard ;
example_kind: word | RESERVED | ADDED | IGNORE | hard ;

word
: NAME | VA | PA | SPACE | ENTRY | BITS | TABLE | PARAM | FEATURE | CONTEXT | LEVEL | FAULT
| FLUSH | EXTERN | PAGE | PASS | SIGNED | UNSIGNED | LITTLE | BIG | MSB0 | LSB0 | OFF | BY
| AFTER | STRIDE | DYNAMIC | ZERO | ONE | RES0 | RES1 | IGNORED | SOFT | OVERLAY | LOW
| SIZE | NAPOT | NEXT | SKIP | REPEAT | CONTIG | LIMIT | REQUIRE | ENCODE | NOWHERE | NONE
| DECODED | ALIAS | TRIM | START | BYPASS | CONST | FROM | INDEX
;

hard
: FORMAT | IMPORT | ENUM | NEST | OVER | FIELDS | REGISTER | FIRST | ATTR | MAP | DENY
| MARK | SELECT | ROOT | LEVELS | EXAMPLE | OF | AT | WHEN | OTHERWISE | IF | UNLESS | ELSE
| EXCEPT | IN | ON | TABLES | IS
;

%%

static void dsl_error(struct span *at, struct parser *p, const char *text)
{
	/* The one thing that bison itself reports is that its stack is full. */
	(void)text;
	syntax_report(p, *at, "this is nested too deeply");
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *p)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	const char *names[YYNTOKENS];
	int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS), i;

	for (i = 0; i < n; i++)
		names[i] = yysymbol_name(kinds[i]);
	/* The lookahead is always the last token that feed.c handed out. */
	syntax_unexpected(p, p->last, *yypcontext_location(context), names, n);
	return 0;
}
