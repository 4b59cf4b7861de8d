/* SPDX-License-Identifier: MIT */
/* finder_rank.c - which candidates are roots of their own, and how good */
#include <stdlib.h>
#include <string.h>

#include "gen/inspect/finder.h"

/* --- rank ----------------------------------------------------------------------------- */

static int by_hash(const void *x, const void *y)
{
	const struct root_found *a = *(struct root_found *const *)x, *b = *(struct root_found *const *)y;

	if (a->plan != b->plan)
		return (uintptr_t)a->plan < (uintptr_t)b->plan ? -1 : 1;
	return a->hash[1] < b->hash[1] ? -1 : a->hash[1] > b->hash[1];
}

/* Roots with the same upper half: kernels share theirs among processes. */
static void count_sharers(struct finder *f)
{
	struct root_found **order = arena_array(f->arena, f->count + 1, sizeof(struct root_found *));

	for (size_t i = 0; i < f->count; i++)
		order[i] = &f->found[i];
	qsort(order, f->count, sizeof(*order), by_hash);
	for (size_t i = 0, j; i < f->count; i = j) {
		for (j = i + 1; j < f->count && by_hash(&order[i], &order[j]) == 0;)
			j++;
		for (size_t k = i; k < j && order[i]->hash[1]; k++)
			order[k]->sharers = (unsigned)(j - i - 1);
	}
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

bool finder_good(const struct root_found *r)
{
	return 2 * r->alike >= r->pages && 2 * r->hollow <= r->tables - r->empty && r->idle < 3 * r->told;
}

/* From 0 to 2.  What maps memory that is not there, or each page in another way, is noise, however large. */
static double score_of(const struct root_found *r)
{
	double score = 1 - 8 / (8 + (double)r->tables);
	double ram = share(r->pages_in_ram, r->pages), alike = share(r->alike, r->pages);

	score += r->self >= 0 ? 0.5 : 0;
	score += r->sharers > 20 ? 0.5 : 0.025 * r->sharers;
	score *= (0.02 + 0.98 * ram * ram) * (0.02 + 0.98 * alike * alike);
	score *= finder_good(r) ? 1 : 0.1;
	return r->reserved ? score / 2 : score;
}

/* Where the best map memory, those that map next to none of it, or one page where they map hundreds, are chance. */
static void mark_weak(struct finder *f)
{
	uint64_t most = 0;

	for (size_t i = 0; i < f->count; i++)
		if (!f->found[i].inside && finder_good(&f->found[i]) && f->found[i].pages > most &&
		    2 * f->found[i].pages_in_ram >= f->found[i].pages)
			most = f->found[i].pages;
	for (size_t i = 0; i < f->count && most; i++) {
		struct root_found *r = &f->found[i];

		r->weak = !finder_good(r) || share(r->pages_in_ram, r->pages) < 0.05 ||
			  (r->tables < 3 && r->pages < most / 256);
	}
}

static int by_score(const void *x, const void *y)
{
	const struct root_found *a = x, *b = y;

	if (a->inside != b->inside)
		return a->inside ? 1 : -1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	if (a->told_apart != b->told_apart)
		return a->told_apart > b->told_apart ? -1 : 1;
	if (a->idle != b->idle) /* the format that knows more of the bits */
		return a->idle < b->idle ? -1 : 1;
	return strcmp(a->plan->format.name, b->plan->format.name);
}

/* Bytes of the first table. */
static uint64_t extent(const struct root_found *r)
{
	const struct ptg_level *l = &r->plan->format.levels[r->level];

	return (uint64_t)1 << (r->index_lg2 + l->entry_lg2 + l->stride_lg2);
}

static bool larger(const struct root_found *a, const struct root_found *b)
{
	if (finder_good(a) != finder_good(b))
		return finder_good(a);
	return a->tables != b->tables ? a->tables > b->tables : a->pages > b->pages;
}

static int by_table(const void *x, const void *y)
{
	const struct root_found *a = x, *b = y;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	return larger(a, b) ? -1 : larger(b, a);
}

/* Two first tables of one other format, each with most of what this one has: it is those, read as one. */
static bool made_of_two(const struct finder *f, size_t i)
{
	const struct root_found *a = &f->found[i], *one = NULL;

	for (size_t j = i + 1; j < f->count && f->found[j].table - a->table < extent(a); j++) {
		const struct root_found *b = &f->found[j];

		if (b->plan == a->plan || !finder_good(b) || 2 * b->tables < a->tables || extent(b) >= extent(a))
			continue;
		if (one && one->plan == b->plan && one->table != b->table)
			return true;
		one = one ? one : b;
	}
	return false;
}

/*
 * Tables that share bytes cannot both be roots: the good one, then the one with the
 * larger tree is it (a table read a level too high has its pages as tables); of equal ones the later, whose entries begin where it begins.
 */
static void drop_overlaps(struct finder *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct root_found *a = &f->found[i];

		if (made_of_two(f, i)) {
			a->inside = true;
			continue;
		}
		for (size_t j = i + 1; j < f->count && f->found[j].table - a->table < extent(a); j++) {
			struct root_found *b = &f->found[j];

			if (larger(a, b))
				b->inside = true;
			else if (larger(b, a) || a->table != b->table)
				a->inside = true;
		}
	}
}

static int by_plan(const void *x, const void *y)
{
	const struct root_found *a = x, *b = y;

	if (a->plan != b->plan)
		return (uintptr_t)a->plan < (uintptr_t)b->plan ? -1 : 1;
	return a->level != b->level ? (a->level < b->level ? -1 : 1) : by_table(x, y);
}

/*
 * One tree that several formats read alike is one candidate: it counts as the best reading makes it.  A format that
 * tells less apart finds neighbours more alike, which says nothing for it.
 */
static void share_scores(struct finder *f)
{
	for (size_t i = 0, j; i < f->count; i = j) {
		for (j = i + 1; j < f->count && f->found[j].table == f->found[i].table;)
			j++;
		for (size_t a = i; a < j; a++)
			for (size_t b = i; b < j; b++)
				if (finder_same_tree(&f->found[a], &f->found[b]) && f->found[b].score > f->found[a].score)
					f->found[a].score = f->found[b].score;
	}
}

bool finder_same_tree(const struct root_found *a, const struct root_found *b)
{
	return a->table == b->table && a->tables == b->tables && a->pages == b->pages && a->inside == b->inside &&
	       a->weak == b->weak;
}

/* How many kinds of pages each format tells apart in all its roots, which lie together. */
static void count_told_apart(struct finder *f)
{
	for (size_t i = 0, j; i < f->count; i = j) {
		bool user = false, supervisor = false;
		uint64_t looks = 0;

		for (j = i; j < f->count && f->found[j].plan == f->found[i].plan; j++) {
			if (f->found[j].inside || f->found[j].weak)
				continue;
			looks |= f->found[j].looks;
			user = user || f->found[j].user;
			supervisor = supervisor || f->found[j].supervisor;
		}
		for (size_t k = i; k < j; k++)
			f->found[k].told_apart = (unsigned)__builtin_popcountll(looks) + (user && supervisor ? 64 : 0);
	}
}

/* --- all of it ----------------------------------------------------------------------------- */

void finder_rank(struct finder *f)
{
	struct finder_start memo = {0};
	bool good = false;

	for (size_t i = 0; i < f->count; i++)
		good |= finder_good(&f->found[i]);
	if (f->count)
		qsort(f->found, f->count, sizeof(*f->found), by_table);
	for (size_t i = 0; i < f->count; i++) {
		const struct seen_table *t = seen_find(good ? &f->inside_good : &f->inside, f->found[i].table & ~(uint64_t)0xfff, 0, 0);

		f->found[i].inside = t && t->va > f->found[i].tables;
	}
	drop_overlaps(f);
	count_sharers(f);
	mark_weak(f);
	for (size_t i = 0; i < f->count; i++)
		f->found[i].score = score_of(&f->found[i]);
	share_scores(f);
	if (f->count)
		qsort(f->found, f->count, sizeof(*f->found), by_plan);
	count_told_apart(f);
	for (size_t i = 0; i < f->count; i++)
		f->found[i].reg = finder_root_text(f->arena, &f->found[i], &memo);
	if (f->count)
		qsort(f->found, f->count, sizeof(*f->found), by_score);
}
