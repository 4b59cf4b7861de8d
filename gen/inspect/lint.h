/* SPDX-License-Identifier: MIT */
/*
 * lint.h - what should worry you in an address space
 */
#ifndef GEN_INSPECT_LINT_H
#define GEN_INSPECT_LINT_H

#include "gen/inspect/scan.h"

/* ORDER LINT: ids and reasons in lint.c */
enum lint_id {
	LINT_WX,                     /* writable and executable */
	LINT_USER_ALIAS,             /* a frame of the user that the supervisor has too */
	LINT_EXEC_ALIAS,             /* a writable alias of an executable page */
	LINT_TABLE_USER,             /* a table that the user may write */
	LINT_TABLE_WRITABLE,         /* tables that the supervisor may write */
	LINT_OUTSIDE_RAM,            /* a page that is no RAM */
	LINT_RESERVED,               /* an entry that hardware refuses */
	LINT_UNREADABLE,             /* a table that is not in the image */
	LINT_GROUP,                  /* a group of entries that do not agree */
	LINT_SELF_MAP,               /* a table that serves two levels */
	LINT_ALIAS,                  /* a frame at two addresses, whatever their rights; only where it is asked for */
	LINT_COUNT_
};

struct lint_finding {
	enum lint_id id;
	uint64_t va, last;           /* where */
	uint64_t pa;
	bool has_pa;
	uint64_t other;              /* the other address, table or entry */
	bool has_other;
	uint64_t count;              /* how many pages or tables of the same sort */
	const char *text;            /* arena text */
};

struct lint {
	struct arena *arena;
	const struct view *view;
	uint64_t first, last;
	uint32_t want;               /* bit n: lint_id n */
	bool (*is_ram)(const void *arg, uint64_t pa, uint64_t last);
	const void *ram_arg;
	bool ram_known;              /* --ram was given */
	void (*tell)(void *arg, const struct lint_finding *f);
	void (*progress)(void *arg, uint64_t va);
	void *arg;
	struct scan scan;
	/* lint.c's */
	struct mapping *m;
	size_t count, room;
	struct scan_table *table;
	size_t table_count, table_room;
	uint64_t found[LINT_COUNT_];
};

const char *lint_name(enum lint_id id);   /* "wx", "user-alias", ... */
const char *lint_reason(enum lint_id id); /* why it matters */

/* Look at one space.  Return: PTG_OK or the error of the walk. */
int lint_space(struct lint *l);

/* for the parts */
void lint_say(struct lint *l, const struct lint_finding *f);
void lint_aliases(struct lint *l);        /* lint_alias.c */
void lint_tables(struct lint *l);         /* lint_alias.c */

#endif /* GEN_INSPECT_LINT_H */
