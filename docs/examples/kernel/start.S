/* SPDX-License-Identifier: MIT */
	.section .text.start
	.globl start
start:
	la	sp, stack_top
	li	t0, -1
	csrw	pmpaddr0, t0		/* supervisor mode may use all of memory */
	li	t0, 0x1f
	csrw	pmpcfg0, t0
	li	t0, 0xb000		/* page faults go to supervisor mode */
	csrw	medeleg, t0
	la	t0, trap
	csrw	stvec, t0
	tail	boot

	.globl enter_supervisor		/* (satp, entry) */
enter_supervisor:
	csrw	satp, a0
	sfence.vma
	li	t0, 0x1800
	csrc	mstatus, t0
	li	t0, 0x800
	csrs	mstatus, t0
	csrw	mepc, a1
	mret

	.balign 4
trap:
	addi	sp, sp, -128
	sd	ra, 0(sp)
	sd	t0, 8(sp)
	sd	t1, 16(sp)
	sd	t2, 24(sp)
	sd	a0, 32(sp)
	sd	a1, 40(sp)
	sd	a2, 48(sp)
	sd	a3, 56(sp)
	sd	a4, 64(sp)
	sd	a5, 72(sp)
	sd	a6, 80(sp)
	sd	a7, 88(sp)
	sd	t3, 96(sp)
	sd	t4, 104(sp)
	sd	t5, 112(sp)
	sd	t6, 120(sp)
	csrr	a0, scause
	csrr	a1, stval
	call	page_fault
	ld	ra, 0(sp)
	ld	t0, 8(sp)
	ld	t1, 16(sp)
	ld	t2, 24(sp)
	ld	a0, 32(sp)
	ld	a1, 40(sp)
	ld	a2, 48(sp)
	ld	a3, 56(sp)
	ld	a4, 64(sp)
	ld	a5, 72(sp)
	ld	a6, 80(sp)
	ld	a7, 88(sp)
	ld	t3, 96(sp)
	ld	t4, 104(sp)
	ld	t5, 112(sp)
	ld	t6, 120(sp)
	addi	sp, sp, 128
	sret

	.section .bss
	.balign 16
	.space 65536
stack_top:
