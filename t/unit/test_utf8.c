#include "unit.h"
#include "base/utf8.h"

/* Text in hex; how many bytes of it are good, all: -1; whole: no byte is lacking at
 * the end of those.
 */
static const struct row {
	const char *hex;
	int good;
	bool whole;
} rows[] = {
	/* clang-format off */
	{ "", -1, true },
	{ "48656c6c6f", -1, true },
	{ "00 7f", -1, true },
	/* two, three, four bytes: the first and the last of each */
	{ "c280", -1, true }, { "dfbf", -1, true },
	{ "e0a080", -1, true }, { "ecbfbf", -1, true },
	{ "ed9fbf", -1, true }, { "ee8080", -1, true }, { "efbfbf", -1, true },
	{ "f0908080", -1, true }, { "f3bfbfbf", -1, true },
	{ "f4808080", -1, true }, { "f48fbfbf", -1, true },
	/* Autobahn 6.2: Hello-, mu, at, sz, oe, aa, oe, ue, ae, -UTF-8!! */
	{ "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121", -1, true },
	{ "cebae1bdb9cf83cebcceb5", -1, true },
	{ "efbfbe efbfbf f09fbfbe f48fbfbf", -1, true }, /* no characters, but UTF-8 */
	/* cut short */
	{ "c2", -1, false }, { "e0a0", -1, false }, { "ef", -1, false },
	{ "f0", -1, false }, { "f090", -1, false }, { "f09080", -1, false },
	{ "41 e282", -1, false },
	/* nobody's first byte: the middle of one, overlong ones, beyond U+10FFFF */
	{ "80", 0, false }, { "bf", 0, false }, { "4180", 1, false },
	{ "c080", 0, false }, { "c1bf", 0, false },
	{ "f5808080", 0, false }, { "f8888080", 0, false }, { "fc", 0, false },
	{ "fe", 0, false }, { "ff", 0, false }, { "41fe", 1, false },
	/* no middle byte where there must be one */
	{ "c241", 1, false }, { "c2c2", 1, false }, { "c27f", 1, false },
	{ "e04180", 1, false }, { "e0a041", 2, false }, { "e0a0c0", 2, false },
	{ "f0904180", 2, false }, { "f0908041", 3, false },
	/* overlong: known by the second byte */
	{ "e09fbf", 1, false }, { "e08080", 1, false },
	{ "f08fbfbf", 1, false }, { "f0808080", 1, false },
	/* surrogates, and beyond U+10FFFF */
	{ "eda080", 1, false }, { "edbfbf", 1, false }, { "edadbf", 1, false },
	{ "f4908080", 1, false }, { "f4bf", 1, false },
	{ "cebae1bdb9cf83cebcceb5eda080656469746564", 12, false },
	/* clang-format on */
};

/* How many are good, fed in pieces that end at cut and then one by one. */
static int feed(struct utf8 *u, struct bytes text, size_t cut)
{
	*u = (struct utf8){ .more = 0 };
	if (cut && utf8_hear(u, bytes_head(text, cut)))
		text = bytes_tail(text, cut);
	else
		*u = (struct utf8){ .more = (cut = 0) };
	for (size_t i = 0; i < text.n; i++)
		if (!utf8_hear(u, (struct bytes){ text.p + i, 1 }))
			return (int)(cut + i);
	return -1;
}

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		uint8_t room[64];
		struct bytes text = unit_hex(SPAN(room), r->hex);
		struct utf8 u = { .more = 0 };
		struct guard g;

		text = guard_bytes(&g, text);
		if (utf8_hear(&u, text) != (r->good < 0))
			fail_msg("%s: at once", r->hex);
		each_split(at, text.n)
		{
			if (feed(&u, text, at) != r->good)
				fail_msg("%s: cut at %u", r->hex, (unsigned)at);
			if (r->good < 0 && utf8_whole(&u) != r->whole)
				fail_msg("%s: whole?", r->hex);
		}
		guard_free(&g);
	}
}

/* Each number of Unicode in the one way that it is written, and no other pair of
 * bytes that begins so.
 */
static void all_of_unicode(void **state)
{
	(void)state;
	for (uint32_t c = 0x800; c < 0x10000; c++) {
		const uint8_t text[] = { (uint8_t)(0xe0 | c >> 12),
					 (uint8_t)(0x80 | (c >> 6 & 0x3f)),
					 (uint8_t)(0x80 | (c & 0x3f)) };
		struct utf8 u = { .more = 0 };
		bool good = utf8_hear(&u, (struct bytes){ text, 3 });

		assert_int_equal(good, c < 0xd800 || c > 0xdfff);
		assert_true(!good || utf8_whole(&u));
	}
	for (uint32_t c = 0x10000; c < 0x140000; c += 7) {
		const uint8_t text[] = { (uint8_t)(0xf0 | c >> 18),
					 (uint8_t)(0x80 | (c >> 12 & 0x3f)),
					 (uint8_t)(0x80 | (c >> 6 & 0x3f)),
					 (uint8_t)(0x80 | (c & 0x3f)) };
		struct utf8 u = { .more = 0 };

		assert_int_equal(utf8_hear(&u, (struct bytes){ text, 4 }),
				 c < 0x110000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(all_of_unicode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
