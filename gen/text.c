/* SPDX-License-Identifier: MIT */
/* text.c - numbers, sizes and names as people write and read them */
#include "gen/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* value = value * base + d over 128 bits; false: it does not fit. */
static bool push(uint64_t value[2], unsigned base, unsigned d)
{
	uint64_t low = (value[0] & 0xffffffff) * base + d;
	uint64_t mid = (value[0] >> 32) * base + (low >> 32);

	if (value[1] > (~(uint64_t)0 - (mid >> 32)) / base)
		return false;
	value[1] = value[1] * base + (mid >> 32);
	value[0] = mid << 32 | (low & 0xffffffff);
	return true;
}

/* Digits up to what is none; NULL: no digit at all, or too large. */
static const char *digits(const char *word, uint64_t value[2])
{
	unsigned base = 10;
	bool any = false;

	value[0] = value[1] = 0;
	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		base = 16;
	else if (word[0] == '0' && (word[1] == 'b' || word[1] == 'B'))
		base = 2;
	if (base != 10)
		word += 2;
	for (;; word++) {
		int d = digit(*word);

		if (*word == '_' && any)
			continue;
		if (d >= (int)base)
			break;
		if (!push(value, base, (unsigned)d))
			return NULL;
		any = true;
	}
	return any ? word : NULL;
}

static const char *number(const char *word, uint64_t *result)
{
	static const char units[] = "KMGTPE";
	uint64_t value[2];
	const char *end = digits(word, value), *unit;

	if (!end || value[1])
		return NULL;
	*result = value[0];
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (!unit || !strchr("KMGTPEkmgtpe", *end))
		return end;
	for (long i = 0; i <= unit - units; i++) {
		if (*result >> 54)
			return NULL;
		*result <<= 10;
	}
	end++;
	if (strncmp(end, "iB", 2) == 0)
		end += 2;
	return end;
}

bool text_number(const char *word, uint64_t *value)
{
	const char *end = number(word, value);

	return end && !*end;
}

bool text_wide(const char *word, uint64_t value[2])
{
	const char *end = digits(word, value);

	return end && !*end;
}

bool text_range(const char *word, uint64_t *first, uint64_t *last)
{
	const char *end = number(word, first);
	uint64_t other;

	if (!end)
		return false;
	if (!*end) {
		*last = *first;
		return true;
	}
	if (end[0] == '.' && end[1] == '.') {
		if (!text_number(end + 2, &other) || other <= *first)
			return false;
		*last = other - 1;
		return true;
	}
	if (!text_number(end + 1, &other))
		return false;
	if (*end == '+') {
		*last = *first + other - 1;
		return other && *last >= *first;
	}
	*last = other;
	return *end == '-' && other >= *first;
}

const char *text_hex(uint64_t value, unsigned digits, char buffer[TEXT_DIGITS])
{
	static const char digit[] = "0123456789abcdef";
	char *at = buffer + TEXT_DIGITS - 1, *wide = at - digits;

	*at = '\0';
	while (value || at > wide) {
		*--at = digit[value & 15];
		value >>= 4;
	}
	*--at = 'x';
	*--at = '0';
	return at;
}

const char *text_decimal(uint64_t value, char buffer[TEXT_DIGITS])
{
	char *at = buffer + TEXT_DIGITS - 1;

	*at = '\0';
	do
		*--at = (char)('0' + value % 10);
	while (value /= 10);
	return at;
}

const char *text_size(uint64_t bytes, char buffer[24])
{
	static const char units[] = "BKMGTPE";
	unsigned unit = 0;

	while (bytes && unit < 6 && (bytes & 1023) == 0) {
		bytes >>= 10;
		unit++;
	}
	if (unit)
		snprintf(buffer, 24, "%" PRIu64 "%c", bytes, units[unit]);
	else
		snprintf(buffer, 24, "%" PRIu64, bytes);
	return buffer;
}

/* "1.5G": at most one digit behind the point, for lengths that are no power of two. */
const char *text_length(uint64_t bytes, char buffer[24])
{
	static const char units[] = "BKMGTPE";
	unsigned unit = 0;
	uint64_t tenths;

	if (bytes == 0)
		return "16E";
	while (unit < 6 && bytes >> (10 * (unit + 1)))
		unit++;
	tenths = unit ? (bytes >> (10 * (unit - 1))) * 10 >> 10 : bytes * 10;
	if (unit > 1 && tenths % 10)
		snprintf(buffer, 24, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10, units[unit]);
	else
		snprintf(buffer, 24, "%" PRIu64 "%c", tenths / 10, units[unit]);
	return buffer;
}

const char *text_lg2(unsigned lg2, char buffer[24])
{
	if (lg2 < 64)
		return text_size((uint64_t)1 << lg2, buffer);
	snprintf(buffer, 24, "16E");
	return buffer;
}

const char *text_rights(uint32_t rights, bool user, char buffer[4])
{
	uint32_t bits = user ? rights : rights >> 3;

	buffer[0] = bits & 1 ? 'r' : '-';
	buffer[1] = bits & 2 ? 'w' : '-';
	buffer[2] = bits & 4 ? 'x' : '-';
	buffer[3] = '\0';
	return buffer;
}

bool text_parse_rights(const char *word, unsigned *bits)
{
	static const char letters[] = "rwx";

	*bits = 0;
	if (!*word)
		return false;
	for (; *word; word++) {
		const char *at = strchr(letters, *word);

		if (*word == '-')
			continue;
		if (!at)
			return false;
		*bits |= 1u << (at - letters);
	}
	return true;
}

static const char *const memtypes[] = {
	"default", "wb", "wt", "wc", "uc", "wp", "uc_minus", "nc", "device", "device_strong", "io"
};

static const struct ptg_attr *memtype_attr(const struct ptg_format *f)
{
	return f->memtype_attr < f->attr_count ? &f->attrs[f->memtype_attr] : NULL;
}

const char *text_memtype(const struct ptg_format *f, unsigned memtype, char buffer[16])
{
	const struct ptg_attr *attr = memtype_attr(f);

	if (!attr && memtype == PTG_MT_DEFAULT)
		return NULL;
	for (unsigned i = 0; attr && i < attr->name_count; i++) {
		const struct ptg_value_name *n = &f->value_names[attr->name_first + i];

		if (n->memtype == memtype || ((memtype & PTG_MT_RAW) && n->value == (memtype & 0x7fffu)))
			return n->name;
	}
	if (memtype < sizeof(memtypes) / sizeof(memtypes[0]))
		return memtypes[memtype];
	snprintf(buffer, 16, "raw:%u", memtype & 0x7fffu);
	return buffer;
}

bool text_is_memtype(const struct ptg_format *f, unsigned memtype, const char *word)
{
	char buffer[16];
	const char *own = text_memtype(f, memtype, buffer);

	if (own && strcasecmp(own, word) == 0)
		return true;
	return memtype < sizeof(memtypes) / sizeof(memtypes[0]) && strcasecmp(memtypes[memtype], word) == 0;
}

const char *text_fault_class(unsigned fault)
{
	static const char *const names[] = {
		"none", "noncanonical", "config", "not_present", "reserved", "address_size", "length",
		"access_flag", "dirty", "permission", "key", "unreadable"
	};

	return fault < sizeof(names) / sizeof(names[0]) ? names[fault] : "unknown";
}

const char *text_error(int error)
{
	static const char *const texts[] = {
		"done", "a wrong argument", "not aligned to the smallest page", "outside the format's addresses",
		"something in the range is not mapped", "something in the range is mapped", "out of memory",
		"the format cannot express it", "the range cuts a large page", "an entry is reserved or impossible",
		"memory cannot be read", "busy", "not supported", "an address does not translate", "stopped"
	};

	error = -error;
	return error >= 0 && (size_t)error < sizeof(texts) / sizeof(texts[0]) ? texts[error] : "unknown error";
}

bool text_has_mark(const struct ptg_format *f, unsigned what)
{
	for (unsigned i = 0; i < f->mark_count; i++)
		if (f->marks[i].what == what)
			return true;
	return false;
}

bool text_access(const char *word, unsigned *access)
{
	unsigned mask = 0;

	if (strcmp(word, "-") == 0 || strcmp(word, "none") == 0) {
		*access = PTG_LOOK;
		return true;
	}
	if (*word == 'u')
		mask = PTG_USER;
	else if (*word != 's')
		return false;
	for (word++; *word; word++) {
		unsigned bit = *word == 'r' ? PTG_READ : *word == 'w' ? PTG_WRITE : *word == 'x' ? PTG_EXEC : 0u;

		if (!bit || (mask & bit))
			return false;
		mask |= bit;
	}
	*access = mask;
	return (mask & (PTG_READ | PTG_WRITE | PTG_EXEC)) != 0;
}
