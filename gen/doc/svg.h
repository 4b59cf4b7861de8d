/* SPDX-License-Identifier: MIT */
/*
 * svg.h - what all pictures share: head, colours for light and dark, text
 *
 * Colours are classes; the style sheet in each file follows the reader's
 * scheme, so that one file serves both.
 */
#ifndef GEN_SVG_H
#define GEN_SVG_H

#include <stdio.h>

/* The opening tag with its title (for those who do not see it) and the style sheet. */
void svg_start(FILE *out, double width, double height, const char *title);
void svg_end(FILE *out);

/* Text with < > & " escaped. */
void svg_escape(FILE *out, const char *text);

/* A box; class is one or more of the style sheet's. hover NULL: none. */
void svg_box(FILE *out, double x, double y, double w, double h, const char *class, const char *hover);
/* anchor: "start", "middle", "end" */
void svg_text(FILE *out, double x, double y, const char *anchor, const char *class, const char *text);
/* Turned a quarter to the left around (x, y). */
void svg_text_up(FILE *out, double x, double y, const char *class, const char *text);

/* Width of a text in the pictures' fixed font. */
double svg_width(const char *text, double size);

/* The style sheet alone, for pages. */
extern const char svg_style[];

#endif /* GEN_SVG_H */
