/* SPDX-License-Identifier: MIT */
/*
 * image_gdb.c - a running guest through gdb's remote protocol
 *
 * The stub must know `Qqemu.PhyMemMode`, which makes `m` read physical memory
 * (QEMU has it since 4.1).  Pages are kept in a small direct-mapped cache: the guest is
 * stopped while a stub is attached.  When the guest goes away, image->broken
 * says so and everything further is unreadable.  An interrupt does the same, so
 * that a guest which ran is told to go on in any case.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gen/inspect/image.h"

#define PAGE 2048u               /* its hex form fits the smallest packet QEMU offers */
#define SLOTS 4096u
#define PACKET 8192u
#define SECONDS 10
#define NOISE 65536u              /* bytes that belong to no packet: a stub sends none */
#define STOPS 64u                /* packets that tell of a stop, before an answer */

struct slot { uint64_t pa; bool full; unsigned char bytes[PAGE]; };

struct gdb {
	int fd;
	bool was_running;            /* before we came */
	bool dead;                   /* nobody answers */
	char packet[PACKET];
	unsigned char in[4096];
	size_t in_at, in_end;
	struct slot *slot;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

/* A signal that is ignored stays so; a call that waits for input is not gone on with. */
static void catch_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	struct sigaction old, act;

	memset(&act, 0, sizeof(act));
	act.sa_handler = interrupt;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &act, NULL);
}

/* --- packets ---------------------------------------------------------------------- */

static bool send_all(struct gdb *g, const char *text, size_t n)
{
	while (n) {
		ssize_t done = send(g->fd, text, n, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		text += done;
		n -= (size_t)done;
	}
	return true;
}

static int next_byte(struct gdb *g)
{
	if (g->in_at == g->in_end) {
		ssize_t n;

		do { /* an answer that was begun is read to its end */
			n = recv(g->fd, g->in, sizeof(g->in), 0);
		} while (n < 0 && errno == EINTR);
		if (n <= 0)
			return -1;
		g->in_at = 0;
		g->in_end = (size_t)n;
	}
	return g->in[g->in_at++];
}

static int hex_digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
					    : c >= 'A' && c <= 'F' ? c - 'A' + 10
								   : -1;
}

/* The next packet into g->packet; NULL: the line is dead or speaks nonsense. */
static const char *receive(struct gdb *g)
{
	for (unsigned tries = 0; tries < 4; tries++) {
		unsigned sum = 0, n = 0, noise = 0;
		int c, high, low;

		for (c = next_byte(g); c >= 0 && c != '$' && noise < NOISE; c = next_byte(g))
			noise++;
		while (c >= 0 && (c = next_byte(g)) >= 0 && c != '#' && noise < NOISE) {
			sum = (sum + (unsigned)c) & 0xff;
			if (n < PACKET - 1)
				g->packet[n++] = (char)c;
			else
				noise++;
		}
		if (noise == NOISE)
			return NULL;
		g->packet[n] = '\0';
		high = next_byte(g);
		low = next_byte(g);
		if (c < 0 || high < 0 || low < 0)
			return NULL;
		if (hex_digit(high) * 16 + hex_digit(low) == (int)sum)
			return send_all(g, "+", 1) ? g->packet : NULL;
		if (!send_all(g, "-", 1))
			return NULL;
	}
	return NULL;
}

/*
 * Attaching stops a guest that runs, of which the stub tells by itself: such a
 * packet is no answer, and such a guest has to go on afterwards.
 */
static const char *answer(struct gdb *g)
{
	const char *reply = receive(g);

	for (unsigned i = 0; i < STOPS && reply && (*reply == 'T' || *reply == 'S'); i++) {
		g->was_running = true;
		reply = receive(g);
	}
	return reply;
}

static const char *ask(struct gdb *g, const char *question)
{
	char frame[128];
	unsigned sum = 0;
	int n;

	for (const char *c = question; *c; c++)
		sum = (sum + (unsigned char)*c) & 0xff;
	n = snprintf(frame, sizeof(frame), "$%s#%02x", question, sum);
	return send_all(g, frame, (size_t)n) ? answer(g) : NULL;
}

/* --- memory ------------------------------------------------------------------------ */

static bool unhex(const char *text, unsigned char *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(text[2 * i]), low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		to[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

static bool fetch(struct image *image, struct gdb *g, uint64_t pa, void *to, size_t n)
{
	char question[64];
	const char *reply;

	if (interrupted && !image->broken)
		image->broken = "interrupted";
	if (image->broken)
		return false;
	snprintf(question, sizeof(question), "m%llx,%zx", (unsigned long long)pa, n);
	reply = ask(g, question);
	if (!reply) {
		image->broken = "the guest went away";
		g->dead = true;
		return false;
	}
	return reply[0] != 'E' && strlen(reply) >= 2 * n && unhex(reply, to, n);
}

/* Through the cache; what crosses the edge of memory is read without it. */
static int read_gdb(struct image *image, uint64_t pa, void *dst, size_t n)
{
	struct gdb *g = image->state;
	unsigned char *to = dst;

	while (n) {
		uint64_t page = pa / PAGE * PAGE;
		size_t off = (size_t)(pa - page), here = PAGE - off < n ? PAGE - off : n;
		struct slot *s = &g->slot[pa / PAGE % SLOTS];

		if (!s->full || s->pa != page) {
			s->full = fetch(image, g, page, s->bytes, PAGE);
			s->pa = page;
		}
		if (s->full)
			memcpy(to, s->bytes + off, here);
		else if (!fetch(image, g, pa, to, here))
			return -1;
		to += here;
		pa += here;
		n -= here;
	}
	return 0;
}

static void close_gdb(struct image *image)
{
	struct gdb *g = image->state;

	if (g->fd >= 0) {
		if (!g->dead) {
			ask(g, "Qqemu.PhyMemMode:0");
			if (g->was_running)
				ask(g, "D");
		}
		close(g->fd);
	}
	g->fd = -1;
}

/* --- opening ------------------------------------------------------------------------- */

static int dial(struct image *image, const char *address, const char **why)
{
	const char *colon = strrchr(address, ':');
	struct addrinfo hints, *list = NULL;
	struct timeval patience = {.tv_sec = SECONDS};
	const char *host;
	int fd = -1, on = 1, e;

	if (!colon) {
		*why = arena_printf(image->arena, "gdb://%s: write gdb://HOST:PORT", address);
		return -1;
	}
	if (*address == '[' && colon > address && colon[-1] == ']') /* an IPv6 address, as in a URL */
		host = arena_copy(image->arena, address + 1, (size_t)(colon - address) - 2);
	else
		host = arena_copy(image->arena, address, (size_t)(colon - address));
	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	e = getaddrinfo(*host ? host : "localhost", colon + 1, &hints, &list);
	if (e) {
		*why = arena_printf(image->arena, "gdb://%s: %s", address, gai_strerror(e));
		return -1;
	}
	e = ECONNREFUSED;
	for (struct addrinfo *i = list; i && fd < 0; i = i->ai_next) {
		fd = socket(i->ai_family, i->ai_socktype | SOCK_CLOEXEC, i->ai_protocol);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* an acknowledgement does not wait for the next one */
		if (connect(fd, i->ai_addr, i->ai_addrlen) == 0)
			break;
		e = errno;
		close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0)
		*why = arena_printf(image->arena, "gdb://%s: %s", address, strerror(e));
	return fd;
}

bool image_gdb(struct image *image, const char *address, const char **why)
{
	struct gdb *g = arena_alloc(image->arena, sizeof(*g));
	const char *reply;

	image->kind = "gdb";
	image->live = true;
	g->fd = dial(image, address, why);
	if (g->fd < 0)
		return false;
	g->slot = arena_array(image->arena, SLOTS, sizeof(*g->slot));
	image->state = g;
	catch_signals();
	image->read = read_gdb;
	image->close = close_gdb;
	reply = ask(g, "qSupported") ? ask(g, "Qqemu.PhyMemMode:1") : NULL;
	if (!reply || strcmp(reply, "OK") != 0) {
		*why = arena_printf(image->arena, "gdb://%s: %s", address,
				    reply ? "the stub cannot read physical memory (Qqemu.PhyMemMode)"
					  : "no answer from a gdb stub");
		close_gdb(image);
		return false;
	}
	return image_add(image, 0, ~(uint64_t)0, NULL);
}
