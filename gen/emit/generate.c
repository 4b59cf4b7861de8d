/* SPDX-License-Identifier: MIT */
/* generate.c - from a plan to the texts of its files */

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "gen/emit/emit_data.h"
#include "gen/emit/facts.h"
#include "gen/emit/generate.h"
#include "gen/load.h"
#include "gen/emit/m4.h"

static const char *const part_names[] = { "h", "c", "facts", "proof", "json", "vectors", "md", "svg", NULL };
static const char *const op_names[] = { "lookup", "lookup_many", "translate", "access_mem", "walk", "map", "unmap",
					"protect", "harvest", "codec", NULL };

/* Names between commas to a mask of their places. */
static const char *mask_of(const char *words, const char *const *names, unsigned *mask)
{
	*mask = 0;
	while (*words) {
		size_t n = strcspn(words, ",");
		unsigned i = 0;

		while (names[i] && (strncmp(names[i], words, n) != 0 || names[i][n]))
			i++;
		if (!names[i])
			return words;
		*mask |= 1u << i;
		words += n + (words[n] == ',');
	}
	return NULL;
}

const char *generate_parts(const char *words, unsigned *parts)
{
	return mask_of(words, part_names, parts);
}

const char *generate_ops(const char *words, unsigned *ops)
{
	const char *wrong = mask_of(words, op_names, ops);

	*ops |= GENERATE_LOOKUP; /* what all the others stand on */
	return wrong;
}

bool generate_name_fits(const char *prefix)
{
	if (!isalpha((unsigned char)*prefix) && *prefix != '_')
		return false;
	for (const char *c = prefix; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_')
			return false;
	return true;
}

static void add_file(struct arena *a, struct generate_result *out, const char *name, const char *text, bool to_stdout)
{
	out->file = arena_grow(a, out->file, out->count, out->count + 1, sizeof(*out->file));
	out->file[out->count++] = (struct generate_file){ name, text, to_stdout };
}

/* What the options add to the facts of the plan. */
static const char *with_options(struct arena *a, const struct plan *p, const char *name, unsigned ops)
{
	struct buffer b;

	buffer_init(&b, a);
	buffer_puts(&b, facts_of(a, p, name));
	for (unsigned i = 0; op_names[i]; i++)
		if (ops >> i & 1)
			buffer_printf(&b, "g4_fact(<|op.%s|>, <|1|>)m4_dnl\n", op_names[i]);
	return buffer_text(&b);
}

static const char *with_data(struct arena *a, const char *facts, const char *data)
{
	return arena_printf(a, "%sg4_fact(<|data|>, <|%s|>)m4_dnl\n", facts, m4_safe(a, data));
}

static const char *data_of(struct arena *a, const struct plan *p, const char *name)
{
	const char *stage[2];

	if (!p->stage[0])
		return emit_data(a, p, name, NULL);
	stage[0] = facts_name(a, p->stage[0]->format.name);
	stage[1] = facts_name(a, p->stage[1]->format.name);
	return emit_data(a, p, name, stage);
}

static const char *template_dir(struct arena *a, const struct generate_options *o, const char **why)
{
	const char *dir = o->template_dir;

	if (!dir)
		dir = search_data(a, "gen/templates");
	if (!dir)
		dir = search_data(a, "templates");
	if (!dir)
		*why = "the templates are not installed; say --template-dir";
	if (o->template_dir && access(arena_printf(a, "%s/format.c.m4", dir), R_OK) != 0) {
		*why = arena_printf(a, "--template-dir: %s has no format.c.m4", dir);
		return NULL;
	}
	return dir;
}

const char *generate_template_ending(struct arena *a, const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, *dot = strchr(name, '.');
	size_t n = dot ? strlen(dot + 1) : 0;

	return n > 3 && strcmp(dot + 1 + n - 3, ".m4") == 0 ? arena_copy(a, dot + 1, n - 3) : NULL;
}

/* What the user's own templates make of the facts. */
static bool expand_templates(struct arena *a, const char *name, const char *facts, const struct generate_options *o,
			     struct generate_result *out, const char **why)
{
	const char *dir = o->template_count ? template_dir(a, o, why) : "";

	for (unsigned i = 0; i < o->template_count && dir; i++) {
		const char *path = strchr(o->templates[i], '/') ? o->templates[i] : arena_printf(a, "./%s", o->templates[i]);
		const char *text = m4_run(a, dir, path, facts, why);

		if (!text)
			return false;
		add_file(a, out, arena_printf(a, "%s.%s", name, generate_template_ending(a, path)), text, false);
	}
	return dir != NULL;
}

/* The harness for a model checker, beside F.c. */
static bool add_proof(struct arena *a, const struct plan *p, const char *name, const char *facts,
		      const struct generate_options *o, struct generate_result *out, const char **why)
{
	const char *dir = template_dir(a, o, why), *text;

	if (!dir)
		return false;
	if (p->stage[0]) {
		*why = "--emit=proof: a pair has none of its own; prove its stages";
		return false;
	}
	text = m4_run(a, dir, "proof.c.m4", facts, why);
	if (text)
		add_file(a, out, arena_printf(a, "%s_proof.c", name), text, false);
	return text != NULL;
}

bool generate_plan(struct arena *a, const struct plan *p, const struct generate_options *o, struct generate_result *out,
		   const char **why)
{
	const char *name = o->prefix ? o->prefix : p->format.name, *dir, *h, *c;
	const char *facts = with_options(a, p, name, o->ops);
	struct m4_job *head = NULL, *body = NULL;

	if (o->parts & GENERATE_FACTS)
		add_file(a, out, arena_printf(a, "%s.facts", name), facts, true);
	if (o->parts & GENERATE_JSON)
		add_file(a, out, arena_printf(a, "%s.json", name), emit_json(a, p), true);
	if (o->parts & GENERATE_VECTORS)
		add_file(a, out, arena_printf(a, "%s.vectors", name), emit_vectors(a, p), true);
	if (!expand_templates(a, name, facts, o, out, why))
		return false;
	if (o->parts & GENERATE_PROOF && !add_proof(a, p, name, facts, o, out, why))
		return false;
	if (!(o->parts & (GENERATE_H | GENERATE_C)))
		return true;
	dir = template_dir(a, o, why);
	if (!dir)
		return false;
	if (o->parts & GENERATE_H) /* meanwhile the body's facts are put together, and its m4 runs beside this one */
		head = m4_start(a, dir, p->stage[0] ? "nest.h.m4" : "format.h.m4", facts, why);
	if (o->parts & GENERATE_C)
		body = m4_start(a, dir, p->stage[0] ? "nest.c.m4" : "format.c.m4", with_data(a, facts, data_of(a, p, name)), why);
	h = m4_end(head, why);
	c = m4_end(body, why);
	if ((o->parts & GENERATE_H && !h) || (o->parts & GENERATE_C && !c))
		return false;
	if (h && c && o->single_file) {
		h = generate_single(a, facts_name(a, name), facts_upper(a, facts_name(a, name)), h, c, why);
		c = NULL;
		if (!h)
			return false;
	}
	if (h)
		add_file(a, out, arena_printf(a, "%s.h", name), h, false);
	if (c)
		add_file(a, out, arena_printf(a, "%s.c", name), c, false);
	return true;
}
