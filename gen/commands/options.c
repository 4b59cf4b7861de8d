/* SPDX-License-Identifier: MIT */
/* options.c - the words of a command line, one after the other */
#include "gen/commands/options.h"

#include <stdio.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/diag.h"

void options_start(struct options *o, int argc, char **argv, const struct option_group *const *groups)
{
	memset(o, 0, sizeof(*o));
	o->argc = argc;
	o->argv = argv;
	o->index = 1;
	o->groups = groups;
}

static int bad(struct options *o, const char *text)
{
	o->why = text;
	return OPTION_BAD;
}

/* The option whose name begins with name[0..length): exact wins, then a unique one. */
static const struct option_spec *find_long(const struct options *o, const char *name, size_t length,
					   bool shorten, bool *several)
{
	const struct option_spec *found = NULL;

	*several = false;
	for (const struct option_group *const *g = o->groups; *g; g++) {
		for (const struct option_spec *s = (*g)->specs; s->name; s++) {
			if (strncmp(s->name, name, length) != 0)
				continue;
			if (s->name[length] == '\0')
				return s;
			if (!shorten || s->hidden)
				continue;
			*several = *several || found;
			found = s;
		}
	}
	return found;
}

static const struct option_spec *find_letter(const struct options *o, char letter)
{
	for (const struct option_group *const *g = o->groups; *g; g++)
		for (const struct option_spec *s = (*g)->specs; s->name; s++)
			if (s->letter == letter)
				return s;
	return NULL;
}

static int take_values(struct options *o, const struct option_spec *s, const char *inline_value)
{
	o->value = inline_value;
	o->value2 = NULL;
	if (s->args == 0 && inline_value) {
		snprintf(o->text, sizeof(o->text), "--%s takes no value", s->name);
		return bad(o, o->text);
	}
	if (s->args >= 1 && !o->value)
		o->value = o->index < o->argc ? o->argv[o->index++] : NULL;
	if (s->args == 2)
		o->value2 = o->index < o->argc ? o->argv[o->index++] : NULL;
	if ((s->args >= 1 && !o->value) || (s->args == 2 && !o->value2)) {
		snprintf(o->text, sizeof(o->text), "--%s needs %s", s->name, s->value ? s->value : "a value");
		return bad(o, o->text);
	}
	return s->id;
}

/* The listed option that is spelled nearly so, NULL: none. */
static const char *near_miss(const struct options *o, const char *name, size_t length)
{
	const char *names[128];
	char word[32];
	size_t n = 0;

	if (length >= sizeof(word))
		return NULL;
	memcpy(word, name, length);
	word[length] = '\0';
	for (const struct option_group *const *g = o->groups; *g; g++)
		for (const struct option_spec *s = (*g)->specs; s->name && n < sizeof(names) / sizeof(names[0]); s++)
			if (!s->hidden)
				names[n++] = s->name;
	return diag_did_you_mean(word, names, n);
}

static int next_option(struct options *o, const char *word)
{
	bool two = word[1] == '-', several;
	const char *name = word + (two ? 2 : 1), *equals = strchr(name, '='), *near;
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_spec *s = find_long(o, name, length, two, &several);

	if (s && !several)
		return take_values(o, s, equals ? equals + 1 : NULL);
	if (!two) {
		s = find_letter(o, name[0]);
		if (s && (s->args || !name[1]))
			return take_values(o, s, name[1] ? name + 1 : NULL);
	}
	near = several ? NULL : near_miss(o, name, length);
	snprintf(o->text, sizeof(o->text), "%s option '%.*s'%s%s%s", several ? "more than one" : "unknown",
		 (int)(length > 60 ? 60 : length) + (two ? 2 : 1), word, near ? "; did you mean '--" : "", near ? near : "",
		 near ? "'?" : "");
	return bad(o, o->text);
}

int options_next(struct options *o)
{
	const char *word = options_peek(o);

	if (!word)
		return OPTION_END;
	o->index++;
	if (!o->ended && strcmp(word, "--") == 0) {
		o->ended = true;
		return options_next(o);
	}
	o->given = word;
	if (!o->ended && word[0] == '-' && word[1] != '\0')
		return next_option(o, word);
	o->value = word;
	return OPTION_WORD;
}

const char *options_peek(const struct options *o)
{
	return o->index < o->argc ? o->argv[o->index] : NULL;
}

void options_take(struct options *o)
{
	o->index++;
}

void word_add(struct arena *a, struct word_list *l, const char *word)
{
	if (l->count == l->room) {
		unsigned room = l->room ? 2 * l->room : 8;

		l->word = arena_grow(a, l->word, l->count, room, sizeof(*l->word));
		l->room = room;
	}
	l->word[l->count++] = word;
}

void word_add_split(struct arena *a, struct word_list *l, const char *word)
{
	for (;;) {
		size_t n = strcspn(word, ",");

		if (n)
			word_add(a, l, arena_copy(a, word, n));
		if (!word[n])
			return;
		word += n + 1;
	}
}
