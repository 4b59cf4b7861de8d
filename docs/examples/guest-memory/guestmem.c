/* SPDX-License-Identifier: MIT */
/*
 * guestmem.c - look into the memory of a virtual machine
 *
 * IMAGE is an ELF core as QEMU's dump-guest-memory writes it, or the plain file
 * that backs a guest's memory (-object memory-backend-file), then physical
 * address 0 is at its beginning.  It is mapped, not read: tables are walked in
 * place by the code that ptgen emitted for x86-64.
 *
 *   guestmem IMAGE CR3            all mappings, those that go on as one
 *   guestmem IMAGE CR3 VA         where VA is, and with which rights
 *   guestmem IMAGE CR3 VA LENGTH  the bytes there, to standard output
 */
#define _DEFAULT_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "x86_64.h"

struct part { uint64_t pa, size, offset; };

struct image {
	const unsigned char *base;
	uint64_t size;
	struct part part[1024];
	unsigned parts;
};

/* The image is not to be trusted: what it says about itself is checked. */
static void find_parts(struct image *m)
{
	const Elf64_Ehdr *e = (const void *)m->base;

	if (m->size < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0) {
		m->part[m->parts++] = (struct part){ 0, m->size, 0 };
		return;
	}
	if (e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_phentsize != sizeof(Elf64_Phdr) || e->e_phoff > m->size ||
	    e->e_phnum > (m->size - e->e_phoff) / sizeof(Elf64_Phdr))
		return;
	for (unsigned i = 0; i < e->e_phnum && m->parts < 1024; i++) {
		Elf64_Phdr p;

		memcpy(&p, m->base + e->e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type == PT_LOAD && p.p_offset <= m->size && p.p_filesz <= m->size - p.p_offset)
			m->part[m->parts++] = (struct part){ p.p_paddr, p.p_filesz, p.p_offset };
	}
}

static const unsigned char *at(const struct image *m, uint64_t pa, size_t bytes)
{
	for (unsigned i = 0; i < m->parts; i++)
		if (pa >= m->part[i].pa && bytes <= m->part[i].size && pa - m->part[i].pa <= m->part[i].size - bytes)
			return m->base + m->part[i].offset + (pa - m->part[i].pa);
	return NULL;
}

/* --- the mapper ----------------------------------------------------------------------- */

/* Copies, so that it does not matter how the file aligns its parts. */
static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	const unsigned char *p = at(priv, pa, n);

	if (!p)
		return -1;
	memcpy(dst, p, n);
	return 0;
}

static const struct ptg_mapper_ops ops = { .read_bytes = read_bytes };

/* --- the three questions ------------------------------------------------------------------ */

static void print_rights(unsigned rights)
{
	static const char letters[] = "rwxrwx";

	for (unsigned i = 0; i < 6; i++)
		printf("%s%c", i == 3 ? "/" : "", rights >> i & 1 ? letters[i] : '-');
}

static int list(const struct ptg_space *s)
{
	struct ptg_cursor c;
	struct ptg_run run;
	int more = ptg_cursor_init(&c, s, 0, UINT64_MAX);

	/* Pages that go on in both addresses are one line, whether they have been used or not. */
	while (more >= 0 && (more = ptg_next_extent(&c, &run, PTG_ACCESSED | PTG_DIRTY)) > 0) {
		if (!run.mapped)
			continue;
		printf("%016llx-%016llx %12llx %2u ", (unsigned long long)run.va, (unsigned long long)run.last,
		       (unsigned long long)run.pa, run.page_lg2);
		print_rights(run.rights);
		printf("\n");
	}
	return more < 0 ? 3 : 0;
}

static int locate(const struct ptg_space *s, uint64_t va)
{
	struct ptg_translation t;

	if (x86_64_translate(s, va, PTG_LOOK, &t)) {
		printf("%llx: %s, in an entry of level %s\n", (unsigned long long)va, x86_64_format.rules[t.rule].name,
		       x86_64_format.levels[t.level].name);
		return 1;
	}
	printf("%llx is at %llx, page of %llu bytes, user/supervisor ", (unsigned long long)va, (unsigned long long)t.pa, 1ull << t.page_lg2);
	print_rights(t.rights);
	printf("\n");
	return 0;
}

static int copy(const struct ptg_space *s, uint64_t va, uint64_t length)
{
	unsigned char part[4096];
	int error = 0;

	while (length && !error) {
		size_t n = length < sizeof(part) ? (size_t)length : sizeof(part), done = 0;

		error = ptg_read(s, va, part, n, PTG_LOOK, &done);
		fwrite(part, 1, done, stdout);
		va += done;
		length -= done;
	}
	if (error)
		fprintf(stderr, "guestmem: nothing to read at %llx\n", (unsigned long long)va);
	return error ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct image m;
	static struct ptg_mapper mapper = { .ops = &ops, .priv = &m };
	struct ptg_space s = { .mapper = &mapper };
	struct x86_64_regs regs = { .given = X86_64_GIVEN_CR3 };
	struct stat st;
	void *p;
	int fd;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: guestmem IMAGE CR3 [VA [LENGTH]]\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) || st.st_size == 0 ||
	    (p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0)) == MAP_FAILED) {
		perror(argv[1]);
		return 3;
	}
	m.base = p;
	m.size = (uint64_t)st.st_size;
	find_parts(&m);
	regs.cr3 = strtoull(argv[2], NULL, 0);
	if (x86_64_setup(&s, NULL) || x86_64_set_root(&s, &regs))
		return 2;
	if (argc == 3)
		return list(&s);
	if (argc == 4)
		return locate(&s, strtoull(argv[3], NULL, 0));
	return copy(&s, strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0));
}
