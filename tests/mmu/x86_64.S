/* SPDX-License-Identifier: MIT */
/*
 * x86_64.S - start, 4 or 5 levels; probe() makes one access on the tables under test
 *
 * The guest itself lives on tables of its own, which map the first GiB.  What is
 * needed while the tables under test are in CR3 stands in pages of its own (section
 * .stub), which these tables map at the same addresses: for the supervisor all of
 * it but the page `stub_user`, which is the user's.
 */
#define CODE	0x08
#define DATA	0x10
#define UDATA	0x1b
#define UCODE	0x23
#define TSS	0x28

	.section .note.Xen, "a", @note
	.long	4, 8, 18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.quad	start

	.code32
	.section .text.start, "ax"
	.globl start
start:
	movl	$stack_top, %esp
	movl	$own_pdpt + 3, own_pml4
	movl	$own_pml4 + 3, own_pml5
	movl	$own_pd + 3, own_pdpt
	xorl	%ecx, %ecx
1:	movl	%ecx, %eax
	shll	$21, %eax
	orl	$0x83, %eax
	movl	%eax, own_pd(, %ecx, 8)
	incl	%ecx
	cmpl	$512, %ecx
	jne	1b
	movl	$0x20, %eax			/* CR4.PAE */
#if LA57
	orl	$0x1000, %eax
#endif
	movl	%eax, %cr4
#if LA57
	movl	$own_pml5, %eax
#else
	movl	$own_pml4, %eax
#endif
	movl	%eax, own_cr3
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx		/* EFER.LME */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	$0x80010001, %eax		/* PG, WP, PE */
	movl	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$CODE, $start64

	.code64
start64:
	movl	$DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$stack_top, %esp
	/* interrupt gates: those of 16 bytes of code each */
	xorl	%ecx, %ecx
2:	movl	%ecx, %eax
	shll	$4, %eax
	leal	handlers(%eax), %edx
	leal	idt(%eax), %edi
	movw	%dx, (%rdi)
	movw	$CODE, 2(%rdi)
	movw	$0xee00, 4(%rdi)		/* present, DPL 3, interrupt gate */
	shrl	$16, %edx
	movl	%edx, 6(%rdi)
	movl	$0, 10(%rdi)
	incl	%ecx
	cmpl	$32, %ecx
	jne	2b
	lidt	idt_pointer
	movl	$tss, %eax
	movw	%ax, gdt + TSS + 2
	shrl	$16, %eax
	movb	%al, gdt + TSS + 4
	movl	$TSS, %eax
	ltr	%ax
	call	guest_main
	movl	%eax, %edi
	call	machine_off

	.section .bss
	.balign	4096
own_pml5: .space 4096
own_pml4: .space 4096
own_pdpt: .space 4096
own_pd:	.space	4096
	.space	65536
stack_top:

	.section .stub, "awx"
	.globl	stub, stub_user, stub_end, probe, probe_result, test_cr3, user_load, user_store
	.balign	4096
stub:
/* probe(va, store, how, flags); how: 0 load, 1 store, 2 fetch, +4 as user */
probe:
	movq	%rsp, saved_rsp
	movl	$stub_stack, %esp
	testl	$4, %edx
	jnz	2f
	pushq	%rcx
	popfq
	movq	test_cr3, %rax
	movq	%rax, %cr3
	cmpl	$1, %edx
	je	1f
	ja	3f
	movq	(%rdi), %rax
	int3
1:	movq	%rsi, (%rdi)
	int3
3:	jmp	*%rdi
2:	pushq	$UDATA
	pushq	$0
	pushq	%rcx
	pushq	$UCODE
	movq	%rdi, %rax
	cmpl	$5, %edx
	movl	$user_store, %r8d
	cmoveq	%r8, %rax
	movl	$user_load, %r8d
	cmovbq	%r8, %rax
	pushq	%rax
	movq	test_cr3, %rax
	movq	%rax, %cr3
	iretq

	.balign	16
handlers:
	.set	n, 0
	.rept	32
	.balign	16
	.if	n != 8 && (n < 10 || n > 14) && n != 17
	pushq	$0
	.endif
	pushq	$n
	jmp	trap
	.set	n, n + 1
	.endr

/* notes value, vector, error code, CR2, and goes back to where probe() was called */
	.balign	16
trap:
	movq	%rax, probe_result
	popq	probe_result + 8
	popq	probe_result + 16
	movq	%cr2, %rax
	movq	%rax, probe_result + 24
	movq	own_cr3, %rax
	movq	%rax, %cr3
	movq	saved_rsp, %rsp
	pushq	$2
	popfq
	ret

	.balign	16
gdt:	.quad	0
	.quad	0x00af9b000000ffff
	.quad	0x00cf93000000ffff
	.quad	0x00cff3000000ffff
	.quad	0x00affb000000ffff
	.quad	0x0000890000000067
	.quad	0
gdt_pointer:
	.word	. - gdt - 1
	.quad	gdt
idt_pointer:
	.word	32 * 16 - 1
	.quad	idt
	.balign	16
tss:	.long	0
	.quad	stub_stack
	.space	92
idt:	.space	32 * 16
own_cr3: .quad	0
test_cr3: .quad	0
saved_rsp: .quad 0
probe_result: .quad 0, 0, 0, 0
	.space	1024
	.balign	16
stub_stack:
	.balign	4096
stub_user:
user_load:
	movq	(%rdi), %rax
	int3
user_store:
	movq	%rsi, (%rdi)
	int3
	.balign	4096
stub_end:
