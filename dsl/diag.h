/* SPDX-License-Identifier: MIT */
/*
 * diag.h - what ptgen tells its user about a description
 *
 * FILE:LINE:COL: error: TEXT [id], the quoted line, a caret under the span;
 * notes at other places; at most one line of help that can be pasted.
 * Messages are collected and printed sorted by place when a stage ends.
 */
#ifndef DSL_DIAG_H
#define DSL_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "dsl/source.h"

/* ORDER DIAG: X(NAME, "id", severity, "one line for docs/diagnostics.md") in diag.def. */
enum diag_id {
#define X(name, id, severity, doc) DIAG_##name,
#include "dsl/diag.def"
#undef X
	DIAG_COUNT_
};

enum diag_severity { SEVERITY_OFF, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag; /* the collector */

struct diag *diag_new(struct sources *sources, struct arena *arena);

/*
 * Report.  A second report of the same id with a span on the same source line
 * and the same text is dropped; one from another derived format adds its name
 * to the first ("in sv39, sv48, sv57"), see diag_in_format().  The notes and the
 * help that follow belong to this report.
 */
void diag_report(struct diag *d, enum diag_id id, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void diag_note(struct diag *d, struct span at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Notes and help that follow belong to nothing. */
void diag_drop(struct diag *d);
void diag_help(struct diag *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Name of the format that is being checked, for the list in messages; NULL: none. */
void diag_in_format(struct diag *d, const char *name);

/* Its text: a report about a line outside of it names the format, even when it is the only one. */
void diag_format_text(struct diag *d, struct span text);

/* "-W" words: "no-ID", "error=ID", "error", "ID".  Return: false, unknown id. */
bool diag_option(struct diag *d, const char *word);

/* Errors so far (warnings turned into errors included). */
unsigned diag_errors(const struct diag *d);
unsigned diag_warnings(const struct diag *d);

/* Print what was collected, sorted, and forget it (the counts stay). */
void diag_flush(struct diag *d, FILE *out, bool colour);

const char *diag_id_text(enum diag_id id);
const char *diag_id_doc(enum diag_id id);
enum diag_severity diag_id_severity(enum diag_id id);

/* The closest of `count` names, or NULL when none is close. */
const char *diag_did_you_mean(const char *word, const char *const *names, size_t count);

#endif /* DSL_DIAG_H */
