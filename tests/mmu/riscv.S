/* SPDX-License-Identifier: MIT */
/* riscv.S - 32 and 64 bits: start in machine mode; one trap handler, which notes the cause and comes back */

#if __riscv_xlen == 64
#define LOAD	ld
#define STORE	sd
#define WORD	8
#else
#define LOAD	lw
#define STORE	sw
#define WORD	4
#endif

	.section .text.start
	.globl start
start:
	la	sp, stack_top
	la	t0, trap
	csrw	mtvec, t0
	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f
	csrw	pmpcfg0, t0
	call	guest_main
	call	machine_off

/* cause in machine_cause; go on at machine_resume */
	.balign 4
trap:
	csrw	mscratch, t0
	la	t0, machine_cause
	STORE	t1, WORD(t0)
	csrr	t1, mcause
	addi	t1, t1, 1
	STORE	t1, 0(t0)
	LOAD	t1, 2*WORD(t0)
	csrw	mepc, t1
	li	t1, 0x1800			/* MPP = machine: mret stays here */
	csrs	mstatus, t1
	li	t1, 0x20000			/* no MPRV */
	csrc	mstatus, t1
#if __riscv_xlen == 64
	li	t1, 1 << 39			/* no MPV */
	csrc	mstatus, t1
#endif
	la	t0, machine_cause
	LOAD	t1, WORD(t0)
	csrr	t0, mscratch
	mret

/* uint64_t probe_load(va): with MPRV set around it; comes back at once when it traps */
	.globl probe_load
probe_load:
	la	t0, machine_cause
	STORE	zero, 0(t0)
	la	t1, 1f
	STORE	t1, 2*WORD(t0)
	li	t2, 0x20000
	csrs	mstatus, t2
	LOAD	a0, 0(a0)
	csrc	mstatus, t2
1:	ret

	.globl probe_store
probe_store:
	la	t0, machine_cause
	STORE	zero, 0(t0)
	la	t1, 1f
	STORE	t1, 2*WORD(t0)
	li	t2, 0x20000
	csrs	mstatus, t2
	STORE	a1, 0(a0)
	csrc	mstatus, t2
1:	ret

#if __riscv_xlen == 64
/* the same by HLV.D and HSV.D, which the assembler may not know */
	.globl probe_guest_load
probe_guest_load:
	la	t0, machine_cause
	STORE	zero, 0(t0)
	la	t1, 1f
	STORE	t1, 2*WORD(t0)
	.word	0x6c054573			/* hlv.d a0, (a0) */
1:	ret

	.globl probe_guest_store
probe_guest_store:
	la	t0, machine_cause
	STORE	zero, 0(t0)
	la	t1, 1f
	STORE	t1, 2*WORD(t0)
	.word	0x6eb54073			/* hsv.d a1, (a0) */
1:	ret
#endif

/* probe_fetch(va): jump there in the mode of MPP; a breakpoint means it was fetched */
	.globl probe_fetch
probe_fetch:
	la	t0, machine_cause
	STORE	zero, 0(t0)
	la	t1, 1f
	STORE	t1, 2*WORD(t0)
	csrw	mepc, a0
	mret
1:	ret

	.section .bss
	.balign 16
	.globl machine_cause
machine_cause:
	.space 32
	.space 65536
stack_top:
