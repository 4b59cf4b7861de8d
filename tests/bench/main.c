/* SPDX-License-Identifier: MIT */
/* main.c - run the work, print the table, write JSON: bench [--quick] [--json FILE] */

#include <string.h>

#include "bench.h"

int main(int argc, char **argv)
{
	static struct bench b = { .rounds = 9 };
	const char *json = NULL;
	FILE *out;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			b.quick = 1;
			b.rounds = 5;
		} else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
			json = argv[++i];
		} else {
			fprintf(stderr, "usage: bench [--quick] [--json FILE]\n");
			return 2;
		}
	}
	work_lookup(&b);
	work_change(&b);
	work_scan(&b);
	if (!json)
		return 0;
	out = fopen(json, "w");
	if (!out)
		return 3;
	rows_json(out, b.rows, b.row_count);
	return fclose(out) ? 3 : 0;
}
