/* SPDX-License-Identifier: MIT */
/*
 * aarch64.S - start at EL2, whose own translation stays off
 *
 * probe() drops to EL1 or EL0 into the stub page, or right onto the address that
 * is to be fetched.  Whatever happens there ends in EL1's vector (in the stub page
 * too), and that calls EL2; a fault of the second stage comes to EL2 by itself.
 */

	.section .text.start
	.globl start
start:
	adrp	x0, stack_top
	add	x0, x0, :lo12:stack_top
	mov	sp, x0
	adrp	x0, vectors2
	add	x0, x0, :lo12:vectors2
	msr	vbar_el2, x0
	mov	x0, #1
	lsl	x0, x0, #31			/* HCR_EL2.RW: EL1 is AArch64 */
	msr	hcr_el2, x0
	isb
	bl	guest_main
	b	machine_off

/* struct probed probe(va, store, pc, spsr); x30 and all the rest survive the trip */
	.globl probe
probe:
	msr	elr_el2, x2
	msr	spsr_el2, x3
	isb
	eret

	.balign 2048
vectors2:
	.rept	8				/* from EL2 itself: nothing to be done */
	.balign 128
	b	unexpected
	.endr
	.balign 128
	mrs	x1, esr_el2			/* from EL1 or EL0, 64 bits, synchronous */
	lsr	x2, x1, #26
	cmp	x2, #0x16			/* HVC: EL1's vector calls */
	b.ne	1f
	mrs	x1, esr_el1
	ret
1:	orr	x1, x1, #1 << 32		/* a fault of the second stage, or a trap */
	ret
	.rept	7
	.balign 128
	b	unexpected
	.endr

unexpected:
	mrs	x0, esr_el2
	b	machine_unexpected

/* One page, 64 KiB, that is mapped for EL1 and for EL0. */
	.section .stub, "ax"
	.globl stub, stub_load, stub_store
	.balign 65536
stub:
	.rept	16				/* EL1's vectors */
	.balign 128
	hvc	#0
	.endr
	.balign 128
stub_load:
	ldr	x0, [x0]
	svc	#1
stub_store:
	str	x1, [x0]
	svc	#1

	.section .bss
	.balign 16
	.space	65536
stack_top:
