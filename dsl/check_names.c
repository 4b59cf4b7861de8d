/* SPDX-License-Identifier: MIT */
/*
 * check_names.c - every name in an expression stands for something
 *
 * Who stands where: conditions of kinds see the bits of one entry, `deny` and
 * `mark` also the access, attributes and contexts, roots their own fields and
 * registers.  A name that exists but has no value at that place is told apart
 * from one that does not exist.
 */
#include <string.h>

#include "dsl/check.h"

#define NAMES_MAX 256u

enum {
	IN_ENTRY = 1,        /* fields, e[..] */
	IN_ACCESS = 2,       /* read write fetch any in_user */
	IN_ATTRS = 4,
	IN_CONTEXTS = 8,
	IN_REGISTERS = 16,
	IN_VA = 32,
	IN_HOOKS = 64,
};

struct place {
	struct check *c;
	const struct model_layout *layout;   /* the entry's fields; NULL: those of any table or page kind */
	const struct model_register *reg;    /* a root's fields */
	unsigned allow;
	const char *where;                   /* "a kind's condition" */
	bool one_layout;                     /* `layout` is the only one that counts, even when NULL */
	bool unresolved;                     /* `of` names no fields, which was reported */
};

/* --- what there is ------------------------------------------------------------ */

static bool field_anywhere(const struct model_format *f, const char *name)
{
	for (const struct model_layout *l = f->layouts; l; l = l->next)
		if (model_layout_field(l, name))
			return true;
	return false;
}

static bool is_field(const struct place *p, const char *name)
{
	if (p->reg)
		return model_register_field(p->reg, name) != NULL;
	if (p->one_layout)
		return model_layout_field(p->layout, name) != NULL;
	return field_anywhere(p->c->f, name);
}

static bool one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static const char *const access_names[] = { "read", "write", "fetch", "any", "in_user", NULL };
static const char *const always_names[] = { "page", "level", "size", "index", NULL };

static bool is_extern(const struct model_format *f, const char *name)
{
	for (const struct model_stmts *s = f->externs; s; s = s->next)
		if (strcmp(s->ast->name.text, name) == 0)
			return true;
	return false;
}

/* `memtype = wb`: the words of maps are values too. */
static bool is_map_word(const struct model_format *f, const char *name)
{
	for (const struct model_stmts *m = f->maps; m; m = m->next)
		for (const struct ast_map_row *r = m->ast->rows; r; r = r->next)
			for (const struct ast_map_value *v = r->values; v; v = v->next)
				if (v->kind == MV_EXPR && v->expr->op == EX_NAME && strcmp(v->expr->name, name) == 0)
					return true;
	return false;
}

/* --- a name that is nothing, or nothing here -------------------------------------- */

static size_t candidates(const struct place *p, const char **names)
{
	const struct model_format *f = p->c->f;
	size_t n = 0;

	for (const struct model_layout *l = f->layouts; l && !p->reg; l = l->next) {
		if (p->one_layout && l != p->layout)
			continue;
		for (const struct model_field *x = l->fields; x && n < NAMES_MAX / 2; x = x->next)
			if (x->name)
				names[n++] = x->name;
	}
	for (const struct ast_field *x = p->reg ? p->reg->ast->fields : NULL; x && n < NAMES_MAX / 2; x = x->next)
		if (x->name.text)
			names[n++] = x->name.text;
	for (unsigned i = 0; i < f->feature_count; i++)
		names[n++] = f->features[i].name;
	for (unsigned i = 0; i < f->param_count; i++)
		names[n++] = f->params[i].name;
	for (unsigned i = 0; i < f->const_count; i++)
		names[n++] = f->consts[i].name;
	for (unsigned i = 0; i < f->context_count; i++)
		if (p->allow & IN_CONTEXTS)
			names[n++] = f->contexts[i].name;
	for (const struct model_attr *a = f->attrs; a && n < NAMES_MAX - 8; a = a->next)
		if (p->allow & IN_ATTRS)
			names[n++] = a->name;
	for (unsigned i = 0; access_names[i] && p->allow & IN_ACCESS; i++)
		names[n++] = access_names[i];
	return n;
}

static bool looks_like_field(const char *name)
{
	return (name[0] >= 'A' && name[0] <= 'Z') || name[0] == '_';
}

/* Words of manuals for what has another name here. */
static const char *said_otherwise(const char *name)
{
	static const char *const words[][2] = {
		{ "user", "in_user" }, { "execute", "fetch" }, { "exec", "fetch" }, { "ifetch", "fetch" }, { "instruction", "fetch" },
		{ "load", "read" }, { "store", "write" }, { "access", "any" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(name, words[i][0]) == 0)
			return words[i][1];
	return NULL;
}

/* Was something reported already that may have lost the field? */
static bool lost(const struct place *p)
{
	if (p->one_layout && p->layout)
		return p->layout->broken;
	if (p->one_layout && !p->reg && p->unresolved)
		return true;
	for (const struct model_layout *l = p->c->f->layouts; l && !p->one_layout; l = l->next)
		if (l->broken)
			return true;
	return false;
}

static void unknown(const struct place *p, const struct ast_expr *e)
{
	const char *names[NAMES_MAX];
	const char *close = diag_did_you_mean(e->name, names, candidates(p, names)), *help = "", *in = "";
	struct arena *a = p->c->arena;

	if (p->allow & IN_ACCESS && said_otherwise(e->name))
		close = said_otherwise(e->name);
	if (close)
		help = arena_printf(a, "; did you mean '%s'?", close);
	if (looks_like_field(e->name) && lost(p))
		return;
	if (looks_like_field(e->name)) {
		if (p->reg)
			in = arena_printf(a, " in '%s'", p->reg->name);
		else if (p->one_layout && p->layout)
			in = arena_printf(a, " in '%s'", p->layout->name);
		check_report(p->c, DIAG_UNKNOWN_NAME, e->span, "no field '%s'%s%s", e->name, in, help);
		if (p->one_layout && !p->layout && !p->reg && field_anywhere(p->c->f, e->name))
			diag_help(p->c->d, "a kind without 'of' can only use e[..]: add 'of FIELDS'");
	} else {
		check_report(p->c, DIAG_UNKNOWN_NAME, e->span, "nothing is called '%s'%s", e->name, help);
	}
}

static void misplaced(const struct place *p, const struct ast_expr *e, const char *what)
{
	check_report(p->c, DIAG_WRONG_PLACE, e->span, "'%s' is %s, which has no value in %s", e->name, what, p->where);
}

static void name(const struct place *p, const struct ast_expr *e)
{
	const struct model_format *f = p->c->f;
	uint64_t value;

	if (is_field(p, e->name)) {
		if (!(p->allow & IN_ENTRY) && !p->reg)
			misplaced(p, e, "a field");
	} else if (strcmp(e->name, "e") == 0) {
		if (!(p->allow & IN_ENTRY))
			misplaced(p, e, "the entry");
	} else if (one_of(e->name, access_names)) {
		if (!(p->allow & IN_ACCESS))
			misplaced(p, e, "the access");
	} else if (strcmp(e->name, "va") == 0) {
		if (!(p->allow & IN_VA))
			misplaced(p, e, "the address");
	} else if (model_find_feature(f, e->name) >= 0 || model_find_param(f, e->name) >= 0 || one_of(e->name, always_names)) {
		return;
	} else if (model_find_context(f, e->name) >= 0) {
		if (!(p->allow & IN_CONTEXTS))
			misplaced(p, e, "a context");
	} else if (model_find_attr(f, e->name)) {
		if (!(p->allow & IN_ATTRS))
			misplaced(p, e, "an attribute");
	} else if (is_extern(f, e->name)) {
		if (!(p->allow & IN_HOOKS))
			misplaced(p, e, "an extern");
	} else if (model_find_register(f, e->name)) {
		if (!(p->allow & IN_REGISTERS))
			misplaced(p, e, "a register");
	} else if (!model_enum_value(f, e->name, &value) && !is_map_word(f, e->name) && !model_find_level(f, e->name, NULL)) {
		unknown(p, e);
	}
}

/* REG.FIELD */
static void dotted(const struct place *p, const struct ast_expr *e)
{
	const struct model_register *r = model_find_register(p->c->f, e->name);
	const char *names[NAMES_MAX];
	const char *close;
	size_t n = 0;

	if (!r) {
		for (r = p->c->f->registers; r && n < NAMES_MAX; r = r->next)
			names[n++] = r->name;
		close = diag_did_you_mean(e->name, names, n);
		check_report(p->c, DIAG_UNKNOWN_NAME, e->span, close ? "no register '%s'; did you mean '%s'?" : "no register '%s'",
			     e->name, close);
		diag_help(p->c->d, "register %s { %s [HI:LO] }", e->name, e->member);
	} else if (!model_register_field(r, e->member)) {
		for (const struct ast_field *f = r->ast->fields; f && n < NAMES_MAX; f = f->next)
			if (f->name.text)
				names[n++] = f->name.text;
		close = diag_did_you_mean(e->member, names, n);
		check_report(p->c, DIAG_UNKNOWN_NAME, e->span,
			     close ? "no field '%s' in register '%s'; did you mean '%s'?" : "no field '%s' in register '%s'",
			     e->member, e->name, close);
		diag_note(p->c->d, r->ast->name.span, "'%s' is here", r->name);
	} else if (!(p->allow & IN_REGISTERS)) {
		check_report(p->c, DIAG_WRONG_PLACE, e->span, "registers are read when a root is set: '%s.%s' has no value in %s",
			     e->name, e->member, p->where);
		diag_help(p->c->d, p->allow & IN_CONTEXTS ? "make it a feature or a context: context x = %s.%s" :
			  "make it a constant (const x = N in A..B from %s.%s), or a feature", e->name, e->member);
	}
}

static void visit(const struct place *p, const struct ast_expr *e)
{
	struct place anywhere = *p;

	if (!e)
		return;
	switch (e->op) {
	case EX_NAME:
		name(p, e);
		return;
	case EX_DOT:
		dotted(p, e);
		return;
	case EX_ELSE:           /* (X else 0): X in any fields */
		anywhere.one_layout = false;
		visit(&anywhere, e->a);
		visit(p, e->b);
		return;
	case EX_ADD:
	case EX_SUB:
	case EX_MUL:
		check_overflow(p->c, e);
		break;
	default:
		break;
	}
	for (const struct ast_expr *x = e->list; x; x = x->next)
		visit(p, x);
	visit(p, e->a);
	visit(p, e->b);
	visit(p, e->c);
	for (const struct ast_set *s = e->set; s; s = s->next) {
		visit(p, s->lo);
		visit(p, s->hi);
	}
}

/* --- the places ---------------------------------------------------------------------- */

static void visit_set(const struct place *p, const struct ast_set *s)
{
	for (; s; s = s->next) {
		visit(p, s->lo);
		visit(p, s->hi);
	}
}

static void visit_slice(const struct place *p, const struct ast_slice *s)
{
	visit(p, s->first);
	visit(p, s->second);
}

static void dest(const struct place *p, const struct ast_dest *d)
{
	struct check *c = p->c;
	const char *names[8];
	const char *close;
	size_t n = 0;

	if (d->level && !model_find_level(c->f, d->level, NULL)) {
		for (unsigned i = 0; i < c->f->level_count; i++)
			names[n++] = c->f->levels[i].name;
		close = diag_did_you_mean(d->level, names, n);
		/* `table.vid[..]` in a root: the space of the table, whatever its level. */
		if (strcmp(d->level, "table") == 0 || strcmp(d->level, "pa") == 0)
			close = NULL;
		else
			check_report(c, DIAG_UNKNOWN_NAME, d->span, close ? "no level '%s'; did you mean '%s'?" : "no level '%s'",
				     d->level, close);
	}
	if (model_find_space(c->f, d->space) < 0) {
		n = 0;
		for (unsigned i = 0; i < c->f->space_count; i++)
			names[n++] = c->f->spaces[i].name;
		names[n++] = "table";
		close = diag_did_you_mean(d->space, names, n);
		check_report(c, DIAG_UNKNOWN_NAME, d->span, close ? "no space '%s'; did you mean '%s'?" : "no space '%s'",
			     d->space, close);
	}
	visit_slice(p, &d->at);
}

static void field(const struct place *p, const struct ast_field *f)
{
	struct place number = *p;

	number.allow &= ~(unsigned)IN_ENTRY;
	number.where = "a range of bits";
	for (const struct ast_piece *x = f->pieces; x; x = x->next) {
		visit_slice(&number, &x->at);
		if (x->dest)
			dest(&number, x->dest);
	}
	number.reg = NULL;
	number.one_layout = true;
	number.layout = NULL;
	number.where = "'if': it is decided when the walker is configured";
	visit(&number, f->if_);
	visit(p, f->when);
}

static void clause(const struct place *p, const struct ast_clause *cl)
{
	struct place number = *p;

	number.allow = 0;
	number.where = "'if': it is decided when the walker is configured";
	visit(cl->kind == CL_IF ? &number : p, cl->expr);
	visit(p, cl->unless);
	visit_set(p, cl->set);
	if (cl->kind == CL_DUTY)
		for (const struct ast_names *n = cl->names; n; n = n->next)
			visit(p, &(struct ast_expr){ .op = EX_NAME, .name = n->name.text, .span = n->name.span });
	if (cl->kind == CL_NAPOT)
		visit(p, &(struct ast_expr){ .op = EX_NAME, .name = cl->name.text, .span = cl->name.span });
	for (const struct ast_encode *x = cl->encodes; x; x = x->next) {
		visit(p, &(struct ast_expr){ .op = EX_NAME, .name = x->field.text, .span = x->field.span });
		visit(p, x->value);
	}
}

static void kinds(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		struct place p = { .c = c, .layout = k->layout, .one_layout = true, .allow = IN_ENTRY | IN_HOOKS,
				   .where = "a kind: it is chosen by entry bits and features alone",
				   .unresolved = !k->layout && (model_clause(k, CL_OF) || k->role == ROLE_TABLE || k->role == ROLE_PAGE) };

		for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next)
			clause(&p, cl);
	}
}

static void layouts(struct check *c)
{
	for (const struct model_layout *l = c->f->layouts; l; l = l->next) {
		struct place p = { .c = c, .layout = l, .one_layout = true, .allow = IN_ENTRY, .where = "'when' of a field" };

		for (const struct model_field *f = l->fields; f; f = f->next)
			field(&p, f->ast);
	}
}

static void lines(struct check *c)
{
	const struct model_format *f = c->f;
	struct place attr = { .c = c, .allow = IN_ENTRY | IN_ATTRS | IN_CONTEXTS | IN_VA, .where = "an attribute" };
	struct place deny = { .c = c, .allow = IN_ENTRY | IN_ATTRS | IN_CONTEXTS | IN_ACCESS | IN_VA | IN_HOOKS, .where = "'deny'" };
	struct place mark = { .c = c, .allow = IN_ENTRY | IN_ATTRS | IN_CONTEXTS | IN_ACCESS | IN_VA, .where = "'mark'" };

	for (const struct model_attr *a = f->attrs; a; a = a->next) {
		if (a->map_value)
			continue;
		visit(&attr, a->ast->expr);
		visit(&attr, a->ast->tables);
	}
	for (const struct model_stmts *s = f->denies; s; s = s->next)
		visit(&deny, s->ast->cond);
	for (const struct model_stmts *s = f->marks; s; s = s->next) {
		visit(&mark, s->ast->expr);
		visit(&mark, s->ast->value);
		visit(&mark, s->ast->on);
		visit(&mark, s->ast->cond);
	}
}

static void root(struct check *c, const struct ast_stmt *s)
{
	const struct model_register *own = NULL;
	struct place p = { .c = c, .allow = IN_ENTRY | IN_CONTEXTS | IN_REGISTERS | IN_VA, .where = "a root" }, out = p;

	for (const struct model_register *r = c->f->registers; r; r = r->next)
		if (r->ast == s)
			own = r;
	p.reg = own;
	out.one_layout = true;
	visit(&out, s->cond);
	for (const struct ast_field *f = s->fields; f; f = f->next)
		field(&p, f);
	for (const struct ast_stmt *b = s->body; b; b = b->next) {
		struct place here = p;

		if (b->kind == ST_DENY)
			here.allow |= IN_ACCESS;
		visit(&here, b->expr);
		visit(&here, b->cond);
		visit_set(&here, b->set);
		for (const struct ast_start *x = b->starts; x; x = x->next) {
			int level;

			if (x->level.text && !model_find_level(c->f, x->level.text, &level))
				check_report(c, DIAG_UNKNOWN_NAME, x->level.span, "no level '%s' in format '%s'", x->level.text, c->f->name);
		}
	}
}

/* The registers of a parameter, and a value among its own for every code. */
static void from(const struct place *p, const struct model_param *x)
{
	struct check *c = p->c;
	const struct ast_expr *source[2] = { x->reg, x->limit };
	struct check_env env;
	struct model_config config;

	model_default_config(c->f, &config);
	check_env_init(&env, c->f, &config, NULL, -1);
	for (unsigned i = 0; i < 2 && source[i]; i++) {
		int width;

		visit(p, source[i]);
		width = check_width(&env, source[i]);
		for (uint64_t code = 0; x->codes && width > 0 && width <= 8 && code >> width == 0; code++) {
			const struct ast_code *k = x->codes;

			while (k && (code & (k->code->op == EX_PATTERN ? k->code->mask : ~UINT64_C(0))) != k->code->value)
				k = k->next;
			if (k || !check_first(c, x->codes, DIAG_MAP_HOLE))
				continue;
			check_report(c, DIAG_MAP_HOLE, source[i]->span, "nothing says what parameter '%s' is when %s is %llu", x->name,
				     check_expr_text(c->arena, source[i]), (unsigned long long)code);
			diag_help(c->d, "%llu = %lld", (unsigned long long)code, (long long)x->value);
		}
	}
}

static void declarations(struct check *c)
{
	const struct model_format *f = c->f;
	struct place reg = { .c = c, .allow = IN_REGISTERS, .one_layout = true, .where = "a declaration" };
	struct place by = { .c = c, .allow = IN_REGISTERS | IN_CONTEXTS, .one_layout = true, .where = "'by'" };

	for (unsigned i = 0; i < f->feature_count; i++)
		visit(&reg, f->features[i].reg);
	for (unsigned i = 0; i < f->param_count; i++)
		from(&reg, &f->params[i]);
	for (unsigned i = 0; i < f->context_count; i++)
		visit(&reg, f->contexts[i].source);
	for (unsigned i = 0; i < f->level_count; i++)
		visit(&by, f->levels[i].by);
	for (const struct model_stmts *s = f->ignores; s; s = s->next)
		visit(&reg, s->ast->cond);
	for (const struct model_register *r = f->registers; r; r = r->next) {
		struct place p = { .c = c, .reg = r, .allow = IN_ENTRY | IN_REGISTERS, .where = "a register" };

		for (const struct ast_field *x = r->ast->kind == ST_REGISTER ? r->ast->fields : NULL; x; x = x->next)
			field(&p, x);
	}
}

/* A register that is not declared may be named here alone. */
static void selects(struct check *c)
{
	struct place p = { .c = c, .allow = IN_REGISTERS, .one_layout = true, .where = "'select'" };

	for (const struct model_stmts *s = c->f->selects; s; s = s->next) {
		struct model_config config;
		struct model_where w = { c->f, &config, -1, -1 };
		int64_t value;

		model_default_config(c->f, &config);
		if (s->ast->expr->op != EX_DOT || model_find_register(c->f, s->ast->expr->name))
			visit(&p, s->ast->expr);
		if (s->ast->value && !model_fold(&w, s->ast->value, &value))
			check_report(c, DIAG_NOT_A_NUMBER, s->ast->value->span, "'select' compares with a number");
	}
}

void rule_names(struct check *c)
{
	selects(c);
	declarations(c);
	layouts(c);
	kinds(c);
	lines(c);
	for (const struct model_stmts *s = c->f->roots; s; s = s->next)
		root(c, s->ast);
	check_fault_names(c);
}
