#include "base/base64.h"

/* All ones where v is more than most; both are small. */
static uint32_t over(uint32_t v, uint32_t most)
{
	return (most - v) >> 8;
}

/* A-Z a-z 0-9 + / */
static char digit(uint32_t v)
{
	return (char)('A' + v + (over(v, 25) & 6) - (over(v, 51) & 75) -
		      (over(v, 61) & 15) + (over(v, 62) & 3));
}

/* first + n where c is in from..to, else 0. */
static uint32_t in(uint32_t c, char from, char to, uint32_t first)
{
	uint32_t out = ((c - (uint8_t)from) | ((uint8_t)to - c)) >> 31;

	return (out - 1) & (c - (uint8_t)from + first);
}

/* One more than the value of a digit, 0 for what is none. */
static uint32_t value(uint32_t c)
{
	return in(c, 'A', 'Z', 1) | in(c, 'a', 'z', 27) | in(c, '0', '9', 53) |
	       in(c, '+', '+', 63) | in(c, '/', '/', 64);
}

static void put_group(struct fmt *f, const uint8_t *p, size_t n)
{
	uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) |
		     (n > 2 ? p[2] : 0);
	char text[4] = { digit(v >> 18), digit(v >> 12 & 63),
			 n > 1 ? digit(v >> 6 & 63) : '=',
			 n > 2 ? digit(v & 63) : '=' };

	fmt_bytes(f, (struct bytes){ (const uint8_t *)text, 4 });
}

void base64_put(struct fmt *f, struct bytes b, size_t line)
{
	for (size_t at = 0, column = 0; at < b.n; at += 3) {
		put_group(f, b.p + at, min_size(b.n - at, 3));
		column += 4;
		if (line && (column >= line || at + 3 >= b.n)) {
			fmt_bytes(f, BYTES("\n"));
			column = 0;
		}
	}
}

struct group {
	uint32_t bits;
	unsigned n, padding;
	bool bad;
};

static void take(struct group *g, uint32_t c)
{
	uint32_t v = value(c);

	if (c == '=' && g->n >= 2) {
		g->padding++;
		v = 1;
	} else if (g->padding || v == 0) {
		g->bad = true;
	}
	g->bits = g->bits << 6 | ((v - 1) & 63);
	g->n++;
}

/* The bytes of a whole group; what padding covers must be zeros. */
static unsigned end(struct group *g, uint8_t out[3])
{
	unsigned n = 3 - g->padding;

	out[0] = (uint8_t)(g->bits >> 16);
	out[1] = (uint8_t)(g->bits >> 8);
	out[2] = (uint8_t)g->bits;
	for (unsigned i = n; i < 3; i++)
		g->bad |= out[i] != 0;
	g->n = 0;
	return n;
}

long base64_get(struct span to, struct bytes text)
{
	struct group g = { .n = 0 };
	size_t n = 0;

	for (size_t i = 0; i < text.n && !g.bad; i++) {
		uint8_t out[3];
		unsigned got;

		if (text.p[i] == '\n' || text.p[i] == '\r' ||
		    text.p[i] == ' ' || text.p[i] == '\t')
			continue;
		if (g.n == 0 && g.padding)
			return -NAT_EINVAL;
		take(&g, text.p[i]);
		if (g.n < 4)
			continue;
		got = end(&g, out);
		if (to.n - n < got)
			return -NAT_EROOM;
		memcpy(to.p + n, out, got);
		n += got;
	}
	return g.bad || g.n ? -NAT_EINVAL : (long)n;
}
