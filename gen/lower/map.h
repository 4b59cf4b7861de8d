/* SPDX-License-Identifier: MIT */
/* map.h - maps: what a code stands for, and as a node */
#ifndef GEN_LOWER_MAP_H
#define GEN_LOWER_MAP_H

#include "gen/lower/lower.h"

/* The row of a code; NULL: none (a check has refused that). */
const struct ast_map_row *map_row(const struct ast_stmt *map, uint64_t code);
/* Value number `col` of the row of a code.  false: reserved, or `-`. */
bool map_value(struct lower *lo, const struct ast_stmt *map, unsigned col, uint64_t code, unsigned code_width,
	       uint64_t *value);
unsigned map_value_width(struct lower *lo, const struct ast_stmt *map, unsigned col);
uint16_t map_node(struct lower *lo, const struct ast_stmt *map, unsigned col, struct scope *s, unsigned *width);
/* Names of values, for an attribute that comes from a map or shares its name with an enum. */
void map_names(struct lower *lo, const struct ast_stmt *map, unsigned col, struct ptg_attr *a);
void enum_names(struct lower *lo, struct ptg_attr *a);
/* enum ptg_memtype of a name, or the raw number. */
uint16_t map_memtype(const char *name, uint64_t value);

#endif /* GEN_LOWER_MAP_H */
