/* SPDX-License-Identifier: MIT */
/*
 * ptg_change.h - what the files that change tables share
 *
 * Private.  Every change runs twice over its range [first, last]: the first pass
 * only looks, finds everything that can refuse and counts the tables needed;
 * then the tables are allocated; the second pass stores, and can fail only
 * when the mapper does.  Both passes are the same code: what would store
 * merely notes the need while op->commit is false.
 *
 * A frame is one table on the way down.  It is real (it is in memory), or not
 * yet: an empty one that a new mapping needs, or one that a large page is split
 * into.  Reading a frame that is not there gives the entries it would have.
 * ptg_need_() makes it real: a table out of the pool, filled, and linked into the
 * table above only when the frame is closed, complete.
 */
#ifndef PTG_CHANGE_H
#define PTG_CHANGE_H

#include "ptg_core.h"
#include "ptg_mem.h"

/* Returned inside only, never to the user. */
#define PTG_AGAIN_ 1             /* another mapper was faster: look again */
#define PTG_CUT_ 2               /* make this page smaller, then come again */

enum ptg_source_ { PTG_REAL_, PTG_NEW_, PTG_SPLIT_ };

struct ptg_frame_ {
	struct ptg_frame_ *up;   /* NULL: the first table */
	uint64_t up_index, va;   /* the entry above that leads here, and an address below it */
	struct ptg_table t;      /* pa is 0 while the frame is not real */
	uint8_t source, entry_lg2, stride_lg2;
	uint8_t alternative, children; /* which of how many below the entry above */
	bool there;              /* in memory */
	bool fresh;              /* out of the pool (or counted), not linked yet: nobody looks */
	bool passes;             /* an empty entry sends the walk to the next alternative */
	bool one;                /* the index comes from a context, not from the address */
	bool kept;               /* unmap: something below could not go */
	bool full;               /* new: about to be filled from end to end */
	bool narrow;             /* a table above may take away what the entries here say (grant.c) */
	uint64_t base;           /* address that index 0 stands for */
	uint64_t lo, hi;         /* entries that exist, inclusive */
	uint64_t empty[2];
	ptg_word64_ *word;       /* the host's view when entries are 64-bit words in its order, or NULL */
	bool hidden;             /* split: the large page is not present, but keeps its address; so do those here */
	bool deep;               /* split: no page of this size: every entry leads to a table of smaller ones (subtree.c) */
	bool adopted;            /* fresh, and linked into a table that is so too */
	const struct ptg_kind *page, *from;   /* split: kind of the entries here ..., of the large page */
	uint64_t page_e[2], page_pa, old[2];  /* ... without an address, address of the first, the large page */
	uint64_t from_e[2];                   /* the same as a present one */
	bool broken;             /* looking: a group in broken_first..broken_last is to be written as single pages */
	uint8_t broken_group;
	uint64_t broken_first, broken_last;
};

/* Is the table at pa one of those that the frame was reached by?  Then it is below itself, and nothing is changed through it. */
static inline bool ptg_above_(const struct ptg_frame_ *fr, uint64_t pa)
{
	for (; fr; fr = fr->up)
		if (fr->there && fr->t.pa == pa)
			return true;
	return false;
}

enum ptg_what_ { PTG_IS_EMPTY_, PTG_IS_SOFT_, PTG_IS_TABLE_, PTG_IS_PAGE_, PTG_IS_GAP_, PTG_IS_BAD_ };

struct ptg_seen_ {               /* one entry, loaded once */
	uint64_t e[2];
	const struct ptg_kind *k;
	uint8_t what;            /* SOFT: not present, but somebody keeps something there; GAP: skipped address bits */
	uint8_t alternative;     /* of a table: the one taken ... */
	bool pass;               /* empty, and the next alternative of the table above counts */
	struct ptg_table below;  /* ... and where it leads */
};

enum ptg_group_ { PTG_SINGLE_, PTG_HINT_, PTG_NAPOT_, PTG_REPEAT_ };

struct ptg_unit_ {               /* a page, or the group an entry belongs to */
	const struct ptg_kind *k;
	uint64_t e[2];
	uint64_t index, slots;   /* first slot and how many */
	uint64_t first, last;    /* addresses */
	uint64_t pa;             /* of the first byte */
	uint8_t group, lg2;
};

struct ptg_choice_ {             /* one way to write a page */
	const struct ptg_kind *k;
	uint64_t sizes;          /* bit n: it makes pages or groups of 2^n bytes */
	uint64_t pa_mask;        /* address bits it can hold */
	uint64_t e[2], step;     /* everything but the address; what the next page adds, 0: not a plain sum */
	uint8_t level, group;
	bool ready, refused;     /* refused: it cannot have the attributes */
};
#define PTG_CHOICES 24

struct ptg_memo_ {               /* entries that differ from a known page in address and marks only */
	const struct ptg_kind *k;
	uint64_t fixed, value;   /* the rest of the entry, and what it is */
	uint64_t zero;           /* bits of the address that must be 0 all the same */
	uint64_t set;            /* protect: the rest afterwards */
	uint32_t slots;          /* of the group that each is a member of; 1: a page by itself */
	uint8_t level, reason;
	bool valid;
};

struct ptg_pool_ {               /* tables of one depth, of which some hold the addresses of the others */
	uint64_t head, taken;    /* the first holder, and how many were taken that it held */
	uint64_t tail, held;     /* the last holder, and how many were given to it */
	uint64_t bytes, align, pa_mask, counted;
	uint32_t want, have;
	bool any;                /* counted holds the address of the last table that was counted */
};

struct ptg_op_;
struct ptg_act_ {                /* what ptg_tour_() calls; 0, PTG_CUT_ (page only) or an error */
	int (*page)(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered);
	int (*hole)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last);
	int (*soft)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2], bool covered);
	/* As many of the entries from index to last as it can do by itself; they are covered whole. */
	int (*run)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done);
	/* The same a level up: entries that lead to last tables. */
	int (*tables)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done);
	/* After a table: from and to are the indexes visited. */
	int (*leave)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t from, uint64_t to);
	bool all;                /* visit every child of a table with several, what another hides included */
};

struct ptg_op_ {                 /* one operation */
	const struct ptg_space *s;
	const struct ptg_format *fmt;
	const struct ptg_act_ *act;
	struct ptg_flush *f;
	const struct ptg_attrs *a;
	void *arg;               /* of the act */
	unsigned flags;
	bool quick;              /* the digest of the space (quick.c) holds */
	bool swaps;              /* entries that hardware marks can be compared and swapped */
	bool commit, live, bbm, clean; /* clean: looking, map met nothing but empty entries */
	bool dirty_pool;         /* tables came back into the pool: none may be zeroed any more */
	bool nonpresent;         /* leaves are written so that they keep their address, not present */
	uint8_t choice_count, smallest_lg2;
	uint8_t empty_known, passes; /* bit n: empty[n] is set; an empty entry there passes the walk on */
	uint64_t empty[PTG_LEVELS][2];
	const struct ptg_kind *table_kind[PTG_LEVELS]; /* of those asked for; known in link_known */
	uint8_t link_known;
	uint64_t freeing;        /* looking: tables that will go to the flush object */
	struct ptg_pool_ pool[PTG_LEVELS];
	struct ptg_memo_ memo;
	struct ptg_choice_ choice[PTG_CHOICES];
	struct ptg_flush own;    /* when the caller gave none */
	uint64_t own_table[8];
};

/* --- an operation (op.c) --------------------------------------------------------- */

int ptg_op_begin_(struct ptg_op_ *op, const struct ptg_space *s, unsigned flags, struct ptg_flush *f);
/* Look, allocate, do.  `pass` runs once or twice; the answer is the operation's. */
int ptg_op_run_(struct ptg_op_ *op, int (*pass)(struct ptg_op_ *op));
int ptg_op_end_(struct ptg_op_ *op, int err);
/* Calls each() with the first table of every part of the range. */
int ptg_op_roots_(struct ptg_op_ *op, uint64_t first, uint64_t last,
		  int (*each)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last));

/* --- ranges (args.c) ------------------------------------------------------------- */

int ptg_args_(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t *last);
unsigned ptg_smallest_lg2_(const struct ptg_space *s);

/* --- frames (frame.c, slot.c) ---------------------------------------------------- */

int ptg_open_(struct ptg_op_ *op, struct ptg_frame_ *up, uint64_t index, uint64_t va, const struct ptg_seen_ *seen,
	      unsigned alternative, struct ptg_frame_ *fr);
void ptg_next_(struct ptg_frame_ *fr);
int ptg_close_(struct ptg_op_ *op, struct ptg_frame_ *fr, int err);
int ptg_need_(struct ptg_op_ *op, struct ptg_frame_ *fr);
void ptg_attach_(struct ptg_op_ *op, struct ptg_frame_ *fr); /* maps a real table; fills what follows from t */
void ptg_detach_(struct ptg_op_ *op, struct ptg_frame_ *fr);
uint64_t ptg_bytes_(const struct ptg_frame_ *fr);
uint64_t ptg_at_(const struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va); /* index */
uint64_t ptg_va_(const struct ptg_frame_ *fr, uint64_t index);
unsigned ptg_last_child_(const struct ptg_op_ *op, const struct ptg_frame_ *fr); /* where a page here is split into */

int ptg_peek_slow_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2]);
int ptg_poke_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2]); /* plain, or release */
int ptg_fill_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t count, const uint64_t e[2], uint64_t step);
/* 1: swapped, 0: old[] is what is there now. */
int ptg_trade_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t old[2], const uint64_t new[2]);
int ptg_see_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t va, struct ptg_seen_ *seen);
void ptg_unit_of_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen, struct ptg_unit_ *u);
/* Bits of the low word that an expression reads; all of them where that is not plain. */
uint64_t ptg_reads_(const struct ptg_format *f, unsigned node);
bool ptg_memo_learn_(struct ptg_op_ *op, const struct ptg_frame_ *fr, const uint64_t e[2], const struct ptg_kind *k);
bool ptg_memo_group_(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_unit_ *u); /* u->e: of a member */
/* Takes the entry away from hardware: old[] is what it was last, with its marks. */
int ptg_take_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t old[2]);
int ptg_bring_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2]); /* and back */
/*
 * The page entry old, of kind k, becomes new; marks that hardware sets meanwhile stay.  `hard`: through
 * invalid and a flush, where the format wants that.  Looking: only whether it can be done.  PTG_AGAIN_: nothing was
 * done, for hardware has changed rights by a mark while new has other ones: make new anew.
 */
int ptg_change_entry_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_kind *k,
		      uint64_t old[2], const uint64_t new[2], bool hard);
void ptg_env_of_(const struct ptg_op_ *op, struct ptg_env *env, const uint64_t e[2], uint64_t va);

/* The walk may go on in the next table below the same entry. */
static inline bool ptg_sibling_(const struct ptg_frame_ *fr)
{
	return fr->alternative + 1u < fr->children;
}

/* The last address of up to `last` that a table covers: one that skips levels covers less than its entry spans. */
static inline uint64_t ptg_covered_(const struct ptg_table *t, uint64_t va, uint64_t last)
{
	uint64_t end = va | ptg_mask_((unsigned)(t->shift + t->index_lg2));

	return end < last ? end : last;
}

static inline bool ptg_same_(const uint64_t a[2], const uint64_t b[2])
{
	return !((a[0] ^ b[0]) | (a[1] ^ b[1]));
}

static inline void ptg_table_set_(struct ptg_table *t, const struct ptg_table *from)
{
	t->pa = from->pa;
	t->level = from->level;
	t->index_lg2 = from->index_lg2;
	t->shift = from->shift;
	t->added = from->added;
}

/* A frame's words.  Hosts without 64-bit atomics never have them (frame.c). */
static inline uint64_t ptg_word_get_(const ptg_word64_ *w)
{
#if PTG_ATOMIC64
	return __atomic_load_n(w, __ATOMIC_RELAXED);
#else
	return *w;
#endif
}

static inline void ptg_word_put_(ptg_word64_ *w, uint64_t v)
{
#if PTG_ATOMIC64
	__atomic_store_n(w, v, __ATOMIC_RELAXED);
#else
	*w = v;
#endif
}

static inline bool ptg_word_swap_(ptg_word64_ *w, uint64_t *old, uint64_t v)
{
#if PTG_ATOMIC64
	return __atomic_compare_exchange_n(w, old, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
#else
	(void)w, (void)old, (void)v;
	return false;
#endif
}

/* Runs of words (words.c). */
void ptg_words_fill_(ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step, bool stream);
/* How many from the start on agree with value in the fixed bits, and have none of the zero ones. */
uint64_t ptg_words_like_(const ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, uint64_t zero);
uint64_t ptg_words_step_(const ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step, const ptg_word64_ *soon);
uint64_t ptg_words_pages_(const ptg_word64_ *w, uint64_t n, uint64_t varies, uint64_t fixed, unsigned shl, uint64_t *pa,
			  const ptg_word64_ *soon);
uint64_t ptg_words_marks_(const ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, unsigned place, uint8_t *bitmap);
void ptg_words_change_(ptg_word64_ *w, uint64_t n, uint64_t keep, uint64_t set); /* nobody else writes */
uint64_t ptg_words_turn_(ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, uint64_t zero, uint64_t set);
void ptg_words_fence_(void); /* after streaming stores */

static inline int ptg_peek_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2])
{
	if (fr->word && !fr->broken) {
		e[0] = ptg_word_get_(&fr->word[index]);
		e[1] = 0;
		return PTG_OK;
	}
	return ptg_peek_slow_(op, fr, index, e);
}

static inline bool ptg_memo_hit_(const struct ptg_memo_ *m, uint64_t e)
{
	return (e & m->fixed) == m->value && !(e & m->zero);
}

void ptg_view_(struct ptg_op_ *op, struct ptg_frame_ *fr);
/* A table that the frame stands for: counted; taken from the pool and filled. */
int ptg_table_count_(struct ptg_op_ *op, struct ptg_frame_ *fr);
int ptg_table_make_(struct ptg_op_ *op, struct ptg_frame_ *fr);

/* --- what a large page becomes (subtree.c) ------------------------------------------------ */

int ptg_split_open_(struct ptg_op_ *op, const struct ptg_seen_ *seen, struct ptg_frame_ *fr);
const struct ptg_seen_ *ptg_split_seen_(const struct ptg_frame_ *up, struct ptg_seen_ *page);
void ptg_split_entry_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2]);
int ptg_split_fill_(struct ptg_op_ *op, struct ptg_frame_ *fr);
int ptg_subtree_count_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t n);
int ptg_adopt_(struct ptg_op_ *op, struct ptg_frame_ *fr);

/* --- tables (pool.c, link.c) ---------------------------------------------------------- */

int ptg_pool_count_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t pa_mask);
int ptg_pool_more_(struct ptg_op_ *op, unsigned level, uint64_t n); /* so many like it: PTG_E_NOMEM: beyond counting */
/* Of tables below that level: those that came since `before`, and as many for each of n entries like that one. */
int ptg_pool_again_(struct ptg_op_ *op, unsigned level, const uint32_t *before, uint64_t n);
int ptg_pool_fill_(struct ptg_op_ *op);
int ptg_pool_take_(struct ptg_op_ *op, unsigned level, uint64_t *pa);
void ptg_pool_give_(struct ptg_op_ *op, unsigned level, uint64_t pa);
void ptg_pool_drain_(struct ptg_op_ *op);
void ptg_recycle_(struct ptg_op_ *op, const struct ptg_table *t); /* a tree nobody has seen, tables back into the pool */
/* The entry that leads to a table at pa, made of what is there now. PTG_E_SPLIT, PTG_E_UNSUPPORTED: no such entry. */
int ptg_link_value_(struct ptg_op_ *op, const struct ptg_frame_ *up, const uint64_t now[2], unsigned alternative, uint64_t pa, uint64_t e[2]);
/* The same without that alternative. */
void ptg_unlink_value_(struct ptg_op_ *op, const struct ptg_frame_ *up, const uint64_t now[2], unsigned alternative, uint64_t e[2]);
/* Nothing but empty entries and tables of such, or with `any` whatever: 1; 0; or an error. *tables counts the tables. */
int ptg_barren_(struct ptg_op_ *op, struct ptg_frame_ *fr, bool any, uint64_t *tables);
/* Every table of a tree that is no longer linked goes to the flush object. */
int ptg_discard_(struct ptg_op_ *op, struct ptg_frame_ *fr, bool flushed);
/* Accessed and dirty marks that were set on the large page meanwhile, into the tree that replaces it. */
void ptg_remark_(struct ptg_op_ *op, const struct ptg_table *t, const struct ptg_kind *k, const uint64_t e[2]);

/* --- pages (choice.c, convert.c, group.c) ------------------------------------------------ */

void ptg_choices_(struct ptg_op_ *op);
/* No page of that depth, or with PTG_NO_LEVEL none at all, can have the attributes. */
bool ptg_refused_(struct ptg_op_ *op, unsigned level);
/* The best choice at this table for va up to last; NULL: none.  *lg2 is its size, at most max_lg2. */
struct ptg_choice_ *ptg_pick_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t last, uint64_t pa,
			      unsigned max_lg2, unsigned *lg2);
uint64_t ptg_larger_(const struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t pa, unsigned lg2);
void ptg_choice_entry_(struct ptg_op_ *op, const struct ptg_choice_ *c, uint64_t pa, unsigned lg2, uint64_t e[2]);
/* The kind of a page of one slot at this level; NULL. */
const struct ptg_kind *ptg_single_(const struct ptg_space *s, const struct ptg_table *t);
bool ptg_kind_on_(const struct ptg_space *s, const struct ptg_kind *k);
void ptg_zero_out_(const struct ptg_space *s, const struct ptg_kind *k, uint64_t e[2]);
uint64_t ptg_pa_there_(const struct ptg_env *env, uint64_t mask);
uint64_t ptg_pa_mask_(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2]);
/* The same attributes in another kind, without the address. PTG_E_SPLIT: it cannot. */
int ptg_convert_(const struct ptg_space *s, const struct ptg_kind *from, const uint64_t e[2], const struct ptg_kind *to,
		 uint64_t out[2]);
uint64_t ptg_variable_(const struct ptg_kind *k); /* address, mark and soft bits of the low word, where known */
/* A group becomes single pages. */
int ptg_break_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u);
/* The same of those members that are there, entry by entry, with nothing to fall back on. */
int ptg_ungroup_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, const struct ptg_kind *to);
/* Not present, but keeping the address; and back.  PTG_E_ATTR: the format cannot. */
int ptg_hide_(const struct ptg_space *s, unsigned level, const struct ptg_kind *k, uint64_t e[2]);
const struct ptg_kind *ptg_unhide_(const struct ptg_space *s, const struct ptg_table *t, uint64_t e[2]);

/* --- mapping (map.c, map_way.c, map_call.c) ------------------------------------------------ */

struct ptg_pieces_ {             /* op->arg of a mapping */
	const struct ptg_sg *sg;
	size_t n;
	uint64_t va;
	uint64_t first, pa;      /* of the piece under way */
};
int ptg_map_pass_(struct ptg_op_ *op);
int ptg_map_pieces_(const struct ptg_space *s, struct ptg_pieces_ *m, uint64_t len, const struct ptg_attrs *a,
		    unsigned flags, struct ptg_flush *f);
/* What a page in these slots may do about what is there: 1 take the place, 0 not, or the refusal. */
int ptg_map_judge_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t slots);
/*
 * One slot that such a page takes is made free, or, with a table in it that can give way to the page in one store,
 * left as it is: *tables.  Then hardware forgets the old entries of first..last.
 */
int ptg_map_clear_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last, bool *tables);
int ptg_map_over_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2]); /* that store */
int ptg_map_replaces_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t va, uint64_t units, unsigned slots_lg2, uint64_t *done);
int ptg_map_break_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last);
/* Looking, at a table that a large page would become (map_alike.c): its entries have all the same below them. */
bool ptg_map_alike_(const struct ptg_op_ *op, const struct ptg_frame_ *fr);
/* Whether no page of such a table may be in va..*end, three entries at least. */
bool ptg_map_none_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t pa, uint64_t last, unsigned max_lg2,
		   uint64_t *end);
/* What is to go below whole entries of it is looked at below the first and the last one, and counted for all. */
int ptg_map_below_alike_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last,
			 int (*below)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last));

/* --- what tables above leave (grant.c) ------------------------------------------------------- */

/* Whether a table entry may say anything about what is below: those made here do not. */
bool ptg_speaks_(const struct ptg_format *f, const struct ptg_kind *k, const uint64_t e[2]);
/* Whether a page of fr with entry e has there what op->a asks for and e says. PTG_E_ATTR. */
int ptg_grants_(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_kind *k, const uint64_t e[2]);
/* Whether entry e, of kind k, means the same beside the table child as in it: 1, 0 or an error. */
int ptg_grants_alike_(struct ptg_op_ *op, const struct ptg_frame_ *child, const struct ptg_kind *k, const uint64_t e[2]);

/* --- one page (one.c) ---------------------------------------------------------------------- */

#define PTG_ONE_RIGHTS_ 4u /* quick.one: rights of pages are changed, which say nothing of their memory type and key */
/* Arguments unchecked, but for s.  false: not so simple a call; nothing was done. */
bool ptg_map_straight_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
		       unsigned flags, struct ptg_flush *f);
bool ptg_unmap_straight_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
bool ptg_protect_straight_(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
			   struct ptg_flush *f);

/* A page of the last level, which generated code has tried to map or unmap straight. */
static inline bool ptg_is_one_(const struct ptg_space *s, uint64_t len)
{
	return len == ptg_shl_(1, s->format->levels[0].shift & 63);
}

/* --- other changes (collapse.c, protect.c) ------------------------------------------------- */

/* Small pages become large ones again; `edges`: in tables that only touch the range, too. */
int ptg_collapse_(const struct ptg_space *s, uint64_t first, uint64_t last, bool edges, unsigned flags, struct ptg_flush *f);

/* --- two tables below one entry (sideways.c) --------------------------------------------------- */

/* Whether the next table holds anything for addresses that this one is about to map: 1, 0 or an error.  It may be cleared. */
int ptg_beneath_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last, bool clear);
/* A page here becomes pages there.  PTG_E_SPLIT: there is no such table. */
int ptg_sideways_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u);
int ptg_side_tour_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, uint64_t first, uint64_t last);

/* --- the tour (tour.c) --------------------------------------------------------------------- */

int ptg_tour_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last);
int ptg_tour_pass_(struct ptg_op_ *op, uint64_t first, uint64_t last);

/* --- last tables (bulk.c) ------------------------------------------------------------------- */

struct ptg_bulk_ {               /* one of them, whole */
	uint64_t index, e, pa;   /* the entry that leads to it, and where it is */
	bool narrow;             /* what its entries say may be less there (grant.c) */
	ptg_word64_ *word;       /* NULL: the entry is empty */
	uint64_t n, bytes;
	unsigned level;
};
/*
 * For ptg_act_.tables: as many as are plain, where the memo is of their level.  each(): 0; 1: this one, and
 * what follows, entry by entry; or an error.
 */
int ptg_bulk_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done,
	      int (*each)(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_bulk_ *t));

/* --- flushing (flush.c) ----------------------------------------------------------------------- */

void ptg_flush_add_(struct ptg_op_ *op, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level, unsigned reason);
void ptg_flush_link_(struct ptg_op_ *op, unsigned level);
bool ptg_flush_room_(const struct ptg_op_ *op, uint64_t tables);
int ptg_flush_table_(struct ptg_op_ *op, uint64_t pa, uint64_t bytes, unsigned level, bool flushed);
int ptg_flush_before_(struct ptg_op_ *op, uint64_t tables, bool *done);
int ptg_flush_now_(struct ptg_op_ *op, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level); /* breaks: without the caller's object */
void ptg_flush_free_(const struct ptg_space *s, struct ptg_flush *f); /* its tables, and it is empty again */
void ptg_sync_(const struct ptg_op_ *op, uint64_t pa, uint64_t bytes);

#endif /* PTG_CHANGE_H */
