/* SPDX-License-Identifier: MIT */
/* svg.c - what all pictures share: head, colours for light and dark, text */
#include "gen/doc/svg.h"

#include <string.h>

const char svg_style[] =
	"text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:12px;fill:#1f2933}"
	".small{font-size:10px;fill:#66727f}.head{font-size:13px;font-weight:600}"
	".line{stroke:#8a96a3;fill:none}.paper{fill:#fff}"
	".cell{stroke:#5b6775;stroke-width:1}"
	".addr{fill:#cfe3fb}.attr{fill:#d8f0d3}.soft{fill:#efe6fa}.zero{fill:#fadcd9}.one{fill:#fbe6c4}"
	".free{fill:#f2f4f6}.index{fill:#cfe3fb}.offset{fill:#d8f0d3}.table{fill:#cfe3fb}.page{fill:#d8f0d3}"
	".root{fill:#fbe6c4}"
	".rx{fill:#4caf6a}.rw{fill:#e6b422}.ro{fill:#6b9bd1}.wx{fill:#d64545}.no{fill:#b8c0c8}"
	".bad{fill:#b05cc6}.alias{fill:#9aa5b1}.user{stroke:#1f2933;stroke-width:1.5}"
	"@media(prefers-color-scheme:dark){"
	"text{fill:#e4e8ec}.small{fill:#9aa5b1}.line{stroke:#66727f}.paper{fill:#14181d}.cell{stroke:#7d8995}"
	".addr,.index,.table{fill:#1d3f66}.attr,.offset,.page{fill:#1f4a2c}.soft{fill:#3b2c57}.zero{fill:#5b2626}"
	".one,.root{fill:#5a4415}.free{fill:#262c33}"
	".rx{fill:#3d8f57}.rw{fill:#b98f14}.ro{fill:#4a76a8}.wx{fill:#c23b3b}.no{fill:#4a545e}.bad{fill:#8d44a3}"
	".alias{fill:#5b6775}.user{stroke:#e4e8ec}}";

void svg_escape(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		default:  putc(*text, out);
		}
	}
}

void svg_start(FILE *out, double width, double height, const char *title)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
		     "role=\"img\">\n<title>", width, height, width, height);
	svg_escape(out, title);
	fprintf(out, "</title>\n<style>%s</style>\n", svg_style);
	fprintf(out, "<rect class=\"paper\" width=\"%.0f\" height=\"%.0f\"/>\n", width, height);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void svg_box(FILE *out, double x, double y, double w, double h, const char *class, const char *hover)
{
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", class, x, y, w, h);
	if (!hover) {
		fputs("/>\n", out);
		return;
	}
	fputs("><title>", out);
	svg_escape(out, hover);
	fputs("</title></rect>\n", out);
}

void svg_text(FILE *out, double x, double y, const char *anchor, const char *class, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class);
	svg_escape(out, text);
	fputs("</text>\n", out);
}

void svg_text_up(FILE *out, double x, double y, const char *class, const char *text)
{
	fprintf(out, "<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\" class=\"%s\">", x, y, class);
	svg_escape(out, text);
	fputs("</text>\n", out);
}

double svg_width(const char *text, double size)
{
	return (double)strlen(text) * size * 0.62;
}
