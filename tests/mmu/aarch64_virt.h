/* SPDX-License-Identifier: MIT */
/* aarch64_virt.h - QEMU's virt machine at EL2 without translation: console, end, system registers */
#ifndef MMU_AARCH64_VIRT_H
#define MMU_AARCH64_VIRT_H

#include "guest.h"

#define UART ((volatile uint32_t *)0x09000000)

#define READ_REG(name, v) __asm__ volatile("mrs %0, " #name : "=r"(v))
#define WRITE_REG(name, v) __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(v)) : "memory")

void machine_unexpected(uint64_t esr);

const unsigned machine_bytes = 8;

void machine_write(char c)
{
	*UART = (unsigned char)c;
}

void machine_off(int failed)
{
	register uint64_t call __asm__("x0") = 0x84000008; /* PSCI: system off */

	(void)failed;
	__asm__ volatile("smc #0" ::"r"(call) : "memory");
	for (;;)
		;
}

void machine_unexpected(uint64_t esr)
{
	say_hex(esr);
	guest_end(": an exception at EL2");
}

#endif /* MMU_AARCH64_VIRT_H */
