/* sctp/chunk, sctp/dcep: chunks byte for byte as RFC 9260 3.3, RFC 3758 3.2, RFC 6525
 * 4 and RFC 8832 5 draw them; the sum; what is cut short.
 */
#include "unit.h"
#include "wire/sctp/chunk.h"
#include "wire/sctp/dcep.h"

#define HEAD "1388 1388 00000000"
#define INIT \
	"0100001e 01020304 00020000 ffff ffff 0a0b0c0d c0000004 80080006 82c0" \
	"0000"

static void sums(void **state)
{
	static const struct {
		const char *hex;
		uint32_t sum;
	} rows[] = {
		{ HEAD "00000000 01000020 01020304 00020000 ffffffff 0a0b0c0d "
		       "c0000004 80080006 82c00000",
		  0x9134e4c1 },
		{ "1388 1388 01020304 00000000 00070012 00000001 0002 0003 "
		  "00000033 6869 0000",
		  0x80fb3ab3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[128];
		struct bytes b = unit_hex(SPAN(room), rows[i].hex);
		struct cur c = cur_of(b);
		struct packet head;

		assert_int_equal(packet_sum(b), rows[i].sum);
		packet_seal((struct span){ room, b.n });
		assert_true(packet_head(&c, &head));
		assert_int_equal(head.sum, rows[i].sum);
		assert_int_equal(head.from, 5000);
		room[b.n - 1] ^= 1;
		assert_true(packet_sum(b) != rows[i].sum);
	}
}

/* Chunks, as "type flags body-length" and the parameters of those that have some. */
static void chunks(void **state)
{
	static const struct {
		const char *hex;
		uint8_t type, flags;
		size_t body;
		bool whole; /* chunk_next wants nothing more */
	} rows[] = {
		{ INIT, CHUNK_INIT, 0, 26, true },
		{ "00070012 00000001 0002 0003 00000033 6869 0000", CHUNK_DATA,
		  7, 14, true },
		{ "0b000004", CHUNK_COOKIE_ACK, 0, 0, true },
		{ "07000008 00000001", CHUNK_SHUTDOWN, 0, 4, true },
		{ "c000000c 00000009 00010002", CHUNK_FORWARD, 0, 8, true },
		{ "03000014 00000001 00010000 00010000 00020003", CHUNK_SACK, 0,
		  16, true },
		{ "06010005 ff", CHUNK_ABORT, 1, 1, true }, /* no padding */
		{ "0b000003", 0, 0, 0, false },
		{ "0b000005", 0, 0, 0, false },
		{ "0b0000", 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[128];
		struct bytes b = unit_hex(SPAN(room), rows[i].hex);
		struct cur c = cur_of(b);
		struct chunk k;

		assert_int_equal(chunk_next(&c, &k), rows[i].whole);
		if (!rows[i].whole)
			continue;
		assert_int_equal(k.type, rows[i].type);
		assert_int_equal(k.flags, rows[i].flags);
		assert_int_equal(k.body.n, rows[i].body);
		assert_int_equal(cur_left(&c), 0);
		assert_false(chunk_next(&c, &k) || c.bad);
	}
}

/* At the edge of a page, each cut: a chunk is whole or none. */
static void cut(void **state)
{
	static const char *const rows[] = {
		INIT, "00070012 00000001 0002 0003 00000033 6869 0000",
		"8200001a 000d0016 00000001 00000002 00000003 000100030005 0000"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[128];
		struct bytes b = unit_hex(SPAN(room), rows[i]);
		size_t length = (size_t)(room[2] << 8 | room[3]);

		each_split(at, b.n)
		{
			struct guard g;
			struct cur c =
				cur_of(guard_bytes(&g, bytes_head(b, at)));
			struct chunk_init init;
			struct chunk_data data;
			struct param m;
			struct chunk k;
			bool whole = chunk_next(&c, &k);

			assert_int_equal(whole, at >= length);
			if (whole) {
				chunk_data_read(&k, &data);
				c = cur_of(k.body);
				chunk_init_read(&c, &init);
				while (param_next(&c, &m))
					;
			}
			guard_free(&g);
		}
	}
}

static void params(void **state)
{
	uint8_t room[128], made[128];
	struct bytes b = unit_hex(SPAN(room), INIT);
	struct cur c = { 0 };
	struct chunk_init init;
	struct pack p = pack_to(SPAN(made));
	struct param m;
	struct chunk k;
	size_t mark, inner;

	(void)state;
	c = cur_of(b);
	assert_true(chunk_next(&c, &k));
	c = cur_of(k.body);
	assert_true(chunk_init_read(&c, &init));
	assert_int_equal(init.tag, 0x01020304);
	assert_int_equal(init.window, 0x20000);
	assert_int_equal(init.tsn, 0x0a0b0c0d);
	assert_true(param_next(&c, &m) && m.type == PARAM_FORWARD);
	assert_int_equal(m.body.n, 0);
	assert_true(param_next(&c, &m) && m.type == PARAM_CHUNKS);
	assert_bytes_equal(m.body, BYTES("\x82\xc0"));
	assert_false(param_next(&c, &m) || c.bad);

	mark = chunk_open(&p, CHUNK_INIT, 0);
	pack_bytes(&p, (struct bytes){ room + 4, INIT_BODY });
	inner = param_open(&p, PARAM_FORWARD);
	param_close(&p, inner);
	inner = param_open(&p, PARAM_CHUNKS);
	pack_bytes(&p, BYTES("\x82\xc0"));
	param_close(&p, inner);
	chunk_close(&p, mark);
	assert_bytes_equal(pack_done(&p), b);
}

static void serials(void **state)
{
	(void)state;
	assert_true(tsn_after(1, 0) && tsn_after(0, UINT32_MAX));
	assert_false(tsn_after(5, 5) || tsn_after(UINT32_MAX, 0));
	assert_true(ssn_after(0, 65535) && !ssn_after(65535, 0));
}

static void opens(void **state)
{
	uint8_t room[64], made[64];
	struct bytes b =
		unit_hex(SPAN(room), "03 81 0100 00000003 0003 0001 737368 78");
	struct pack p = pack_to(SPAN(made));
	struct dcep_open o;

	(void)state;
	assert_true(dcep_read(&o, b));
	assert_int_equal(o.type, DCEP_TIMES | DCEP_UNORDERED);
	assert_int_equal(o.priority, 256);
	assert_int_equal(o.limit, 3);
	assert_bytes_equal(o.label, BYTES("ssh"));
	assert_bytes_equal(o.protocol, BYTES("x"));
	dcep_put(&p, &o);
	assert_bytes_equal(pack_done(&p), b);
	each_split(at, b.n - 1)
	{
		struct guard g;

		assert_false(dcep_read(&o, guard_bytes(&g, bytes_head(b, at))));
		guard_free(&g);
	}
	room[1] = 3; /* no such type */
	assert_false(dcep_read(&o, b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums),    cmocka_unit_test(chunks),
		cmocka_unit_test(cut),     cmocka_unit_test(params),
		cmocka_unit_test(serials), cmocka_unit_test(opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
