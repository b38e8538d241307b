#include "unit.h"
#include "crypt/words.h"
#include "wire/tls/proto.h"
#include "wire/tls/record.h"

static struct tls_way way_of(const char *key, const char *iv)
{
	struct tls_way w = { .on = true };

	unit_hex(SPAN(w.key), key);
	unit_hex(SPAN(w.iv), iv);
	return w;
}

/* RFC 8448 3: the client's application data, 00 to 31. */
static void known_answer(void **state)
{
	const struct tls_suite *s = suite_find(0x1301, TLS_VERSION_13, 0);
	struct tls_way out = way_of("17422dda596ed5d9acd890e3c63f5051",
				    "5b78923dee08579033e523d9");
	uint8_t room[128], want[128];
	struct bytes b = unit_hex(
		SPAN(want),
		"1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab"
		"3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3d"
		"eae63aeebb21694915e4");

	(void)state;
	for (uint8_t i = 0; i < 50; i++)
		room[5 + i] = i;
	assert_int_equal(record_seal(room, 50, TLS_DATA, s, &out), b.n);
	assert_memory_equal(room, b.p, b.n);
	assert_int_equal(out.seq, 1);
}

/* RFC 5288 and RFC 7905 put together by hand. */
static void answer_of_12(void **state)
{
	static const uint16_t ids[] = { 0xc02b, 0xcca8 };

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		const struct tls_suite *s =
			suite_find(ids[i], TLS_VERSION_12, 0);
		struct tls_way out = way_of("000102030405060708090a0b0c0d0e0f"
					    "101112131415161718191a1b1c1d1e1f",
					    "a0a1a2a3a4a5a6a7a8a9aaab");
		uint8_t room[64] = { 0 }, text[3] = { 'a', 'b', 'c' };
		uint8_t aad[13] = { 0, 0, 0, 0, 0, 0, 1, 2, 23, 3, 3, 0, 3 };
		uint8_t nonce[12], tag[16];
		size_t front = s->nonce ? 13 : 5;
		struct aead a;

		out.seq = 0x0102;
		memcpy(nonce, out.iv, 12);
		if (s->nonce) {
			store64_be(nonce + 4, out.seq);
		} else {
			nonce[10] ^= 1;
			nonce[11] ^= 2;
		}
		aead_init(&a, s->aead, out.key);
		aead_seal(&a, nonce, bytes_in(SPAN(aad)), SPAN(text), tag);
		memcpy(room + front, "abc", 3);
		assert_int_equal(record_front(s, &out), front);
		assert_int_equal(record_seal(room, 3, TLS_DATA, s, &out),
				 front + 3 + 16);
		assert_memory_equal(room + front, text, 3);
		assert_memory_equal(room + front + 3, tag, 16);
		if (s->nonce)
			assert_memory_equal(room + 5, aad, 8);
	}
}

/* What one seals the other opens, in order; nothing else is opened. */
static void there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < TLS_SUITES; i++) {
		const struct tls_suite *s = &tls_suites[i];
		struct tls_way out = way_of("0102", "0304"), in = out;

		for (size_t n = 0; n < 40; n++) {
			struct guard g;
			size_t all = n + record_around(s, &out);
			struct span room = guard_span(&g, all), text;
			uint8_t type = n % 2 ? TLS_DATA : TLS_HANDSHAKE;
			struct tls_record r;

			memset(room.p, (int)n, room.n);
			assert_int_equal(record_seal(room.p, n, type, s, &out),
					 all);
			for (size_t cut = 0; cut < all; cut++)
				assert_int_equal(
					record_next(
						&r,
						(struct span){ room.p, cut },
						true),
					0);
			assert_int_equal(record_next(&r, room, true), 1);
			for (size_t at = 5; at < all; at++) {
				room.p[at] ^= 0x10;
				assert_false(record_open(&r, s, &in, &text));
				room.p[at] ^= 0x10;
			}
			assert_int_equal(in.seq, n);
			assert_true(record_open(&r, s, &in, &text));
			assert_int_equal(text.n, n);
			assert_int_equal(r.type, type);
			for (size_t at = 0; at < n; at++)
				assert_int_equal(text.p[at], n);
			guard_free(&g);
		}
	}
}

static void padding(void **state)
{
	const struct tls_suite *s = &tls_suites[0];
	struct tls_way out = way_of("01", "02"), in = out;
	uint8_t room[64] = { 0 };
	struct span text;
	struct tls_record r;
	size_t n;

	(void)state;
	memcpy(room + 5, "ab\x16\0\0\0", 6);
	n = record_seal(room, 6, 0, s, &out);
	assert_int_equal(record_next(&r, (struct span){ room, n }, true), 1);
	assert_true(record_open(&r, s, &in, &text));
	assert_int_equal(r.type, TLS_HANDSHAKE);
	assert_bytes_equal(bytes_in(text), BYTES("ab"));
	memset(room, 0, sizeof room);
	n = record_seal(room, 6, 0, s, &out);
	assert_int_equal(record_next(&r, (struct span){ room, n }, true), 1);
	assert_false(record_open(&r, s, &in, &text));
	assert_null(text.p);
}

static void heads(void **state)
{
	static const struct {
		uint8_t head[5];
		bool sealed;
		int want;
	} rows[] = {
		{ { 22, 3, 1, 0, 0 }, false, 1 },
		{ { 22, 3, 3, 0, 1 }, false, 0 },
		{ { 'G', 'E', 'T', ' ', '/' }, false, -TLS_UNEXPECTED_MESSAGE },
		{ { 24, 3, 3, 0, 0 }, false, -TLS_UNEXPECTED_MESSAGE },
		{ { 22, 2, 0, 0, 0 }, false, -TLS_PROTOCOL_VERSION },
		{ { 23, 3, 3, 0x40, 0x00 }, false, 0 },
		{ { 23, 3, 3, 0x40, 0x01 }, false, -TLS_RECORD_OVERFLOW },
		{ { 23, 3, 3, 0x41, 0x00 }, true, 0 },
		{ { 23, 3, 3, 0x41, 0x01 }, true, -TLS_RECORD_OVERFLOW },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tls_record r;
		uint8_t head[5];

		memcpy(head, rows[i].head, 5);
		assert_int_equal(record_next(&r, SPAN(head), rows[i].sealed),
				 rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answer),
		cmocka_unit_test(answer_of_12),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(padding),
		cmocka_unit_test(heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
