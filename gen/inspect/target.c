/* SPDX-License-Identifier: MIT */
/* target.c - the options all inspection commands share, and what they open */
#include "gen/inspect/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gen/text.h"

enum {
	T_FORMAT = 800, T_ROOT, T_CTX, T_RAM, T_LENIENT, T_IGNORE, T_ASSUME, T_TRUNCATED,
	T_CR3, T_CR4, T_SATP, T_TTBR0, T_TTBR1,
	T_JSON, T_CSV, T_COLOUR, T_NO_COLOUR, T_OUT, T_PROGRESS, T_NO_PROGRESS
};

static const struct option_spec target_specs[] = {
	{"format", 'f', 1, 0, T_FORMAT, "FORMAT", "a name (ptgen formats), a file.pt[:name], or a base that the\n"
						 "registers choose from (riscv64, ia32e, aarch64)"},
	{"root", 'r', 1, 0, T_ROOT, "ROOT", "a number, or registers: cr3=N  satp=N  ttbr0=N,ttbr1=N,tcr=N"},
	{"ctx", 0, 1, 0, T_CTX, "NAME=V,..", "context bits of the machine: sum=1, mxr=0, wp=0 ..."},
	{"ram", 0, 1, 0, T_RAM, "A-B", "what RAM is, where the image does not say (repeat it)"},
	{"lenient", 0, 0, 0, T_LENIENT, NULL, "do not mind reserved bits that are set"},
	{"ignore-reserved", 0, 1, 0, T_IGNORE, "MASK[@LEVEL]", "do not mind these reserved bits (repeat it)"},
	{"assume", 0, 1, 0, T_ASSUME, "NAME=V", "what an `extern` of the description answers: 0 or 1"},
	{"truncated", 0, 0, 0, T_TRUNCATED, NULL, "read what a cut image still has"},
	{"cr3", 0, 1, 1, T_CR3, "N", ""},
	{"cr4", 0, 1, 1, T_CR4, "N", ""},
	{"satp", 0, 1, 1, T_SATP, "N", ""},
	{"ttbr0_el1", 0, 1, 1, T_TTBR0, "N", ""},
	{"ttbr1_el1", 0, 1, 1, T_TTBR1, "N", ""},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

const struct option_group target_option_group = {"what to look at", target_specs};

static const struct option_spec output_specs[] = {
	{"json", 0, 0, 0, T_JSON, NULL, "one JSON object a line"},
	{"csv", 0, 0, 0, T_CSV, NULL, "comma-separated values, with a line of names"},
	{"output", 'o', 1, 0, T_OUT, "FILE", "write there"},
	{"color", 0, 0, 0, T_COLOUR, NULL, "colours even when this is no terminal"},
	{"colour", 0, 0, 1, T_COLOUR, NULL, ""},
	{"no-color", 0, 0, 0, T_NO_COLOUR, NULL, "no colours"},
	{"no-colour", 0, 0, 1, T_NO_COLOUR, NULL, ""},
	{"progress", 0, 0, 0, T_PROGRESS, NULL, "show progress on standard error (default: on a terminal)"},
	{"no-progress", 0, 0, 0, T_NO_PROGRESS, NULL, "do not"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

const struct option_group target_output_group = {"output", output_specs};

void target_init(struct target *t, const struct command *c)
{
	memset(t, 0, sizeof(*t));
	t->arena = arena_new();
	t->command = c;
	t->progress = -1;
	t->load.quiet = true;
}

static int add_ram(struct target *t, const char *word)
{
	struct target_ram r;

	if (!text_range(word, &r.first, &r.last))
		return command_usage(t->command, "--ram: '%s' is no range (A-B, A..B or A+LENGTH)", word);
	t->ram = arena_grow(t->arena, t->ram, t->ram_count, t->ram_count + 1, sizeof(*t->ram));
	t->ram[t->ram_count++] = r;
	return EXIT_DONE;
}

static int add_register(struct target *t, const char *name, const char *word)
{
	uint64_t value;

	if (!text_number(word, &value))
		return command_usage(t->command, "--%s: '%s' is no number", name, word);
	if (!t->extra)
		t->extra = arena_alloc(t->arena, sizeof(*t->extra));
	root_add(t->extra, name, value);
	return EXIT_DONE;
}

int target_claim(struct target *t, const struct options *o, int id)
{
	if (t->form_said && t->form_id != id)
		return command_usage(t->command, "%s: %s was said before; take one of them", o->given, t->form_said);
	t->form_said = o->given;
	t->form_id = id;
	return EXIT_DONE;
}

int target_option(struct target *t, const struct options *o, int id)
{
	if (load_option(t->arena, &t->load, id, o->value))
		return EXIT_DONE;
	switch (id) {
	case T_FORMAT:      t->format = o->value; break;
	case T_ROOT:        word_add(t->arena, &t->roots, o->value); break;
	case T_CTX:         word_add_split(t->arena, &t->ctx, o->value); break;
	case T_RAM:         return add_ram(t, o->value);
	case T_LENIENT:     t->lenient = true; break;
	case T_IGNORE:      word_add_split(t->arena, &t->ignore, o->value); break;
	case T_ASSUME:      word_add_split(t->arena, &t->assume, o->value); break;
	case T_TRUNCATED:   t->image_options.truncated_ok = true; break;
	case T_CR3:         return add_register(t, "cr3", o->value);
	case T_CR4:         return add_register(t, "cr4", o->value);
	case T_SATP:        return add_register(t, "satp", o->value);
	case T_TTBR0:       return add_register(t, "ttbr0", o->value);
	case T_TTBR1:       return add_register(t, "ttbr1", o->value);
	case T_JSON:        t->form = OUT_JSON; return target_claim(t, o, id);
	case T_CSV:         t->form = OUT_CSV; return target_claim(t, o, id);
	case T_COLOUR:      t->colour = OUT_COLOUR_ALWAYS; break;
	case T_NO_COLOUR:   t->colour = OUT_COLOUR_NEVER; break;
	case T_OUT:         t->out_path = o->value; break;
	case T_PROGRESS:    t->progress = 1; break;
	case T_NO_PROGRESS: t->progress = 0; break;
	default:            return -1;
	}
	return EXIT_DONE;
}

/* --- opening -------------------------------------------------------------------------- */

static int apply_ignore(struct target *t, struct plan *plan)
{
	const char *why = NULL;

	if (t->lenient && !view_ignore(t->arena, plan, ~(uint64_t)0, NULL, &why))
		return command_usage(t->command, "%s", why);
	for (unsigned i = 0; i < t->ignore.count; i++) {
		const char *word = t->ignore.word[i], *at = strchr(word, '@');
		const char *number = at ? arena_copy(t->arena, word, (size_t)(at - word)) : word;
		uint64_t mask;

		if (!text_number(number, &mask))
			return command_usage(t->command, "--ignore-reserved: '%s' is no mask", number);
		if (!view_ignore(t->arena, plan, mask, at ? at + 1 : NULL, &why))
			return command_usage(t->command, "--ignore-reserved: %s", why);
	}
	return EXIT_DONE;
}

static uint64_t say_0(const struct ptg_space *s, uint64_t value)
{
	(void)s, (void)value;
	return 0;
}

static uint64_t say_1(const struct ptg_space *s, uint64_t value)
{
	(void)s, (void)value;
	return 1;
}

/* Every hook of a description needs an answer. */
static int apply_assume(struct target *t, struct ptg_format *f)
{
	uint64_t (**fn)(const struct ptg_space *, uint64_t) = arena_array(t->arena, f->extern_count + 1u, sizeof(*fn));

	for (unsigned i = 0; i < f->extern_count; i++) {
		size_t n = strlen(f->externs[i]);

		for (unsigned k = 0; k < t->assume.count; k++) {
			const char *word = t->assume.word[k];

			if (strncmp(word, f->externs[i], n) == 0 && (strcmp(word + n, "=0") == 0 || strcmp(word + n, "=1") == 0))
				fn[i] = word[n + 1] == '1' ? say_1 : say_0;
		}
		if (!fn[i])
			return command_usage(t->command, "%s asks '%s' of the program it is built into: say --assume %s=0 or =1",
					     f->name, f->externs[i], f->externs[i]);
	}
	if (f->extern_count)
		f->extern_fn = fn;
	return EXIT_DONE;
}

/* Registers decide constants of a description (where indexes stand), so it is read with them. */
static void give_registers(struct target *t)
{
	for (unsigned i = 0; i < t->roots.count; i++) {
		struct root_spec *spec = arena_alloc(t->arena, sizeof(*spec));
		const char *why;

		if (!root_parse(t->arena, t->roots.word[i], spec, &why))
			continue; /* said where the root is used */
		for (unsigned k = 0; k < spec->count; k++)
			word_add(t->arena, &t->load.registers, arena_printf(t->arena, "%s=0x%llx", spec->reg[k].name,
									   (unsigned long long)spec->reg[k].value));
	}
}

int target_formats(struct target *t)
{
	int code;

	if (t->plan_count)
		return EXIT_DONE;
	if (!t->format)
		return command_usage(t->command, "-f FORMAT is missing");
	give_registers(t);
	code = load_format(t->arena, t->format, &t->load, &t->plans, &t->plan_count);
	for (unsigned i = 0; i < t->plan_count && !code; i++) {
		code = apply_assume(t, &t->plans[i]->format);
		for (unsigned k = 0; k < 2 && !code && t->plans[i]->stage[k]; k++)
			code = apply_assume(t, &t->plans[i]->stage[k]->format);
		if (!code)
			code = apply_ignore(t, t->plans[i]);
	}
	return code;
}

struct image *target_image(struct target *t, const char *spec, int *code)
{
	const char *why = "";
	struct image *image;

	if (!image_word(t->arena, spec, &why)) {
		*code = command_usage(t->command, "%s", why);
		return NULL;
	}
	image = image_open(t->arena, spec, &t->image_options, &why);
	*code = image ? EXIT_DONE : command_fail(EXIT_SOURCE, "%s", why);
	if (image && image->overlaps)
		fprintf(stderr, "ptgen: warning: %s: %zu parts overlap; where they do, the lower one counts\n",
			image->name, image->overlaps);
	if (image && image->cut)
		fprintf(stderr, "ptgen: warning: %s: the file is cut; %llu bytes are missing\n", image->name,
			(unsigned long long)image->cut);
	return image;
}

int target_view(struct target *t, struct view *v, const char *root, struct image *image)
{
	struct root_spec *spec = arena_alloc(t->arena, sizeof(*spec));
	struct plan *plan;
	const char *why = "";

	if (root && !root_parse(t->arena, root, spec, &why))
		return command_usage(t->command, "%s", why);
	for (unsigned i = 0; t->extra && i < t->extra->count; i++)
		if (!root_add(spec, t->extra->reg[i].name, t->extra->reg[i].value))
			return command_usage(t->command, "--%s: write it into --root", t->extra->reg[i].name);
	plan = root_choose(t->arena, t->plans, t->plan_count, spec, &why);
	if (!plan)
		return command_usage(t->command, "%s", why);
	v->plan = plan;
	v->root = spec;
	v->image = image;
	if (!view_start(t->arena, v, &why))
		return command_usage(t->command, "%s", why);
	for (unsigned i = 0; i < t->ctx.count; i++)
		if (!view_ctx(t->arena, v, t->ctx.word[i], &why))
			return command_usage(t->command, "%s", why);
	return EXIT_DONE;
}

int target_output(struct target *t)
{
	FILE *file = stdout;

	if (t->out.file)
		return EXIT_DONE;
	if (t->out_path) {
		file = fopen(t->out_path, "w");
		if (!file)
			return command_fail(EXIT_SOURCE, "%s: %s", t->out_path, strerror(errno));
	}
	out_start(&t->out, file, t->form, t->colour);
	return EXIT_DONE;
}

int target_open(struct target *t, const char *image, unsigned roots)
{
	unsigned n = t->roots.count;
	int code;

	if (!image)
		return command_usage(t->command, "no image given");
	if (n == 0 && t->extra)
		n = 1;
	if (n < roots)
		return command_usage(t->command, "--root ROOT is missing (ptgen roots finds some)");
	code = target_formats(t);
	if (!code)
		t->image = target_image(t, image, &code);
	if (code)
		return code;
	t->view = arena_array(t->arena, n + 1, sizeof(*t->view));
	for (unsigned i = 0; i < n && !code; i++)
		code = target_view(t, &t->view[t->view_count++], i < t->roots.count ? t->roots.word[i] : NULL, t->image);
	return code ? code : target_output(t);
}

int target_close(struct target *t, int code)
{
	if (t->out.file) {
		if (out_failed(&t->out))
			code = command_fail(EXIT_SOURCE, "the output cannot be written");
		if (t->out.file != stdout)
			fclose(t->out.file);
	}
	if (t->image && t->image->broken)
		code = command_fail(EXIT_SOURCE, "%s: %s", t->image->name, t->image->broken);
	image_close(t->image);
	arena_free(t->arena);
	return code;
}

bool target_is_ram(const struct target *t, uint64_t pa, uint64_t last)
{
	if (!t->ram_count)
		return last - pa < ~(uint64_t)0 && image_extent(t->image, pa, last - pa + 1) == last - pa + 1;
	for (unsigned i = 0; i < t->ram_count; i++)
		if (pa >= t->ram[i].first && last <= t->ram[i].last)
			return true;
	return false;
}
