#include "unit.h"
#include "wire/dns.h"

/* The question of the vectors: id 0x1234, relay.test, here in any case. */
#define ASKED "05 52656c4179 04 74657374 00"
#define RELAY "05 72656c6179 04 74657374 00"
#define HEAD(flags, counts) "1234" flags "0001" counts ASKED
#define QA " 0001 0001"
#define QAAAA " 001c 0001"
#define OWNER "c00c" /* the question's name */

static const char *const relay = RELAY;

static struct dns_question ask(uint16_t type)
{
	struct dns_question q = { .id = 0x1234, .type = type };

	assert_int_equal(dns_name_of(&q.name, BYTES("Relay.TEST"),
				     (struct bytes){ NULL, 0 }),
			 0);
	return q;
}

/* ---- names from text ---- */

static void names(void **state)
{
	static const struct {
		const char *host, *domain, *wire; /* NULL: refused */
	} rows[] = {
		{ "relay.test", "", RELAY },
		{ "relay.test.", "", RELAY },
		{ "RELAY", "Test", RELAY },
		{ "relay", "test.", RELAY },
		{ "a", "", "01 61 00" },
		{ "\xff\x80_", "", "03 ff805f 00" },
		{ "", "", NULL },
		{ "", "test", NULL },
		{ ".", "", NULL },
		{ "a..b", "", NULL },
		{ ".a", "", NULL },
		{ "a..", "", NULL },
		{ "a b", "", NULL },
		{ "a\tb", "", NULL },
		{ "a\x7f", "", NULL },
		{ "a", "x y", NULL },
		{ "a", ".", NULL },
	};
	uint8_t wire[300];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dns_name n = { .n = 77 };
		int rc = dns_name_of(&n, bytes_of(rows[i].host),
				     bytes_of(rows[i].domain));

		assert_int_equal(rc, rows[i].wire ? 0 : -NAT_EINVAL);
		if (rc == 0)
			assert_bytes_equal(((struct bytes){ n.p, n.n }),
					   unit_hex(SPAN(wire), rows[i].wire));
		else
			assert_int_equal(n.n, 77);
	}
}

/* Labels of 63 and names of 255 bytes are the longest. */
static void long_names(void **state)
{
	char text[300];
	struct dns_name n;
	struct bytes none = { NULL, 0 };

	(void)state;
	memset(text, 'x', sizeof text);
	for (size_t i = 1; i < 70; i++)
		assert_int_equal(
			dns_name_of(&n, (struct bytes){ (uint8_t *)text, i },
				    none),
			i <= 63 ? 0 : -NAT_EINVAL);
	for (size_t i = 63; i < sizeof text; i += 64)
		text[i] = '.';
	for (size_t i = 200; i < 256; i++)
		assert_int_equal(
			dns_name_of(&n, (struct bytes){ (uint8_t *)text, i },
				    none),
			i <= 253 ? 0 : -NAT_EINVAL);
	assert_int_equal(
		dns_name_of(&n, (struct bytes){ (uint8_t *)text, 253 }, none),
		0);
	assert_int_equal(n.n, 255);
}

/* ---- asking ---- */

static void queries(void **state)
{
	static const struct {
		uint16_t type;
		bool edns;
		const char *wire;
	} rows[] = {
		{ DNS_A, false,
		  "1234 0100 0001 0000 0000 0000" RELAY " 0001 0001" },
		{ DNS_AAAA, true,
		  "1234 0100 0001 0000 0000 0001" RELAY " 001c 0001"
		  "00 0029 04d0 00000000 0000" },
	};
	uint8_t wire[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dns_question q = ask(rows[i].type);
		struct bytes want = unit_hex(SPAN(wire), rows[i].wire);

		for (size_t room = 0; room <= want.n; room++) {
			struct guard g;
			struct fmt f = fmt_to(guard_span(&g, room));

			dns_print_query(&f, &q, rows[i].edns);
			assert_int_equal(f.full, room < want.n);
			if (!f.full)
				assert_bytes_equal(fmt_done(&f), want);
			guard_free(&g);
		}
	}
}

static void which_answer(void **state)
{
	static const struct {
		const char *wire;
		bool ours;
	} rows[] = {
		{ HEAD("8180", "0000 0000 0000") QA, true },
		{ HEAD("8580", "0000 0000 0000") QA, true },
		{ HEAD("8182", "0000 0000 0000") QA, true },
		{ HEAD("0100", "0000 0000 0000") QA, false },    /* a query */
		{ HEAD("a980", "0000 0000 0000") QA, false },    /* opcode */
		{ HEAD("8180", "0000 0000 0000") QAAAA, false }, /* type */
		{ HEAD("8180", "0000 0000 0000") " 0001 0003", false },
		{ "1235 8180 0001 0000 0000 0000" ASKED QA, false },
		{ "1234 8180 0002 0000 0000 0000" ASKED QA ASKED QA, false },
		{ "1234 8180 0001 0000 0000 0000 05 72656c6178 04 74657374 00"
		  "0001 0001",
		  false },
		{ "1234 8180 0001 0000 0000 0000 05 72656c6179 00 0001 0001",
		  false },
		{ "1234 8181 0000 0000 0000 0000", true }, /* FORMERR */
		{ "1234 8184 0000 0000 0000 0000", true }, /* NOTIMP */
		{ "1234 8182 0000 0000 0000 0000", false },
		{ "1234 8180 0000 0000 0000 0000", false },
		{ "", false },
	};
	struct dns_question q = ask(DNS_A);
	uint8_t room[128];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes wire = unit_hex(SPAN(room), rows[i].wire);

		each_split(at, wire.n)
		{
			struct guard g;
			struct bytes in = guard_bytes(&g, bytes_head(wire, at));

			assert_int_equal(dns_answers(in, &q),
					 rows[i].ours && at == wire.n);
			guard_free(&g);
		}
	}
}

/* ---- what answers say ---- */

#define ADDR4(owner, ttl, ip) owner "0001 0001" ttl "0004" ip
#define SOA_OF(owner, ttl, minimum) \
	owner "0006 0001" ttl "0016" \
	      "00 00 00000001 00000002 00000003 00000004" minimum

/* Where things are: question's name at 12, answers from 28. */
static const struct {
	const char *wire, *name; /* where the chain ends, NULL: as asked */
	int rc, n;
	uint16_t rcode;
	bool truncated, soa;
	uint32_t ttl;
	uint8_t last; /* byte of the first address */
} rows[] = {
	/* one address; two, the shorter ttl counts */
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4(OWNER, "0000003c", "7f000001"),
	  .n = 1,
	  .ttl = 60,
	  .last = 1 },
	{ .wire = HEAD("8180", "0002 0000 0000")
		  QA ADDR4(OWNER, "0000003c", "7f000001")
			  ADDR4(OWNER, "0000000a", "7f000002"),
	  .n = 2,
	  .ttl = 10,
	  .last = 1 },
	/* of another name, class or type: not ours; ttl with its high bit: 0 */
	{ .wire = HEAD("8180", "0004 0000 0000")
		  QA ADDR4("01 78 c012", "00000001", "7f000009") OWNER
	  "0001 0003 00000001 0002 ffff" OWNER
	  "0010 0001 00000001 0002 0141" ADDR4(OWNER, "80000000", "7f000003"),
	  .n = 1,
	  .last = 3 },
	/* a chain, its parts in any order, names in any case */
	{ .wire = HEAD("8180", "0003 0000 0000") QA ADDR4(
		  "01 42 c012", "0000003c",
		  "7f000005") "01 41 c012 0005 0001 00000007 0004 0162 "
			      "c012" OWNER "0005 0001 0000003c 0004 0161 c012",
	  .name = "01 62 04 74657374 00",
	  .n = 1,
	  .ttl = 7,
	  .last = 5 },
	/* a chain that leads out of the message */
	{ .wire = HEAD("8180", "0001 0000 0000") QA OWNER
	  "0005 0001 00000009 0004 0161 c012",
	  .name = "01 61 04 74657374 00",
	  .ttl = 9 },
	/* a chain that leads back */
	{ .wire = HEAD("8180", "0001 0000 0000") QA OWNER
	  "0005 0001 0000003c 0002 c00c",
	  .rc = -NAT_EPROTO },
	/* nothing there: the lesser of the SOA's two, RFC 2308 */
	{ .wire = HEAD("8183", "0000 0001 0000")
		  QA SOA_OF("c012", "00000e10", "0000001e"),
	  .rcode = DNS_NXDOMAIN,
	  .soa = true,
	  .ttl = 30 },
	{ .wire = HEAD("8180", "0000 0001 0000")
		  QA SOA_OF("c012", "00000014", "00000e10"),
	  .soa = true,
	  .ttl = 20 },
	{ .wire = HEAD("8183", "0000 0000 0000") QA, .rcode = DNS_NXDOMAIN },
	{ .wire = HEAD("8185", "0000 0000 0000") QA, .rcode = DNS_REFUSED },
	/* the upper bits of the rcode are in the OPT: BADVERS */
	{ .wire = HEAD("8180", "0000 0000 0001") QA
	  "00 0029 04d0 01000000 0000",
	  .rcode = 16 },
	{ .wire = HEAD("8380", "0005 0000 0000") QA, .truncated = true },
	/* wrong forms */
	{ .wire = HEAD("8180", "0001 0000 0000") QA OWNER
	  "0001 0001 0000003c 0003 7f0000",
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000") QA OWNER
	  "0001 0001 0000003c 0005 7f00000101",
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000") QA OWNER
	  "0005 0001 0000003c 0005 0161 c012 00",
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0000 0001 0000") QA OWNER
	  "0006 0001 0000003c 0003 00 00 00",
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000") QA OWNER
	  "001c 0001 0000003c 0004 7f000001",
	  .rc = -NAT_EPROTO },
	/* pointers: to itself, ahead, in a ring, past the end, to what is none */
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4("c020", "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4("c022", "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4("01 78 c020", "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4("ffff", "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4("41 78 00", "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
	{ .wire = HEAD("8180", "0001 0000 0000")
		  QA ADDR4("80 78 00", "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
	/* more records than anybody needs */
	{ .wire = HEAD("8180", "0001 0000 ffff")
		  QA ADDR4(OWNER, "0000003c", "7f000001"),
	  .rc = -NAT_EPROTO },
};

static void check(size_t i, const struct dns_answer *a)
{
	uint8_t wire[300];

	assert_int_equal(a->rcode, rows[i].rcode);
	assert_int_equal(a->truncated, rows[i].truncated);
	assert_int_equal(a->addrs.n, rows[i].n);
	assert_int_equal(a->soa, rows[i].soa);
	assert_bytes_equal(
		((struct bytes){ a->name.p, a->name.n }),
		unit_hex(SPAN(wire), rows[i].name ? rows[i].name : relay));
	if (rows[i].n || rows[i].soa || rows[i].name)
		assert_int_equal(a->ttl, rows[i].ttl);
	if (rows[i].n)
		assert_int_equal(a->addrs.ip[0][3], rows[i].last);
}

/* No prefix is taken for the whole, but for one that is cut on purpose. */
static void answers(void **state)
{
	struct dns_question q = ask(DNS_A);
	uint8_t room[300];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes wire = unit_hex(SPAN(room), rows[i].wire);

		each_split(at, wire.n)
		{
			struct guard g;
			struct dns_answer a;
			struct bytes in = guard_bytes(&g, bytes_head(wire, at));
			int rc = dns_parse(&a, in, &q);

			if (at == wire.n) {
				assert_int_equal(rc, rows[i].rc);
				assert_true(dns_answers(in, &q));
				if (rc == 0)
					check(i, &a);
			} else if (!rows[i].truncated) {
				assert_int_equal(rc, -NAT_EPROTO);
			}
			guard_free(&g);
		}
	}
}

/* ---- bounds ---- */

static void put16(struct fmt *f, unsigned v)
{
	fmt_bytes(f, (struct bytes){
			     (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2 });
}

static void put_head(struct fmt *f, unsigned answers_n)
{
	uint8_t wire[64];

	put16(f, 0x1234);
	put16(f, 0x8180);
	put16(f, 1);
	put16(f, answers_n);
	put16(f, 0);
	put16(f, 0);
	fmt_bytes(f, unit_hex(SPAN(wire), RELAY QA));
}

/* Of 200 addresses the first DNS_ADDRS are kept; 257 records are too many. */
static void many_addresses(void **state)
{
	static const unsigned counts[] = { 8, 9, 200, 256, 257 };
	struct dns_question q = ask(DNS_A);
	static uint8_t room[8192];
	uint8_t wire[64];

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct fmt f = fmt_to(SPAN(room));
		struct dns_answer a;

		put_head(&f, counts[i]);
		for (unsigned k = 0; k < counts[i]; k++)
			fmt_bytes(&f,
				  unit_hex(SPAN(wire), ADDR4(OWNER, "0000003c",
							     "7f000001")));
		if (counts[i] > DNS_RECORDS) {
			assert_int_equal(dns_parse(&a, fmt_done(&f), &q),
					 -NAT_EPROTO);
			continue;
		}
		assert_int_equal(dns_parse(&a, fmt_done(&f), &q), 0);
		assert_int_equal(a.addrs.n, DNS_ADDRS);
	}
}

/* A chain of n CNAMEs: x.relay.test leads to x.x.relay.test and so on. */
static void long_chains(void **state)
{
	struct dns_question q = ask(DNS_A);
	uint8_t room[4096];

	(void)state;
	for (unsigned n = 1; n < 12; n++) {
		struct fmt f = fmt_to(SPAN(room));
		struct dns_answer a;
		unsigned owner = 12;

		put_head(&f, n);
		for (unsigned i = 0; i < n; i++) {
			put16(&f, 0xc000 | owner);
			put16(&f, DNS_CNAME);
			put16(&f, 1);
			put16(&f, 0);
			put16(&f, 60);
			put16(&f, 4);
			put16(&f, 0x0178);
			put16(&f, 0xc000 | owner);
			owner = (unsigned)f.n - 4;
		}
		assert_int_equal(dns_parse(&a, fmt_done(&f), &q),
				 n <= DNS_HOPS ? 0 : -NAT_EPROTO);
		if (n <= DNS_HOPS)
			assert_int_equal(a.name.n, 12 + 2 * n);
	}
}

/* A pointer to a pointer, again and again: each leads back, but no name has so
 * many labels.
 */
static void many_pointers(void **state)
{
	struct dns_question q = ask(DNS_A);
	uint8_t room[4096];

	(void)state;
	for (unsigned n = 1; n < 200; n++) {
		struct fmt f = fmt_to(SPAN(room));
		struct dns_answer a;
		unsigned at = 12;

		put_head(&f, 2);
		fmt_bytes(&f, BYTES("\0\0\x10\0\x01\0\0\0\0"));
		put16(&f, 2 * n);
		for (unsigned i = 0; i < n; i++) {
			put16(&f, 0xc000 | at);
			at = (unsigned)f.n - 2;
		}
		put16(&f, 0xc000 | at);
		fmt_bytes(&f,
			  BYTES("\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01"));
		assert_int_equal(dns_parse(&a, fmt_done(&f), &q),
				 n < 127 ? 0 : -NAT_EPROTO);
		if (n < 127)
			assert_int_equal(a.addrs.n, 1);
	}
}

/* ---- damage ---- */

/* Whatever the bytes are, nothing beyond them is touched. */
static void damaged(void **state)
{
	struct dns_question q = ask(DNS_A);
	uint64_t seed = 35;
	uint8_t room[300];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *of = rows[unit_rand(&seed) % COUNT(rows)].wire;
		struct bytes wire = unit_hex(SPAN(room), of);
		struct guard g;
		struct dns_answer a;

		for (uint32_t k = unit_rand(&seed) % 6; k > 0; k--)
			room[unit_rand(&seed) % wire.n] =
				(uint8_t)unit_rand(&seed);
		wire = guard_bytes(&g, wire);
		dns_answers(wire, &q);
		if (dns_parse(&a, wire, &q) == 0) {
			assert_in_range(a.name.n, 1, DNS_NAME);
			assert_in_range(a.addrs.n, 0, DNS_ADDRS);
		}
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),       cmocka_unit_test(long_names),
		cmocka_unit_test(queries),     cmocka_unit_test(which_answer),
		cmocka_unit_test(answers),     cmocka_unit_test(many_addresses),
		cmocka_unit_test(long_chains), cmocka_unit_test(many_pointers),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
