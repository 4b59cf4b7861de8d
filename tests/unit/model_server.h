/* SPDX-License-Identifier: MIT */
/* model_server.h - s390x, LoongArch and POWER radix, from their manuals by hand */
#ifndef UNIT_MODEL_SERVER_H
#define UNIT_MODEL_SERVER_H

#include "tests/unit/model.h"

#define SERVER_NO_DEPTH 99u

static inline bool server_allowed(unsigned rights, unsigned access)
{
	return !((access & 7) & ~(access & PTG_USER ? rights & 7 : rights >> 3));
}

static inline struct model_answer server_page(uint64_t entry, uint64_t va, unsigned depth, unsigned lg2,
					      unsigned rights, unsigned access)
{
	if (!server_allowed(rights, access))
		return model_fault(PTG_F_PERMISSION, depth);
	return (struct model_answer){ .pa = (entry & ~model_low(lg2)) | (va & model_low(lg2)), .depth = depth,
				      .lg2 = lg2, .rights = rights };
}

/* --- s390x: depth 4 is region-first, 1 the segment table, 0 the page table --------------------- */

struct model_s390 { uint64_t asce; bool edat1, edat2, iep; };

static struct model_answer s390_leaf(const struct model_s390 *m, uint64_t e, bool protect, uint64_t va, unsigned depth,
				     unsigned lg2, unsigned access)
{
	unsigned rights = PTG_UR | PTG_SR;

	rights |= protect ? 0 : PTG_UW | PTG_SW;
	rights |= m->iep && (e >> 8 & 1) ? 0 : PTG_UX | PTG_SX;
	return server_page(e, va, depth, lg2, rights, access);
}

static struct model_answer model_s390(const struct model_s390 *m, const struct model_memory *mem, uint64_t va,
				      unsigned access)
{
	unsigned type = (unsigned)m->asce >> 2 & 3, depth = type + 1, length = (unsigned)m->asce & 3, first = 0;
	uint64_t origin = m->asce & ~(uint64_t)0xfff, e;
	bool private = m->asce >> 8 & 1, protect = false;

	if (m->asce >> 5 & 1)
		return (struct model_answer){ .pa = va, .depth = SERVER_NO_DEPTH };
	if (type < 3 && va >> (31 + 11 * type))
		return model_fault(PTG_F_NONCANONICAL, depth);
	for (;; depth--) {
		unsigned low = 20 + 11 * (depth - 1), index = (unsigned)model_bits(va, low + 10, low);

		if (index >> 9 < first || index >> 9 > length)
			return model_fault(PTG_F_LENGTH, depth == type + 1 ? SERVER_NO_DEPTH : depth + 1);
		e = model_entry(mem, origin + index * 8);
		if (e >> 5 & 1)
			return model_fault(PTG_F_NOT_PRESENT, depth);
		if ((e >> 2 & 3) != depth - 1)
			return model_fault(PTG_F_RESERVED, depth);
		if (private && (e >> 4 & 1) && (depth == 1 || (depth == 2 && m->edat2)))
			return model_fault(PTG_F_RESERVED, depth);
		if (depth == 1 || m->edat1)
			protect |= e >> 9 & 1;
		if (depth == 2 && m->edat2 && (e >> 10 & 1))
			return s390_leaf(m, e, protect, va, 2, 31, access);
		if (depth == 1)
			break;
		first = (unsigned)e >> 6 & 3;
		length = (unsigned)e & 3;
		origin = e & ~(uint64_t)0xfff;
	}
	if (m->edat1 && (e >> 10 & 1))
		return s390_leaf(m, e, protect, va, 1, 20, access);
	e = model_entry(mem, (e & ~(uint64_t)0x7ff) + model_bits(va, 19, 12) * 8);
	if (e >> 10 & 1)
		return model_fault(PTG_F_NOT_PRESENT, 0);
	if (e >> 11 & 1)
		return model_fault(PTG_F_RESERVED, 0);
	return s390_leaf(m, e, protect || (e >> 9 & 1), va, 0, 12, access);
}

/* --- LoongArch ------------------------------------------------------------------------------------ */

struct model_loong { unsigned page, levels, select, pa_bits; bool dwpl0; uint64_t pgd[2]; };

static unsigned loong_rights(const struct model_loong *m, uint64_t e)
{
	unsigned plv = (unsigned)e >> 2 & 3, rights = 0;
	bool user = plv == 3, super = !(e >> 63) || plv == 0, r = !(e >> 61 & 1), x = !(e >> 62 & 1), w = e >> 1 & 1;

	rights |= user ? (r ? PTG_UR : 0) | (w ? PTG_UW : 0) | (x ? PTG_UX : 0) : 0;
	rights |= super ? (r ? PTG_SR : 0) | (w || m->dwpl0 ? PTG_SW : 0) | (x ? PTG_SX : 0) : 0;
	return rights;
}

static struct model_answer model_loong(const struct model_loong *m, const struct model_memory *mem, uint64_t va,
				       unsigned access)
{
	bool upper = va >> m->select & 1;
	uint64_t base = m->pgd[upper], e;
	unsigned depth = m->levels - 1, stride = m->page - 3;

	if (va >> m->select != (upper ? model_low(64 - m->select) : 0))
		return model_fault(PTG_F_NONCANONICAL, depth);
	for (;; depth--) {
		unsigned low = m->page + stride * depth;

		base &= model_low(m->pa_bits) & ~model_low(m->page);
		e = model_entry(mem, base | model_bits(va, low + stride - 1, low) << 3);
		if (!depth || (e >> 6 & 1)) {
			if (!(e & 1))
				return model_fault(PTG_F_NOT_PRESENT, depth);
			return server_page(e & model_low(m->pa_bits), va, depth, low, loong_rights(m, e), access);
		}
		if (!model_bits(e, 47, 12))
			return model_fault(PTG_F_NOT_PRESENT, depth);
		base = e;
	}
}

/* --- POWER radix ------------------------------------------------------------------------------------ */

struct model_radix { uint64_t root; bool guest, key_r, key_w, key_x; };

static unsigned radix_rights(const struct model_radix *m, uint64_t e)
{
	bool read = e & 6, write = e >> 1 & 1, fetch = (e & 1) && (e >> 4 & 3) != 2, own = e >> 3 & 1;
	bool user = m->guest || !own, keys = !m->guest && !own;
	unsigned rights = 0;

	rights |= user ? (read ? PTG_UR : 0) | (write ? PTG_UW : 0) | (fetch ? PTG_UX : 0) : 0;
	rights |= read && !(keys && m->key_r) ? PTG_SR : 0;
	rights |= write && !(keys && m->key_w) ? PTG_SW : 0;
	rights |= fetch && !(keys && m->key_x) ? PTG_SX : 0;
	return rights;
}

/* The four steps of a tree whose sizes are sound; *sound false: one that no system builds. */
static struct model_answer model_radix(const struct model_radix *m, const struct model_memory *mem, uint64_t va,
				       unsigned access, bool *sound)
{
	unsigned size = (unsigned)((m->root >> 61 & 3) << 3 | (m->root >> 5 & 7)) + 31, bits = (unsigned)m->root & 31;
	uint64_t base = m->root & 0x0fffffffffffff00u, e;

	*sound = true;
	if (bits < 5 || bits > 16 || size > 52 || (m->guest && !(m->root >> 63)))
		return model_fault(PTG_F_CONFIG, SERVER_NO_DEPTH);
	if ((va & model_low(62)) >> size)
		return model_fault(PTG_F_NONCANONICAL, 0);
	for (unsigned step = 0;; step++) {
		if (step > 3 || size < bits + 12) {
			*sound = false;
			return model_fault(PTG_F_CONFIG, 0);
		}
		size -= bits;
		e = model_entry(mem, base | (va >> size & model_low(bits)) << 3);
		if (!(e >> 63))
			return model_fault(PTG_F_NOT_PRESENT, 3 - step);
		if (e >> 62 & 1) {
			if (size != 12 && size != 16 && size != 21 && size != 30)
				return model_fault(PTG_F_CONFIG, 3 - step);
			return server_page(e & 0x01fffffffffff000u, va, 3 - step, size, radix_rights(m, e), access);
		}
		bits = (unsigned)e & 31;
		if (bits < 5 || bits > 16)
			return model_fault(PTG_F_CONFIG, 3 - step);
		base = e & 0x0fffffffffffff00u;
	}
}

#endif /* UNIT_MODEL_SERVER_H */
