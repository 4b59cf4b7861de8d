/* SPDX-License-Identifier: MIT */
/* progress.c - how far a long run is, on standard error */
#include "gen/inspect/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EVERY_NS 100000000
#define QUIET_NS 500000000

static void later(struct timespec *t, long ns)
{
	t->tv_nsec += ns;
	if (t->tv_nsec >= 1000000000) {
		t->tv_nsec -= 1000000000;
		t->tv_sec++;
	}
}

void progress_start(struct progress *p, int wish, const char *what)
{
	memset(p, 0, sizeof(*p));
	p->on = wish > 0 || (wish < 0 && isatty(STDERR_FILENO));
	p->what = what;
	clock_gettime(CLOCK_MONOTONIC, &p->start);
	p->next = p->start;
	later(&p->next, QUIET_NS);
}

/* Time for the next line?  The clock is asked only now and then. */
static bool due(struct progress *p)
{
	struct timespec now;

	if (!p->on || (++p->calls & 15))
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < p->next.tv_sec || (now.tv_sec == p->next.tv_sec && now.tv_nsec < p->next.tv_nsec))
		return false;
	p->next = now;
	later(&p->next, EVERY_NS);
	p->shown = true;
	return true;
}

void progress_at(struct progress *p, uint64_t place, uint64_t count)
{
	if (due(p))
		fprintf(stderr, "\r%s 0x%016" PRIx64 ", %" PRIu64 " tables ", p->what, place, count);
}

void progress_part(struct progress *p, uint64_t done, uint64_t total)
{
	char bar[31];
	unsigned full;

	if (!due(p) || !total)
		return;
	full = (unsigned)((double)done / (double)total * 30);
	memset(bar, '.', 30);
	memset(bar, '#', full > 30 ? 30 : full);
	bar[30] = '\0';
	fprintf(stderr, "\r%s [%s] %3u%% ", p->what, bar, (unsigned)((double)done / (double)total * 100));
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r%*s\r", 70, "");
}
