/* SPDX-License-Identifier: MIT */
/*
 * loongarch64.S - start without translation; probe() turns it on for one access
 *
 * The code stands in the window 9 (privilege level 0) and is seen in the window 8 by
 * level 3, at the same physical addresses; the windows come before tables.
 */
#define CRMD	0x0
#define PRMD	0x1
#define ESTAT	0x5
#define ERA	0x6
#define EENTRY	0xc
#define SAVE	0x30
#define TLBRENTRY 0x88
#define DMW0	0x180
#define DMW1	0x181

	.section .text.start, "ax"
	.globl start
start:
	lu52i.d	$t0, $zero, -0x700		/* 0x9000..., wherever this began */
	la.pcrel $t1, 1f
	bstrpick.d $t1, $t1, 47, 0
	or	$t1, $t1, $t0
	jr	$t1
1:	la.pcrel $sp, stack_top
	addi.d	$t1, $t0, 1
	csrwr	$t1, DMW0			/* window 9, level 0 */
	lu52i.d	$t1, $zero, -0x800
	addi.d	$t1, $t1, 8
	csrwr	$t1, DMW1			/* window 8, level 3 */
	la.pcrel $t1, trap
	csrwr	$t1, EENTRY
	la.pcrel $t1, refill
	bstrpick.d $t1, $t1, 47, 0
	csrwr	$t1, TLBRENTRY
	bl	guest_main
	bl	machine_off

/* struct probed probe(va, store, pc, level): the value and ESTAT; all but t registers survive the trip */
	.globl probe
probe:
	csrwr	$a2, ERA
	csrwr	$a3, PRMD
	ori	$t0, $zero, 0x10		/* PG, not DA */
	csrwr	$t0, CRMD
	ertn

	.globl probe_load, probe_store
probe_load:
	ld.d	$a0, $a0, 0
	break	0
probe_store:
	st.d	$a1, $a0, 0
	break	0

	.balign	4096
trap:
	csrrd	$a1, ESTAT
	ori	$t0, $zero, 8			/* DA, not PG */
	csrwr	$t0, CRMD
	ret

/* A miss: untranslated, level 0; machine_refill() does what system software does */
	.balign	4096
refill:
	csrwr	$a0, SAVE
	csrwr	$a1, SAVE + 1
	csrwr	$ra, SAVE + 2
	la.pcrel $t0, 1f			/* to the code's own addresses */
	bstrpick.d $t0, $t0, 47, 0
	lu52i.d	$t1, $zero, -0x700
	or	$t0, $t0, $t1
	jr	$t0
1:	bl	machine_refill
	csrrd	$a0, SAVE
	csrrd	$a1, SAVE + 1
	csrrd	$ra, SAVE + 2
	ertn

	.section .bss
	.balign	16
	.space	65536
stack_top:
