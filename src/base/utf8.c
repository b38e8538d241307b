#include "base/utf8.h"

/* By the first byte: what the second may be, and how long it is. */
static const struct row {
	uint8_t first, last, lo, hi, size;
} rows[] = {
	{ 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

size_t utf8_size(struct bytes b)
{
	const struct row *row = rows;

	while (row < rows + COUNT(rows) && *b.p > row->last)
		row++;
	if (row == rows + COUNT(rows) || *b.p < row->first || b.n < row->size)
		return 0;
	if (row->size > 1 && (b.p[1] < row->lo || b.p[1] > row->hi))
		return 0;
	for (size_t i = 2; i < row->size; i++) {
		if ((b.p[i] & 0xc0) != 0x80)
			return 0;
	}
	return row->size;
}

bool utf8_good(struct bytes b)
{
	while (b.n > 0) {
		size_t n = utf8_size(b);

		if (n == 0)
			return false;
		b.p += n;
		b.n -= n;
	}
	return true;
}
