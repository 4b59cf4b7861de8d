/* SPDX-License-Identifier: MIT */
/* main.c - two formats in one program: a page of a RISC-V guest, and the same page of an x86-64 host */
#include <stdio.h>

#include "host.h"
#include "sv48.h"

static _Alignas(4096) unsigned char memory[32 << 12];
static uint64_t next = 0x2000;

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv, (void)align, (void)level;
	*pa = next;
	next += bytes;
	return next <= sizeof(memory) ? 0 : -1;
}

static const struct ptg_mapper_ops ops = { .alloc_table = take };
static const struct ptg_mapper mapper = { .ops = &ops, .window = memory, .window_size = sizeof(memory) };

int main(void)
{
	const struct ptg_attrs rw = { .rights = PTG_UR | PTG_UW, .care = PTG_UR | PTG_UW | PTG_UX };
	struct ptg_space guest = { .mapper = &mapper }, host = { .mapper = &mapper };
	struct sv48_regs satp = { .satp = sv48_satp_make(0, 0) };
	struct host_regs cr3 = { .cr3 = 0x1000, .given = HOST_GIVEN_CR3 };
	struct ptg_flush flush = { .count = 0 };

	if (sv48_setup(&guest, NULL) || sv48_set_root(&guest, &satp) || host_setup(&host, NULL) || host_set_root(&host, &cr3))
		return 1;
	if (ptg_map(&guest, 0x400000, 0x80200000, 0x1000, &rw, 0, &flush) || ptg_map(&host, 0x7f0000400000, 0x80200000, 0x1000, &rw, 0, &flush))
		return 1;
	printf("%llx %llx\n", (unsigned long long)sv48_lookup(&guest, 0x400123, PTG_READ | PTG_USER).pa,
	       (unsigned long long)host_lookup(&host, 0x7f0000400123, PTG_WRITE | PTG_USER).pa);
	return 0;
}
