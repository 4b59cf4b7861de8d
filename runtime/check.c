/* SPDX-License-Identifier: MIT */
/*
 * check.c - does a plan make sense?
 *
 * Afterwards every index of it is inside its array, every shift inside a word,
 * every expression ends soon and asks only for what is known where it stands, and
 * every way down leads down: what the walker relies on without looking.
 */
#include "ptg_core.h"

#define DEPTH 48   /* of an expression: eval() recurses */
#define VISITS 4096 /* nodes visited to evaluate one */

struct check {
	const struct ptg_format *f;
	const char *why;
};

static bool fail(struct check *c, const char *why)
{
	if (!c->why)
		c->why = why;
	return false;
}

static bool need(struct check *c, bool holds, const char *why)
{
	return holds || fail(c, why);
}

static bool inside(struct check *c, unsigned first, unsigned count, unsigned total, const char *why)
{
	return need(c, first + count <= total, why);
}

/* --- expressions ------------------------------------------------------------------- */

/* What an expression may ask for. */
#define ASK(op) ((uint32_t)1 << PTG_OP_##op)
#define CONSTANT (~(ASK(ENTRY) | ASK(VA) | ASK(INDEX) | ASK(INDEX_TOP) | ASK(ACCESS) | ASK(ATTR) | ASK(CTX) | \
		    ASK(CTX_AT) | ASK(REG) | ASK(SIZE) | ASK(EXTERN)))
#define REGISTERS (~(ASK(INDEX) | ASK(INDEX_TOP) | ASK(ATTR) | ASK(SIZE) | ASK(EXTERN)))
#define WALKING (~ASK(REG))

static bool node_fits(struct check *c, unsigned at)
{
	const struct ptg_format *f = c->f;
	const struct ptg_node *n = &f->nodes[at];
	bool width = n->width >= 1 && n->width <= 64;

	switch (n->op) {
	case PTG_OP_ENTRY:
		return need(c, width && n->lo + n->width <= 128, "a node reads bits outside an entry");
	case PTG_OP_VA:
	case PTG_OP_INDEX:
		return need(c, width && n->lo < 64, "a node reads bits outside an address");
	case PTG_OP_INDEX_TOP:
		return need(c, width && n->lo + n->width <= 64, "a node reads bits outside an index");
	case PTG_OP_ATTR:
		return need(c, n->a < f->attr_count, "a node asks for an attribute that is not there");
	case PTG_OP_FEATURE:
		return need(c, n->a < f->feature_count, "a node asks for a feature that is not there");
	case PTG_OP_PARAM:
		return need(c, n->a < f->param_count, "a node asks for a parameter that is not there");
	case PTG_OP_CTX:
		return need(c, width && n->lo + n->width <= 256, "a node reads bits outside the context");
	case PTG_OP_CTX_AT:
		return need(c, width && n->imm >= 1 && n->imm <= 256 && n->lo + n->width * n->imm <= 256 && n->b < at,
			    "a node reads an array outside the context");
	case PTG_OP_REG:
		return need(c, n->a < f->reg_count && width && n->lo < 64, "a node asks for a register that is not there");
	case PTG_OP_EXTERN:
		return need(c, n->a < f->extern_count && n->b < at, "a node asks for a hook that is not there");
	case PTG_OP_CAT:
		return need(c, n->width < 64 && n->a < at && n->b < at, "a node joins too many bits");
	case PTG_OP_SLICE:
		return need(c, width && n->lo < 64 && n->a < at, "a node slices outside its operand");
	case PTG_OP_DSLICE:
		return need(c, n->a < at && n->b < at && n->c < at, "an operand comes after its node");
	case PTG_OP_NOT:
		return need(c, n->a < at, "an operand comes after its node");
	}
	if (n->op < PTG_OP_NOT)
		return true;
	if (n->op >= PTG_OP_COUNT_)
		return fail(c, "a node has an unknown operation");
	return need(c, n->a < at && n->b < at, "an operand comes after its node");
}

/* Both what it asks for and what it costs. The nodes have been checked one by one. */
static bool visit(const struct ptg_format *f, unsigned node, uint32_t may, unsigned depth, unsigned *budget)
{
	const struct ptg_node *n = &f->nodes[node];

	if (!depth || !*budget || !(may >> n->op & 1))
		return false;
	--*budget;
	if (n->op == PTG_OP_CTX_AT || n->op == PTG_OP_EXTERN)
		return visit(f, n->b, may, depth - 1, budget);
	if (n->op < PTG_OP_NOT)
		return true;
	if (!visit(f, n->a, may, depth - 1, budget))
		return false;
	if (n->op == PTG_OP_NOT || n->op == PTG_OP_SLICE)
		return true;
	return visit(f, n->b, may, depth - 1, budget) &&
	       (n->op != PTG_OP_DSLICE || visit(f, n->c, may, depth - 1, budget));
}

static bool expression(struct check *c, unsigned node, uint32_t may)
{
	unsigned budget = VISITS;

	if (node == PTG_NONE)
		return true;
	if (node >= c->f->node_count)
		return fail(c, "an expression is not there");
	return need(c, visit(c->f, node, may, DEPTH, &budget),
		    "an expression asks for what is not known where it stands, or is too large");
}

/* --- arrays ---------------------------------------------------------------------------- */

static bool arrays(struct check *c)
{
	const struct ptg_format *f = c->f;
	const struct {
		const void *array;
		unsigned count;
	} all[] = {
		{ f->levels, f->level_count }, { f->kinds, f->kind_count }, { f->rows, f->row_count },
		{ f->rules, f->rule_count }, { f->nodes, f->node_count }, { f->pieces, f->piece_count },
		{ f->cfg, f->cfg_count }, { f->checks, f->check_count }, { f->nexts, f->next_count },
		{ f->gathers, f->gather_count }, { f->marks, f->mark_count }, { f->denies, f->deny_count },
		{ f->attr_node, f->attr_node_count }, { f->enc_rights, f->enc_rights_count },
		{ f->enc_mem, f->enc_mem_count }, { f->attrs, f->attr_count }, { f->value_names, f->value_name_count },
		{ f->features, f->feature_count }, { f->params, f->param_count }, { f->ctx, f->ctx_count },
		{ f->regs, f->reg_count }, { f->roots, f->root_count }, { f->ignores, f->ignore_count },
		{ f->selects, f->select_count },
	};
	unsigned i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].count && !all[i].array)
			return fail(c, "an array with a count is missing");
	return need(c, f->kind_count && f->row_count && f->rule_count >= 2, "kinds, rows or rules are missing");
}

static bool head(struct check *c)
{
	const struct ptg_format *f = c->f;

	return need(c, f->name != NULL, "the format has no name") &&
	       need(c, f->level_count >= 1 && f->level_count <= PTG_LEVELS, "too many levels, or none") &&
	       need(c, f->top < f->level_count, "the first level is not there") &&
	       need(c, f->va_bits >= 1 && f->va_bits <= 64, "addresses have 1 to 64 bits") &&
	       need(c, f->pa_bits <= 64, "physical addresses have at most 64 bits") &&
	       need(c, f->va_check <= PTG_VA_ROOT, "an unknown check of addresses") &&
	       need(c, f->root_count <= 4, "more than four roots") &&
	       need(c, f->feature_count <= 24 && f->param_count <= 5, "too many features or parameters") &&
	       need(c, f->attr_count <= PTG_ATTRS, "too many attributes") &&
	       need(c, f->reg_count <= 32, "too many registers") &&
	       need(c, f->rights_bits <= 6 || f->rights_bits == 0xff, "the index of rights is too wide") &&
	       need(c, f->global_attr == 0xff || f->global_attr < f->attr_count, "no such attribute is global") &&
	       need(c, f->memtype_attr == 0xff || f->memtype_attr < f->attr_count, "no such attribute is the memory type") &&
	       need(c, f->key_attr == 0xff || f->key_attr < f->attr_count, "no such attribute is the key") &&
	       inside(c, f->rights_deny_first, f->rights_deny_count, f->deny_count, "tabled deny lines are not there") &&
	       expression(c, f->va_node, CONSTANT) && expression(c, f->pa_node, CONSTANT);
}

static bool rule(struct check *c, unsigned n)
{
	return need(c, n == PTG_NONE || n < c->f->rule_count, "a rule is not there");
}

static bool parts(struct check *c)
{
	const struct ptg_format *f = c->f;
	bool good = true;
	unsigned i;

	for (i = 0; i < f->node_count && good; i++)
		good = node_fits(c, i);
	for (i = 0; i < f->rule_count && good; i++)
		good = need(c, f->rules[i].fault_class <= PTG_F_UNREADABLE, "a rule has an unknown class");
	for (i = 0; i < f->check_count && good; i++)
		good = need(c, f->checks[i].node < f->node_count && f->checks[i].rule < f->rule_count, "a check lacks its parts");
	for (i = 0; i < f->gather_count && good; i++)
		good = need(c, f->gathers[i].bit < 128 && f->gathers[i].acc < f->attr_count && f->gathers[i].invert < 2,
			    "an attribute is gathered from outside the entry");
	for (i = 0; i < f->mark_count && good; i++)
		good = need(c, !(f->marks[i].value & ~f->marks[i].mask), "a mark sets bits outside its mask") &&
		       rule(c, f->marks[i].rule) && expression(c, f->marks[i].on, WALKING) &&
		       expression(c, f->marks[i].if_, WALKING) && expression(c, f->marks[i].enabled, CONSTANT);
	for (i = 0; i < f->attr_node_count && good; i++)
		good = expression(c, f->attr_node[i], WALKING);
	for (i = 0; i < f->feature_count && good; i++)
		good = need(c, f->features[i].name != NULL, "a feature has no name") &&
		       expression(c, f->features[i].reg, REGISTERS);
	for (i = 0; i < f->attr_count && good; i++)
		good = need(c, !f->attrs[i].op || f->attrs[i].op == '&' || f->attrs[i].op == '|', "attributes combine by & or |") &&
		       need(c, f->attrs[i].table_index == 0xff || f->attrs[i].table_index < f->rights_bits,
			    "an attribute is outside the index of rights") &&
		       inside(c, f->attrs[i].name_first, f->attrs[i].name_count, f->value_name_count, "names of values are not there");
	return good;
}

static bool settings(struct check *c)
{
	const struct ptg_format *f = c->f;
	bool good = true;
	unsigned i;

	for (i = 0; i < f->param_count && good; i++)
		good = need(c, f->params[i].name && f->params[i].shift >= 24 && f->params[i].shift <= 56, "a parameter has no place") &&
		       need(c, f->params[i].min <= f->params[i].max, "the range of a parameter is empty") &&
		       expression(c, f->params[i].reg, REGISTERS) && expression(c, f->params[i].limit, REGISTERS);
	for (i = 0; i < f->ctx_count && good; i++)
		good = need(c, f->ctx[i].name && f->ctx[i].width && f->ctx[i].count &&
			       f->ctx[i].lo + f->ctx[i].width * (unsigned)f->ctx[i].count <= 256, "a context has no place") &&
		       expression(c, f->ctx[i].reg, REGISTERS);
	for (i = 0; i < f->cfg_count && good; i++) {
		const struct ptg_cfg_bits *b = &f->cfg[i];

		good = need(c, b->word >= 1 && b->word <= 3 && b->src_lo + b->width <= 64, "configured bits are outside the word") &&
		       expression(c, b->if_, CONSTANT) && expression(c, b->hi, CONSTANT) && expression(c, b->lo, CONSTANT);
	}
	for (i = 0; i < f->piece_count && good; i++) {
		const struct ptg_piece *p = &f->pieces[i];

		good = need(c, (p->width >= 1 || p->hi != PTG_NONE) && p->width <= 64 && p->src_lo + p->width <= 128 && p->dst_lo < 64,
			    "a piece of an address is outside the entry") &&
		       expression(c, p->when, ~0u) && expression(c, p->if_, ~0u) && expression(c, p->hi, ~0u) &&
		       expression(c, p->lo, ~0u);
	}
	return good;
}

/* --- levels and kinds ------------------------------------------------------------------------ */

static bool level(struct check *c, unsigned depth)
{
	const struct ptg_format *f = c->f;
	const struct ptg_level *l = &f->levels[depth];
	unsigned i;

	if (!need(c, l->name && l->shift < 64 && l->width <= 32, "a level has no place in the address") ||
	    !need(c, l->entry_lg2 >= 1 && l->entry_lg2 <= 4 && l->stride_lg2 < 16, "entries have 16 to 128 bits") ||
	    !need(c, l->next == PTG_NO_LEVEL || l->next < depth, "a level leads up") ||
	    !inside(c, l->row_first, l->row_count, f->row_count, "rows of a level are not there") ||
	    !expression(c, l->by, WALKING & ~(ASK(ENTRY) | ASK(ATTR))))
		return false;
	for (i = 0; i < l->row_count; i++) {
		const struct ptg_row *r = &f->rows[l->row_first + i];

		if (!need(c, !(r->value & ~r->mask) && !(r->value_hi & ~r->mask_hi), "a row matches nothing") ||
		    !need(c, !(r->feature_value & ~r->feature_mask), "a row wants a feature both ways") ||
		    !need(c, r->kind < f->kind_count, "a row has no kind") || !expression(c, r->extra, WALKING) ||
		    !need(c, f->kinds[r->kind].level == depth, "a row has the kind of another level"))
			return false;
	}
	return true;
}

static bool table(struct check *c, const struct ptg_kind *k)
{
	const struct ptg_format *f = c->f;
	unsigned i;

	if (!inside(c, k->next_first, k->next_count, f->next_count, "ways down are not there") ||
	    !inside(c, k->gather_first, k->gather_count, f->gather_count, "gathers are not there") ||
	    !rule(c, k->skip_rule))
		return false;
	for (i = 0; i < k->next_count; i++) {
		const struct ptg_next *n = &f->nexts[k->next_first + i];

		if (!need(c, n->level == PTG_NO_LEVEL || n->level < k->level, "a table leads up") ||
		    !expression(c, n->by, WALKING) || !expression(c, n->unless, WALKING) ||
		    !inside(c, n->piece_first, n->piece_count, f->piece_count, "pieces of an address are not there"))
			return false;
	}
	return true;
}

static bool page(struct check *c, const struct ptg_kind *k)
{
	const struct ptg_format *f = c->f;
	unsigned i;

	if (!inside(c, k->deny_first, k->deny_count, f->deny_count, "deny lines are not there") ||
	    !need(c, k->napot <= 2 && (!k->napot || (k->napot_width >= 1 && k->napot_src + k->napot_width <= 64 &&
						     k->napot_dst + k->napot_width < 64)), "a size field has no place") ||
	    !rule(c, k->napot_rule) || !expression(c, k->size, WALKING) || !expression(c, k->contig_when, WALKING))
		return false;
	for (i = 0; i < k->deny_count; i++) {
		const struct ptg_deny *d = &f->denies[k->deny_first + i];

		if (!need(c, d->node < f->node_count && d->rule < f->rule_count, "a deny line lacks its parts") ||
		    !expression(c, d->node, WALKING) || !expression(c, d->guard, WALKING & ~ASK(ENTRY)))
			return false;
	}
	return true;
}

static bool kind(struct check *c, const struct ptg_kind *k)
{
	const struct ptg_format *f = c->f;
	unsigned i;

	if (!need(c, k->level < f->level_count && k->role <= PTG_ROLE_PASS, "a kind has no level") ||
	    !rule(c, k->rule) || !rule(c, k->zero_rule) ||
	    !need(c, k->addr_shl < 64 && k->addr_shr < 64 && k->page_lg2 < 64 && k->repeat_lg2 < 32 && k->contig_lg2 < 32,
		  "an address is shifted too far") ||
	    !inside(c, k->piece_first, k->piece_count, f->piece_count, "pieces of an address are not there") ||
	    !inside(c, k->check_first, k->check_count, f->check_count, "checks are not there") ||
	    !inside(c, k->mark_first, k->mark_count, f->mark_count, "marks are not there") ||
	    !inside(c, k->rights_first, k->rights_count, f->enc_rights_count, "rows of rights are not there") ||
	    !inside(c, k->mem_first, k->mem_count, f->enc_mem_count, "rows of memory types are not there") ||
	    !need(c, k->key_lo + k->key_width <= 128, "the key is outside the entry") || !expression(c, k->bits, WALKING))
		return false;
	if (k->attr_first != PTG_NONE && !inside(c, k->attr_first, f->attr_count, f->attr_node_count, "attributes are not there"))
		return false;
	for (i = 0; i < k->check_count; i++)
		if (!expression(c, f->checks[k->check_first + i].node, WALKING))
			return false;
	if (k->role == PTG_ROLE_TABLE)
		return table(c, k);
	return k->role == PTG_ROLE_PAGE ? page(c, k) : true;
}

/* --- roots --------------------------------------------------------------------------------------- */

static bool root(struct check *c, const struct ptg_root_def *r)
{
	const struct ptg_format *f = c->f;
	const uint16_t nodes[] = { r->sel_hi, r->sel_lo, r->trim, r->bits, r->start, r->bypass, r->limit_lo, r->limit_hi,
				   r->sel_node };
	unsigned i;

	if (!need(c, r->reg < f->reg_count, "a root has no register") ||
	    !inside(c, r->piece_first, r->piece_count, f->piece_count, "pieces of an address are not there") ||
	    !inside(c, r->check_first, r->check_count, f->check_count, "checks are not there") ||
	    !inside(c, r->deny_first, r->deny_count, f->deny_count, "deny lines are not there") ||
	    !inside(c, r->ignore_first, r->ignore_count, f->ignore_count, "ignored bits are not there") ||
	    !rule(c, r->limit_rule) || !rule(c, r->config_rule) ||
	    !need(c, !r->sel_known || (r->sel_hi != PTG_NONE && r->sel_lo != PTG_NONE), "a root is chosen by no bits"))
		return false;
	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		if ((i > 1 || r->sel_known) && !expression(c, nodes[i], REGISTERS))
			return false;
	for (i = 0; i < r->check_count; i++)
		if (!expression(c, f->checks[r->check_first + i].node, REGISTERS))
			return false;
	for (i = 0; i < r->deny_count; i++)
		if (!expression(c, f->denies[r->deny_first + i].node, REGISTERS))
			return false;
	return true;
}

static bool whole(struct check *c)
{
	const struct ptg_format *f = c->f;
	unsigned i;

	if (!arrays(c) || !head(c) || !parts(c) || !settings(c))
		return false;
	for (i = 0; i < f->level_count; i++)
		if (!level(c, i))
			return false;
	for (i = 0; i < f->kind_count; i++)
		if (!kind(c, &f->kinds[i]))
			return false;
	for (i = 0; i < f->root_count; i++)
		if (!root(c, &f->roots[i]))
			return false;
	for (i = 0; i < f->rights_deny_count; i++)
		if (!expression(c, f->denies[f->rights_deny_first + i].node, WALKING & ~(ASK(ENTRY) | ASK(VA))))
			return false;
	return true;
}

int ptg_format_check(const struct ptg_format *f, const char **why)
{
	struct check c;
	const char *ignored;
	unsigned i;

	if (!why)
		why = &ignored;
	*why = NULL;
	if (!f) {
		*why = "no format";
		return PTG_E_ARG;
	}
	if (f->stage[0] || f->stage[1]) {
		for (i = 0; i < 2; i++) {
			if (!f->stage[i] || f->stage[i]->stage[0] || f->stage[i]->stage[1]) {
				*why = "a pair has two stages of one stage each";
				return PTG_E_ARG;
			}
			if (ptg_format_check(f->stage[i], why))
				return PTG_E_ARG;
		}
		return PTG_OK;
	}
	c.f = f;
	c.why = NULL;
	if (whole(&c))
		return PTG_OK;
	*why = c.why ? c.why : "the plan makes no sense";
	return PTG_E_ARG;
}
