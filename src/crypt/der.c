#include "crypt/der.h"

static void spoil(struct cur *c)
{
	c->bad = true;
	c->p = c->end;
}

/* X.690 8.1.3, 10.1: up to four bytes, none of them for nothing. */
static size_t length(struct cur *c)
{
	uint8_t first = cur_u8(c);
	struct bytes more;
	size_t n = 0;

	if (first < 0x80)
		return first;
	more = cur_bytes(c, first & 0x7f);
	for (size_t i = 0; i < more.n && i < 4; i++)
		n = n << 8 | more.p[i];
	if (more.n == 0 || more.n > 4 || more.p[0] == 0 || n < 0x80)
		spoil(c);
	return n;
}

struct bytes der_any(struct cur *c, uint8_t *tag)
{
	const uint8_t *from = c->p;

	*tag = cur_u8(c);
	if ((*tag & 0x1f) == 0x1f)
		spoil(c);
	cur_bytes(c, length(c));
	return c->bad ? (struct bytes){ c->end, 0 }
		      : (struct bytes){ from, (size_t)(c->p - from) };
}

struct bytes der_get(struct cur *c, uint8_t tag)
{
	if (cur_peek(c) != tag)
		spoil(c);
	cur_u8(c);
	return cur_bytes(c, length(c));
}

struct cur der_into(struct cur *c, uint8_t tag)
{
	struct cur in = cur_of(der_get(c, tag));

	in.bad = c->bad;
	return in;
}

struct bytes der_uint(struct cur *c)
{
	struct bytes b = der_get(c, DER_INTEGER);

	if (b.n == 0 || b.p[0] & 0x80 ||
	    (b.n > 1 && b.p[0] == 0 && !(b.p[1] & 0x80))) {
		spoil(c);
		return (struct bytes){ c->end, 0 };
	}
	return b.p[0] == 0 ? (struct bytes){ b.p + 1, b.n - 1 } : b;
}

struct bytes der_bits(struct cur *c)
{
	struct bytes b = der_get(c, DER_BITS);

	if (b.n == 0 || b.p[0] != 0) {
		spoil(c);
		return (struct bytes){ c->end, 0 };
	}
	return (struct bytes){ b.p + 1, b.n - 1 };
}

bool der_done(const struct cur *c)
{
	return !c->bad && c->p == c->end;
}

void der_put_raw(struct der_out *o, struct bytes b)
{
	o->full |= o->room.n - o->n < b.n;
	if (o->full)
		return;
	o->n += b.n;
	if (b.n > 0)
		memcpy(o->room.p + o->room.n - o->n, b.p, b.n);
}

void der_wrap(struct der_out *o, uint8_t tag, size_t since)
{
	size_t n = o->n - since;
	uint8_t head[6] = { tag, (uint8_t)n };
	size_t bytes = n < 0x80 ? 0 : n < 0x100 ? 1 : n < 0x10000 ? 2 : 3;

	if (bytes)
		head[1] = (uint8_t)(0x80 | bytes);
	for (size_t i = 0; i < bytes; i++)
		head[2 + i] = (uint8_t)(n >> 8 * (bytes - 1 - i));
	der_put_raw(o, (struct bytes){ head, 2 + bytes });
}

void der_put(struct der_out *o, uint8_t tag, struct bytes b)
{
	size_t since = o->n;

	der_put_raw(o, b);
	der_wrap(o, tag, since);
}

void der_wrap_bits(struct der_out *o, size_t since)
{
	der_put_raw(o, BYTES("\0"));
	der_wrap(o, DER_BITS, since);
}

void der_put_uint(struct der_out *o, struct bytes b)
{
	size_t since = o->n;

	while (b.n > 1 && b.p[0] == 0)
		b = (struct bytes){ b.p + 1, b.n - 1 };
	der_put_raw(o, b);
	if (b.n == 0 || b.p[0] & 0x80)
		der_put_raw(o, BYTES("\0"));
	der_wrap(o, DER_INTEGER, since);
}

void der_put_small(struct der_out *o, uint8_t n)
{
	der_put_uint(o, (struct bytes){ &n, 1 });
}

struct bytes der_written(const struct der_out *o)
{
	return o->full ? (struct bytes){ o->room.p, 0 }
		       : (struct bytes){ o->room.p + o->room.n - o->n, o->n };
}
