/* SPDX-License-Identifier: MIT */
/*
 * fields.h - the named bits of an entry, for people
 *
 * The plan knows masks; what the manual calls the bits stands in the model.
 * explain, --steps, lint and the pictures take names from here and nowhere else.
 */
#ifndef GEN_ENTRY_FIELDS_H
#define GEN_ENTRY_FIELDS_H

#include "gen/plan.h"

#define FIELDS_MAX 96

struct field_bits {                  /* one run of bits */
	const char *name;            /* NULL: nameless */
	unsigned hi, lo;             /* in the entry, LSB-0 */
	unsigned part, parts;        /* of a field in several pieces, high part first */
	enum ast_duty duty;          /* as the features stand */
	bool address;                /* goes to an address */
	bool off;                    /* features say that it is not there: its name stands for nothing */
	bool elsewhere;              /* `when` says that these bits mean something else in this entry */
	const struct model_field *field;
};

/*
 * The bits of entries of one kind, from the top down.  `kind` is an index of the
 * plan; config0 says which features and parameters hold; entry NULL: any.
 * A kind that names no layout gets the format's only one. Return: how many.
 */
unsigned fields_of_kind(const struct plan *plan, unsigned kind, uint64_t config0, const uint64_t entry[2],
			struct field_bits out[FIELDS_MAX]);

/* The same for a register or root. */
unsigned fields_of_register(const struct plan *plan, const struct model_register *reg, uint64_t config0,
			    struct field_bits out[FIELDS_MAX]);

/* Bits [hi:lo] of an entry. */
uint64_t field_value(const uint64_t entry[2], unsigned hi, unsigned lo);
/* Set them; false: the value does not fit. */
bool field_put(uint64_t entry[2], unsigned hi, unsigned lo, uint64_t value);

/* "V R W A D PBMT=1": set bits that are no address and not reserved; arena text. */
const char *fields_flags(struct arena *a, const struct plan *plan, unsigned kind, uint64_t config0,
			 const uint64_t entry[2]);

/* "[9:8]" in the file's numbering. */
const char *fields_range(struct arena *a, const struct plan *plan, unsigned frame, unsigned hi, unsigned lo);

/* The model's view of config[0]. */
void fields_config(const struct plan *plan, uint64_t config0, struct model_config *c);

#endif /* GEN_ENTRY_FIELDS_H */
