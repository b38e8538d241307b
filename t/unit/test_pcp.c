/* pcp: requests byte for byte, as RFC 6886 3 and RFC 6887 7, 11 draw them; answers;
 * what is none.
 */
#include "unit.h"
#include "wire/pcp.h"

#define NONCE "000102030405060708090a0b"
#define OWN "00000000000000000000ffff0a000002"

static struct addr ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct addr){ .family = ADDR_IP4, .ip = { a, b, c, d } };
}

static void requests(void **state)
{
	const struct {
		struct pcp m;
		const char *hex;
	} rows[] = {
		{ { .version = PCP_PCP, .client = ip4(10, 0, 0, 2) },
		  "02000000 00000000" OWN },
		{ { .version = PCP_PCP,
		    .op = PCP_MAP,
		    .protocol = PCP_TCP,
		    .inner = 22,
		    .outer = 2222,
		    .lifetime = 7200,
		    .strict = true,
		    .client = ip4(10, 0, 0, 2),
		    .nonce = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } },
		  "02010000 00001c20" OWN NONCE
		  "06000000 001608ae 00000000000000000000ffff00000000"
		  "02000000" },
		{ { .version = PCP_NATPMP }, "0000" },
		{ { .op = PCP_MAP,
		    .protocol = PCP_UDP,
		    .inner = 4500,
		    .outer = 4501,
		    .lifetime = 60 },
		  "00010000 11941195 0000003c" },
		{ { .op = PCP_MAP, .protocol = PCP_TCP, .inner = 22 },
		  "00020000 00160000 00000000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[128], want[128];
		struct fmt f = fmt_to(SPAN(room));

		pcp_print(&f, &rows[i].m);
		assert_bytes_equal(fmt_done(&f),
				   unit_hex(SPAN(want), rows[i].hex));
	}
}

#define PCP_MAPPED \
	"02810000 00000e10 00000064 000000000000000000000000" NONCE \
	"11000000 11941195 00000000000000000000ffffc6336407"
#define NATPMP_MAPPED "00810000 00000064 11941195 00000e10"

static int parse(struct pcp *m, const char *hex)
{
	static uint8_t room[128];

	return pcp_parse(m, unit_hex(SPAN(room), hex));
}

static void answers(void **state)
{
	struct pcp m;

	(void)state;
	assert_int_equal(parse(&m, PCP_MAPPED), 0);
	assert_int_equal(m.version, PCP_PCP);
	assert_int_equal(m.op, PCP_MAP);
	assert_int_equal(m.protocol, PCP_UDP);
	assert_true(m.inner == 4500 && m.outer == 4501 && m.lifetime == 3600);
	assert_true(m.epoch == 100 && m.nonce[11] == 11);
	assert_int_equal(m.address.family, ADDR_IP4);
	assert_memory_equal(m.address.ip, "\xc6\x33\x64\x07", 4);
	assert_int_equal(parse(&m, NATPMP_MAPPED), 0);
	assert_true(m.version == PCP_NATPMP && m.op == PCP_MAP);
	assert_true(m.inner == 4500 && m.outer == 4501 && m.lifetime == 3600);
	assert_int_equal(parse(&m, "00800000 00000007 c6336407"), 0);
	assert_true(m.op == PCP_HELLO && m.epoch == 7);
	assert_memory_equal(m.address.ip, "\xc6\x33\x64\x07", 4);
	assert_int_equal(parse(&m, "00820002 00000007"), 0);
	assert_true(m.result == 2 && m.protocol == PCP_TCP);
}

static void none(void **state)
{
	static const char *const rows[] = {
		"",
		"02",
		"0200",
		"0000",
		"01800000",
		"03800000",
		"0283000000000000",
		"0083000000000000",
		"008000",
		"00800000",
		"00800000 00000007 c6",
		"0081000000000001",
	};
	struct pcp m;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(parse(&m, rows[i]), -NAT_EPROTO);
}

static void every_prefix(void **state)
{
	static const char *const rows[] = { PCP_MAPPED, NATPMP_MAPPED };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[128];
		struct bytes b = unit_hex(SPAN(room), rows[i]);

		for (size_t n = 0; n < b.n; n++) {
			struct guard g;
			struct pcp m;

			assert_int_equal(
				pcp_parse(&m,
					  guard_bytes(&g, bytes_head(b, n))),
				-NAT_EPROTO);
			guard_free(&g);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(answers),
		cmocka_unit_test(none),
		cmocka_unit_test(every_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
