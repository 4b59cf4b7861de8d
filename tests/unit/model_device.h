/* SPDX-License-Identifier: MIT */
/* model_device.h - GPUs and the IOMMUs of chips, by hand from their drivers and documents */
#ifndef UNIT_MODEL_DEVICE_H
#define UNIT_MODEL_DEVICE_H

#include "tests/unit/model.h"

#define DEVICE_NO_DEPTH 99u

/* Rights that do not tell user from supervisor. */
static inline unsigned device_rights(bool r, bool w, bool x)
{
	return (unsigned)r * (PTG_UR | PTG_SR) | (unsigned)w * (PTG_UW | PTG_SW) | (unsigned)x * (PTG_UX | PTG_SX);
}

static inline struct model_answer device_page(uint64_t pa, uint64_t va, unsigned depth, unsigned lg2, unsigned rights,
					      unsigned access)
{
	if ((access & 7) & ~(access & PTG_USER ? rights & 7 : rights >> 3))
		return model_fault(PTG_F_PERMISSION, depth);
	return (struct model_answer){ .pa = (pa & ~model_low(lg2)) | (va & model_low(lg2)), .depth = depth,
				      .lg2 = lg2, .rights = rights };
}

static inline uint64_t device_read(const struct model_memory *m, uint64_t base, uint64_t index)
{
	return model_entry(m, base | index * m->bytes);
}

/* --- 32-bit entries, two levels ----------------------------------------------------------------- */

struct model_soc { uint64_t root; unsigned width; uint32_t auth; bool root_r, root_w; };

static struct model_answer model_rockchip(const struct model_soc *m, const struct model_memory *mem, uint64_t va,
					  unsigned access, bool v2)
{
	uint64_t base = m->root, e;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 1);
	for (unsigned depth = 1;; depth--) {
		e = device_read(mem, base, depth ? model_bits(va, 31, 22) : model_bits(va, 21, 12));
		if (!(e & 1))
			return model_fault(PTG_F_NOT_PRESENT, depth);
		base = e & 0xfffff000u;
		if (v2)
			base |= model_bits(e, 11, 8) << 32 | model_bits(e, 7, 4) << 36;
		if (!depth)
			return device_page(base, va, 0, 12, device_rights(e & 2, e & 4, true), access);
	}
}

static struct model_answer model_sun50i(const struct model_soc *m, const struct model_memory *mem, uint64_t va,
					unsigned access)
{
	uint64_t e;
	unsigned may;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 1);
	e = device_read(mem, m->root, model_bits(va, 31, 20));
	if ((e & 3) != 1)
		return model_fault(PTG_F_NOT_PRESENT, 1);
	e = device_read(mem, e & 0xfffffc00u, model_bits(va, 19, 12));
	if (!(e & 2))
		return model_fault(PTG_F_NOT_PRESENT, 0);
	may = m->auth >> 2 * model_bits(e, 7, 4) & 3;
	return device_page(e, va, 0, 12, device_rights(may & 1, may & 2, true), access);
}

static struct model_answer model_exynos(const struct model_soc *m, const struct model_memory *mem, uint64_t va,
					unsigned access)
{
	uint64_t e;
	unsigned may;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 1);
	e = device_read(mem, m->root, model_bits(va, 31, 20));
	may = (unsigned)model_bits(e, 5, 4);
	if ((e & 3) == 2)
		return device_page(e << 4, va, 1, 20, device_rights(may & 1, may & 2, true), access);
	if ((e & 3) != 1)
		return model_fault(PTG_F_NOT_PRESENT, 1);
	e = device_read(mem, (e & 0xffffffc0u) << 4, model_bits(va, 19, 12));
	may = (unsigned)model_bits(e, 3, 2);
	if (!(e & 3))
		return model_fault(PTG_F_NOT_PRESENT, 0);
	return device_page(e << 4, va, 0, e & 2 ? 12 : 16, device_rights(may & 1, may & 2, true), access);
}

static struct model_answer model_tegra(const struct model_soc *m, const struct model_memory *mem, uint64_t va,
				       unsigned access)
{
	uint64_t e, frames = model_low(m->width - 12);
	bool r = m->root_r, w = m->root_w;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 1);
	e = device_read(mem, m->root, model_bits(va, 31, 22));
	if (!(e >> 28))
		return model_fault(PTG_F_NOT_PRESENT, 1);
	r = r && e >> 31;
	w = w && (e >> 30 & 1);
	if (!(e >> 28 & 1))
		return device_page((e & frames) << 12, va, 1, 22, device_rights(r, w, true), access);
	e = device_read(mem, (e & frames) << 12, model_bits(va, 21, 12));
	if (!(e >> 29))
		return model_fault(PTG_F_NOT_PRESENT, 0);
	return device_page((e & frames) << 12, va, 0, 12, device_rights(r && e >> 31, w && (e >> 30 & 1), true), access);
}

static uint64_t mtk_high(uint64_t e)
{
	return (e >> 5 & 1) << 34 | (e >> 4 & 1) << 33 | (e >> 9 & 1) << 32;
}

static struct model_answer model_mtk(const struct model_soc *m, const struct model_memory *mem, uint64_t va,
				     unsigned access)
{
	uint64_t e;

	if (va >> m->width)
		return model_fault(PTG_F_NONCANONICAL, 1);
	e = device_read(mem, m->root, model_bits(va, 33, 20));
	if (!(e & 3))
		return model_fault(PTG_F_NOT_PRESENT, 1);
	if (e & 2)
		return device_page(e | mtk_high(e), va, 1, e >> 18 & 1 ? 24 : 20, 63, access);
	e = device_read(mem, (e & 0xfffffc00u) | mtk_high(e), model_bits(va, 19, 12));
	if (!(e & 3))
		return model_fault(PTG_F_NOT_PRESENT, 0);
	return device_page(e | mtk_high(e), va, 0, e & 2 ? 12 : 16, 63, access);
}

static struct model_answer model_v3d(const struct model_soc *m, const struct model_memory *mem, uint64_t va,
				     unsigned access)
{
	uint64_t e;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 0);
	e = model_entry(mem, m->root + (va >> 12) * 4);
	if (!(e >> 28 & 1))
		return model_fault(PTG_F_NOT_PRESENT, 0);
	return device_page((e & 0xffffff) << 12, va, 0, 12, device_rights(true, e >> 29 & 1, true), access);
}

/* --- 64-bit entries ---------------------------------------------------------------------------------- */

struct model_dart { uint64_t root[4]; bool second; };

static struct model_answer model_dart(const struct model_dart *m, const struct model_memory *mem, uint64_t va,
				      unsigned access)
{
	uint64_t base, e;

	if (va >> 38)
		return model_fault(PTG_F_NONCANONICAL, 1);
	base = m->root[va >> 36];
	for (unsigned depth = 1;; depth--) {
		e = device_read(mem, base, depth ? model_bits(va, 35, 25) : model_bits(va, 24, 14));
		if (!(e & 1))
			return model_fault(PTG_F_NOT_PRESENT, depth);
		base = m->second ? model_bits(e, 37, 10) << 14 : e & 0xfffffc000u;
		if (!depth)
			break;
	}
	return device_page(base, va, 0, 14, device_rights(!(e >> (m->second ? 3 : 8) & 1), !(e >> (m->second ? 2 : 7) & 1),
							  true), access);
}

struct model_mali { uint64_t transtab; };

static struct model_answer model_mali(const struct model_mali *m, const struct model_memory *mem, uint64_t va,
				      unsigned access)
{
	uint64_t base = m->transtab & 0xfffffff000u, e;

	if ((m->transtab & 3) == 2)
		return (struct model_answer){ .pa = va, .depth = DEVICE_NO_DEPTH };
	if ((m->transtab & 3) != 3)
		return model_fault(PTG_F_NOT_PRESENT, DEVICE_NO_DEPTH);
	if (va >> 48)
		return model_fault(PTG_F_NONCANONICAL, 3);
	for (unsigned depth = 3;; depth--) {
		unsigned low = 12 + 9 * depth;

		e = device_read(mem, base, model_bits(va, low + 8, low));
		if (!(e & 1) || (depth == 3 && !(e & 2)) || (depth == 0 && (e & 2)))
			return model_fault(PTG_F_NOT_PRESENT, depth);
		if (!(e & 2))
			return device_page(e & 0xffffffffffu, va, depth, low,
					   device_rights(e >> 6 & 1, e >> 7 & 1, !(e >> 53 & 3)), access);
		base = e & 0xfffffff000u;
	}
}

struct model_gfx9 { uint64_t base; unsigned depth; };

static struct model_answer model_gfx9(const struct model_gfx9 *m, const struct model_memory *mem, uint64_t va,
				      unsigned access)
{
	uint64_t table = m->base & 0xffffffffffc0u, e;
	unsigned top = 21 + 9 * m->depth; /* address bits */

	if (!(m->base & 1))
		return model_fault(PTG_F_CONFIG, DEVICE_NO_DEPTH);
	if (va >> (top - 1) != 0 && va >> (top - 1) != model_low(65 - top)) /* sign extended */
		return model_fault(PTG_F_NONCANONICAL, m->depth);
	for (unsigned depth = m->depth;; depth--) {
		unsigned low = 12 + 9 * depth;

		e = depth == m->depth ? device_read(mem, table, model_bits(va, low + 8, low)) :
					model_entry(mem, table + model_bits(va, low + 8, low) * 8);
		if (!(e & 1))
			return model_fault(PTG_F_NOT_PRESENT, depth);
		if (!depth || (e >> 54 & 1)) {
			if (depth == 3)
				return model_fault(PTG_F_NOT_PRESENT, depth);
			return device_page(e & model_low(48), va, depth, low,
					   device_rights(e >> 5 & 1, e >> 6 & 1, e >> 4 & 1), access);
		}
		table = e & 0xffffffffffc0u;
	}
}

/* --- NVIDIA: a tree with two children ------------------------------------------------------------------- */

struct model_nvidia { uint64_t pdb; bool third, large; }; /* large: pages one level higher */

static uint64_t nvidia_address(const struct model_nvidia *m, uint64_t e, unsigned aperture)
{
	if (m->third)
		return e & 0xffffffffff000u;
	return model_bits(e, aperture >= 2 ? 53 : 32, 8) << 12;
}

static struct model_answer nvidia_page(const struct model_nvidia *m, uint64_t e, uint64_t va, unsigned depth,
				       unsigned lg2, unsigned access)
{
	bool private = e >> (m->third ? 4 : 5) & 1, read_only = e >> (m->third ? 5 : 6) & 1, no_atomic = e >> (m->third ? 6 : 7) & 1;
	uint64_t pa = nvidia_address(m, e, (unsigned)e >> 1 & 3);
	unsigned rights = read_only ? 45 : 63;
	struct model_answer a;

	if (pa & model_low(lg2))
		return model_fault(PTG_F_RESERVED, depth);
	if (private)
		rights &= PTG_SR | PTG_SW | PTG_SX;
	a = device_page(pa, va, depth, lg2, rights, access);
	if (!a.fault && (access & 3) == 3 && no_atomic)
		return model_fault(PTG_F_PERMISSION, depth);
	return a;
}

/* What an invalid 64K entry says: 0 look at the small ones, else a fault. */
static bool nvidia_stops(const struct model_nvidia *m, uint64_t e)
{
	unsigned pcf = (unsigned)e >> 3 & 31;

	return m->third ? pcf >= 1 && pcf <= 3 : (e >> 5 & 1) || (e >> 3 & 1);
}

static struct model_answer nvidia_leaf_tables(const struct model_nvidia *m, const struct model_memory *mem, uint64_t lo,
					      uint64_t hi, uint64_t va, unsigned access)
{
	unsigned big = (unsigned)lo >> 1 & 3, small = (unsigned)hi >> 1 & 3;
	uint64_t e;

	if (!big && !small)
		return model_fault(PTG_F_NOT_PRESENT, 2);
	if (big) {
		uint64_t table = m->third ? lo & 0xfffffffffff00u : model_bits(lo, big >= 2 ? 53 : 32, 4) << 8;

		e = device_read(mem, table, model_bits(va, 20, 16));
		if (e & 1)
			return nvidia_page(m, e, va, 1, 16, access);
		if (nvidia_stops(m, e) || !small)
			return model_fault(PTG_F_NOT_PRESENT, 1);
	}
	e = device_read(mem, m->third ? model_bits(hi, 51, 12) << 12 : nvidia_address(m, hi, small), model_bits(va, 20, 12));
	return e & 1 ? nvidia_page(m, e, va, 0, 12, access) : model_fault(PTG_F_NOT_PRESENT, 0);
}

/* Depths: small 0, big 1, pd0 2, pd1 3, and up. */
static struct model_answer model_nvidia(const struct model_nvidia *m, const struct model_memory *mem, uint64_t va,
					unsigned access)
{
	unsigned top = m->third ? 6 : 5, bits = m->third ? 57 : 49, aperture = (unsigned)m->pdb & 3;
	uint64_t table, e;

	if (aperture == 1)
		return model_fault(PTG_F_CONFIG, DEVICE_NO_DEPTH);
	if (va >> bits)
		return model_fault(PTG_F_NONCANONICAL, top);
	table = m->third ? m->pdb & 0xffffffffff000u : model_bits(m->pdb, aperture ? 57 : 36, 12) << 12;
	for (unsigned depth = top; depth > 2; depth--) {
		unsigned low = 29 + 9 * (depth - 3), high = low + 8 < bits ? low + 8 : bits - 1;

		e = device_read(mem, table, model_bits(va, high, low));
		if (e & 1) {
			if ((depth == 3 && (m->third || m->large)) || (depth == 4 && m->third && m->large))
				return nvidia_page(m, e, va, depth, low, access);
			return model_fault(PTG_F_RESERVED, depth);
		}
		if (!(e >> 1 & 3))
			return model_fault(PTG_F_NOT_PRESENT, depth);
		table = nvidia_address(m, e, (unsigned)e >> 1 & 3);
	}
	table |= model_bits(va, 28, 21) << 4;
	e = model_entry(mem, table);
	if (e & 1)
		return nvidia_page(m, e, va, 2, 21, access);
	return nvidia_leaf_tables(m, mem, e, model_entry(mem, table + 8), va, access);
}

#endif /* UNIT_MODEL_DEVICE_H */
