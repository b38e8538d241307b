#include "unit.h"
#include "crypt/chacha.h"
#include "os/cpu.h"

/* RFC 8439 2.3.2 and 2.4.2, and A.1 1 and 2. */
static void rfc_8439(void **state)
{
	static const struct {
		const char *nonce;
		uint32_t counter;
		const char *text, *out;
	} rows[] = {
		{ "000000090000004a00000000", 1, NULL,
		  "10f1e7e4d13b5915500fdd1fa32071c4"
		  "c7d1f4c733c068030422aa9ac3d46c4e"
		  "d2826446079faa0914c2d705d98b02a2"
		  "b5129cd1de164eb9cbd083e8a2503c4e" },
		{ "000000000000004a00000000", 1,
		  "Ladies and Gentlemen of the class of '99: If I could "
		  "offer you only one tip for the future, sunscreen would "
		  "be it.",
		  "6e2e359a2568f98041ba0728dd0d6981"
		  "e97e7aec1d4360c20a27afccfd9fae0b"
		  "f91b65c5524733ab8f593dabcd62b357"
		  "1639d624e65152ab8f530c359f0861d8"
		  "07ca0dbf500d6a6156a38e088a22b65e"
		  "52bc514d16ccf806818ce91ab7793736"
		  "5af90bbf74a35be6b40b8eedf2785e42"
		  "874d" },
	};
	struct chacha c = { .wide = NULL };

	(void)state;
	for (uint8_t i = 0; i < CHACHA_KEY; i++)
		c.key[i] = i;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t nonce[12], text[120] = { 0 }, room[120];
		struct bytes want = unit_hex(SPAN(room), rows[i].out);

		if (rows[i].text)
			memcpy(text, rows[i].text, want.n);
		unit_hex(SPAN(nonce), rows[i].nonce);
		chacha_xor(&c, nonce, rows[i].counter,
			   (struct span){ text, want.n });
		assert_memory_equal(text, want.p, want.n);
	}
}

/* Any length, from any counter, flush against an unmapped page: as what is
 * computed block by block.
 */
static void blocks_are_counted(void **state)
{
	enum { MOST = 1400 };
	static uint8_t whole[MOST + 64];
	const uint8_t nonce[12] = { 1, 2, 3 };
	struct chacha c = { .key = { 7, 8, 9 } };
	size_t ways = chacha_native && cpu_has_avx2() ? 2 : 1;

	(void)state;
	memset(whole, 0, sizeof(whole));
	for (uint32_t i = 0; i * 64 + 64 <= sizeof(whole); i++)
		chacha_xor(&c, nonce, 0xfffffff0 + i,
			   (struct span){ whole + (size_t)64 * i, 64 });
	for (size_t w = 0; w < ways; w++) {
		c.wide = w ? chacha_native : NULL;
		each_split(n, MOST)
		{
			struct guard g;
			struct span text = guard_span(&g, n);

			chacha_xor(&c, nonce, 0xfffffff0, text);
			assert_memory_equal(text.p, whole, n);
			guard_free(&g);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_8439),
		cmocka_unit_test(blocks_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
