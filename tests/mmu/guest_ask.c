/* SPDX-License-Identifier: MIT */
/* guest_ask.c - ask both walkers and the machine, and compare */

#include "guest_inside.h"

static void report(const char *what, uint64_t va, unsigned access, const struct ptg_translation *t,
		   const struct answer *a)
{
	const struct ptg_format *f = run.space->format;

	if (f->stage[0] && t->stage)
		f = f->stage[t->stage - 1];
	say("difference (");
	say(what);
	say("): va ");
	say_hex(va);
	say(" access ");
	say_hex(access);
	say(" ctx ");
	say_hex((run.space->stage[0] ? run.space->stage[0] : run.space)->ctx[0]);
	say(": walker ");
	say(f->rules[t->rule].name);
	say(" ");
	say_hex(t->pa);
	say(" entry ");
	say_hex(t->entry);
	say(" at ");
	say_hex(t->entry_pa);
	say(" level ");
	say_number(t->level);
	say(", machine ");
	say(a->fault ? "fault " : "value ");
	say_hex(a->fault ? a->fault : a->value);
	say("\n");
	run.failures++;
}

static int inside(uint64_t pa)
{
	return pa >= run.data && pa < run.data + GUEST_DATA_BYTES;
}

/* The machine went through: it must have left the entry as access_mem() would. */
static void check_marks(uint64_t va, unsigned access, const struct ptg_translation *t, const struct answer *a)
{
	unsigned lg2 = run.space->format->levels ? run.space->format->levels[0].entry_lg2 : 0;
	struct ptg_translation again;
	uint64_t machine;

	if ((lg2 != 2 && lg2 != 3) || t->entry_pa < run.tables_first || t->entry_pa >= run.next_table)
		return;
	machine = guest_load_entry(t->entry_pa, lg2);
	guest_store_entry(t->entry_pa, lg2, t->entry);
	ptg_access_mem(run.space, va, access, &again);
	if (guest_load_entry(t->entry_pa, lg2) == machine)
		return;
	report("marks", va, access, t, a);
	say("  entry after the walker's access ");
	say_hex(guest_load_entry(t->entry_pa, lg2));
	say(", after the machine's ");
	say_hex(machine);
	say("\n");
}

/* Word at pa, as a machine of its width sees it. */
static uint64_t word(uint64_t value)
{
	return machine_bytes == 8 ? value : (uint32_t)value;
}

static void compare(uint64_t va, unsigned access, const struct ptg_translation *t, const struct answer *a)
{
	unsigned want = t->fault ? format_fault(run.space, access, t) : 0;
	const char *what = (const char *)0;

	if ((t->fault != 0) != (a->fault != 0))
		what = "outcome";
	else if (t->fault && want && want != a->fault)
		what = "kind of fault";
	else if (!t->fault && (access & PTG_READ) && a->value != word(t->pa))
		what = "value";
	if (what) {
		if (format_known(run.space, va, access, t, a)) {
			run.known++;
			return;
		}
		report(what, va, access, t, a);
		if (want) {
			say("  expected fault ");
			say_hex(want);
			say("\n");
		}
		return;
	}
	if (t->fault) {
		run.faults++;
		return;
	}
	run.values++;
	if ((access & PTG_WRITE) &&
	    (machine_bytes == 8 ? *(volatile uint64_t *)(uintptr_t)t->pa != ~t->pa
				: *(volatile uint32_t *)(uintptr_t)t->pa != ~(uint32_t)t->pa))
		report("stored value", va, access, t, a);
	check_marks(va, access, t, a);
}

/* Both walkers must say the same in every field. */
static int walkers_agree(uint64_t va, unsigned access, struct ptg_translation *t)
{
	struct ptg_translation g;
	struct ptg_space generic = *run.space;

	generic.walker = &ptg_generic_walker;
	ptg_translate(run.space, va, access, t);
	ptg_translate(&generic, va, access, &g);
	if (g.fault == t->fault && g.pa == t->pa && g.rule == t->rule && g.rights == t->rights &&
	    g.entry == t->entry && g.entry_pa == t->entry_pa && g.level == t->level && g.page_lg2 == t->page_lg2)
		return 1;
	say("the walkers differ at ");
	say_hex(va);
	say("\n");
	run.failures++;
	return 0;
}

static uint64_t some_address(void)
{
	uint64_t va = format_address(guest_random()), r = guest_random();

	if (run.record_count && (r & 3)) {
		const struct record *at = &run.record[(uint32_t)(r >> 8) % run.record_count];

		va = at->va + at->offset + (guest_random() & (at->len - 1));
	}
	return va & ~(uint64_t)0xfff;
}

static void ask(uint64_t va, unsigned access)
{
	struct ptg_translation t, look;
	struct answer a;

	access &= machine_kinds;
	if (!(access & ~(unsigned)PTG_USER))
		return;
	va |= access & PTG_EXEC ? 0x800 | (guest_random() & 0x7fc) : guest_random() & 0x7f8;
	if (!walkers_agree(va, access, &t) || t.fault == PTG_F_UNREADABLE || format_skip(access, &t))
		return;
	/* what lies outside the data would touch the guest itself, or nothing; rights that fail to protect it too */
	ptg_translate(run.space, va, PTG_LOOK, &look);
	if ((!t.fault && !inside(t.pa)) || (!look.fault && !inside(look.pa)))
		return;
	run.asked++;
	run.target = look.fault ? 0 : look.pa;
	a = machine_access(va, access, ~t.pa);
	compare(va, access, &t, &a);
	if (!look.fault && (access & PTG_WRITE)) {
		if (machine_bytes == 8)
			*(volatile uint64_t *)(uintptr_t)look.pa = look.pa;
		else
			*(volatile uint32_t *)(uintptr_t)look.pa = (uint32_t)look.pa;
	}
}

static unsigned some_access(void)
{
	static const unsigned kinds[] = { PTG_READ, PTG_WRITE, PTG_EXEC };

	return kinds[(uint32_t)(guest_random() >> 7) % 3] | (guest_random() & 0x10 ? PTG_USER : 0);
}

void guest_ask(void)
{
	uint64_t va = some_address();

	ask(va, some_access());
}

/* Each page of a range, by every kind of access. */
static void ask_range(uint64_t va, uint64_t len, uint64_t page)
{
	for (uint64_t at = 0; at < len; at += page)
		for (unsigned kind = 0; kind < 6; kind++)
			ask(va + at, 1u << (kind >> 1) | (kind & 1 ? PTG_USER : 0));
}

/* Fill the TLB, change, flush what is listed, ask again. */
void guest_change_live(void)
{
	const struct record *at = &run.record[(uint32_t)guest_random() % (run.record_count ? run.record_count : 1)];
	struct ptg_attrs a = { .rights = format_rights((uint32_t)guest_random() & 0x3f), .care = 0x3f };
	uint64_t r = guest_random(), page = (uint64_t)1 << guest_smallest(run.space);
	uint64_t va = (at->va + at->offset + (guest_random() & (at->len - 1))) & ~(page - 1), len = page << (r & 3);
	uint64_t pa = (run.data + (guest_random() & (GUEST_DATA_BYTES - 1))) & ~(page * 8 - 1);
	struct ptg_translation t;
	struct ptg_flush f = { 0 };

	if (!run.record_count)
		return;
	for (uint64_t at = va; at < va + len; at += page)
		if (!ptg_translate(run.space, at, PTG_LOOK, &t) && !inside(t.pa))
			return;              /* perhaps the guest's own */
	ask_range(va, len, page);
	switch (r >> 8 & 3) {
	case 0:
		ptg_unmap(run.space, va, len, PTG_SPLIT_OK, &f);
		break;
	case 1:
		ptg_map(run.space, va, pa, len, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK, &f);
		break;
	default:
		ptg_protect(run.space, va, len, &a, PTG_SPLIT_OK | PTG_SKIP_HOLES, &f);
		break;
	}
	guest_flush_listed((void *)0, &f);
	ptg_flush_done(run.space, &f);
	ask_range(va, len, page);
	run.changes++;
}
