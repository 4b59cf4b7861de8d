/* SPDX-License-Identifier: MIT */
/* guest.c - rounds of questions, the console; the same for every architecture */

#include "guest_inside.h"

#define ROUNDS 48
#ifndef QUESTIONS
#define QUESTIONS 1000u                      /* a round */
#endif

#ifndef SEED                                 /* run.sh: other random numbers */
#define SEED 0
#endif

struct run run;
static uint64_t state = 88172645463325252u ^ (uint64_t)SEED << 32;

uint64_t guest_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

uint64_t guest_data(void)
{
	return run.data;
}

uint64_t guest_target(void)
{
	return run.target;
}

/* The compiler may ask for these in this file; the runtime does not (make freestanding). */
void *memset(void *p, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);

void *memset(void *p, int c, size_t n)
{
	volatile unsigned char *b = p;

	while (n--)
		*b++ = (unsigned char)c;
	return p;
}

void *memcpy(void *to, const void *from, size_t n)
{
	volatile unsigned char *a = to;
	const unsigned char *b = from;

	while (n--)
		*a++ = *b++;
	return to;
}

#ifdef __arm__
void __aeabi_memset(void *p, size_t n, int c);
void __aeabi_memclr(void *p, size_t n);
void __aeabi_memclr4(void *p, size_t n);
void __aeabi_memclr8(void *p, size_t n);
void __aeabi_memcpy(void *to, const void *from, size_t n);
void __aeabi_memcpy4(void *to, const void *from, size_t n);
void __aeabi_memcpy8(void *to, const void *from, size_t n);

void __aeabi_memset(void *p, size_t n, int c) { memset(p, c, n); }
void __aeabi_memclr(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memclr4(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memclr8(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memcpy(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy4(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy8(void *to, const void *from, size_t n) { memcpy(to, from, n); }
#endif

/* --- console ---------------------------------------------------------------------- */

void say(const char *text)
{
	while (*text)
		machine_write(*text++);
}

void say_hex(uint64_t value)
{
	say("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		if (shift == 0 || value >> shift)
			machine_write("0123456789abcdef"[value >> shift & 15]);
}

void say_number(uint32_t n)
{
	char text[24];
	int i = 23;

	text[i] = 0;
	do {
		text[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	say(text + i);
}

void guest_end(const char *why)
{
	say("stopped: ");
	say(why);
	say("\n");
	machine_off(1);
}

/* --- rounds ----------------------------------------------------------------------- */

static void conclude(void)
{
	say("result: ");
	say_number(run.asked);
	say(" asked, ");
	say_number(run.values);
	say(" values, ");
	say_number(run.faults);
	say(" faults, ");
	say_number(run.known);
	say(" known deviations, ");
	if (run.changes) {
		say_number(run.changes);
		say(" changes, ");
	}
	say_number(run.failures);
	say(" differences\n");
}

int guest_main(void)
{
	static struct ptg_mapper m = { .ops = &guest_mapper_ops, .flags = PTG_ZEROED };

	run.data = (PHYSICAL_OF(guest_pool) + GUEST_DATA_BYTES - 1) & ~(uint64_t)(GUEST_DATA_BYTES - 1);
	run.tables_first = run.data + GUEST_DATA_BYTES;
	run.tables_end = PHYSICAL_OF(guest_pool_end);
	m.window = (void *)(uintptr_t)run.tables_first;
	m.window_pa = run.tables_first;
	m.window_size = run.tables_end - run.tables_first;
	guest_fill_data();
	for (unsigned round = 0; round < ROUNDS && run.failures < 20; round++) {
		run.next_table = run.tables_first;
		run.space = format_setup(&m, round);
		machine_start(run.space);
		for (unsigned q = 0; q < QUESTIONS && run.failures < 20; q++) {
			if (q % 50 == 0) {
				format_context(run.space, guest_random());
				machine_start(run.space);
			}
			if (machine_live && !(round & 1) && q % 40 == 0)
				guest_change_live();
			guest_ask();
		}
	}
	conclude();
	return run.failures != 0 || run.values < 500 || run.faults < 500;
}
