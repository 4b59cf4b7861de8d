/* SPDX-License-Identifier: MIT */
/* check_trial.h - one example being tried; private to check_example.c, check_access.c, check_start.c */
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
/* `if F, !G, CONTEXT NUM, va NUM` on top of what env and its config say.  false: reported. */
bool trial_settings(struct trial *t, struct model_config *config);

/* `is CLASS` after the fault that the example names; `otherwise`: its class where no line says so. */
void trial_class(struct trial *t, const char *otherwise);

/* An assertion about accesses (`user rw`, `write permission`, `dirty 1`)?  false: it is none. */
bool trial_access(struct trial *t, const struct ast_assert *a);

/* `user rwx`: rights are the bits 0 to 2, read, write, fetch. */
void trial_rights(struct trial *t, const struct ast_assert *a, unsigned rights);

/* `example va NUM, REG NUM = ROOT ...`: where a walk begins. */
void trial_start(struct check *c, const struct ast_stmt *s);

#endif /* DSL_CHECK_TRIAL_H */
