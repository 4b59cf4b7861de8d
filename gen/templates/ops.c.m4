m4_dnl ops.c.m4 - the operations
m4_dnl SPDX-License-Identifier: MIT
m4_dnl

/* --- operations ------------------------------------------------------------------------ */
g4_if(op.lookup, <|
PTG_COLD struct ptg_hit g4(lower)_lookup_cold(const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct ptg_translation t;

	g4(lower)_find(s, va, access, &t);
	return ptg_hit_of_(&t);
}

g4_if(hot.apart, <|
/* The end of lookup at a plain page: its rights take more than a look into a table. */
struct ptg_hit g4(lower)_lookup_page(const struct ptg_space *s, uint64_t va, unsigned access, uint64_t e<||>g4_hot_parameters())
{
	struct ptg_hit hit;
g4_hot_end_variables()m4_dnl

g4_hot_page()m4_dnl
g4_hot_answer()m4_dnl
	return hit;
cold:
	return g4(lower)_lookup_cold(s, va, access);
}

|>)m4_dnl
g4_if(hot.usual, <|m4_dnl
/* The same from wherever the root says that walks start. */
struct ptg_hit g4(lower)_lookup_any(const struct ptg_space *s, uint64_t va, unsigned access)
{
g4_hot_body(<|PTG_TAIL |>)m4_dnl
}

|>)m4_dnl
struct ptg_hit g4(lower)_lookup(const struct ptg_space *s, uint64_t va, unsigned access)
{
g4_if(hot, <|m4_dnl
g4_hot_lookup(<|PTG_TAIL |>)m4_dnl
|>, <|m4_dnl
	return g4(lower)_lookup_cold(s, va, access);
|>)m4_dnl
}
|>)m4_dnl
g4_if(op.translate, <|
g4_if(hot, <|m4_dnl
g4_if(hot.usual, <|m4_dnl
/* The walk of lookup_any, and everything it has seen. */
static enum ptg_fault g4(lower)_translate_any(const struct ptg_space *s, uint64_t va, unsigned access,
	struct ptg_translation *t)
{
g4_hot_translate()m4_dnl
}

|>)m4_dnl
/* The walk of lookup, and everything it has seen. */
enum ptg_fault g4(lower)_translate(const struct ptg_space *s, uint64_t va, unsigned access,
	struct ptg_translation *t)
{
g4_if(hot.usual, <|m4_dnl
g4_hot_translate(<|straight|>)m4_dnl
other:
	PTG_TAIL return g4(lower)_translate_any(s, va, access, t);
|>, <|m4_dnl
g4_hot_translate()m4_dnl
|>)m4_dnl
}
|>, <|m4_dnl
enum ptg_fault g4(lower)_translate(const struct ptg_space *s, uint64_t va, unsigned access,
	struct ptg_translation *t)
{
	return g4(lower)_find(s, va, access, t);
}
|>)|>)m4_dnl

g4_if(op.access_mem, <|g4_if(marked, <||>, <|
/* Marks as hardware sets them: by compare-and-swap on what the walk has read. */
enum ptg_fault g4(lower)_access_mem(const struct ptg_space *s, uint64_t va, unsigned access,
	struct ptg_translation *t)
{
	return ptg_access_mem_(s, va, access, t);
}
|>)|>)m4_dnl
m4_include(<|many.c.m4|>)m4_dnl
g4_if(op.walk, <|
int g4(lower)_walk(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg)
{
	return ptg_walk_(s, va, len, v, arg);
}
|>)m4_dnl
m4_include(<|change.c.m4|>)m4_dnl
g4_if(op.harvest, <|
int g4(lower)_harvest(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear,
	unsigned page_lg2, uint8_t *bitmap, struct ptg_flush *f)
{
	return ptg_harvest_(s, va, len, what, clear, page_lg2, bitmap, f);
}
|>)m4_dnl
g4_if(op.codec, <|
int g4(lower)_decode(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d)
{
	return ptg_decode_(s, level, entry, d);
}

int g4(lower)_encode(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a,
	uint64_t entry[2])
{
	return ptg_encode_(s, level, pa, a, entry);
}
|>)m4_dnl

const struct ptg_walker g4(lower)_walker = {
	.name = "g4(lower)",
	.update = g4(lower)_update,
g4_if(op.lookup, <|m4_dnl
	.lookup = g4(lower)_lookup,
|>)m4_dnl
g4_if(op.lookup_many, <|m4_dnl
	.lookup_many = g4(lower)_lookup_many,
|>)m4_dnl
g4_if(op.translate, <|m4_dnl
	.translate = g4(lower)_translate,
|>)m4_dnl
g4_if(op.access_mem, <|m4_dnl
	.access_mem = g4(lower)_access_mem,
|>)m4_dnl
g4_if(op.walk, <|m4_dnl
	.walk = g4(lower)_walk,
|>)m4_dnl
g4_if(op.map, <|m4_dnl
	.map = g4(lower)_map,
|>)m4_dnl
g4_if(op.unmap, <|m4_dnl
	.unmap = g4(lower)_unmap,
|>)m4_dnl
g4_if(op.protect, <|m4_dnl
	.protect = g4(lower)_protect,
|>)m4_dnl
g4_if(op.harvest, <|m4_dnl
	.harvest = g4(lower)_harvest,
|>)m4_dnl
g4_if(op.codec, <|m4_dnl
	.decode = g4(lower)_decode,
	.encode = g4(lower)_encode,
|>)m4_dnl
g4_if(op.map, <|m4_dnl
	.map_one = g4_if(change, <|g4(lower)_map_one|>, <|ptg_map_any_|>),
|>)m4_dnl
g4_if(op.unmap, <|m4_dnl
	.unmap_one = g4_if(change, <|g4(lower)_unmap_one|>, <|ptg_unmap_any_|>),
|>)m4_dnl
};
