/* SPDX-License-Identifier: MIT */
/*
 * edu.h - QEMU's PCI device `edu`, whose one use here is to move bytes behind an IOMMU
 *
 * It has a buffer that only DMA reaches.  A load is a transfer into the buffer,
 * and one more to a page of the guest's own that every table maps (own_page); a
 * store the other way round.  Each takes the device 100 ms of the machine's time, so QEMU
 * counts instructions as time (-icount).
 */
#ifndef MMU_EDU_H
#define MMU_EDU_H

#include "guest.h"

#define EDU_DEVFN 0x20u                      /* slot 4: run.sh */
#define EDU_BUFFER 0x40000u

/* Given by the machine: configuration space, and where the registers may stand. */
static uint32_t config_read(unsigned devfn, unsigned at);
static void config_write(unsigned devfn, unsigned at, uint32_t value);

static uint64_t own_page[512] __attribute__((aligned(65536)));
static uintptr_t edu;

static void edu_register(unsigned at, uint64_t value)
{
	*(volatile uint64_t *)(edu + at) = value;
}

static void edu_find(uintptr_t bar)
{
	if (config_read(EDU_DEVFN, 0) != 0x11e81234)
		guest_end("no edu device");
	config_write(EDU_DEVFN, 0x10, (uint32_t)bar);
	config_write(EDU_DEVFN, 4, 6);       /* memory, bus master */
	edu = bar;
}

static void edu_transfer(uint64_t from, uint64_t to, unsigned out)
{
	edu_register(0x80, from);
	edu_register(0x88, to);
	edu_register(0x90, 8);
	edu_register(0x98, 1 | (uint64_t)out << 1);
	while (*(volatile uint32_t *)(edu + 0x98) & 1)
		for (volatile unsigned i = 0; i < 5000; i++)
			;
}

static void edu_fill(uint64_t from)
{
	edu_transfer(from, EDU_BUFFER, 0);
}

static void edu_empty(uint64_t to)
{
	edu_transfer(EDU_BUFFER, to, 1);
}

#endif /* MMU_EDU_H */
