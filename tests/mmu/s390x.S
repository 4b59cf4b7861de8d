/* SPDX-License-Identifier: MIT */
/*
 * s390x.S - start; the guest's own translation stays off
 *
 * probe() loads a PSW with translation on, at the stub page or right at what is to
 * be fetched.  The new PSWs of supervisor calls and program interruptions have it
 * off again, so nothing but the stub page has to be mapped.
 */
	.section .text.start, "ax"
	.globl start
start:
	larl	%r15, stack_top
	aghi	%r15, -160
	larl	%r1, went_through
	stg	%r1, 0x1c8
	larl	%r1, interruption
	stg	%r1, 0x1d8
	llilh	%r1, 0x8000
	oilf	%r1, 0
	llihl	%r2, 1
	ogr	%r1, %r2			/* 64-bit addresses */
	stg	%r1, 0x1c0
	stg	%r1, 0x1d0
	brasl	%r14, guest_main
	brasl	%r14, machine_off

/* probe(va, store, pc, mask); all registers but %r2 survive the trip */
	.globl probe
probe:
	larl	%r1, psw
	stg	%r5, 0(%r1)
	stg	%r4, 8(%r1)
	lpswe	0(%r1)

went_through:
	lghi	%r3, 0
	j	1f
interruption:
	llgh	%r3, 0x8e
1:	larl	%r1, probe_result
	stg	%r2, 0(%r1)
	stg	%r3, 8(%r1)
	br	%r14

	.globl machine_end
machine_end:					/* a disabled wait: the machine stops */
	larl	%r1, end_psw
	lpswe	0(%r1)

	.section .data
	.balign	8
end_psw: .quad	0x0002000180000000, 0xfff
psw:	.quad	0, 0
	.globl probe_result
probe_result: .quad 0, 0

	.section .stub, "ax"
	.globl stub, stub_load, stub_store
	.balign	4096
stub:
stub_load:
	lg	%r2, 0(%r2)
	svc	0
stub_store:
	stg	%r3, 0(%r2)
	svc	0

	.section .bss
	.balign	16
	.space	65536
stack_top:
