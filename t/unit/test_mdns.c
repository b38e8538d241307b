/* mdns: queries as they stand on the wire, answers of responders, hostile ones. */
#include "unit.h"
#include "wire/mdns.h"

#define NAME "2e9f5b0a.local"
#define WIRE "08 3265396635623061 05 6c6f63616c 00"
/* As a browser answers: no question, the cache to be flushed. */
#define ANSWER \
	"0000 8400 0000 0002 0000 0000" WIRE \
	"0001 8001 00000078 0004 c0000207" \
	"c00c 001c 8001 00000078 0010 20010db8000000000000000000000007"
/* As a plain responder answers who asked from any port. */
#define LEGACY \
	"1234 8400 0001 0001 0000 0001" WIRE "0001 0001" \
	"c00c 0001 0001 0000000a 0004 c0000208" \
	"c00c 0001 0001 0000000a 0004 c0000209"

static unsigned told(const char *hex, const char *name, struct addr *addrs)
{
	static uint8_t room[512];

	return mdns_read(unit_hex(SPAN(room), hex), bytes_of(name), addrs);
}

static void assert_ip(const struct addr *a, const char *text)
{
	char room[64];
	struct fmt f = fmt_to(SPAN(room));

	addr_print_ip(&f, a);
	assert_string_equal(fmt_text(&f), text);
}

static void names(void **state)
{
	(void)state;
	assert_true(mdns_is_local(BYTES(NAME)));
	assert_true(mdns_is_local(BYTES("a.LOCAL.")));
	assert_false(mdns_is_local(BYTES(".local")));
	assert_false(mdns_is_local(BYTES("alocal")));
	assert_false(mdns_is_local(BYTES("a.local.example")));
	assert_false(mdns_is_local(BYTES("")));
}

static void query(void **state)
{
	uint8_t room[128], want[128];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	assert_int_equal(mdns_print_query(&f, BYTES("2E9F5b0a.local.")), 0);
	assert_bytes_equal(fmt_done(&f),
			   unit_hex(SPAN(want),
				    "0000 0000 0002 0000 0000 0000" WIRE
				    "0001 8001" WIRE "001c 8001"));
	assert_int_equal(mdns_print_query(&f, BYTES("a..local")), -NAT_EINVAL);
}

static void answers(void **state)
{
	struct addr a[MDNS_ADDRS];

	(void)state;
	assert_int_equal(told(ANSWER, NAME, a), 2);
	assert_ip(&a[0], "192.0.2.7");
	assert_ip(&a[1], "2001:db8::7");
	assert_int_equal(told(LEGACY, "2E9F5B0A.local", a), 2);
	assert_ip(&a[1], "192.0.2.9");
	assert_int_equal(told(ANSWER, "other.local", a), 0);
	assert_int_equal(told("0000 0000 0000 0001 0000 0000" WIRE
			      "0001 8001 00000078 0004 c0000207",
			      NAME, a),
			 0); /* a question */
	assert_int_equal(told("0000 8400 0000 0001 0000 0000" WIRE
			      "0001 8001 00000078 0003 c00002",
			      NAME, a),
			 0);
}

/* What was read before the cut counts. */
static void cuts(void **state)
{
	uint8_t room[512];
	struct bytes all = unit_hex(SPAN(room), ANSWER);

	(void)state;
	each_split(at, all.n)
	{
		struct addr a[MDNS_ADDRS];
		struct guard g;
		unsigned n = mdns_read(guard_bytes(&g, bytes_head(all, at)),
				       BYTES(NAME), a);

		assert_int_equal(n, at == all.n ? 2 : at >= all.n - 28);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(query),
		cmocka_unit_test(answers),
		cmocka_unit_test(cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
