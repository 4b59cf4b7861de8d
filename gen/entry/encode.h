/* SPDX-License-Identifier: MIT */
/*
 * encode.h - an entry from NAME=VALUE words
 */
#ifndef GEN_ENTRY_ENCODE_H
#define GEN_ENTRY_ENCODE_H

#include "gen/inspect/view.h"
#include "gen/commands/options.h"

enum encode_result {
	ENCODE_DONE,
	ENCODE_CANNOT,   /* the format cannot express it */
	ENCODE_WORD      /* a word that means nothing here */
};

/* *why (arena text) says what is wrong unless the result is ENCODE_DONE. */
enum encode_result encode_entry(struct arena *a, const struct view *v, unsigned level, uint64_t pa, bool table,
				const struct word_list *pairs, uint64_t e[2], const char **why);

#endif /* GEN_ENTRY_ENCODE_H */
