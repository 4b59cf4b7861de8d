/* SPDX-License-Identifier: MIT */
/*
 * i386.S - start without paging; probe() turns it on for one access
 *
 * What is needed meanwhile stands in pages of its own (section .stub), which the
 * tables under test map at the same addresses: for the supervisor all of it but
 * the page `stub_user`, which is the user's.  Data segments are always the user's.
 */
#define CODE	0x08
#define UDATA	0x13
#define UCODE	0x1b
#define TSS	0x20
#define DATA	0x28

	.section .note.Xen, "a", @note
	.long	4, 4, 18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	start

	.section .text.start, "ax"
	.globl start
start:
	lgdt	gdt_pointer
	ljmp	$CODE, $1f
1:	movl	$DATA, %eax
	movl	%eax, %ss
	movl	$stack_top, %esp
	movl	$UDATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	xorl	%ecx, %ecx
2:	movl	%ecx, %eax
	shll	$4, %eax
	leal	handlers(%eax), %edx
	leal	idt(, %ecx, 8), %edi
	movw	%dx, (%edi)
	movw	$CODE, 2(%edi)
	movw	$0xee00, 4(%edi)		/* present, DPL 3, interrupt gate */
	shrl	$16, %edx
	movw	%dx, 6(%edi)
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
	pushl	%eax
	call	machine_off

	.section .bss
	.balign	4096
	.space	65536
stack_top:

	.section .stub, "awx"
	.globl	stub, stub_user, stub_end, probe, probe_result, test_cr3, test_cr0
	.balign	4096
stub:
/* probe(va, store, how, flags); how: 0 load, 1 store, 2 fetch, +4 as user */
probe:
	movl	%ebx, saved_ebx
	movl	%edi, saved_edi
	movl	%esi, saved_esi
	movl	4(%esp), %edi
	movl	8(%esp), %esi
	movl	12(%esp), %edx
	movl	16(%esp), %ecx
	movl	%esp, saved_esp
	movl	test_cr3, %eax
	movl	%eax, %cr3
	movl	$stub_stack, %esp
	testl	$4, %edx
	jnz	2f
	pushl	%ecx
	popfl
	movl	test_cr0, %eax
	movl	%eax, %cr0
	cmpl	$1, %edx
	je	1f
	ja	3f
	movl	(%edi), %eax
	int3
1:	movl	%esi, (%edi)
	int3
3:	jmp	*%edi
2:	pushl	$UDATA
	pushl	$0
	pushl	%ecx
	pushl	$UCODE
	movl	%edi, %eax
	cmpl	$5, %edx
	movl	$user_store, %ebx
	cmovel	%ebx, %eax
	movl	$user_load, %ebx
	cmovbl	%ebx, %eax
	pushl	%eax
	movl	test_cr0, %eax
	movl	%eax, %cr0
	iretl

	.balign	16
handlers:
	.set	n, 0
	.rept	32
	.balign	16
	.if	n != 8 && (n < 10 || n > 14) && n != 17
	pushl	$0
	.endif
	pushl	$n
	jmp	trap
	.set	n, n + 1
	.endr

/* notes value, vector, error code, CR2, and goes back to where probe() was called */
	.balign	16
trap:
	movl	%eax, probe_result
	popl	probe_result + 4
	popl	probe_result + 8
	movl	%cr2, %eax
	movl	%eax, probe_result + 12
	movl	%cr0, %eax
	andl	$0x7fffffff, %eax
	movl	%eax, %cr0
	movl	saved_esp, %esp
	movl	saved_ebx, %ebx
	movl	saved_edi, %edi
	movl	saved_esi, %esi
	pushl	$2
	popfl
	ret

	.balign	16
gdt:	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cff3000000ffff
	.quad	0x00cffb000000ffff
	.quad	0x0000890000000067
	.quad	0x00cf93000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
idt_pointer:
	.word	32 * 8 - 1
	.long	idt
	.balign	16
tss:	.long	0, stub_stack, DATA
	.space	92
idt:	.space	32 * 8
test_cr3: .long	0
test_cr0: .long	0
saved_esp: .long 0
saved_ebx: .long 0
saved_edi: .long 0
saved_esi: .long 0
probe_result: .long 0, 0, 0, 0
	.space	1024
	.balign	16
stub_stack:
	.balign	4096
stub_user:
user_load:
	movl	(%edi), %eax
	int3
user_store:
	movl	%esi, (%edi)
	int3
	.balign	4096
stub_end:
