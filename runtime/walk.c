/* SPDX-License-Identifier: MIT */
/*
 * walk.c - visit the entries of a range: each table before and after what is below
 * it, each page, each hole
 *
 * The stack has one frame a depth; a child is always deeper, whatever the
 * tables say.  Where an entry says `pass`, the next table of the entry above
 * stands in for it, over the addresses of that one entry.  Of a two-stage pair this
 * is the first stage; what its pages lead to is in walk_pair.c.
 */
#include "ptg_core.h"

struct frame {
	struct ptg_table t;
	uint64_t next, last;     /* addresses still to visit, inclusive */
	bool ended;              /* next would be beyond the last byte of all */
	bool stands_in;          /* for a pass entry: no post for it */
	struct ptg_visit visit;  /* the entry that led here, for post */
	const struct ptg_kind *kind; /* its kind; NULL: the root */
	uint64_t e[2];
	unsigned alternative;
	struct ptg_table above;  /* the table it is in */
};

struct walk {
	const struct ptg_space *s;
	const struct ptg_space *via; /* the second stage, or NULL */
	const struct ptg_visitor *v;
	void *arg;
	/* NULL: read only.  1: the entry is another one meanwhile, look again. */
	int (*store)(struct walk *w, const struct frame *f, const struct ptg_visit *v, const struct ptg_kind *k,
		     const uint64_t old[2]);
	struct ptg_flush *flush;
	bool quiet;
	unsigned tries;
	unsigned depth;
	struct frame frame[PTG_LEVELS + 1];
};

static enum ptg_verdict call(const struct walk *w,
			     enum ptg_verdict (*cb)(void *arg, struct ptg_visit *v), struct ptg_visit *v)
{
	return cb ? cb(w->arg, v) : PTG_GO;
}

/* --- one entry ------------------------------------------------------------------------ */

/* What the entry is: a page, a table with the way down, or a hole with the rule that makes it one. */
static unsigned look(const struct walk *w, const struct frame *f, struct ptg_env *env, const struct ptg_kind *k,
		     unsigned *alternative, struct ptg_table *below, struct ptg_visit *v)
{
	const struct ptg_format *fmt = w->s->format;
	enum ptg_fault fault = PTG_F_NONE;
	unsigned why = 0, rule;

	v->rule = (uint8_t)(k ? k->rule : 0);
	if (!k || k->role == PTG_ROLE_INVALID || k->role == PTG_ROLE_PASS)
		return k ? k->role : PTG_ROLE_INVALID;
	if (k->role == PTG_ROLE_TABLE) {
		*alternative = 0;
		fault = ptg_descend_(env, k, &f->t, alternative, below, &why);
		if (!fault) {
			env->index = ptg_index_(w->s, below, env->va);
			env->index_lg2 = below->index_lg2;
		}
	} else {
		env->size_lg2 = ptg_page_lg2_(env, k, &f->t);
		v->page_lg2 = (uint8_t)env->size_lg2;
	}
	rule = ptg_check_(env, k);
	/* A limit on the index is met below, where the index moves. */
	if (rule && !(k->role == PTG_ROLE_TABLE && fmt->rules[rule].fault_class == PTG_F_LENGTH)) {
		v->rule = (uint8_t)rule;
		return PTG_ROLE_INVALID;
	}
	if (fault) {
		v->rule = (uint8_t)why;
		return PTG_ROLE_INVALID;
	}
	return k->role;
}

static void copy_visit(struct ptg_visit *to, const struct ptg_visit *v)
{
	to->va = v->va;
	to->last = v->last;
	to->entry = v->entry;
	to->entry_hi = v->entry_hi;
	to->entry_pa = v->entry_pa;
	to->level = v->level;
	to->page_lg2 = v->page_lg2;
	to->is_table = v->is_table;
	to->rule = v->rule;
	to->stage = v->stage;
	to->ipa = v->ipa;
}

static void push(struct walk *w, const struct ptg_table *above, const struct ptg_table *t, const struct ptg_visit *v,
		 const struct ptg_kind *k, const uint64_t e[2], unsigned alternative, bool stands_in)
{
	struct frame *f = &w->frame[w->depth++];

	ptg_table_copy_(&f->t, t);
	f->next = v->va;
	f->last = v->last;
	f->ended = false;
	f->stands_in = stands_in;
	copy_visit(&f->visit, v);
	f->kind = k;
	f->e[0] = e[0];
	f->e[1] = e[1];
	f->alternative = alternative;
	ptg_table_copy_(&f->above, above);
}

/* A pass entry: the next alternative of the entry that led to this table. false: it is a hole. */
static bool stand_in(struct walk *w, const struct frame *f, const struct ptg_visit *v)
{
	struct ptg_env env;
	unsigned alternative = f->alternative + 1, why;
	struct ptg_table t, above;
	const uint64_t e[2] = { f->e[0], f->e[1] };

	ptg_table_copy_(&above, &f->above);
	ptg_env_init_(&env, w->s, e, v->va);
	if (!f->kind || w->depth > PTG_LEVELS ||
	    ptg_descend_(&env, f->kind, &f->above, &alternative, &t, &why) != PTG_F_NONE)
		return false;
	push(w, &above, &t, v, f->kind, e, alternative, true);
	return true;
}

/* The index is outside what the entry above allows: its rule, or 0. */
static unsigned outside_limit(const struct walk *w, const struct frame *f, uint64_t va)
{
	struct ptg_env env;
	unsigned rule;

	if (!f->kind || !f->kind->check_count)
		return 0;
	ptg_env_init_(&env, w->s, f->e, va);
	env.index = ptg_index_(w->s, &f->t, va);
	env.index_lg2 = f->t.index_lg2;
	rule = ptg_check_(&env, f->kind);
	return rule && w->s->format->rules[rule].fault_class == PTG_F_LENGTH ? rule : 0;
}

static void pass_over(struct frame *f, uint64_t last)
{
	f->ended = last == UINT64_MAX;
	f->next = last + 1;
}

/* Levels skipped with zero bits: the table below is there for the lowest part only, the rest is a hole of its own. */
static void shorten(struct frame *f, const struct ptg_kind *k, const struct ptg_table *below, struct ptg_visit *v)
{
	uint64_t end = v->va | ptg_mask_((unsigned)below->shift + below->index_lg2);

	if (k->skip != PTG_SKIP_ZERO || end >= v->last)
		return;
	v->last = end;
	pass_over(f, end);
}

static void clear_visit(const struct walk *w, struct ptg_visit *v, uint64_t va, uint64_t last)
{
	v->va = va;
	v->last = last;
	v->entry = v->entry_hi = v->entry_pa = v->ipa = 0;
	v->level = v->page_lg2 = v->is_table = v->rule = 0;
	v->stage = w->via != NULL;
}

static int fetch(const struct walk *w, unsigned level, struct ptg_visit *v, uint64_t e[2])
{
	unsigned entry_lg2 = w->s->format->levels[level].entry_lg2;
	int err;

	if (w->via) {
		v->ipa = v->entry_pa;
		return ptg_walk_load_(w->via, entry_lg2, v, e);
	}
	err = ptg_load_(w->s, v->entry_pa, entry_lg2, e);
	if (!err) {
		v->entry = e[0];
		v->entry_hi = e[1];
	}
	return err;
}

/* Below a page of the first stage. */
static int second_stage(const struct walk *w, const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_visit *v)
{
	unsigned space;
	uint64_t ipa = ptg_page_pa_(k, ptg_addr_(env, k, &space), env->size_lg2, v->va);

	return ptg_walk_second_(w->via, v->va, v->last, ipa, w->v, w->arg);
}

/* Visit the entry at f->next.  Return 0, PTG_E_STOPPED, or what the store returned. */
static int visit(struct walk *w, struct frame *f)
{
	const struct ptg_space *s = w->s;
	struct ptg_env env;
	uint64_t first = f->next, end = first | ptg_mask_(f->t.shift), e[2];
	struct ptg_visit v;
	const struct ptg_kind *k = NULL;
	struct ptg_table below;
	unsigned role = PTG_ROLE_INVALID, alternative = 0, limit = outside_limit(w, f, first);
	enum ptg_verdict verdict;
	int err;

	clear_visit(w, &v, first, end < f->last ? end : f->last);
	v.level = f->t.level;
	v.page_lg2 = f->t.shift;
	ptg_env_init_(&env, s, NULL, v.va);
	pass_over(f, v.last);
	v.entry_pa = ptg_entry_pa_(s, &f->t, ptg_index_(s, &f->t, v.va));
	if (limit) {
		v.rule = (uint8_t)limit;
		return call(w, w->v->hole, &v) == PTG_STOP ? PTG_E_STOPPED : PTG_OK;
	}
	if (fetch(w, f->t.level, &v, e) == PTG_OK) {
		env.e[0] = e[0];
		env.e[1] = e[1];
		k = ptg_kind_(s, f->t.level, e);
		role = look(w, f, &env, k, &alternative, &below, &v);
	}
	if (role == PTG_ROLE_PASS && stand_in(w, f, &v))
		return PTG_OK;
	if (role == PTG_ROLE_TABLE)
		shorten(f, k, &below, &v);
	v.is_table = role == PTG_ROLE_TABLE;
	verdict = call(w, role == PTG_ROLE_TABLE || role == PTG_ROLE_PAGE ? w->v->entry : w->v->hole, &v);
	if (verdict == PTG_CHANGE && w->store) {
		err = w->store(w, f, &v, k, e);
		if (err < 0)
			return err;
		if (err) {
			f->next = first;
			f->ended = false;
			return PTG_OK;
		}
		env.e[0] = e[0] = v.entry;
		env.e[1] = e[1] = v.entry_hi;
		k = ptg_kind_(s, f->t.level, e);
		role = look(w, f, &env, k, &alternative, &below, &v);
	}
	if (verdict == PTG_STOP)
		return PTG_E_STOPPED;
	if (role == PTG_ROLE_TABLE && verdict != PTG_SKIP && w->depth <= PTG_LEVELS)
		push(w, &f->t, &below, &v, k, e, alternative, false);
	if (role == PTG_ROLE_PAGE && verdict != PTG_SKIP && w->via)
		return second_stage(w, &env, k, &v);
	return PTG_OK;
}

/* --- one table after the other ------------------------------------------------------------ */

static int leave(struct walk *w)
{
	struct frame *f = &w->frame[--w->depth];

	if (!f->kind || f->stands_in)
		return PTG_OK;
	return call(w, w->v->post, &f->visit) == PTG_STOP ? PTG_E_STOPPED : PTG_OK;
}

static int walk_tables(struct walk *w)
{
	while (w->depth) {
		struct frame *f = &w->frame[w->depth - 1];
		int err = f->ended || f->next > f->last ? leave(w) : visit(w, f);

		if (err)
			return err;
	}
	return PTG_OK;
}

/* The tables of one root from va on; *end: the last address done. */
static int walk_root(struct walk *w, uint64_t va, uint64_t last, uint64_t *end)
{
	struct ptg_visit v;
	const struct ptg_root *r;
	static const uint64_t nothing[2];
	struct ptg_table t;
	unsigned rule, span;
	enum ptg_fault fault = ptg_start_(w->s, va, &r, &t, &rule);

	clear_visit(w, &v, va, last);
	if (fault || (r->flags & PTG_ROOT_BYPASS)) {
		*end = ptg_barren_end_(w->s, va, r, fault ? fault : PTG_F_CONFIG);
		if (*end > last)
			*end = last;
		v.last = *end;
		v.rule = (uint8_t)rule;
		if (!fault)
			return w->via ? ptg_walk_second_(w->via, va, *end, va, w->v, w->arg) : PTG_OK;
		return call(w, w->v->hole, &v) == PTG_STOP ? PTG_E_STOPPED : PTG_OK;
	}
	span = t.shift; /* one entry of the first table a turn: limits and halves are looked at anew */
	*end = va | ptg_mask_(span);
	if (*end > last)
		*end = last;
	v.last = *end;
	push(w, &t, &t, &v, NULL, nothing, 0, false);
	return walk_tables(w);
}

static int walk_range(struct walk *w, uint64_t va, uint64_t last)
{
	for (;;) {
		uint64_t end;
		int err = walk_root(w, va, last, &end);

		if (err || end >= last)
			return err;
		va = end + 1;
	}
}

int ptg_walk_range_(const struct ptg_space *s, uint64_t first, uint64_t last, const struct ptg_visitor *v, void *arg)
{
	struct walk w;

	w.s = s->stage[0] ? s->stage[0] : s;
	w.via = s->stage[1];
	w.v = v;
	w.arg = arg;
	w.store = NULL;
	w.depth = 0;
	return walk_range(&w, first, last);
}

int ptg_walk_(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg)
{
	uint64_t last;
	int err = ptg_visit_range_(s, va, len, &last);

	return err ? err : ptg_walk_range_(s, va, last, v, arg);
}

int ptg_walk(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg)
{
	uint64_t last;
	int err = v ? ptg_visit_range_(s, va, len, &last) : PTG_E_ARG;

	if (err)
		return err;
	return s->walker->walk ? s->walker->walk(s, va, len, v, arg) : ptg_walk_(s, va, len, v, arg);
}

/* --- and change --------------------------------------------------------------------------- */

#define TRIES 64 /* on one entry that somebody else keeps changing */

static void sync_entry(const struct walk *w, uint64_t pa, unsigned entry_lg2)
{
	const struct ptg_mapper_ops *ops = w->s->mapper->ops;

	if (ops && ops->sync)
		ops->sync(w->s->mapper->priv, pa, (size_t)1 << entry_lg2);
}

static bool present(const struct ptg_kind *k)
{
	return k && (k->role == PTG_ROLE_PAGE || k->role == PTG_ROLE_TABLE);
}

/* Through invalid and a flush, before another entry may stand there. */
static int break_entry(struct walk *w, const struct frame *f, const struct ptg_visit *v, unsigned entry_lg2,
		       uint64_t now[2], unsigned reason)
{
	const struct ptg_mapper_ops *ops = w->s->mapper->ops;
	uint64_t empty[2];
	struct ptg_flush own;
	int done;

	if (!ops || !ops->flush)
		return PTG_E_UNSUPPORTED;
	ptg_empty_(w->s, f->t.level, empty);
	done = ptg_cas_(w->s, v->entry_pa, entry_lg2, now, empty);
	if (done <= 0)
		return done < 0 ? done : 1;
	sync_entry(w, v->entry_pa, entry_lg2);
	now[0] = empty[0];
	now[1] = empty[1];
	ptg_zero_(&own, sizeof(own));
	ptg_flush_range_(&own, v->va & ~ptg_mask_(f->t.shift), v->va | ptg_mask_(f->t.shift), f->t.shift, f->t.level,
			 reason);
	return ops->flush(w->s->mapper->priv, &own) ? PTG_E_IO : PTG_OK;
}

static int store(struct walk *w, const struct frame *f, const struct ptg_visit *v, const struct ptg_kind *k,
		 const uint64_t old[2])
{
	const struct ptg_format *fmt = w->s->format;
	const uint64_t new[2] = { v->entry, v->entry_hi };
	unsigned lg2 = fmt->levels[f->t.level].entry_lg2;
	unsigned reason = present(k) ? PTG_FLUSH_REPLACED | PTG_FLUSH_DOWN : PTG_FLUSH_NEW;
	uint64_t now[2] = { old[0], old[1] };
	int err = PTG_OK;

	if (new[0] == old[0] && new[1] == old[1])
		return PTG_OK;
	if (k && k->role == PTG_ROLE_TABLE)
		reason |= PTG_FLUSH_TABLE;
	if (w->quiet) {
		err = ptg_store_(w->s, v->entry_pa, lg2, new);
	} else {
		if ((fmt->flags & PTG_FORMAT_BBM) && present(k) && present(ptg_kind_(w->s, f->t.level, new)))
			err = break_entry(w, f, v, lg2, now, reason);
		if (!err) {
			err = ptg_cas_(w->s, v->entry_pa, lg2, now, new);
			err = err < 0 ? err : !err;
		}
	}
	if (err == 1)
		return ++w->tries < TRIES ? 1 : PTG_E_BUSY;
	if (err)
		return err;
	w->tries = 0;
	sync_entry(w, v->entry_pa, lg2);
	if (reason != PTG_FLUSH_NEW || (fmt->flags & PTG_FORMAT_CACHES_INVALID))
		ptg_flush_range_(w->flush, v->va & ~ptg_mask_(f->t.shift), v->va | ptg_mask_(f->t.shift), f->t.shift,
				 f->t.level, reason);
	return PTG_OK;
}

int ptg_walk_mut(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg,
		 struct ptg_flush *f)
{
	const struct ptg_mapper_ops *ops;
	struct ptg_flush own;
	struct walk w;
	uint64_t last;
	int err = v ? ptg_visit_range_(s, va, len, &last) : PTG_E_ARG;

	if (err)
		return err;
	if (s->stage[0])
		return PTG_E_UNSUPPORTED;
	ops = s->mapper->ops;
	if (!f && (!ops || !ops->flush))
		return PTG_E_ARG;
	if (!f)
		ptg_zero_(&own, sizeof(own));
	w.s = s;
	w.via = NULL;
	w.v = v;
	w.arg = arg;
	w.store = store;
	w.flush = f ? f : &own;
	w.quiet = s->options & PTG_QUIET;
	w.tries = 0;
	w.depth = 0;
	err = walk_range(&w, va, last);
	if (!f && (own.count || own.all) && ops->flush(s->mapper->priv, &own) && !err)
		err = PTG_E_IO;
	return err;
}
