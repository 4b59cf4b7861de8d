/* SPDX-License-Identifier: MIT */
/* m4.c - templates are expanded by m4, run as a child */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gen/buffer.h"
#include "gen/emit/m4.h"

#define MARK '\001'                  /* inside what must not look like a macro or a quote */

const char *m4_safe(struct arena *a, const char *text)
{
	struct buffer b;

	buffer_init(&b, a);
	for (const char *c = text; *c; c++) {
		char out[2] = { *c, MARK };
		bool risky = strchr("mMgGbB", *c) && c[1] == '4';

		if (*c == MARK)
			continue;
		if ((*c == '<' && c[1] == '|') || (*c == '|' && c[1] == '>'))
			risky = true;
		buffer_add(&b, out, risky ? 2 : 1);
	}
	return buffer_text(&b);
}

static const char *read_all(struct arena *a, FILE *file)
{
	struct buffer b;
	char part[65536];
	size_t n;

	buffer_init(&b, a);
	rewind(file);
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&b, part, n);
	return buffer_text(&b);
}

static void child(FILE *in, FILE *out, FILE *err, const char *dir, const char *template)
{
	const char *m4 = getenv("M4");
	char *words[] = { (char[]){ "m4" }, (char[]){ "-P" }, (char[]){ "-E" }, (char[]){ "-E" }, (char[]){ "-I" },
			  NULL, NULL, (char[]){ "-" }, NULL, NULL };
	char lib[4096], file[4096], include[4096];
	bool own = strchr(template, '/'); /* the user's, by its path */

	if (snprintf(include, sizeof(include), "%s", dir) >= (int)sizeof(include) || snprintf(lib, sizeof(lib), "%s/lib.m4", dir) >= (int)sizeof(lib) ||
	    snprintf(file, sizeof(file), "%s%s%s", own ? "" : dir, own ? "" : "/", template) >= (int)sizeof(file))
		_exit(126);
	words[5] = include;
	words[6] = lib;
	words[8] = file;
	dup2(fileno(in), STDIN_FILENO);
	dup2(fileno(out), STDOUT_FILENO);
	dup2(fileno(err), STDERR_FILENO);
	execvp(m4 && *m4 ? m4 : "m4", words);
	fprintf(stderr, "cannot run %s: %s\n", m4 && *m4 ? m4 : "m4", strerror(errno));
	_exit(127);
}

/* A name of a macro that was never expanded: a mistake in a template. */
static const char *left_over(const char *text)
{
	static const char *const names[] = { "m4_", "g4_", "G4_" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *at = text;

		while ((at = strstr(at, names[i])) != NULL) {
			char before = at == text ? ' ' : at[-1];

			if (!(before == '_' || (before >= '0' && before <= '9') || (before >= 'a' && before <= 'z') ||
			      (before >= 'A' && before <= 'Z')))
				return at;
			at++;
		}
	}
	return NULL;
}

static const char *without_marks(struct arena *a, const char *text)
{
	struct buffer b;
	const char *from = text, *mark;

	buffer_init(&b, a);
	while ((mark = strchr(from, MARK)) != NULL) {
		buffer_add(&b, from, (size_t)(mark - from));
		from = mark + 1;
	}
	buffer_puts(&b, from);
	return buffer_text(&b);
}

static const char *finish(struct arena *a, const char *template, int status, const char *out, const char *err,
			  const char **why)
{
	const char *left;

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || *err) {
		*why = arena_printf(a, "m4 failed on %s: %s", template, *err ? err : "no reason given");
		return NULL;
	}
	left = left_over(out);
	if (left) {
		*why = arena_printf(a, "%s left a macro unexpanded: %.40s", template, left);
		return NULL;
	}
	return without_marks(a, out);
}

struct m4_job {
	struct arena *arena;
	const char *template;
	FILE *in, *out, *err;
	pid_t pid;                   /* -1: none runs */
};

static void close_all(struct m4_job *job)
{
	FILE *const files[] = { job->in, job->out, job->err };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i])
			fclose(files[i]);
}

struct m4_job *m4_start(struct arena *a, const char *dir, const char *template, const char *facts, const char **why)
{
	struct m4_job *job = arena_alloc(a, sizeof(*job));

	*job = (struct m4_job){ a, template, tmpfile(), tmpfile(), tmpfile(), -1 };
	if (!job->in || !job->out || !job->err || fputs(facts, job->in) < 0 || fflush(job->in) != 0) {
		*why = arena_printf(a, "no temporary file: %s", strerror(errno));
		close_all(job);
		return NULL;
	}
	rewind(job->in);
	job->pid = fork();
	if (job->pid == 0)
		child(job->in, job->out, job->err, dir, template);
	if (job->pid > 0)
		return job;
	*why = arena_printf(a, "cannot start m4: %s", strerror(errno));
	close_all(job);
	return NULL;
}

const char *m4_end(struct m4_job *job, const char **why)
{
	const char *text;
	int status = -1;

	if (!job)
		return NULL;
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	text = finish(job->arena, job->template, status, read_all(job->arena, job->out), read_all(job->arena, job->err), why);
	close_all(job);
	return text;
}

const char *m4_run(struct arena *a, const char *dir, const char *template, const char *facts, const char **why)
{
	return m4_end(m4_start(a, dir, template, facts, why), why);
}
