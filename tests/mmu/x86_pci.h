/* SPDX-License-Identifier: MIT */
/* x86_pci.h - QEMU's q35 machine: console, configuration space, the registers of devices above 3 GiB */
#ifndef MMU_X86_PCI_H
#define MMU_X86_PCI_H

#include "guest.h"

const uint32_t machine_return;               /* nothing is fetched */
const unsigned machine_bytes = 8;
unsigned machine_kinds = PTG_READ | PTG_WRITE;

static void out_byte(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

void machine_write(char c)
{
	out_byte(0x3f8, (uint8_t)c);
}

void machine_off(int failed)
{
	out_byte(0xf4, (uint8_t)failed);
	for (;;)
		;
}

static void config_select(unsigned devfn, unsigned at)
{
	__asm__ volatile("outl %0, %1" ::"a"(0x80000000u | devfn << 8 | at), "Nd"((uint16_t)0xcf8));
}

static uint32_t config_read(unsigned devfn, unsigned at)
{
	uint32_t value;

	config_select(devfn, at);
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"((uint16_t)0xcfc));
	return value;
}

static void config_write(unsigned devfn, unsigned at, uint32_t value)
{
	config_select(devfn, at);
	__asm__ volatile("outl %0, %1" ::"a"(value), "Nd"((uint16_t)0xcfc));
}

/* The guest's own tables (x86_64.S) map one GiB: the fourth too, for registers. */
static void map_registers(void)
{
	uint64_t cr3;

	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	cr3 = *(volatile uint64_t *)(uintptr_t)cr3 & ~UINT64_C(0xfff);
	((volatile uint64_t *)(uintptr_t)cr3)[3] = 0xc0000083;
}

#endif /* MMU_X86_PCI_H */
