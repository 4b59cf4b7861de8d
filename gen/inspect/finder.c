/* SPDX-License-Identifier: MIT */
/* finder.c - root tables in an image, without a word from the machine */
#include "gen/inspect/finder.h"
#include "gen/inspect/known.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/ptg_core.h"

#define MOSTLY 3u                    /* tolerant: so many sound entries for each bad one */
#define ROOT_MOSTLY 8u               /* and in the root, unless it maps itself and few are bad */
#define PAGE 4096u
#define SMALLEST KNOWN_ALIGN         /* alignment of the smallest first tables there are */
#define USER (PTG_UR | PTG_UW | PTG_UX)
#define RIGHTS (USER | PTG_SR | PTG_SW | PTG_SX)
#define LOOKED_AT 64u                /* entries of a root whose idle bits are counted */
#define FEW 5u                       /* log2 of entries of a small first table */
#define ENTRIES_MAX 65536u           /* a larger table is looked at in part */

struct run {
	struct finder *f;
	bool tolerant;               /* a few bad entries are no reason */
	struct plan *plan, *lenient;
	struct ptg_space space, soft; /* soft: reserved bits do not count */
	struct known known;
	struct scan_seen tree;       /* tables of the tree that is being counted, attrs: its root */
	struct { uint64_t pa; unsigned level; } *visited;
	size_t visited_count, visited_room;
};

/* --- one table -------------------------------------------------------------------------------- */

static unsigned level_entries(const struct ptg_format *f, unsigned level, unsigned index_lg2)
{
	unsigned lg2 = index_lg2 ? index_lg2 : f->levels[level].width;

	return lg2 >= 16 ? ENTRIES_MAX : 1u << lg2;
}

static bool load(const struct run *r, uint64_t table, unsigned level, unsigned i, uint64_t e[2])
{
	const struct ptg_level *l = &r->space.format->levels[level];

	return ptg_load_(&r->space, table + ((uint64_t)i << (l->entry_lg2 + l->stride_lg2)), l->entry_lg2, e) == PTG_OK;
}

static bool nothing(const struct ptg_format *f, const struct ptg_decoded *d)
{
	if (d->role == PTG_ROLE_PASS)
		return true;
	return d->fault == PTG_F_NOT_PRESENT || (d->role == PTG_ROLE_INVALID && d->rule < f->rule_count &&
						 f->rules[d->rule].fault_class == PTG_F_NOT_PRESENT);
}

static void count_page(const struct run *r, const struct ptg_decoded *d, struct pages *p)
{
	uint64_t end = d->pa + (d->page_lg2 < 64 ? ((uint64_t)1 << d->page_lg2) - 1 : 0);
	uint64_t look = (uint64_t)d->rights << 32 | (uint64_t)d->memtype << 8 | 1;

	p->count++;
	p->in_ram += r->f->is_ram && r->f->is_ram(r->f->ram_arg, d->pa, end);
	p->alike += !p->last || p->last == look;
	p->last = look;
	p->user = p->user || (d->rights & USER);
	p->supervisor = p->supervisor || ((d->rights & PTG_SR) && !(d->rights & USER));
	p->looks |= (uint64_t)1 << (seen_mix(d->rights & RIGHTS ? look : 0) & 63);
}

static void add_pages(struct root_found *root, const struct pages *p)
{
	root->pages += p->count;
	root->pages_in_ram += p->in_ram;
	root->alike += p->alike;
	root->looks |= p->looks;
	root->user = root->user || p->user;
	root->supervisor = root->supervisor || p->supervisor;
}

/*
 * Is the table at pa sound as one of this level: no entry that hardware refuses,
 * every table below readable and sound?  Levels decrease, so it ends.
 */
static bool sound(struct run *r, uint64_t pa, unsigned level)
{
	const struct ptg_format *f = r->space.format;
	struct verdict v = {.used = true, .pa = pa, .level = level};
	unsigned n = level_entries(f, level, 0);
	uint64_t bad = 0, good = 0, nothings = 0;
	bool well = true;

	if (!image_find(r->f->image, pa))
		return false;
	if (known_sound(&r->known, pa, level))
		return true;
	if (known_unsound(&r->known, pa, level))
		return false;
	for (unsigned i = 0; i < n && well; i++) {
		struct ptg_decoded d;
		uint64_t e[2];

		if (!load(r, pa, level, i, e)) {
			well = false;
			break;
		}
		if (!(e[0] | e[1]))
			continue;
		memset(&d, 0, sizeof(d));
		if (ptg_decode(&r->space, level, e, &d))
			well = false;
		else if (nothing(f, &d))
			nothings++;
		else if (d.fault || d.role == PTG_ROLE_INVALID)
			bad++;
		else if (d.role == PTG_ROLE_PAGE)
			count_page(r, &d, &v.pages);
		else if (d.next_level >= level || !sound(r, d.pa, d.next_level))
			bad++;
		else
			good++;
		/* Tolerant: until those that are left could not make up for it. */
		well = well && (r->tolerant ? bad * MOSTLY <= good + v.pages.count + (n - 1 - i) : !bad);
	}
	if (!well || bad * MOSTLY > good + v.pages.count) {
		if (r->tolerant)
			known_add_unsound(&r->known, pa, level);
		return false;
	}
	v.empty = !bad && !nothings && !good && !v.pages.count;
	v.hollow = !v.empty && nothings >= good + v.pages.count;
	known_add(&r->known, &v);
	return true;
}

/* --- a whole tree -------------------------------------------------------------------------------- */

/* Tables and pages below, each table once. */
static void count_tree(struct run *r, struct root_found *root, uint64_t pa, unsigned level)
{
	const struct verdict *v = known_sound(&r->known, pa, level);
	unsigned n = level_entries(r->space.format, level, 0);
	bool fresh;

	if (v)
		seen_get(&r->tree, pa, level, root->table + root->level, &fresh);
	if (!v || !fresh)
		return;
	if (r->visited_count == r->visited_room) {
		size_t room = r->visited_room ? 2 * r->visited_room : 256;

		r->visited = arena_grow(r->f->arena, r->visited, r->visited_count, room, sizeof(*r->visited));
		r->visited_room = room;
	}
	r->visited[r->visited_count].pa = pa;
	r->visited[r->visited_count++].level = level;
	root->tables++;
	root->hollow += v->hollow;
	root->empty += v->empty;
	add_pages(root, &v->pages);
	if (level == 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		struct ptg_decoded d;
		uint64_t e[2];

		memset(&d, 0, sizeof(d));
		if (load(r, pa, level, i, e) && (e[0] | e[1]) && !ptg_decode(&r->space, level, e, &d) && !d.fault &&
		    d.role == PTG_ROLE_TABLE && d.next_level < level)
			count_tree(r, root, d.pa, d.next_level);
	}
}

/* --- one place ------------------------------------------------------------------------------------- */

/* An entry of a possible root. false: no root has such an entry. */
static bool root_entry(struct run *r, struct root_found *root, unsigned i, const uint64_t e[2], struct pages *pages)
{
	const struct ptg_format *f = r->space.format;
	struct ptg_decoded d;

	memset(&d, 0, sizeof(d));
	if (ptg_decode(&r->space, root->level, e, &d) || nothing(f, &d))
		return true;
	if (d.fault == PTG_F_RESERVED) {
		memset(&d, 0, sizeof(d));
		if (ptg_decode(&r->soft, root->level, e, &d) || d.fault)
			return false;
		root->reserved++;
	}
	if (d.fault || d.role == PTG_ROLE_INVALID)
		return false;
	root->entries++;
	if (d.role == PTG_ROLE_PAGE) {
		count_page(r, &d, pages);
		return true;
	}
	root->table_entries++;
	if (d.pa == root->table) {
		root->self = (int)i;
		return true;
	}
	return d.next_level < root->level && sound(r, d.pa, d.next_level);
}

static bool examine(struct run *r, struct root_found *root)
{
	unsigned n = level_entries(r->space.format, root->level, root->index_lg2);
	struct pages pages = {0};

	root->self = -1;
	for (unsigned i = 0; i < n; i++) {
		uint64_t e[2];

		if (!load(r, root->table, root->level, i, e))
			return false;
		if (!(e[0] | e[1]))
			continue;
		if (!root_entry(r, root, i, e, &pages)) {
			root->reserved++;
			/* Tolerant: until those that are left could not make up for it. */
			if (!r->tolerant ||
			    (root->reserved > MOSTLY && root->reserved * ROOT_MOSTLY > root->entries + (n - 1 - i)))
				return false;
			continue;
		}
		root->hash[i >= n / 2] ^= seen_mix(e[0] ^ seen_mix(e[1] + i));
	}
	add_pages(root, &pages);
	if (!r->tolerant || !root->table_entries)
		return root->table_entries > 0;
	if (root->self >= 0 && root->reserved <= MOSTLY)
		return root->reserved * MOSTLY <= root->entries;
	return root->reserved * ROOT_MOSTLY <= root->entries && root->entries >= ROOT_MOSTLY;
}

static uint64_t table_bytes(const struct run *r, unsigned level)
{
	const struct ptg_level *l = &r->space.format->levels[level];

	return (uint64_t)1 << (l->width + l->entry_lg2 + l->stride_lg2);
}

/* These pages hold tables of a tree: no other root begins there. */
static void occupy(struct finder *f, uint64_t pa, uint64_t bytes, const struct root_found *root)
{
	for (uint64_t page = pa & ~(uint64_t)(PAGE - 1); page <= pa + (bytes - 1); page += PAGE) {
		bool fresh;
		struct seen_table *t = seen_get(&f->inside, page, 0, 0, &fresh);

		t->va = root->tables > t->va ? root->tables : t->va;
		if (!finder_good(root))
			continue;
		t = seen_get(&f->inside_good, page, 0, 0, &fresh);
		t->va = root->tables > t->va ? root->tables : t->va;
	}
}

/* What a table entry says: the bits that hardware marks, and what its bits add to the rights of what is below. */
static uint64_t said(const struct run *r, unsigned level, const uint64_t e[2])
{
	const struct ptg_format *f = r->soft.format;
	const struct ptg_kind *k = ptg_kind_(&r->soft, level, e);
	uint64_t attr[PTG_ATTRS], sum = 0;
	struct ptg_env env;

	if (!k)
		return 0;
	memset(&env, 0, sizeof(env));
	env.space = &r->soft;
	env.e[0] = e[0];
	env.e[1] = e[1];
	ptg_attrs_neutral_(f, attr);
	ptg_attrs_(&env, k, attr);
	for (unsigned i = 0; i < f->attr_count && i < PTG_ATTRS; i++)
		sum = seen_mix(sum ^ attr[i]);
	for (unsigned i = 0; i < k->mark_count; i++)
		sum = seen_mix(sum ^ (e[0] & f->marks[k->mark_first + i].mask));
	return sum;
}

/* How many set bits of a table entry make no difference to what it says. */
static unsigned idle_bits(const struct run *r, unsigned level, const uint64_t e[2], const struct ptg_decoded *d)
{
	uint64_t whole = said(r, level, e);
	unsigned idle = 0;

	for (uint64_t left = e[0]; left; left &= left - 1) {
		uint64_t other[2] = {e[0] ^ (left & (0 - left)), e[1]};
		struct ptg_decoded o;

		memset(&o, 0, sizeof(o));
		idle += !ptg_decode(&r->soft, level, other, &o) && o.role == d->role && o.rule == d->rule && o.fault == d->fault &&
			o.pa == d->pa && o.next_level == d->next_level && said(r, level, other) == whole;
	}
	return idle;
}

/* Count what is below, then keep it. */
static void keep(struct run *r, struct root_found *root)
{
	struct finder *f = r->f;
	unsigned n = level_entries(r->space.format, root->level, root->index_lg2);

	r->visited_count = 0;
	for (unsigned i = 0; i < n; i++) {
		struct ptg_decoded d;
		uint64_t e[2];

		memset(&d, 0, sizeof(d));
		if (load(r, root->table, root->level, i, e) && !ptg_decode(&r->soft, root->level, e, &d) && !d.fault &&
		    d.role == PTG_ROLE_TABLE && d.next_level < root->level && d.pa != root->table) {
			if (root->told < LOOKED_AT && ++root->told)
				root->idle += idle_bits(r, root->level, e, &d);
			count_tree(r, root, d.pa, d.next_level);
		}
	}
	if (root->pages == 0)
		return;
	/* One entry in a place for a few: its table may well be the root, and this its address in some structure. */
	for (size_t i = root->entries == 1 && root->index_lg2 < FEW; i < r->visited_count; i++)
		occupy(f, r->visited[i].pa, table_bytes(r, r->visited[i].level), root);
	if (table_bytes(r, root->level) > PAGE)
		occupy(f, root->table + PAGE, table_bytes(r, root->level) - PAGE, root);
	if (f->count == f->room) {
		size_t room = f->room ? 2 * f->room : 64;

		f->found = arena_grow(f->arena, f->found, f->count, room, sizeof(*f->found));
		f->room = room;
	}
	f->found[f->count++] = *root;
}

/* --- a whole image ------------------------------------------------------------------------------------ */

/* Levels a root can have: where the root says `start` or cuts the address, any but the last; else where addresses begin. */
static bool may_start(const struct ptg_format *f, unsigned level)
{
	if (level == 0) /* a flat table leads to no other: any memory could be one */
		return false;
	if (f->flags & PTG_FORMAT_DYNAMIC)
		return level == f->top;
	if (f->root_count && (f->roots[0].start != PTG_NONE || f->roots[0].trim != PTG_NONE))
		return level > 0;
	return level == f->top;
}

/* Nothing but zeroes from pa on, as far as the image can be looked at. */
static bool blank(const struct image_part *p, uint64_t pa, uint64_t bytes)
{
	const unsigned char *at = p->bytes ? p->bytes + (pa - p->pa) : NULL;
	uint64_t n = p->last - pa < bytes ? p->last - pa + 1 : bytes, i = 0;

	if (!at)
		return false;
	for (; n - i >= 64; i += 64) {
		uint64_t w[8];

		memcpy(w, at + i, sizeof(w));
		if (w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7])
			return false;
	}
	while (i < n && !at[i])
		i++;
	return i == n;
}

static void scan_level(struct run *r, unsigned level)
{
	const struct ptg_format *f = r->space.format;
	const struct ptg_level *l = &f->levels[level];
	uint64_t bytes = (uint64_t)1 << (l->width + l->entry_lg2 + l->stride_lg2), step = bytes;
	uint64_t total = image_size(r->f->image), done = 0;

	if (step > 4096 && (l->flags & PTG_LEVEL_ADDED))
		step = 4096;
	if (step < SMALLEST)
		step = SMALLEST;
	for (size_t i = 0; i < r->f->image->part_count; i++) {
		struct image_part p = r->f->image->part[i];
		uint64_t pa = (p.pa + step - 1) & ~(step - 1);

		for (; pa >= p.pa && pa <= p.last && p.last - pa >= 7; pa += step) {
			struct root_found root = {.plan = r->plan, .table = pa, .level = level, .index_lg2 = l->width};
			uint64_t zeros = image_zeros(r->f->image, &p, pa);

			r->f->looked_at++;
			if (r->f->progress)
				r->f->progress(r->f->arg, done + (pa - p.pa), total);
			if (zeros >= bytes) {
				pa += (zeros - bytes) / step * step;
				continue;
			}
			if (!(pa & (PAGE - 1)) && blank(&p, pa, bytes > PAGE ? bytes : PAGE)) {
				pa += bytes > PAGE ? 0 : PAGE - step;
				continue;
			}
			if (examine(r, &root))
				keep(r, &root);
		}
		done += p.last - p.pa + 1;
	}
}

static bool start(struct run *r, struct finder *f, struct plan *plan, const char **why)
{
	r->f = f;
	r->plan = plan;
	r->tree.arena = r->known.arena = f->inside.arena = f->inside_good.arena = f->arena;
	r->lenient = arena_alloc(f->arena, sizeof(*r->lenient));
	*r->lenient = *plan;
	if (!view_ignore(f->arena, r->lenient, ~(uint64_t)0, NULL, why))
		return false;
	if (ptg_space_setup(&r->space, &plan->format, &ptg_generic_walker, &f->image->mapper) ||
	    ptg_space_setup(&r->soft, &r->lenient->format, &ptg_generic_walker, &f->image->mapper)) {
		*why = arena_printf(f->arena, "%s cannot be set up", plan->format.name);
		return false;
	}
	return true;
}

bool finder_run(struct finder *f, struct plan *plan, bool tolerant, const char **why)
{
	struct run *r = arena_alloc(f->arena, sizeof(*r));

	if (plan->stage[0])
		return true; /* its stages have roots of their own */
	if (!start(r, f, plan, why))
		return false;
	r->tolerant = tolerant;
	for (unsigned level = plan->format.level_count; level-- > 0;)
		if (may_start(&plan->format, level))
			scan_level(r, level);
	return true;
}
