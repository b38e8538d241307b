/* stun: RFC 5769 and RFC 5780, what is printed parses as it was, hostile input. */
#include "unit.h"
#include "wire/stun.h"

#define ID "b7e7a701bc34d686fa87dfae"
#define HEAD(type, n) type n "2112a442" ID

/* RFC 5769 2.1 to 2.3; integrities are passed over. */
#define REQUEST \
	HEAD("0001", "0058") \
	"80220010 5354554e207465737420636c69656e74 00240004 6e0001ff" \
	"80290008 932ff9b151263b36 00060009 6576746a3a68367659202020" \
	"00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2" \
	"80280004 e57a3bcf"
#define ANSWER4 \
	HEAD("0101", "003c") \
	"8022000b 7465737420766563746f7220 00200008 0001a147e112a643" \
	"00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7" \
	"80280004 c07d4c96"
#define ANSWER6 \
	HEAD("0101", "0048") \
	"8022000b 7465737420766563746f7220" \
	"00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9" \
	"00080014 a382954e4be67bf11784c97c8292c275bfe3ed41" \
	"80280004 c8fb0b4c"

static int parse(struct stun *m, const char *hex)
{
	static uint8_t room[1024];

	return stun_parse(m, unit_hex(SPAN(room), hex));
}

static void assert_addr(const struct addr *a, const char *text)
{
	char room[64];
	struct fmt f = fmt_to(SPAN(room));

	if (a->family)
		addr_print(&f, a);
	assert_string_equal(fmt_text(&f), text);
}

static void rfc5769(void **state)
{
	struct stun m;

	(void)state;
	assert_int_equal(parse(&m, REQUEST), 0);
	assert_int_equal(m.type, STUN_BINDING);
	assert_bytes_equal(m.software, BYTES("STUN test client"));
	assert_true(m.fingerprint);
	assert_int_equal(m.nunknown, 1);
	assert_int_equal(m.unknown[0], 0x24); /* PRIORITY is of ICE */
	assert_null(m.more);
	assert_int_equal(parse(&m, ANSWER4), 0);
	assert_int_equal(m.type, STUN_BINDING_OK);
	assert_bytes_equal(m.software, BYTES("test vector"));
	assert_addr(&m.mapped, "192.0.2.1:32853");
	assert_int_equal(parse(&m, ANSWER6), 0);
	assert_addr(&m.mapped, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
	assert_true(m.fingerprint && m.nunknown == 0);
}

/* What ICE and TURN say, where there is a place for it. */
static void more(void **state)
{
	const uint8_t eight[8] = { 8, 7, 6 };
	struct stun_more said = { .priority = 0x6e0001ff,
				  .use_candidate = true,
				  .whole = true,
				  .controlling = { eight, 8 },
				  .channel = 0x4000,
				  .family = 2U << 24,
				  .additional = 1U << 24,
				  .transport = 17U << 24,
				  .lifetime = { eight, 4 },
				  .data = BYTES("data") };
	struct stun m = { .type = STUN_ALLOCATE, .more = &said }, got;
	struct stun_more heard;
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct guard g;

	(void)state;
	assert_int_equal(addr_parse(&said.peer, BYTES("[2001:db8::1]:9")), 0);
	assert_int_equal(addr_parse(&said.relayed, BYTES("192.0.2.1:7")), 0);
	assert_int_equal(addr_parse(&said.also, BYTES("[2001:db8::2]:8")), 0);
	said.alternate = said.relayed;
	stun_print(&f, &m);
	assert_int_equal(
		stun_parse_more(&got, &heard, guard_bytes(&g, fmt_done(&f))),
		0);
	assert_int_equal(got.nunknown, 0);
	assert_ptr_equal(got.more, &heard);
	assert_int_equal(heard.priority, said.priority);
	assert_true(heard.use_candidate && heard.whole);
	assert_bytes_equal(heard.controlling, said.controlling);
	assert_null(heard.controlled.p);
	assert_int_equal(heard.channel, said.channel);
	assert_int_equal(heard.family, said.family);
	assert_int_equal(heard.additional, said.additional);
	assert_int_equal(heard.transport, said.transport);
	assert_bytes_equal(heard.lifetime, said.lifetime);
	assert_bytes_equal(heard.data, said.data);
	assert_addr(&heard.peer, "[2001:db8::1]:9");
	assert_addr(&heard.relayed, "192.0.2.1:7");
	assert_addr(&heard.also, "[2001:db8::2]:8");
	assert_addr(&heard.alternate, "192.0.2.1:7");
	assert_int_equal(stun_parse(&got, guard_bytes(&g, fmt_done(&f))), 0);
	assert_int_equal(got.nunknown, STUN_UNKNOWN); /* of eleven */
	guard_free(&g);
}

/* Every bit of a message with a fingerprint counts, but for the magic's, which
 * make it no STUN at all.
 */
static void fingerprint_covers_all(void **state)
{
	uint8_t room[256];
	struct bytes b = unit_hex(SPAN(room), ANSWER4);

	(void)state;
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		struct stun m;

		room[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (stun_parse(&m, b) == 0) /* its own type, as unknown */
			assert_false(m.fingerprint);
		room[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static struct addr addr(const char *ip, uint16_t port)
{
	struct addr a;

	assert_int_equal(addr_parse_ip(&a, bytes_of(ip)), 0);
	a.port = port;
	return a;
}

static struct stun full(void)
{
	return (struct stun){ .type = STUN_BINDING_ERROR,
			      .id = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
			      .mapped = addr("2001:db8::7", 4711),
			      .origin = addr("192.0.2.1", 3478),
			      .other = addr("192.0.2.2", 3479),
			      .change = STUN_CHANGE_IP | STUN_CHANGE_PORT,
			      .response_port = 5000,
			      .error = STUN_UNKNOWN_ATTRIBUTE,
			      .reason = BYTES("Unknown"),
			      .software = BYTES("nat"),
			      .nunknown = 2,
			      .unknown = { 0x24, 0x25 },
			      .fingerprint = true };
}

static void there_and_back(void **state)
{
	struct stun m = full(), got;
	struct guard g;
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	stun_print(&f, &m);
	assert_false(f.full);
	assert_int_equal(stun_parse(&got, guard_bytes(&g, fmt_done(&f))), 0);
	assert_int_equal(got.type, m.type);
	assert_memory_equal(got.id, m.id, STUN_ID);
	assert_addr(&got.mapped, "[2001:db8::7]:4711");
	assert_addr(&got.origin, "192.0.2.1:3478");
	assert_addr(&got.other, "192.0.2.2:3479");
	assert_int_equal(got.change, m.change);
	assert_int_equal(got.response_port, 5000);
	assert_int_equal(got.error, 420);
	assert_bytes_equal(got.reason, m.reason);
	assert_bytes_equal(got.software, m.software);
	assert_int_equal(got.nunknown, 2);
	assert_int_equal(got.unknown[1], 0x25);
	assert_true(got.fingerprint);
	guard_free(&g);
}

/* A mapped address of a dual-stack socket is told as IPv4. */
static void mapped_is_ip4(void **state)
{
	struct stun m = { .type = STUN_BINDING_OK,
			  .mapped = addr("::ffff:192.0.2.9", 7) };
	uint8_t room[64];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	stun_print(&f, &m);
	assert_int_equal(f.n, STUN_HEAD + 12);
	assert_int_equal(stun_parse(&m, fmt_done(&f)), 0);
	assert_int_equal(m.mapped.family, ADDR_IP4);
	assert_addr(&m.mapped, "192.0.2.9:7");
}

/* However little room there is, nothing is written beyond it. */
static void every_room(void **state)
{
	struct stun m = full();

	(void)state;
	for (size_t n = 0; n < 124; n++) { /* all of it has 124 */
		struct guard g;
		struct fmt f = fmt_to(guard_span(&g, n));

		stun_print(&f, &m);
		assert_true(f.full && f.n <= n);
		guard_free(&g);
	}
}

static void every_prefix_is_wrong(void **state)
{
	uint8_t room[256];
	struct bytes b = unit_hex(SPAN(room), REQUEST);

	(void)state;
	for (size_t n = 0; n < b.n; n++) {
		struct guard g;
		struct stun m;

		assert_int_equal(
			stun_parse(&m, guard_bytes(&g, bytes_head(b, n))),
			-NAT_EPROTO);
		guard_free(&g);
	}
}

static void hostile(void **state)
{
	static const struct {
		const char *hex;
		int rc;
	} rows[] = {
		{ HEAD("0001", "0000"), 0 },
		{ HEAD("0001", "0001") "00", -NAT_EPROTO },
		{ HEAD("0001", "0004"), -NAT_EPROTO },
		{ HEAD("0001", "0000") "00", -NAT_EPROTO },
		{ HEAD("4001", "0000"), -NAT_EPROTO },
		{ "00010000 2112a443" ID, -NAT_EPROTO },
		/* a length beyond the end, and one whose padding is */
		{ HEAD("0001", "0004") "7000ffff", -NAT_EPROTO },
		{ HEAD("0001", "0008") "70000005 01020304", -NAT_EPROTO },
		/* values of the wrong size, family, number */
		{ HEAD("0001", "0008") "00030003 01020300", -NAT_EPROTO },
		{ HEAD("0101", "0010") "0020000c 0001a147e112a64300000000",
		  -NAT_EPROTO },
		{ HEAD("0101", "000c") "00200008 0003a147e112a643",
		  -NAT_EPROTO },
		{ HEAD("0111", "0008") "00090004 00000763", -NAT_EPROTO },
		{ HEAD("0111", "0008") "00090004 00000464", -NAT_EPROTO },
		{ HEAD("0111", "0008") "00090004 fffffc14", 0 },
		/* the second of two, and one behind an integrity, do not count */
		{ HEAD("0001", "0010") "00030004 00000002 00030004 00000004",
		  0 },
		{ HEAD("0001", "0008") "80280004 00000000", -NAT_EPROTO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stun m;

		assert_int_equal(parse(&m, rows[i].hex), rows[i].rc);
	}
}

static void first_counts(void **state)
{
	struct stun m;

	(void)state;
	assert_int_equal(parse(&m, HEAD("0001", "0010") "00030004 00000002"
							"00030004 00000004"),
			 0);
	assert_int_equal(m.change, STUN_CHANGE_PORT);
	assert_int_equal(
		parse(&m,
		      HEAD("0001",
			   "0020") "00080014 "
				   "0000000000000000000000000000000000000000"
				   "00030004 00000004"),
		0);
	assert_int_equal(m.change, 0);
}

/* More unknown ones than can be told. */
static void unknown(void **state)
{
	struct stun m;
	uint8_t room[STUN_HEAD + 4 * 20];
	struct bytes head = unit_hex(SPAN(room), HEAD("0001", "0050"));

	(void)state;
	for (size_t at = head.n; at < sizeof room; at += 4)
		memcpy(room + at, "\x70\x00\x00\x00", 4);
	assert_int_equal(stun_parse(&m, bytes_in(SPAN(room))), 0);
	assert_int_equal(m.nunknown, STUN_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc5769),
		cmocka_unit_test(more),
		cmocka_unit_test(fingerprint_covers_all),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(mapped_is_ip4),
		cmocka_unit_test(every_room),
		cmocka_unit_test(every_prefix_is_wrong),
		cmocka_unit_test(hostile),
		cmocka_unit_test(first_counts),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
