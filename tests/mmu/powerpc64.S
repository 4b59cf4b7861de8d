/* SPDX-License-Identifier: MIT */
/*
 * powerpc64.S - start as hypervisor without translation, at address 0; interrupts come back to where probe() was called
 */
	.abiversion 2
	.section .text.start, "ax"
	.globl start
	.org	0x10
start:
	lis	2, .TOC.@ha
	addi	2, 2, .TOC.@l
	lis	1, stack_top@ha
	addi	1, 1, stack_top@l
	addi	1, 1, -128
	b	begin

/* Storage, segment, program and system call interrupts, and those of the hypervisor. */
	.irp	vector, 0x300, 0x380, 0x400, 0x480, 0x700, 0x900, 0xc00, 0xe00, 0xe20, 0xe40
	.org	\vector
	li	4, \vector
	b	back
	.endr

	.org	0x1000
begin:
	bl	guest_main
	nop
	bl	machine_off
	nop

back:
	lis	5, probe_result@ha
	addi	5, 5, probe_result@l
	std	3, 0(5)
	std	4, 8(5)
	mfdsisr	6
	std	6, 16(5)
	mfsrr1	6
	std	6, 24(5)
	mfspr	6, 306				/* HDSISR */
	std	6, 32(5)
	mfspr	6, 315				/* HSRR1 */
	std	6, 40(5)
	blr

/* probe(va, store, pc, msr): what happened is in probe_result */
	.globl	probe
probe:
	lis	7, 0x7fff			/* no decrementer while it lasts */
	mtdec	7
	mtsrr0	5
	mtsrr1	6
	ptesync
	rfid

	.section .stub, "ax"
	.globl	stub, stub_load, stub_store
	.balign	65536
stub:
stub_load:
	ld	3, 0(3)
	sc
stub_store:
	std	4, 0(3)
	sc

	.section .bss
	.balign	16
	.globl	probe_result
probe_result:
	.space	64
	.space	65536
stack_top:
	.space	256
