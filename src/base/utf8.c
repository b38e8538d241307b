#include "base/utf8.h"

/* By its first byte: how many bytes follow, and what the second may be. */
static const struct {
	uint8_t last; /* of the row's first bytes, which go on from the row above */
	struct utf8 then;
} rows[] = {
	/* clang-format off */
	{ 0x7f, { 0, 0, 0 } },
	{ 0xc1, { 1, 1, 0 } }, /* nobody's */
	{ 0xdf, { 1, 0x80, 0xbf } },
	{ 0xe0, { 2, 0xa0, 0xbf } },
	{ 0xec, { 2, 0x80, 0xbf } },
	{ 0xed, { 2, 0x80, 0x9f } },
	{ 0xef, { 2, 0x80, 0xbf } },
	{ 0xf0, { 3, 0x90, 0xbf } },
	{ 0xf3, { 3, 0x80, 0xbf } },
	{ 0xf4, { 3, 0x80, 0x8f } },
	{ 0xff, { 1, 1, 0 } },
	/* clang-format on */
};

static bool begin(struct utf8 *u, uint8_t c)
{
	size_t i = 0;

	while (c > rows[i].last)
		i++;
	*u = rows[i].then;
	return u->first <= u->last;
}

static bool go_on(struct utf8 *u, uint8_t c)
{
	if (c < u->first || c > u->last)
		return false;
	*u = (struct utf8){ (uint8_t)(u->more - 1), 0x80, 0xbf };
	return true;
}

bool utf8_hear(struct utf8 *u, struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		if (u->more ? !go_on(u, text.p[i]) : !begin(u, text.p[i]))
			return false;
	return true;
}

size_t utf8_size(struct bytes b)
{
	struct utf8 u = { 0, 0, 0 };
	size_t n = 0;

	do {
		if (n == b.n || !utf8_hear(&u, (struct bytes){ b.p + n, 1 }))
			return 0;
		n++;
	} while (!utf8_whole(&u));
	return n;
}

bool utf8_good(struct bytes b)
{
	struct utf8 u = { 0, 0, 0 };

	return utf8_hear(&u, b) && utf8_whole(&u);
}
