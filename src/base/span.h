/* span - borrowed memory and the few words everything else is said with.
 *
 * Neither type owns anything: whoever lends one says until when it holds; the
 * default is until the next call on that object or the return to the loop.
 * A span whose p is NULL is nothing; n == 0 with p set is an empty message.
 */
#ifndef NAT_BASE_SPAN_H
#define NAT_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *p;
	size_t n;
};

struct span {
	uint8_t *p;
	size_t n;
};

#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The bytes of a string literal, its NUL left out. */
#define BYTES(lit) ((struct bytes){ (const uint8_t *)(lit), sizeof(lit) - 1 })

/* All of an array, to write to. */
#define SPAN(array) ((struct span){ (uint8_t *)(array), sizeof(array) })

static inline size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline struct bytes bytes_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static inline struct bytes bytes_in(struct span s)
{
	return (struct bytes){ s.p, s.n };
}

/* Not for secrets: see ct_equal in crypt/ct.h. */
static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Does c stand in it? */
static inline bool bytes_have(struct bytes b, uint8_t c)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == c)
			return true;
	return false;
}

/* Does text begin so? */
static inline bool text_begins(const char *text, const char *with)
{
	while (*with && *text == *with)
		text++, with++;
	return !*with;
}

static inline bool bytes_are(struct bytes a, const char *text)
{
	return bytes_equal(a, bytes_of(text));
}

#endif
