/* SPDX-License-Identifier: MIT */
/*
 * missing.c - mapping one page where a table on the way to it is missing
 *
 * Laws 3, 4 and 7 for the generic code, to which F_map goes then: for all root registers,
 * addresses and fresh tables, and every memory in which the walks of two addresses
 * are paths of a tree, of which no fresh table is part.  -DMISSING=n: the entry for the
 * page is empty at depth n, so that n tables are made.  Four questions, each a
 * proof of its own:
 *
 *   -DPART=1  n tables of the right size are made; memory that was in use before is stored
 *             to once, after everything else, and that is the empty entry
 *   -DPART=2  the page translates as asked
 *   -DPART=3  any other address translates as before: below the same entry there is nothing, and
 *             the walks of all others do not read that entry, which is all that part 1 lets change
 *   -DPART=4  when a table cannot be had, nothing in use is stored to, and what was allocated
 *             is given back, once
 *
 * The generic code is too much for a model checker at once.  So what is the same in all of a
 * case (depths, kinds, sizes) is asserted to be it, and is a constant from there on.  Its
 * loops over rows of the plan are written once more, by index.  Entries are read and written
 * by address; a whole table is filled at once.
 *
 * -DASKED=r: the rights asked for.  -DTABLES_SET=m, -DTABLES_CLEAR=m: bits of tables with
 * which they take no right away.  With -DMUTANT stores to memory in use go to the wrong
 * place, a new table is not cleared (part 3), or a refused one is there all the same (part 4).
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);

static uint64_t load(uint64_t pa);
static void store(uint64_t pa, uint64_t bytes, uint64_t value);

#define PTG_IN_WINDOW(space, pa) 1
#define PTG_LOAD64(space, pa) load(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)load(pa))
#define PTG_LOAD64BE(space, pa) load(pa)
#define PTG_LOAD32BE(space, pa) ((uint32_t)load(pa))
#define PTG_STORE64(space, pa, v) store(pa, 8, v)
#define PTG_STORE32(space, pa, v) store(pa, 4, v)
#define PTG_STORE64BE(space, pa, v) store(pa, 8, v)
#define PTG_STORE32BE(space, pa, v) store(pa, 4, v)

#include "spec.h"
#include "ptg_change.h"

/* Told apart below. */
#define ptg_see_ real_see
#define ptg_fill_ real_fill
int ptg_see_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t va, struct ptg_seen_ *seen);
int ptg_fill_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t count, const uint64_t e[2], uint64_t step);
#include "slot.c"
#undef ptg_see_
#undef ptg_fill_
#define ptg_kind_on_ real_kind_on
#define ptg_pick_ real_pick
#define ptg_choices_ real_choices
bool ptg_kind_on_(const struct ptg_space *s, const struct ptg_kind *k);
struct ptg_choice_ *ptg_pick_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t last, uint64_t pa,
			      unsigned max_lg2, unsigned *lg2);
#include "choice.c"
#undef ptg_pick_
#undef ptg_choices_
#undef ptg_kind_on_
#define ptg_kind_ real_kind
const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2]);
#include "decode.c"
#undef ptg_kind_
#define ptg_template_ real_template
int ptg_template_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
#include "encode.c"
#undef ptg_template_
#define ptg_eval_ real_eval
uint64_t ptg_eval_(const struct ptg_env *env, unsigned node);
#include "eval.c"
#undef ptg_eval_
#define ptg_start_ real_start
enum ptg_fault ptg_start_(const struct ptg_space *s, uint64_t va, const struct ptg_root **root, struct ptg_table *t, unsigned *rule);
#include "step.c"
#undef ptg_start_

#include FORMAT_FILE
#include "elsewhere.h"

#define SIX 0x3fu
#define TOP (JOIN(FORMAT, format).top)
#define LEVELS (TOP + 1u)
#define FLAGS (PTG_NO_LARGE | PTG_NO_CONTIG)

/* --- memory ------------------------------------------------------------------------------ */

/* Initial memory, and what was stored over it, in order. */
#define MOST (4 * MISSING + 1)
static struct { uint64_t pa, bytes, value; } change[MOST];
static unsigned changes;

/* What a walk reads, in its order. */
#define DEEP 8
static struct walk {
	uint64_t at[DEEP];
	unsigned loads;
} *recorded;

static uint64_t load(uint64_t pa)
{
	uint64_t e = __CPROVER_uninterpreted_memory(pa);

	for (unsigned i = 0; i < MOST; i++)
		if (i < changes && pa - change[i].pa < change[i].bytes)
			e = change[i].value;
	if (recorded) {
		__CPROVER_assert(recorded->loads < DEEP, "so many loads");
		recorded->at[recorded->loads++] = pa;
#ifdef TABLES_SET
		if (recorded->loads < LEVELS - MISSING)
			__CPROVER_assume((e & (TABLES_SET)) == (TABLES_SET) && !(e & (TABLES_CLEAR)));
#endif
	}
	return e;
}

/* Fresh tables, one a depth. */
static uint64_t fresh[DEEP], fresh_bytes[DEEP];
static unsigned allocated, freed;
static unsigned in_use, last_in_use;     /* stores to memory that is none of them; when the last one was */
static uint64_t in_use_pa;

static _Bool is_fresh(uint64_t pa)
{
	for (unsigned i = 0; i < MISSING; i++)
		if (allocated >> i & 1 && pa - fresh[i] < fresh_bytes[i])
			return 1;
	return 0;
}

static void store(uint64_t pa, uint64_t bytes, uint64_t value)
{
	__CPROVER_assert(changes < MOST, "so many stores");
	if (!is_fresh(pa)) {
		in_use++;
		last_in_use = changes;
		in_use_pa = pa;
#if defined(MUTANT) && PART != 3
		pa ^= 16;
		in_use_pa = pa;
#endif
	}
	change[changes].pa = pa;
	change[changes].bytes = bytes;
	change[changes].value = value;
	changes++;
}

int ptg_load_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2])
{
	(void)s;
	e[0] = load(pa);
	e[1] = 0;
	if (entry_lg2 < 3)
		e[0] &= 0xffffffff;
	return PTG_OK;
}

int ptg_store_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, const uint64_t e[2])
{
	(void)s;
	store(pa, (uint64_t)1 << entry_lg2, e[0]);
	return PTG_OK;
}

/* Nobody else writes. */
int ptg_cas_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2], const uint64_t desired[2])
{
	uint64_t now[2];

	ptg_load_(s, pa, entry_lg2, now);
	__CPROVER_assert(now[0] == e[0], "it is still there");
	ptg_store_(s, pa, entry_lg2, desired);
	return 1;
}

void *ptg_table_map_(const struct ptg_space *s, uint64_t pa, size_t bytes)
{
	(void)s, (void)pa, (void)bytes;
	return 0;
}

void ptg_table_unmap_(const struct ptg_space *s, uint64_t pa, void *p, size_t bytes)
{
	(void)s, (void)pa, (void)p, (void)bytes;
}

/* One entry, or a whole table. */
int ptg_fill_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t count, const uint64_t e[2], uint64_t step)
{
	(void)step;
	if (fr->fresh && e == fr->empty) {
		__CPROVER_assert(!fr->stride_lg2 && !index && count == (uint64_t)1 << fr->t.index_lg2, "all of it");
#if defined(MUTANT) && PART == 3
		return PTG_OK;
#endif
		store(fr->t.pa, (uint64_t)1 << (fr->t.index_lg2 + fr->entry_lg2), e[0]);
		return PTG_OK;
	}
	__CPROVER_assert(count == 1, "one page");
	return ptg_poke_(op, fr, index, e);
}

/* --- tables ------------------------------------------------------------------------------ */

static unsigned refuse; /* the table of this depth cannot be had */

static int alloc_table(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv;
	__CPROVER_assert(level < MISSING, "a table is missing there");
	__CPROVER_assert(!(allocated >> level & 1), "one a depth");
	__CPROVER_assert(bytes == (size_t)1 << (JOIN(FORMAT, format).levels[level].width + JOIN(FORMAT, format).levels[level].entry_lg2), "its size");
	if (level == refuse) {
#ifdef MUTANT
		allocated |= 1u << level;
#endif
		return PTG_E_NOMEM;
	}
	__CPROVER_assume(!(fresh[level] & (align - 1)));
	allocated |= 1u << level;
	fresh_bytes[level] = bytes;
	*pa = fresh[level];
	return 0;
}

static void free_table(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	(void)priv;
	__CPROVER_assert(level < MISSING && (allocated & ~freed) >> level & 1 && pa == fresh[level] && bytes == fresh_bytes[level],
			 "as it was allocated, once");
	freed |= 1u << level;
}

/* --- the case ---------------------------------------------------------------------------- */

static const struct ptg_kind *table_at(const struct ptg_format *f, unsigned level)
{
	const struct ptg_level *l = &f->levels[level];

	for (unsigned i = 0; i < l->row_count; i++)
		if (f->kinds[f->rows[l->row_first + i].kind].role == PTG_ROLE_TABLE)
			return &f->kinds[f->rows[l->row_first + i].kind];
	return 0;
}

/* Row by row, as decode.c and choice.c do by pointer. */
static _Bool row_is(const struct ptg_space *s, const struct ptg_row *r)
{
	return ((uint32_t)s->config[0] & r->feature_mask) == r->feature_value;
}

const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	const struct ptg_level *l = &s->format->levels[level];

	for (unsigned i = 0; i < l->row_count; i++) {
		const struct ptg_row *r = &s->format->rows[l->row_first + i];

		if ((((e[0] & r->mask) ^ r->value) | ((e[1] & r->mask_hi) ^ r->value_hi)) || !row_is(s, r))
			continue;
		__CPROVER_assert(r->extra == PTG_NONE, "a plain row");
		return &s->format->kinds[r->kind];
	}
	return 0;
}

bool ptg_kind_on_(const struct ptg_space *s, const struct ptg_kind *k)
{
	const struct ptg_level *l = &s->format->levels[k->level];

	for (unsigned i = 0; i < l->row_count; i++)
		if (&s->format->kinds[s->format->rows[l->row_first + i].kind] == k && row_is(s, &s->format->rows[l->row_first + i]))
			return true;
	return false;
}

/* Attributes: as the generated encoder has them (proved alike: codec). */
int ptg_template_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why)
{
	(void)s, (void)k, (void)why;
	__CPROVER_assert(!a->care || a->care == 0x3f, "all rights are asked for, or none");
	e[0] = JOIN(FORMAT, page)[a->care ? a->rights & 0x3f : 64];
	__CPROVER_assert(e[0], "such a page");
	e[1] = 0;
	return PTG_OK;
}

/* Registers are expressions; mapping such a page asks for none but those of a parameter and a constant. */
static _Bool mapping;

uint64_t ptg_eval_(const struct ptg_env *env, unsigned node)
{
	const struct ptg_node *all = env->space->format->nodes, *n = &all[node];

	if (mapping && n->op > PTG_OP_SIZE && (all[n->a].op > PTG_OP_SIZE || all[n->b].op > PTG_OP_SIZE)) {
		__CPROVER_assert(0, "a plain expression");
		__CPROVER_assume(0);
	}
	return real_eval(env, node);
}

/* On the way to the page: tables, and then an empty entry. */
int ptg_see_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t va, struct ptg_seen_ *seen)
{
	const struct ptg_level *l = &op->fmt->levels[fr->t.level ? fr->t.level - 1 : 0];
	int err = ptg_peek_(op, fr, index, seen->e);

	__CPROVER_assert(!err, "it is read");
	seen->pass = false;
	if (fr->t.level <= MISSING) {
		__CPROVER_assert(ptg_same_(seen->e, fr->empty), "empty, as the walk has seen it");
		seen->k = 0;
		seen->what = PTG_IS_EMPTY_;
		return PTG_OK;
	}
	seen->k = table_at(op->fmt, fr->t.level);
	__CPROVER_assert(ptg_kind_(op->s, fr->t.level, seen->e) == seen->k, "a table, as the walk has seen it");
	__CPROVER_assert(see_table(op, fr, va, seen) == PTG_IS_TABLE_, "a good one");
	__CPROVER_assert(seen->below.level == fr->t.level - 1 && seen->below.shift == l->shift &&
			 seen->below.index_lg2 == l->width && !seen->below.added, "and the next table");
	seen->what = PTG_IS_TABLE_;
	seen->below.level = fr->t.level - 1;
	seen->below.shift = l->shift;
	seen->below.index_lg2 = l->width;
	seen->below.added = 0;
	return PTG_OK;
}

/* Pages of the last table, of one entry each, and no others: what flags ask for. */
void ptg_choices_(struct ptg_op_ *op)
{
	const struct ptg_kind *k = ptg_page_kind_(op->s, op->fmt->levels[0].shift);

	__CPROVER_assert(k && !k->level && !k->napot && !k->repeat_lg2, "the smallest page");
	op->choice[0].k = k;
	op->choice[0].sizes = (uint64_t)1 << op->fmt->levels[0].shift;
	op->choice[0].level = 0;
	op->choice[0].group = PTG_SINGLE_;
	op->choice[0].ready = false;
	op->choice_count = 1;
}

/* A page of the last table. */
struct ptg_choice_ *ptg_pick_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t last, uint64_t pa,
			      unsigned max_lg2, unsigned *lg2)
{
	struct ptg_choice_ *c = real_pick(op, fr, va, last, pa, max_lg2, lg2);

	__CPROVER_assert(op->choice_count == 1, "one sort of page");
	if (fr->t.level) {
		__CPROVER_assert(!c, "none of this size");
		return 0;
	}
	if (!c)
		return 0;
	__CPROVER_assert(c == &op->choice[0] && *lg2 == op->fmt->levels[0].shift, "the smallest page");
	*lg2 = op->fmt->levels[0].shift;
	return &op->choice[0];
}

enum ptg_fault ptg_start_(const struct ptg_space *s, uint64_t va, const struct ptg_root **root, struct ptg_table *t, unsigned *rule)
{
	enum ptg_fault fault = real_start(s, va, root, t, rule);

	__CPROVER_assert(!fault && t->level == TOP && t->shift == s->format->levels[TOP].shift, "the first table");
	t->level = TOP;
	t->shift = s->format->levels[TOP].shift;
	__CPROVER_assume(!((*root)->flags >> PTG_ROOT_DENY_SHIFT)); /* it takes no right away */
	*rule = 0;
	return PTG_F_NONE;
}

/* Tables above that take rights away: not here. */
bool ptg_speaks_(const struct ptg_format *f, const struct ptg_kind *k, const uint64_t e[2])
{
	(void)f, (void)k, (void)e;
	return false;
}

/* --- what the runtime has elsewhere ---------------------------------------------------- */

/* Nothing fails once tables are there. */
void ptg_recycle_(struct ptg_op_ *op, const struct ptg_table *t)
{
	(void)op, (void)t;
	__CPROVER_assert(0, "nothing is taken apart");
	__CPROVER_assume(0);
}

static unsigned flushes;

void ptg_flush_add_(struct ptg_op_ *op, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level, unsigned reason)
{
	(void)first, (void)last, (void)page_lg2, (void)level;
	flushes += op->commit && (reason != PTG_FLUSH_NEW || op->fmt->flags & PTG_FORMAT_CACHES_INVALID);
}

void ptg_flush_link_(struct ptg_op_ *op, unsigned level)
{
	(void)op, (void)level;
}

void ptg_sync_(const struct ptg_op_ *op, uint64_t pa, uint64_t bytes)
{
	(void)op, (void)pa, (void)bytes;
}

void ptg_flush_range_(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level, unsigned reason)
{
	(void)f, (void)first, (void)last, (void)page_lg2, (void)level, (void)reason;
}

/* --- a tree ------------------------------------------------------------------------------ */

static unsigned table_lg2(const struct ptg_root *r, unsigned i) /* bytes of the i-th table */
{
	const struct ptg_level *l = &JOIN(FORMAT, format).levels[TOP - i];

	return l->entry_lg2 + (i ? l->width : r->index_lg2);
}

/* Tables are aligned, and apart unless they are the same: of the same level, for the same address bits above it. */
static void assume_tree(const struct ptg_space *s, const struct walk *a, uint64_t va, const struct walk *b, uint64_t vb)
{
	const struct ptg_root *ra = ptg_choose_root_(s, va), *rb = ptg_choose_root_(s, vb);

	__CPROVER_assume(!(ra->table & below(table_lg2(ra, 0))) && !(rb->table & below(table_lg2(rb, 0))));
	for (unsigned i = 0; i < LEVELS; i++)
		for (unsigned j = 0; j < LEVELS; j++) {
			unsigned la = table_lg2(ra, i), lb = table_lg2(rb, j);

			if (i >= a->loads || j >= b->loads)
				continue;
			if (i == j && ra == rb && (i == 0 || (va ^ vb) >> s->format->levels[TOP - i + 1].shift == 0))
				continue;
			__CPROVER_assume((a->at[i] ^ b->at[j]) >> (la > lb ? la : lb) != 0);
		}
}

/* No fresh table is one of those on the way, and they are apart. */
static void assume_fresh(const struct ptg_space *s, const struct walk *w, uint64_t va)
{
	const struct ptg_root *r = ptg_choose_root_(s, va);

	for (unsigned f = 0; f < MISSING; f++) {
		const struct ptg_level *l = &s->format->levels[f];
		unsigned lf = (unsigned)l->entry_lg2 + l->width;

		for (unsigned i = 0; i < LEVELS; i++) {
			unsigned li = table_lg2(r, i);

			__CPROVER_assume(i >= w->loads || (w->at[i] ^ fresh[f]) >> (li > lf ? li : lf) != 0);
		}
		for (unsigned g = 0; g < f; g++) {
			unsigned lg = (unsigned)s->format->levels[g].entry_lg2 + s->format->levels[g].width;

			__CPROVER_assume((fresh[g] ^ fresh[f]) >> (lg > lf ? lg : lf) != 0);
		}
	}
}

/* --- the proof --------------------------------------------------------------------------- */

static const struct ptg_mapper_ops ops = { .alloc_table = alloc_table, .free_table = free_table };

/* Any root registers that give a walk of all levels; everything else as it is by default. */
static void any_space(struct ptg_space *s)
{
	struct ptg_space rooted = { .format = s->format, .walker = s->walker, .mapper = s->mapper };
	uint64_t reg[SPEC_REGS];
	int err;

	for (unsigned i = 0; i < SPEC_REGS; i++)
		reg[i] = nondet_u64();
	rooted.config[0] = s->format->default_config0;
	err = ptg_set_root(&rooted, reg, walk_registers(s->format));
	__CPROVER_assume(err == PTG_OK && rooted.config[0] == s->format->default_config0);
	for (unsigned i = 0; i < s->format->root_count; i++) {
		__CPROVER_assume(rooted.root[i].level == TOP);
		s->root[i] = rooted.root[i];
		s->root[i].level = TOP;
	}
	s->config[0] = s->format->default_config0;
	for (unsigned i = 0; i < s->format->ctx_count; i++)
		ptg_put_ctx_(s, &s->format->ctx[i], s->format->ctx[i].value);
	s->page_sizes = s->format->page_sizes;
	JOIN(FORMAT, update)(s);
}

int main(void)
{
	static const struct ptg_mapper mapper = { .ops = &ops };
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker), .mapper = &mapper };
	uint64_t va = nondet_u64(), pa = nondet_u64(), other = nondet_u64(), offset = nondet_u64();
	unsigned access = nondet_unsigned() & 15, lg2 = JOIN(FORMAT, format).levels[0].shift;
	struct ptg_attrs a = { .rights = ASKED, .care = SIX };
	struct walk path = { .loads = 0 }, others = { .loads = 0 };
	struct ptg_translation first, after;
	struct ptg_flush f = { 0 };
	_Bool beside = ((va ^ other) >> JOIN(FORMAT, format).levels[MISSING].shift) == 0;
	int err;

	any_space(&s);
	for (unsigned i = 0; i < MISSING; i++)
		fresh[i] = nondet_u64();
	refuse = PART == 4 ? nondet_unsigned() % MISSING : LEVELS;
	__CPROVER_assume(((va | pa) & below(lg2)) == 0);
	recorded = &path;
	JOIN(FORMAT, find)(&s, va, PTG_LOOK, &first);
	recorded = 0;
	assume_tree(&s, &path, va, &path, va);
	assume_fresh(&s, &path, va);
	__CPROVER_assume(first.fault == PTG_F_NOT_PRESENT && first.level == MISSING && path.loads == LEVELS - MISSING);
	__CPROVER_assume(load(first.entry_pa) == 0);
#if PART == 3
	__CPROVER_assume((va ^ other) > below(lg2));
	if (!beside) {
		recorded = &others;
		JOIN(FORMAT, find)(&s, other, access, &after);
		recorded = 0;
		assume_tree(&s, &path, va, &others, other);
		for (unsigned i = 0; i < LEVELS; i++)
			__CPROVER_assert(i >= others.loads || others.at[i] != first.entry_pa, "elsewhere: the entry is not read");
	}
#endif
	mapping = 1;
	err = ptg_map_(&s, va, pa, below(lg2) + 1, &a, FLAGS, &f);
	mapping = 0;
#if PART == 1
	if (err) {
		__CPROVER_assert(!in_use, "nothing happened");
	} else {
		__CPROVER_assert(in_use == 1 && last_in_use == changes - 1, "one store to what is in use, the last of all");
		__CPROVER_assert(in_use_pa == first.entry_pa, "to the empty entry");
		__CPROVER_assert(allocated == below(MISSING) && !freed, "all tables are needed");
		__CPROVER_assert(flushes == ((s.format->flags & PTG_FORMAT_CACHES_INVALID) != 0), "to flush, where faults are cached");
	}
#elif PART == 2
	__CPROVER_assume(!err && offset <= below(lg2));
	JOIN(FORMAT, translate)(&s, va | offset, PTG_LOOK, &after);
	__CPROVER_assert(after.fault == PTG_F_NONE && after.pa == (pa | offset) && after.page_lg2 == lg2, "it is mapped");
	__CPROVER_assert(!((after.rights ^ a.rights) & SIX), "with these rights");
#elif PART == 3
	JOIN(FORMAT, translate)(&s, other, access, &after);
	__CPROVER_assert(!beside || err || after.fault == PTG_F_NOT_PRESENT, "beside it, below the same entry: nothing, as before");
#else
	__CPROVER_assert(err != PTG_OK && !in_use, "nothing happened");
	__CPROVER_assert(freed == allocated, "and nothing is lost");
#endif
#ifdef REACH
	__CPROVER_assert((err == PTG_OK) == (PART == 4), "reach");
#endif
}
