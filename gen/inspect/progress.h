/* SPDX-License-Identifier: MIT */
/*
 * progress.h - how far a long run is, on standard error
 */
#ifndef GEN_INSPECT_PROGRESS_H
#define GEN_INSPECT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
	bool on, shown;
	const char *what;
	struct timespec start, next;
	unsigned calls;
};

/* wish: 1 show, 0 do not, -1 when standard error is a terminal.  Nothing is shown in the first half second. */
void progress_start(struct progress *p, int wish, const char *what);
void progress_at(struct progress *p, uint64_t place, uint64_t count);
/* done of total, as a bar. */
void progress_part(struct progress *p, uint64_t done, uint64_t total);
void progress_end(struct progress *p);

#endif /* GEN_INSPECT_PROGRESS_H */
