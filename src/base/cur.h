/* cur - reads bytes it was lent, front to back, and cannot run past the end.
 *
 * Failure is sticky: after it every read gives zero or nothing and bad stays
 * set, so a parser reads all its fields and asks once at the end.
 */
#ifndef NAT_BASE_CUR_H
#define NAT_BASE_CUR_H

#include "base/span.h"

struct cur {
	const uint8_t *p, *end;
	bool bad;
};

/* Nothing (p NULL) reads as something empty: NULL takes no arithmetic. */
static inline struct cur cur_of(struct bytes b)
{
	const uint8_t *p = b.p ? b.p : (const uint8_t *)"";

	return (struct cur){ p, p + b.n, false };
}

static inline size_t cur_left(const struct cur *c)
{
	return (size_t)(c->end - c->p);
}

/* The next byte, not consumed; -1 at the end. */
static inline int cur_peek(const struct cur *c)
{
	return c->p < c->end ? *c->p : -1;
}

/* The next n bytes, lent as long as the input is; fewer: bad, and nothing. */
static inline struct bytes cur_bytes(struct cur *c, size_t n)
{
	struct bytes b = { c->p, n };

	if (c->bad || cur_left(c) < n) {
		c->bad = true;
		c->p = c->end;
		return (struct bytes){ c->end, 0 };
	}
	c->p += n;
	return b;
}

static inline uint8_t cur_u8(struct cur *c)
{
	struct bytes b = cur_bytes(c, 1);

	return b.n ? *b.p : 0;
}

/* Big-endian. */
static inline uint16_t cur_u16(struct cur *c)
{
	struct bytes b = cur_bytes(c, 2);

	return (uint16_t)(b.n ? b.p[0] << 8 | b.p[1] : 0);
}

static inline uint32_t cur_u24(struct cur *c)
{
	struct bytes b = cur_bytes(c, 3);

	return b.n ? (uint32_t)b.p[0] << 16 | (uint32_t)b.p[1] << 8 | b.p[2]
		   : 0;
}

static inline uint32_t cur_u32(struct cur *c)
{
	struct bytes b = cur_bytes(c, 4);

	return b.n ? (uint32_t)b.p[0] << 24 | (uint32_t)b.p[1] << 16 |
			       (uint32_t)b.p[2] << 8 | b.p[3]
		   : 0;
}

/* Consumes the byte c if it is next. */
static inline bool cur_eat(struct cur *c, char byte)
{
	if (cur_peek(c) != (uint8_t)byte)
		return false;
	c->p++;
	return true;
}

/* Digits; false: there are none, or their value is more than most. */
static inline bool cur_number(struct cur *c, uint32_t most, uint32_t *n)
{
	uint64_t sum = 0;
	bool any = false;

	while (cur_peek(c) >= '0' && cur_peek(c) <= '9') {
		sum = sum * 10 + (cur_u8(c) - (unsigned)'0');
		if (sum > most)
			return false;
		any = true;
	}
	*n = (uint32_t)sum;
	return any;
}

/* What stands before the next sep, which is consumed; without one, the rest. */
static inline struct bytes cur_until(struct cur *c, char sep)
{
	struct bytes b = { c->p, 0 };

	while (c->p < c->end && *c->p != (uint8_t)sep)
		c->p++;
	b.n = (size_t)(c->p - b.p);
	cur_eat(c, sep);
	return b;
}

/* The next word of a line of text: blanks are skipped, then what stands before
 * the next white space. Empty at the end.
 */
static inline struct bytes cur_word(struct cur *c)
{
	struct bytes w;

	while (cur_eat(c, ' ') || cur_eat(c, '\t') || cur_eat(c, '\r'))
		;
	w = (struct bytes){ c->p, 0 };
	while (cur_peek(c) > ' ')
		c->p++;
	w.n = (size_t)(c->p - w.p);
	return w;
}

#endif
