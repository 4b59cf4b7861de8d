/* SPDX-License-Identifier: MIT */
/*
 * target.h - the options all inspection commands share, and what they open
 *
 * -f, --root, --ctx, --ram, leniency, output form; then target_open() gives the
 * image and one view for each --root.
 */
#ifndef GEN_INSPECT_TARGET_H
#define GEN_INSPECT_TARGET_H

#include "gen/commands/command.h"
#include "gen/inspect/view.h"
#include "gen/load.h"
#include "gen/out.h"

struct target_ram { uint64_t first, last; };

struct target {
	struct arena *arena;
	const struct command *command;
	struct load_options load;
	const char *format;
	struct word_list roots, ctx, ignore, assume;
	bool lenient;
	struct root_spec *extra;     /* -cr3 and its kin */
	struct target_ram *ram;
	unsigned ram_count;
	struct image_options image_options;
	enum out_form form;
	const char *form_said;       /* the option that chose what is printed, or NULL */
	int form_id;
	enum out_colour_when colour;
	int progress;                /* -1: as the terminal says */
	const char *out_path;
	struct out out;
	/* after target_open() */
	struct plan **plans;
	unsigned plan_count;
	struct image *image;
	struct view *view;           /* one a --root */
	unsigned view_count;
};

/* Groups for the help: format options, roots, output. */
extern const struct option_group target_option_group, target_output_group;

void target_init(struct target *t, const struct command *c);
/* One option: EXIT_DONE taken; EXIT_USAGE wrong (said); -1: not one of these. */
int target_option(struct target *t, const struct options *o, int id);

/* An option that chooses what is printed: another one before it is a quarrel. */
int target_claim(struct target *t, const struct options *o, int id);

/*
 * Open -f, the image and the roots.  At least `roots` of --root are needed.
 * Return: EXIT_DONE, or the exit code after saying why.
 */
int target_open(struct target *t, const char *image, unsigned roots);
/* The same in parts: the formats; then an image; then the views on it. */
int target_formats(struct target *t);
struct image *target_image(struct target *t, const char *spec, int *code);
int target_view(struct target *t, struct view *v, const char *root, struct image *image);
/* Output goes to -o or standard output. */
int target_output(struct target *t);
/* Flush, close, say what broke meanwhile.  Return: code, or EXIT_SOURCE. */
int target_close(struct target *t, int code);

/* Is [pa, last] RAM: inside --ram where given, else inside the image. */
bool target_is_ram(const struct target *t, uint64_t pa, uint64_t last);

#endif /* GEN_INSPECT_TARGET_H */
