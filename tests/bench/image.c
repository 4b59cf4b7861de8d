/* SPDX-License-Identifier: MIT */
/*
 * image.c - what `ptgen dump` of a large space is measured with
 *
 *   image make FILE GIB plain|scattered    write a raw image: x86_64, 4 KiB pages from 1 TiB on, root at 0x1000
 *   image read FILE                        read its bytes, once, in a plain loop, from the mapped file
 *   image time COMMAND...                  run it, output to nowhere; print the milliseconds it took
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE UINT64_C(4096)

static int fail(const char *what)
{
	perror(what);
	return 3;
}

/* Tables one after the other: root, the three of 512 GiB and less, a directory and 512 last tables for each GiB. */
static int make(const char *path, uint64_t gib, int scattered)
{
	uint64_t tables = 3 + gib * 513, directories = 0x3000, last = directories + gib * PAGE;
	uint64_t *w = calloc(tables * 512, 8);
	FILE *f = fopen(path, "wb");

	if (!w || !f || gib == 0 || gib > 512)
		return fail(path);
	w[0x1000 / 8 + 2] = 0x2000 | 0x67;
	for (uint64_t i = 0; i < gib; i++)
		w[0x2000 / 8 + i] = (directories + i * PAGE) | 0x67;
	for (uint64_t i = 0; i < gib * 512; i++)
		w[directories / 8 + i] = (last + i * PAGE) | 0x67;
	for (uint64_t i = 0; i < gib * 512 * 512; i++)
		w[last / 8 + i] = ((scattered ? i * UINT64_C(0x9e3779b97f4a7c15) >> 30 : i + 1) << 12 & UINT64_C(0x3ffffffff000)) | 0x67;
	if (fwrite(w, PAGE, tables, f) != tables || fclose(f))
		return fail(path);
	return 0;
}

static int read_all(const char *path)
{
	int fd = open(path, O_RDONLY);
	uint64_t sum = 0;
	struct stat st;
	const uint64_t *w;

	if (fd < 0 || fstat(fd, &st))
		return fail(path);
	w = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (w == MAP_FAILED)
		return fail(path);
	for (uint64_t i = 0; i < (uint64_t)st.st_size / 8; i++)
		sum += w[i];
	printf("%" PRIx64 "\n", sum);
	return 0;
}

/* Processor time, user and system: what else the machine does is not in it. */
static int time_of(char **command)
{
	struct rusage u;
	pid_t child = fork();
	int status, nowhere;

	if (child == 0) {
		nowhere = open("/dev/null", O_WRONLY);
		if (nowhere >= 0 && dup2(nowhere, 1) >= 0)
			execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &u) != child || !WIFEXITED(status) || WEXITSTATUS(status))
		return fail(command[0]);
	printf("%.2f\n", (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "make") == 0)
		return make(argv[2], strtoull(argv[3], NULL, 10), strcmp(argv[4], "scattered") == 0);
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return read_all(argv[2]);
	if (argc >= 3 && strcmp(argv[1], "time") == 0)
		return time_of(argv + 2);
	fprintf(stderr, "usage: image make FILE GIB plain|scattered | read FILE | time COMMAND...\n");
	return 2;
}
