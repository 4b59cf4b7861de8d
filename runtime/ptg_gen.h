/* SPDX-License-Identifier: MIT */
/*
 * ptg_gen.h - what generated code takes from the runtime
 *
 * Small inline pieces that are the same for every format, and the generic
 * operations a generated one falls back to.  Generated files include ptg.h,
 * which includes this; nobody else needs it.  Names end with an underscore.
 */
#ifndef PTG_GEN_H
#define PTG_GEN_H

#include "ptg.h"
#include "ptg_mem.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef PTG_HOT
#define PTG_HOT __attribute__((hot))
#endif

/* What several operations call: once in the text. */
#ifndef PTG_APART
#define PTG_APART __attribute__((noinline))
#endif

/* `PTG_TAIL return f(...)`: a jump, in functions that are not inlined; where two words come back in registers. */
#ifndef PTG_TAIL
#if defined(__clang__) && defined(__has_attribute) && \
	(defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64))
#if __has_attribute(musttail)
#define PTG_TAIL ; __attribute__((musttail)) /* the attribute is not to belong to a label before it */
#endif
#endif
#ifndef PTG_TAIL
#define PTG_TAIL
#endif
#endif

/*
 * The value as it is, of which the compiler is to know nothing: clang would keep
 * an inverted entry twice, once for each use of it.
 */
#ifndef PTG_ONE_COPY
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__) || defined(__riscv))
#define PTG_ONE_COPY(x) __asm__("" : "+r"(x))
#else
#define PTG_ONE_COPY(x) ((void)0)
#endif
#endif

/* --- the window, held over a straight walk ------------------------------------- */

/*
 * The hot path reads the mapper once and keeps the window in registers:
 *
 *   PTG_HOLD(w, s);                       declares w
 *   PTG_HELD(w, pa)                       is the entry at pa inside?
 *   PTG_HELD64(w, pa)                     the entry
 *
 * Who defines PTG_LOAD64 defines PTG_IN_WINDOW as well; then these use them.
 */
#ifndef PTG_HOLD
#ifdef PTG_USER_LOADS
#define PTG_HOLD(w, space) const struct ptg_space *const w = (space)
#define PTG_HELD(w, pa) PTG_IN_WINDOW(w, pa)
#define PTG_HELD16(w, pa) PTG_LOAD16(w, pa)
#define PTG_HELD32(w, pa) PTG_LOAD32(w, pa)
#define PTG_HELD64(w, pa) PTG_LOAD64(w, pa)
#define PTG_HELD16BE(w, pa) PTG_LOAD16BE(w, pa)
#define PTG_HELD32BE(w, pa) PTG_LOAD32BE(w, pa)
#define PTG_HELD64BE(w, pa) PTG_LOAD64BE(w, pa)
#define PTG_HELD_PREFETCH(w, pa) PTG_PREFETCH(w, pa)
#define PTG_HELD_NEXT(w) ((void)0)
#else
/*
 * The base is the window's less its physical address, as a number: an entry is at base + pa, and its load
 * does not wait for the difference that the bound is compared with.
 */
struct ptg_held {
	uintptr_t base;
	const struct ptg_mapper *mapper;
};
#define PTG_HOLD(w, space)                                                                                   \
	struct ptg_held w = { (uintptr_t)(space)->mapper->window - (uintptr_t)(space)->mapper->window_pa,    \
			      (space)->mapper }
#define PTG_HELD(w, p) PTG_LIKELY((uint64_t)(p) - (w).mapper->window_pa < (w).mapper->window_size)
#define PTG_HELD_AT(w, p) ((const void *)((w).base + (uintptr_t)(p)))
#define PTG_HELD_NEXT(w) PTG_ONE_COPY((w).mapper) /* bounds are operands in memory, not registers */
#define PTG_HELD16(w, p) PTG_GET16(PTG_HELD_AT(w, p))
#define PTG_HELD32(w, p) PTG_GET32(PTG_HELD_AT(w, p))
#define PTG_HELD64(w, p) PTG_GET64(PTG_HELD_AT(w, p))
#define PTG_HELD16BE(w, p) PTG_GET16BE(PTG_HELD_AT(w, p))
#define PTG_HELD32BE(w, p) PTG_GET32BE(PTG_HELD_AT(w, p))
#define PTG_HELD64BE(w, p) PTG_GET64BE(PTG_HELD_AT(w, p))
#define PTG_HELD_PREFETCH(w, p) __builtin_prefetch(PTG_HELD_AT(w, p))
#endif
#endif

/*
 * The same on the way to one entry that is looked at and written: its address becomes its place in the window, so
 * that the bound is compared with, and memory reached by, one number.
 *
 *   struct ptg_reach w = ptg_reach_(s);
 *   PTG_REACHED(w, at)                    is the entry at `at` inside?  `at` is its place then
 *   PTG_BESIDE(w, at)                     the same of a place beside it
 *   PTG_REACHED64(w, at), PTG_REACHED_PUT64(w, at, v)
 */
#ifdef PTG_USER_LOADS
struct ptg_reach {
	const struct ptg_space *space;
};
PTG_INLINE struct ptg_reach ptg_reach_(const struct ptg_space *s)
{
	struct ptg_reach w = { s };

	return w;
}
#define PTG_REACHED(w, at) PTG_IN_WINDOW((w).space, at)
#define PTG_BESIDE(w, at) PTG_IN_WINDOW((w).space, at)
#define PTG_REACHED16(w, at) PTG_LOAD16((w).space, at)
#define PTG_REACHED32(w, at) PTG_LOAD32((w).space, at)
#define PTG_REACHED64(w, at) PTG_LOAD64((w).space, at)
#define PTG_REACHED16BE(w, at) PTG_LOAD16BE((w).space, at)
#define PTG_REACHED32BE(w, at) PTG_LOAD32BE((w).space, at)
#define PTG_REACHED64BE(w, at) PTG_LOAD64BE((w).space, at)
#define PTG_REACHED_PUT32(w, at, v) PTG_STORE32((w).space, at, v)
#define PTG_REACHED_PUT64(w, at, v) PTG_STORE64((w).space, at, v)
#define PTG_REACHED_PUT32BE(w, at, v) PTG_STORE32BE((w).space, at, v)
#define PTG_REACHED_PUT64BE(w, at, v) PTG_STORE64BE((w).space, at, v)
#else
struct ptg_reach {
	unsigned char *window;
	const struct ptg_mapper *mapper;
};
PTG_INLINE struct ptg_reach ptg_reach_(const struct ptg_space *s)
{
	struct ptg_reach w = { (unsigned char *)s->mapper->window, s->mapper };

	return w;
}
#define PTG_REACHED(w, at) PTG_LIKELY(((at) -= (w).mapper->window_pa) < (w).mapper->window_size)
#define PTG_BESIDE(w, at) PTG_LIKELY((at) < (w).mapper->window_size)
#define PTG_REACHED_AT(w, at) ((w).window + (size_t)(at))
#define PTG_REACHED16(w, at) PTG_GET16(PTG_REACHED_AT(w, at))
#define PTG_REACHED32(w, at) PTG_GET32(PTG_REACHED_AT(w, at))
#define PTG_REACHED64(w, at) PTG_GET64(PTG_REACHED_AT(w, at))
#define PTG_REACHED16BE(w, at) PTG_GET16BE(PTG_REACHED_AT(w, at))
#define PTG_REACHED32BE(w, at) PTG_GET32BE(PTG_REACHED_AT(w, at))
#define PTG_REACHED64BE(w, at) PTG_GET64BE(PTG_REACHED_AT(w, at))
#define PTG_REACHED_PUT32(w, at, v) PTG_PUT32(PTG_REACHED_AT(w, at), v)
#define PTG_REACHED_PUT64(w, at, v) PTG_PUT64(PTG_REACHED_AT(w, at), v)
#define PTG_REACHED_PUT32BE(w, at, v) PTG_PUT32BE(PTG_REACHED_AT(w, at), v)
#define PTG_REACHED_PUT64BE(w, at, v) PTG_PUT64BE(PTG_REACHED_AT(w, at), v)
#endif

/* --- one entry, wherever it is --------------------------------------------------- */

/* 0, or PTG_E_IO with *e 0. */
#define PTG_FETCH_(name, bits, lg2)                                                                  \
	PTG_INLINE int name(const struct ptg_space *s, uint64_t pa, uint64_t *e)                     \
	{                                                                                            \
		uint64_t both[2];                                                                    \
		int err;                                                                             \
                                                                                                     \
		if (PTG_IN_WINDOW(s, pa)) {                                                          \
			*e = PTG_LOAD##bits(s, pa);                                                  \
			return PTG_OK;                                                               \
		}                                                                                    \
		err = ptg_cold_load_(s, pa, lg2, both);                                              \
		*e = both[0];                                                                        \
		return err;                                                                          \
	}
PTG_FETCH_(ptg_fetch16_, 16, 1)
PTG_FETCH_(ptg_fetch32_, 32, 2)
PTG_FETCH_(ptg_fetch64_, 64, 3)
PTG_FETCH_(ptg_fetch16be_, 16BE, 1)
PTG_FETCH_(ptg_fetch32be_, 32BE, 2)
PTG_FETCH_(ptg_fetch64be_, 64BE, 3)
#undef PTG_FETCH_

PTG_INLINE int ptg_fetch128_(const struct ptg_space *s, uint64_t pa, uint64_t *e, uint64_t *e_hi)
{
	uint64_t both[2];
	int err = PTG_OK;

	if (PTG_IN_WINDOW(s, pa))
		PTG_LOAD128(s, pa, both);
	else
		err = ptg_cold_load_(s, pa, 4, both);
	*e = both[0];
	*e_hi = both[1];
	return err;
}

PTG_INLINE int ptg_fetch128be_(const struct ptg_space *s, uint64_t pa, uint64_t *e, uint64_t *e_hi)
{
	uint64_t both[2];
	int err = PTG_OK;

	if (PTG_IN_WINDOW(s, pa))
		PTG_LOAD128BE(s, pa, both);
	else
		err = ptg_cold_load_(s, pa, 4, both);
	*e = both[0];
	*e_hi = both[1];
	return err;
}

/* A run of 64-bit entries by pointer, where they are words of the host's and nobody else's loads are asked for; else NULL. */
#if !defined(PTG_USER_LOADS) && !PTG_HOST_BIG
#define PTG_WORDS(space, pa) ((ptg_word64_ *)(void *)PTG_AT(space, pa))
#else
#define PTG_WORDS(space, pa) ((void)(space), (void)(pa), (ptg_word64_ *)0)
#endif
void ptg_words_groups_(ptg_word64_ *w, uint64_t units, uint64_t slots, uint64_t e, uint64_t step, bool stream);

/* --- bits --------------------------------------------------------------------------- */

PTG_INLINE uint64_t ptg_low_(unsigned bits) /* the lowest `bits` bits, 0..64 and beyond */
{
	return bits >= 64 ? ~(uint64_t)0 : ptg_shl_(1, bits) - 1;
}

/* Bits [hi:lo] of a word as a mask; none when lo > hi. */
PTG_INLINE uint64_t ptg_range_(uint64_t hi, uint64_t lo)
{
	return lo > hi || lo > 63 ? 0 : ptg_shl_(ptg_low_((unsigned)(hi - lo >= 63 ? 64 : hi - lo + 1)), (unsigned)lo);
}

/* Bits [hi:lo] of a value; 0 when there are none. */
PTG_INLINE uint64_t ptg_slice_(uint64_t v, uint64_t hi, uint64_t lo)
{
	if (hi < lo || lo > 63)
		return 0;
	return ptg_shr_(v, (unsigned)lo) & ptg_low_(hi - lo >= 63 ? 64 : (unsigned)(hi - lo) + 1);
}

/* The `width` bits that follow the first `lo` of an index; a narrower index has zeros to its right. */
PTG_INLINE uint64_t ptg_index_top_(uint64_t index, unsigned index_lg2, unsigned lo, unsigned width)
{
	unsigned end = lo + width;
	uint64_t v = index_lg2 >= end ? (index_lg2 - end < 64 ? ptg_shr_(index, index_lg2 - end) : 0)
				      : (end - index_lg2 < 64 ? ptg_shl_(index, end - index_lg2) : 0);

	return v & ptg_low_(width);
}

/* Bits [lo + width - 1 : lo] of the context. */
PTG_INLINE uint64_t ptg_ctx_(const struct ptg_space *s, unsigned lo, unsigned width)
{
	unsigned i = lo / 64, at = lo % 64;
	uint64_t v;

	if (i > 3)
		return 0;
	v = ptg_shr_(s->ctx[i], at);
	if (at && i < 3)
		v |= ptg_shl_(s->ctx[i + 1], 64 - at);
	return v & ptg_low_(width);
}

/* Place of the highest set bit; x != 0. */
PTG_INLINE unsigned ptg_log2_(uint64_t x)
{
	unsigned n = 0;

	if (x >> 32)
		x >>= 32, n += 32;
	if (x >> 16)
		x >>= 16, n += 16;
	if (x >> 8)
		x >>= 8, n += 8;
	if (x >> 4)
		x >>= 4, n += 4;
	if (x >> 2)
		x >>= 2, n += 2;
	return n + (unsigned)(x >> 1);
}

/* log2 of a size out of an expression. */
PTG_INLINE unsigned ptg_size_(uint64_t lg2)
{
	return lg2 < 64 ? (unsigned)lg2 : 63;
}

/* Size of a page whose field is marked by its lowest 1 (value: the field; for a 0, its complement). */
PTG_INLINE unsigned ptg_napot_lg2_(uint64_t value, unsigned at, unsigned otherwise)
{
	return value ? at + ptg_log2_(value & (0 - value)) + 1 : otherwise;
}

/* A piece of an address whose ends move: source bits [hi:lo], the destination keeps its distance. */
PTG_INLINE uint64_t ptg_piece_(uint64_t e, uint64_t e_hi, unsigned src_lo, unsigned dst_lo, uint64_t hi, uint64_t lo)
{
	uint64_t v, to = dst_lo + lo - src_lo;
	unsigned width = hi + 1 > lo && hi + 1 <= 128 ? (unsigned)(hi + 1 - lo) : 0;

	if (lo > 127 || to > 63)
		return 0;
	v = ptg_shr_(lo < 64 ? e : e_hi, (unsigned)lo & 63);
	if (lo && lo < 64)
		v |= ptg_shl_(e_hi, (unsigned)(64 - lo));
	return ptg_shl_(v & ptg_low_(width), (unsigned)to);
}

/* --- the root ------------------------------------------------------------------------- */

/* Level, index width, address bits and flags of a root as one number, so that one compare tells a plain one. */
#define PTG_SHAPE_(level, index_lg2, va_lg2, flags) \
	((uint32_t)(level) | (uint32_t)(index_lg2) << 8 | (uint32_t)(va_lg2) << 16 | (uint32_t)(flags) << 24)
PTG_INLINE uint32_t ptg_shape_(const struct ptg_root *r)
{
	return PTG_SHAPE_(r->level, r->index_lg2, r->va_lg2, r->flags);
}

/* How the first root tells its address bits from the others': place and number of bits, first value of the second root. */
#define PTG_CHOICE_(lo, width, first) ((uint32_t)(lo) | (uint32_t)(width) << 8 | (uint32_t)(first) << 16)
PTG_INLINE uint32_t ptg_choice_(const struct ptg_space *s)
{
	const struct ptg_root *r = &s->root[0];

	/* four bytes in a row: one compare */
	return PTG_CHOICE_(r->sel_lo, r->sel_width, r->sel_first) | (uint32_t)r->sel_reserved_ << 24;
}

PTG_INLINE const struct ptg_root *ptg_root_for_(const struct ptg_space *s, uint64_t va, bool many)
{
	const struct ptg_root *r = &s->root[0];
	unsigned n;

	if (!r->sel_width)
		return r;
	n = (unsigned)(ptg_shr_(va, r->sel_lo & 63) & ptg_low_(r->sel_width));
	return many ? &s->root[n & 3] : &s->root[n >= r->sel_first];
}

/* Do the address bits above those that count agree?  check: enum ptg_va_check. */
PTG_INLINE bool ptg_va_fits_(const struct ptg_space *s, const struct ptg_root *r, uint64_t va, unsigned check)
{
	const struct ptg_root *first = &s->root[0];
	uint64_t above = ~(ptg_low_(r->va_lg2) | r->va_ignore), sign = 0;

	if (check == PTG_VA_SIGN && r->va_lg2)
		sign = ptg_shr_(va, (r->va_lg2 - 1u) & 63) & 1;
	else if (check == PTG_VA_ROOT)
		sign = ptg_shr_(va, first->sel_lo & 63) & 1;
	else if (r != first) /* the bits that chose it are what they must be */
		above &= ~ptg_shl_(ptg_low_(first->sel_width), first->sel_lo & 63);
	return !((va ^ (0 - sign)) & above);
}

/* --- answers ---------------------------------------------------------------------------- */

/* The rights an access needs, every single one of them; ORDER enum ptg_access, enum ptg_right. */
PTG_INLINE unsigned ptg_wanted_of_(unsigned access)
{
	unsigned want = access & (PTG_READ | PTG_WRITE | PTG_EXEC);

	return access & PTG_USER ? want : want << 3;
}

PTG_INLINE void ptg_clear_(struct ptg_translation *t)
{
	t->pa = t->entry = t->entry_hi = t->entry_pa = 0;
	t->rights = 0;
	t->memtype = t->rule = 0;
	t->fault = t->level = t->page_lg2 = t->contig_lg2 = 0;
	t->key = t->stage = t->space = t->reserved_ = 0;
}

PTG_INLINE enum ptg_fault ptg_stop_(struct ptg_translation *t, unsigned fault, unsigned rule)
{
	t->rule = (uint16_t)rule;
	t->fault = (uint8_t)fault;
	return (enum ptg_fault)fault;
}

/* No walk can start from the root: by the rule it has for that, class config unless the rule says otherwise. */
PTG_INLINE enum ptg_fault ptg_no_root_(struct ptg_translation *t, const struct ptg_format *f, unsigned rule)
{
	unsigned fault = rule ? f->rules[rule].fault_class : 0;

	return ptg_stop_(t, fault ? fault : (unsigned)PTG_F_CONFIG, rule);
}

/* --- the generic operations --------------------------------------------------------------- */

struct ptg_hit ptg_hit_of_(const struct ptg_translation *t);
struct ptg_hit ptg_lookup_(const struct ptg_space *s, uint64_t va, unsigned access);
enum ptg_fault ptg_translate_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);
enum ptg_fault ptg_access_mem_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);
int ptg_walk_(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg);
int ptg_decode_(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d);
int ptg_encode_(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2]);
int ptg_map_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	     struct ptg_flush *f);
int ptg_unmap_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
/* The whole calls: what F_map_one and F_unmap_one leave.  Nothing is checked yet but that s and s->walker are not NULL. */
int ptg_map_any_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		 struct ptg_flush *f);
int ptg_unmap_any_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
int ptg_protect_(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		 struct ptg_flush *f);
int ptg_harvest_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear, unsigned page_lg2,
		 uint8_t *bitmap, struct ptg_flush *f);
void ptg_flush_range_(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level,
		      unsigned reason);

int ptg_flush_more_(struct ptg_flush *f, uint64_t va, unsigned page_lg2, unsigned reason);

/* One page of the last level, at the end of an operation: PTG_OK.  Most often it is the first that f lists. */
PTG_INLINE int ptg_flush_page_(struct ptg_flush *f, uint64_t va, unsigned page_lg2, unsigned reason)
{
	f->reasons = (uint8_t)(f->reasons | reason);
	if (PTG_UNLIKELY(f->count | f->all))
		return ptg_flush_more_(f, va, page_lg2, reason);
	f->count = 1;
	f->levels |= 1;
	f->range[0].va = va;
	f->range[0].last = va + (((uint64_t)1 << page_lg2) - 1);
	f->range[0].page_lg2 = (uint8_t)page_lg2;
	f->range[0].reason = (uint8_t)reason;
	return PTG_OK;
}

/*
 * Pages side by side, in the last tables that `run` finds: where the entries of a range's first table are, *n of them,
 * or an odd address (runs.c).
 */
typedef uint64_t ptg_run_(const struct ptg_space *s, uint64_t va, uint64_t pages, uint64_t *n);
struct ptg_runs_ {
	const struct ptg_space *s;
	ptg_run_ *run;
	uint64_t va, pages;
	uint64_t at, n;          /* what `run` says of the first table; n 0: it has not been asked yet */
};
/* All of them are there, and agree with `value` in the bits of the mask. */
bool ptg_runs_like_(struct ptg_runs_ *runs, uint64_t mask, uint64_t value);
/* The first becomes e, the next e + step ... */
void ptg_runs_fill_(const struct ptg_runs_ *runs, uint64_t e, uint64_t step);
/*
 * The bits of the mask become `bits`; unless quiet, of those entries alone that still are, in the bits of `decides`,
 * what the first one was: hardware may mark them meanwhile.
 */
void ptg_runs_change_(const struct ptg_runs_ *runs, uint64_t mask, uint64_t bits, uint64_t decides, bool quiet);
unsigned ptg_memtype_(const struct ptg_format *f, uint64_t value);
/*
 * The bits of the wanted rights in the entry e of a page, where only rights change.  page: entries by enum ptg_right;
 * 0: none.  false: it is not so simple.
 */
bool ptg_other_rights_(const struct ptg_format *f, const struct ptg_kind *k, const uint64_t page[64],
		       const struct ptg_attrs *a, uint64_t e, uint64_t *bits);
/* enum ptg_flush_reason: what hardware may hold of the old rights. */
unsigned ptg_rights_reason_(const struct ptg_space *s, unsigned level, uint64_t before, uint64_t after);
unsigned ptg_reason_of_(unsigned old, unsigned now); /* the same of rights (enum ptg_right) */

/* Of s->lacking, what every page lacks that has nothing, and the bit that is always set. */
#define PTG_LACKING 0x81ffu
void ptg_put_need_(struct ptg_space *s, const uint32_t need[16]); /* by access; NULL: no look-up goes the short way */

/* Of s->lacking, where `key` says the rights: the entries of all marks, the last of which has them all; as it is, if it is right. */
struct ptg_grant_ { uint16_t key, rights; };
void ptg_grant_(struct ptg_space *s, uint64_t key, unsigned rights, const struct ptg_grant_ *marks, unsigned n);

#ifdef __cplusplus
}
#endif
#endif /* PTG_GEN_H */
