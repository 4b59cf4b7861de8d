/* SPDX-License-Identifier: MIT */
/*
 * arm.S - start in Hyp mode, whose own translation stays off
 *
 * probe() drops to Supervisor or User mode into the stub page, or right onto the
 * address that is to be fetched.  Whatever happens there ends in PL1's vectors (in
 * the stub page too), and these call Hyp mode with their number.
 */
	.arch_extension virt
	.arm
	.section .text.start, "ax"
	.globl start
start:
	ldr	sp, =stack_top
	ldr	r0, =hyp_vectors
	mcr	p15, 4, r0, c12, c0, 0		/* HVBAR */
	isb
	bl	guest_main
	bl	machine_off

/* probe(va, store, pc, mode); lr, which Hyp shares with User, survives the trip */
	.globl probe
probe:
	msr	elr_hyp, r2
	msr	spsr_cxsf, r3
	isb
	eret

	.balign	32
hyp_vectors:
	b	machine_unexpected
	b	machine_unexpected
	b	machine_unexpected
	b	machine_unexpected
	b	machine_unexpected
	b	1f
	b	machine_unexpected
	b	machine_unexpected
1:	mrc	p15, 4, r1, c5, c2, 0		/* HSR: number of the vector */
	mrc	p15, 0, r2, c5, c0, 0		/* DFSR */
	mrc	p15, 0, r3, c5, c0, 1		/* IFSR */
	ldr	r12, =probe_result
	stm	r12, {r0, r1, r2, r3}
	bx	lr

	.section .stub, "ax"
	.globl	stub, stub_load, stub_store
	.balign	4096
stub:
	hvc	#0
	hvc	#1				/* undefined */
	hvc	#2				/* svc: it went through */
	hvc	#3				/* prefetch abort */
	hvc	#4				/* data abort */
	hvc	#5
	hvc	#6
	hvc	#7
stub_load:
	ldr	r0, [r0]
	svc	#1
stub_store:
	str	r1, [r0]
	svc	#1

	.section .bss
	.balign	16
	.globl	probe_result
probe_result:
	.space	16
	.space	65536
stack_top:
