/* SPDX-License-Identifier: MIT */
/*
 * ptg_mem.h - how table entries are read and written
 *
 * Generated code and the runtime touch tables through these macros only.  Each
 * may be defined before this header is included (in the runtime's files too: by -D,
 * or -include of a header): a kernel puts its direct map
 * there, an emulator its bus, a model checker its symbolic memory.
 *
 * Three layers:
 *
 *   PTG_GET64(p) PTG_PUT64(p, v) ...      an entry at a host pointer
 *   PTG_LOAD64(space, pa) ...             an entry at a physical address that
 *                                         PTG_IN_WINDOW(space, pa) accepts
 *   ptg_cold_load_(space, pa, lg2, e) ... any physical address, out of line: the
 *                                         mapper's map_table, read_bytes ...
 *
 * The hot path of a walk is PTG_IN_WINDOW (one compare, well predicted) and
 * PTG_LOADn.  Suffix BE: entries are big endian.  Values are numbers in host
 * order.  Addresses are aligned to the entry.
 *
 * Order: a load is single and relaxed; a store releases what was stored before
 * it; a compare-and-swap is a full barrier.
 *
 * A 128-bit entry is two words, low half loaded first.  A host without 64-bit
 * atomics (PTG_ATOMIC64 0) handles a 64-bit entry in halves, the one with the
 * valid bit read first and written last (PTG_VALID_HIGH tells which half that
 * is), and has no PTG_CAS64 unless the user defines it.
 */
#ifndef PTG_MEM_H
#define PTG_MEM_H

#include "ptg.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- the host ---------------------------------------------------------------- */

#ifndef PTG_HOST_BIG
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PTG_HOST_BIG 1
#else
#define PTG_HOST_BIG 0
#endif
#endif

#ifndef PTG_ATOMIC64
#if defined(__GCC_ATOMIC_LLONG_LOCK_FREE) && __GCC_ATOMIC_LLONG_LOCK_FREE == 2
#define PTG_ATOMIC64 1
#else
#define PTG_ATOMIC64 0
#endif
#endif

/* On hosts without 64-bit atomics: 1 when the valid bit is in the high half. */
#ifndef PTG_VALID_HIGH
#define PTG_VALID_HIGH 0
#endif

/* Expectation of the branch, and code that is not on the hot path. */
#ifndef PTG_LIKELY
#define PTG_LIKELY(x) __builtin_expect(!!(x), 1)
#define PTG_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define PTG_COLD __attribute__((cold, noinline))
#define PTG_INLINE static inline __attribute__((always_inline, unused))
#endif

/* Of any address, one outside the window too: a number, for a pointer would have to point into it. */
#ifndef PTG_PREFETCH
#ifdef PTG_AT
#define PTG_PREFETCH(space, pa) __builtin_prefetch(PTG_AT(space, pa))
#else
#define PTG_PREFETCH(space, pa) \
	__builtin_prefetch((const void *)((uintptr_t)(space)->mapper->window + (uintptr_t)((pa) - (space)->mapper->window_pa)))
#endif
#endif

/*
 * 64-bit shifts by 0 to 63, written out where the compiler would call libgcc for
 * a distance it does not know.
 */
#ifndef PTG_SHIFT_CALLS
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ < 8 && !defined(__i386__) && !defined(__arm__)
#define PTG_SHIFT_CALLS 1
#else
#define PTG_SHIFT_CALLS 0
#endif
#endif

#if PTG_SHIFT_CALLS
PTG_INLINE uint64_t ptg_shl_(uint64_t x, unsigned n)
{
	uint32_t lo = (uint32_t)x, hi = (uint32_t)(x >> 32);

	if (n & 32) {
		hi = lo << (n & 31);
		lo = 0;
	} else if (n) {
		hi = hi << n | lo >> (32 - n);
		lo <<= n;
	}
	return (uint64_t)hi << 32 | lo;
}

PTG_INLINE uint64_t ptg_shr_(uint64_t x, unsigned n)
{
	uint32_t lo = (uint32_t)x, hi = (uint32_t)(x >> 32);

	if (n & 32) {
		lo = hi >> (n & 31);
		hi = 0;
	} else if (n) {
		lo = lo >> n | hi << (32 - n);
		hi >>= n;
	}
	return (uint64_t)hi << 32 | lo;
}
#else
PTG_INLINE uint64_t ptg_shl_(uint64_t x, unsigned n)
{
	return x << n;
}

PTG_INLINE uint64_t ptg_shr_(uint64_t x, unsigned n)
{
	return x >> n;
}
#endif

PTG_INLINE uint16_t ptg_swap16_(uint16_t x)
{
	return (uint16_t)(x << 8 | x >> 8);
}

PTG_INLINE uint32_t ptg_swap32_(uint32_t x)
{
	x = (x & 0x00ff00ffu) << 8 | (x >> 8 & 0x00ff00ffu);
	return x << 16 | x >> 16;
}

PTG_INLINE uint64_t ptg_swap64_(uint64_t x)
{
	return (uint64_t)ptg_swap32_((uint32_t)x) << 32 | ptg_swap32_((uint32_t)(x >> 32));
}

/* Memory order and number: what is between the two ways an entry can be stored. */
#define PTG_LE16_(x) (PTG_HOST_BIG ? ptg_swap16_(x) : (x))
#define PTG_LE32_(x) (PTG_HOST_BIG ? ptg_swap32_(x) : (x))
#define PTG_LE64_(x) (PTG_HOST_BIG ? ptg_swap64_(x) : (x))
#define PTG_BE16_(x) (PTG_HOST_BIG ? (x) : ptg_swap16_(x))
#define PTG_BE32_(x) (PTG_HOST_BIG ? (x) : ptg_swap32_(x))
#define PTG_BE64_(x) (PTG_HOST_BIG ? (x) : ptg_swap64_(x))

/* --- words at a host pointer, in the host's order -------------------------------- */

/* i386: uint64_t is aligned to 4 inside structures; entries are aligned to their size. */
typedef uint16_t __attribute__((may_alias, aligned(2))) ptg_word16_;
typedef uint32_t __attribute__((may_alias, aligned(4))) ptg_word32_;
typedef uint64_t __attribute__((may_alias, aligned(8))) ptg_word64_;

PTG_INLINE uint16_t ptg_get16_(const void *p)
{
	return __atomic_load_n((const ptg_word16_ *)p, __ATOMIC_RELAXED);
}

PTG_INLINE uint32_t ptg_get32_(const void *p)
{
	return __atomic_load_n((const ptg_word32_ *)p, __ATOMIC_RELAXED);
}

PTG_INLINE void ptg_put16_(void *p, uint16_t v)
{
	__atomic_store_n((ptg_word16_ *)p, v, __ATOMIC_RELEASE);
}

PTG_INLINE void ptg_put32_(void *p, uint32_t v)
{
	__atomic_store_n((ptg_word32_ *)p, v, __ATOMIC_RELEASE);
}

/* 1: swapped; 0: *old now holds what is there. */
PTG_INLINE int ptg_swap_if32_(void *p, uint32_t *old, uint32_t v)
{
	return __atomic_compare_exchange_n((ptg_word32_ *)p, old, v, 0, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

#if PTG_ATOMIC64
PTG_INLINE uint64_t ptg_get64_(const void *p, int valid_high)
{
	(void)valid_high;
	return __atomic_load_n((const ptg_word64_ *)p, __ATOMIC_RELAXED);
}

PTG_INLINE void ptg_put64_(void *p, uint64_t v, int valid_high)
{
	(void)valid_high;
	__atomic_store_n((ptg_word64_ *)p, v, __ATOMIC_RELEASE);
}

PTG_INLINE int ptg_swap_if64_(void *p, uint64_t *old, uint64_t v)
{
	return __atomic_compare_exchange_n((ptg_word64_ *)p, old, v, 0, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}
#else
/* `valid_high` speaks of the word as the host stores it: which half of the number. */
PTG_INLINE uint64_t ptg_get64_(const void *p, int valid_high)
{
	const ptg_word32_ *half = (const ptg_word32_ *)p;
	unsigned v = (unsigned)(valid_high != PTG_HOST_BIG); /* index of the half with the valid bit */
	uint32_t a, b;
	unsigned tries = 4;

	do { /* until the half with the valid bit stood still, or a writer never rests */
		a = __atomic_load_n(half + v, __ATOMIC_ACQUIRE);
		b = __atomic_load_n(half + (v ^ 1), __ATOMIC_ACQUIRE);
	} while (__atomic_load_n(half + v, __ATOMIC_RELAXED) != a && --tries);
	return valid_high ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

PTG_INLINE void ptg_put64_(void *p, uint64_t x, int valid_high)
{
	ptg_word32_ *half = (ptg_word32_ *)p;
	unsigned v = (unsigned)(valid_high != PTG_HOST_BIG);
	uint32_t a = (uint32_t)(valid_high ? x >> 32 : x), b = (uint32_t)(valid_high ? x : x >> 32);

	if (a == 0) { /* it becomes invalid: first that */
		__atomic_store_n(half + v, a, __ATOMIC_RELEASE);
		__atomic_store_n(half + (v ^ 1), b, __ATOMIC_RELEASE);
	} else {
		__atomic_store_n(half + (v ^ 1), b, __ATOMIC_RELEASE);
		__atomic_store_n(half + v, a, __ATOMIC_RELEASE);
	}
}
#endif

/* --- entries at a host pointer ------------------------------------------------------ */

#ifndef PTG_GET16
#define PTG_GET16(p) PTG_LE16_(ptg_get16_(p))
#endif
#ifndef PTG_GET32
#define PTG_GET32(p) PTG_LE32_(ptg_get32_(p))
#endif
#ifndef PTG_GET64
#define PTG_GET64(p) PTG_LE64_(ptg_get64_(p, PTG_VALID_HIGH != PTG_HOST_BIG))
#endif
#ifndef PTG_GET16BE
#define PTG_GET16BE(p) PTG_BE16_(ptg_get16_(p))
#endif
#ifndef PTG_GET32BE
#define PTG_GET32BE(p) PTG_BE32_(ptg_get32_(p))
#endif
#ifndef PTG_GET64BE
#define PTG_GET64BE(p) PTG_BE64_(ptg_get64_(p, PTG_VALID_HIGH == PTG_HOST_BIG))
#endif

#ifndef PTG_PUT16
#define PTG_PUT16(p, v) ptg_put16_((p), PTG_LE16_(v))
#endif
#ifndef PTG_PUT32
#define PTG_PUT32(p, v) ptg_put32_((p), PTG_LE32_(v))
#endif
#ifndef PTG_PUT64
#define PTG_PUT64(p, v) ptg_put64_((p), PTG_LE64_(v), PTG_VALID_HIGH != PTG_HOST_BIG)
#endif
#ifndef PTG_PUT16BE
#define PTG_PUT16BE(p, v) ptg_put16_((p), PTG_BE16_(v))
#endif
#ifndef PTG_PUT32BE
#define PTG_PUT32BE(p, v) ptg_put32_((p), PTG_BE32_(v))
#endif
#ifndef PTG_PUT64BE
#define PTG_PUT64BE(p, v) ptg_put64_((p), PTG_BE64_(v), PTG_VALID_HIGH == PTG_HOST_BIG)
#endif

/* 1: the entry was *old and is now v; 0: it differed, *old is what is there. */
PTG_INLINE int ptg_cas32_(void *p, uint32_t *old, uint32_t v, int big)
{
	uint32_t o = big ? PTG_BE32_(*old) : PTG_LE32_(*old);
	int done = ptg_swap_if32_(p, &o, big ? PTG_BE32_(v) : PTG_LE32_(v));

	*old = big ? PTG_BE32_(o) : PTG_LE32_(o);
	return done;
}

#if PTG_ATOMIC64
PTG_INLINE int ptg_cas64_(void *p, uint64_t *old, uint64_t v, int big)
{
	uint64_t o = big ? PTG_BE64_(*old) : PTG_LE64_(*old);
	int done = ptg_swap_if64_(p, &o, big ? PTG_BE64_(v) : PTG_LE64_(v));

	*old = big ? PTG_BE64_(o) : PTG_LE64_(o);
	return done;
}
#endif

#ifndef PTG_SWAP32
#define PTG_SWAP32(p, old, v) ptg_cas32_((p), (old), (v), 0)
#endif
#ifndef PTG_SWAP32BE
#define PTG_SWAP32BE(p, old, v) ptg_cas32_((p), (old), (v), 1)
#endif
#if PTG_ATOMIC64 && !defined(PTG_SWAP64) && !defined(PTG_SWAP64BE)
#define PTG_SWAP64(p, old, v)   ptg_cas64_((p), (old), (v), 0)
#define PTG_SWAP64BE(p, old, v) ptg_cas64_((p), (old), (v), 1)
#endif

/* --- entries at a physical address inside the window ------------------------------------ */

/*
 * window_pa and window_size are multiples of 16 (ptg_space_setup refuses others),
 * so that an aligned entry whose first byte is inside is inside whole.
 */
#if defined(PTG_IN_WINDOW) || defined(PTG_AT) || defined(PTG_LOAD64) || defined(PTG_LOAD32)
#define PTG_USER_LOADS 1 /* the hot path of generated code then asks these, see ptg_gen.h */
#endif
#ifndef PTG_IN_WINDOW
#define PTG_IN_WINDOW(space, pa) \
	PTG_LIKELY((uint64_t)(pa) - (space)->mapper->window_pa < (space)->mapper->window_size)
#endif
#ifndef PTG_AT
#define PTG_AT(space, pa) \
	((unsigned char *)(space)->mapper->window + (size_t)((pa) - (space)->mapper->window_pa))
#endif

#ifndef PTG_LOAD16
#define PTG_LOAD16(space, pa) PTG_GET16(PTG_AT(space, pa))
#endif
#ifndef PTG_LOAD16BE
#define PTG_LOAD16BE(space, pa) PTG_GET16BE(PTG_AT(space, pa))
#endif
#ifndef PTG_LOAD32
#define PTG_LOAD32(space, pa) PTG_GET32(PTG_AT(space, pa))
#endif
#ifndef PTG_LOAD32BE
#define PTG_LOAD32BE(space, pa) PTG_GET32BE(PTG_AT(space, pa))
#endif
#ifndef PTG_LOAD64
#define PTG_LOAD64(space, pa) PTG_GET64(PTG_AT(space, pa))
#endif
#ifndef PTG_LOAD64BE
#define PTG_LOAD64BE(space, pa) PTG_GET64BE(PTG_AT(space, pa))
#endif
/* Two words of a 128-bit entry, low half first: PTG_LOAD64(space, pa), then pa + 8; big endian the other way. */
#ifndef PTG_LOAD128
#define PTG_LOAD128(space, pa, e) ((e)[0] = PTG_LOAD64(space, pa), (e)[1] = PTG_LOAD64(space, (pa) + 8))
#endif
#ifndef PTG_LOAD128BE
#define PTG_LOAD128BE(space, pa, e) ((e)[0] = PTG_LOAD64BE(space, (pa) + 8), (e)[1] = PTG_LOAD64BE(space, pa))
#endif

#ifndef PTG_STORE16
#define PTG_STORE16(space, pa, v) PTG_PUT16(PTG_AT(space, pa), v)
#endif
#ifndef PTG_STORE16BE
#define PTG_STORE16BE(space, pa, v) PTG_PUT16BE(PTG_AT(space, pa), v)
#endif
#ifndef PTG_STORE32
#define PTG_STORE32(space, pa, v) PTG_PUT32(PTG_AT(space, pa), v)
#endif
#ifndef PTG_STORE32BE
#define PTG_STORE32BE(space, pa, v) PTG_PUT32BE(PTG_AT(space, pa), v)
#endif
#ifndef PTG_STORE64
#define PTG_STORE64(space, pa, v) PTG_PUT64(PTG_AT(space, pa), v)
#endif
#ifndef PTG_STORE64BE
#define PTG_STORE64BE(space, pa, v) PTG_PUT64BE(PTG_AT(space, pa), v)
#endif

#ifndef PTG_CAS32
#define PTG_CAS32(space, pa, old, v) PTG_SWAP32(PTG_AT(space, pa), old, v)
#endif
#ifndef PTG_CAS32BE
#define PTG_CAS32BE(space, pa, old, v) PTG_SWAP32BE(PTG_AT(space, pa), old, v)
#endif
#if !defined(PTG_CAS64) && defined(PTG_SWAP64)
#define PTG_CAS64(space, pa, old, v) PTG_SWAP64(PTG_AT(space, pa), old, v)
#endif
#if !defined(PTG_CAS64BE) && defined(PTG_SWAP64BE)
#define PTG_CAS64BE(space, pa, old, v) PTG_SWAP64BE(PTG_AT(space, pa), old, v)
#endif

/* --- any physical address (mem.c) ---------------------------------------------------------- */

/*
 * Entries as two words, e[1] = 0 below 128 bits; entry_lg2 1 to 4; pa aligned.
 * `format` gives the byte order.  Return: PTG_OK, PTG_E_IO when the mapper
 * cannot reach the address, PTG_E_UNSUPPORTED when it has no such operation.
 * cas: 1 swapped, 0 the entry differed and e holds what is there.
 */
int ptg_cold_load_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2]);
int ptg_cold_store_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, const uint64_t e[2]);
int ptg_cold_cas_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2],
		  const uint64_t desired[2]);

/*
 * What the generic walker does, without the checks of arguments and without asking
 * s->walker: where generated code goes when an address is outside the window, or
 * for operations that are not worth unrolling.
 */
struct ptg_hit ptg_lookup_(const struct ptg_space *s, uint64_t va, unsigned access);
enum ptg_fault ptg_translate_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);
enum ptg_fault ptg_access_mem_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);
int ptg_walk_(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg);
int ptg_decode_(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d);
int ptg_encode_(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2]);
void ptg_update_(struct ptg_space *s);

#ifdef __cplusplus
}
#endif

#include "ptg_gen.h"
#endif /* PTG_MEM_H */
