/* SPDX-License-Identifier: MIT */
/* check_trial.h - one example being tried; private to check_example.c, check_access.c, check_start.c, check_settings.c */
#ifndef DSL_CHECK_TRIAL_H
#define DSL_CHECK_TRIAL_H

#include "dsl/check.h"

struct trial {
	struct check *c;
	const struct ast_stmt *s;
	struct check_env env;
	struct check_decoded d;
};

/* "example does not hold: TEXT", with the kind that the entry has. */
void trial_fail(struct trial *t, struct span at, const char *text);
void trial_wrong_number(struct trial *t, const struct ast_assert *a, uint64_t got);
#define TRIAL_REGISTERS 32u

/* `if F, !G, CONTEXT NUM, REG NUM, va NUM` on top of what env and its config say.  false: reported. */
bool trial_settings(struct trial *t, struct model_config *config);

/* The number of a register in the format, -1: none. */
int trial_register(const struct model_format *f, const char *name);
/* What comes from the registers in `given`; env.regs must be `reg`. */
void trial_from_registers(struct trial *t, struct model_config *config, const uint64_t *reg, uint32_t given);
/* Is this `if` a register, and no setting of that name?  And what all of them of the example give. */
bool trial_if_register(const struct trial *t, const struct ast_if *i);
void trial_if_registers(struct trial *t, struct model_config *config);

/* `is CLASS` after the fault that the example names; `otherwise`: its class where no line says so. */
void trial_class(struct trial *t, const char *otherwise);

/* An assertion about accesses (`user rw`, `write permission`, `dirty 1`)?  false: it is none. */
bool trial_access(struct trial *t, const struct ast_assert *a);

/* `user rwx`: rights are the bits 0 to 2, read, write, fetch. */
void trial_rights(struct trial *t, const struct ast_assert *a, unsigned rights);

/* `example va NUM, REG NUM = ROOT ...`: where a walk begins. */
void trial_start(struct check *c, const struct ast_stmt *s);

#endif /* DSL_CHECK_TRIAL_H */
