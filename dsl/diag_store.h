/* SPDX-License-Identifier: MIT */
/*
 * diag_store.h - the collected messages, shared by diag.c and diag_print.c only
 */
#ifndef DSL_DIAG_STORE_H
#define DSL_DIAG_STORE_H

#include "dsl/diag.h"

#define DIAG_BUCKETS 256

struct report_note {
	struct span at;
	const char *text;
	struct report_note *next;
};

struct report_format {
	const char *name;
	struct span text;               /* of the format; file 0: not known */
	struct report_format *next;
};

struct report {
	enum diag_id id;
	enum diag_severity severity;
	struct span at;
	uint32_t line;
	unsigned order;                 /* of reporting, where places are equal */
	const char *text, *help;
	struct report_note *notes;
	struct report_format *formats;  /* that it was found in */
	struct report *next, *chain;    /* of those that wait; of one bucket */
};

struct diag {
	struct arena *arena;
	struct sources *sources;
	enum diag_severity severity[DIAG_COUNT_];
	struct report *bucket[DIAG_BUCKETS];
	struct report *waiting, *current;
	unsigned waiting_count, made, errors, warnings;
	const char *format;
	struct span format_text;
};

uint32_t diag_line_of(const struct diag *d, struct span at);

#endif /* DSL_DIAG_STORE_H */
