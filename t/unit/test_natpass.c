#include "unit.h"
#include "wire/natpass.h"

#define ME .from = BYTES("remote"), .to = BYTES("server")
#define N7 \
	"f9fa055a33794485c463f584eb96f6f81b97d2d982e6c400ce9e70d1676387e7" \
	"2193ffe45838246e9351a4d91df639ba48653923cbb97799d35d320ccf912018"
#define N6 "781e5e245d69b566979b86e28d23f2c7"

static uint8_t n6[MD5_SIZE], n7[SHA512_SIZE];

/* Frames of the originals, captured or computed (protocols/natpass.md 5). */
static const struct golden {
	const char *hex;
	struct natpass m;
} golden[] = {
	{ "0056462e6e67 0801120672656d6f7465220673657276657252420a40" N7,
	  { .kind = NATPASS_HANDSHAKE,
	    ME,
	    .payload = NATPASS_PROOF,
	    .proof = { n7, sizeof n7 } } },
	{ "0026e359119c 0801120672656d6f7465220673657276657252120a10" N6,
	  { .kind = NATPASS_HANDSHAKE,
	    ME,
	    .payload = NATPASS_PROOF,
	    .proof = { n6, sizeof n6 } } },
	{ "00280c725373 0801120672656d6f74651801220673657276657252120a10" N6,
	  { .kind = NATPASS_HANDSHAKE,
	    ME,
	    .from_idx = 1,
	    .payload = NATPASS_PROOF,
	    .proof = { n6, sizeof n6 } } },
	{ "0012507dea79 0802120672656d6f74652206736572766572",
	  { .kind = NATPASS_KEEPALIVE, ME } },
	{ "000d98e8af6c 08021206736572766572220146",
	  { .kind = NATPASS_KEEPALIVE,
	    .from = BYTES("server"),
	    .to = BYTES("F") } },
	{ "00232e9bc590 080512056c6f63616c220672656d6f7465"
	  "321030313233343536373839616263646566",
	  { .kind = NATPASS_DISCONNECT,
	    .from = BYTES("local"),
	    .to = BYTES("remote"),
	    .link = BYTES("0123456789abcdef") } },
	{ "003c19c564c7 080312056c6f63616c220672656d6f7465321039316663303234"
	  "3539373939376130365a170a057368656c6c10025a0c120a5445"
	  "524d3d787465726d",
	  { .kind = NATPASS_CONNECT_REQ,
	    .from = BYTES("local"),
	    .to = BYTES("remote"),
	    .link = BYTES("91fc024597997a06"),
	    .payload = NATPASS_REQUEST,
	    .request = { .name = BYTES("shell"),
			 .type = NATPASS_SHELL,
			 .told = NATPASS_CSHELL,
			 .shell.env = { 1, { BYTES("TERM=xterm") } } } } },
};

static int prove(void **state)
{
	(void)state;
	natpass_prove_by_md5(n6, BYTES("0123456789"));
	natpass_prove(n7, BYTES("0123456789"), 1700000039 / NATPASS_MINUTE);
	return 0;
}

static void golden_frames_are_printed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(golden); i++) {
		uint8_t right[256], room[256];
		struct bytes b = unit_hex(SPAN(right), golden[i].hex);
		struct fmt f = fmt_to(SPAN(room));

		natpass_put(&f, &golden[i].m);
		assert_bytes_equal(fmt_done(&f), b);
		f = fmt_to((struct span){ room, b.n - 1 });
		natpass_put(&f, &golden[i].m);
		assert_true(f.full && f.n == 0);
	}
}

static void golden_frames_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(golden); i++) {
		uint8_t room[256], out[256];
		struct bytes b = unit_hex(SPAN(room), golden[i].hex), message;
		struct fmt f = fmt_to(SPAN(out));
		struct natpass m;

		assert_int_equal(natpass_frame(b, &message), b.n);
		assert_int_equal(natpass_read(&m, message), 0);
		assert_int_equal(m.kind, golden[i].m.kind);
		assert_bytes_equal(m.to, golden[i].m.to);
		natpass_put(&f, &m);
		assert_bytes_equal(fmt_done(&f), b);
	}
}

/* Beside what originals know; exec is not said, which they would run. */
static void a_shell_with_arguments(void **state)
{
	const struct natpass said = {
		.kind = NATPASS_CONNECT_REQ,
		.to = BYTES("b"),
		.link = BYTES("1"),
		.payload = NATPASS_REQUEST,
		.request = { .type = NATPASS_SHELL,
			     .told = NATPASS_CSHELL,
			     .shell.args = { 2, { BYTES("ls"), BYTES("-l") } },
			     .shell.rows = 24,
			     .shell.cols = 200 },
	};
	uint8_t room[256], right[64];
	struct fmt f = fmt_to(SPAN(room));
	struct bytes message;
	struct natpass m;

	(void)state;
	natpass_put(&f, &said);
	assert_int_equal(natpass_frame(fmt_done(&f), &message), f.n);
	assert_bytes_equal(message,
			   unit_hex(SPAN(right),
				    "0803 220162 320131 5a15 1002 5a11"
				    "c23e026c73 c23e022d6c c83e18 d03ec801"));
	assert_int_equal(natpass_read(&m, message), 0);
	assert_int_equal(m.request.shell.args.n, 2);
	assert_bytes_equal(m.request.shell.args.v[1], BYTES("-l"));
	assert_int_equal(m.request.shell.exec.n, 0);
	assert_int_equal(m.request.shell.cols, 200);
}

/* That of the real v0.6.2: its link is not in our source. */
static void a_tcp_request_of_old(void **state)
{
	uint8_t room[64];
	struct bytes b =
		unit_hex(SPAN(room),
			 "0803 120474686973 1802 220474686174 5a15 0a03776562"
			 "520e0a093132372e302e302e31108b47");
	struct natpass m;

	(void)state;
	assert_int_equal(natpass_read(&m, b), 0);
	assert_int_equal(m.from_idx, 2);
	assert_int_equal(m.request.type, NATPASS_TCP);
	assert_int_equal(m.request.told, NATPASS_CADDR);
	assert_int_equal(m.request.addr.port, 9099);
	assert_bytes_equal(m.request.addr.addr, BYTES("127.0.0.1"));
}

static void frames_come_in_pieces(void **state)
{
	uint8_t room[256];
	struct bytes b = unit_hex(SPAN(room), golden[0].hex), message;

	(void)state;
	for (size_t at = 0; at < b.n; at++) {
		struct guard g;
		struct bytes part = guard_bytes(&g, bytes_head(b, at));

		assert_int_equal(natpass_frame(part, &message), 0);
		assert_int_equal(natpass_least(part),
				 at < 2 ? NATPASS_HEAD : b.n);
		guard_free(&g);
	}
	room[b.n - 1] ^= 1;
	assert_int_equal(natpass_frame(b, &message), -NAT_EPROTO);
}

/* The envelope is ours, the rest is not looked at. */
static void forwarded(void **state)
{
	uint8_t room[128], right[128], out[128];
	struct bytes b =
		unit_hex(SPAN(room), "f2060568656c6c6f 0863 1204 66616b65"
				     "2a0164 2205 7468657265 82020178");
	struct bytes r =
		unit_hex(SPAN(right), "0863 120462656168 180422057468657265"
				      "2802 f2060568656c6c6f 2a0164"
				      "82020178");
	struct bytes message;
	struct fmt f = fmt_to(SPAN(out));
	struct natpass m;

	(void)state;
	assert_int_equal(natpass_envelope(&m, b), 0);
	assert_int_equal(m.kind, 99);
	m.from = BYTES("beah");
	m.from_idx = 4;
	m.to_idx = 2;
	assert_int_equal(natpass_forward(&f, &m, b), 0);
	assert_int_equal(natpass_frame(fmt_done(&f), &message), f.n);
	assert_bytes_equal(message, r);
	for (size_t n = 0; n < f.n; n++) {
		struct fmt less = fmt_to((struct span){ out, n });

		assert_int_equal(natpass_forward(&less, &m, b), -NAT_EROOM);
		assert_int_equal(less.n, 0);
	}
}

static void the_largest_is_forwarded(void **state)
{
	static uint8_t message[NATPASS_MOST], out[NATPASS_FRAME + 1];
	struct natpass m = { .from = BYTES("a"), .to = BYTES("b") };
	struct fmt f = fmt_to(SPAN(out));
	size_t head = 7 + 4;

	(void)state;
	memcpy(message, "\x12\x01z\x22\x01z\x52", 7);
	memcpy(message + 7, "\xf5\xff\x03\x0a", 4); /* of 65,525 bytes */
	memset(message + head, 0, sizeof message - head);
	assert_int_equal(
		natpass_forward(&f, &m,
				(struct bytes){ message, sizeof message }),
		0);
	assert_int_equal(f.n, NATPASS_FRAME);
	m.from = BYTES("ab");
	f = fmt_to(SPAN(out));
	assert_int_equal(
		natpass_forward(&f, &m,
				(struct bytes){ message, sizeof message }),
		-NAT_EROOM);
}

/* A frame goes on as it is when another would be the same, and only then. */
static void stands(void **state)
{
	static const struct {
		struct bytes message;
		bool stands;
	} cases[] = {
		{ BYTES("\x08\x06\x12\x01"
			"a\x22\x01"
			"b\x32\x01l\x6a\x03\x0a\x01x"),
		  true },
		{ BYTES("\x08\x06\x12\x01"
			"a\x22\x01"
			"b\x32\x01l\xc0\x3e\x01"),
		  true },
		{ BYTES("\x08\x06\x12\x01"
			"z\x22\x01"
			"b\x32\x01l\x6a\x03\x0a\x01x"),
		  false }, /* of another */
		{ BYTES("\x12\x01"
			"a\x08\x06\x22\x01"
			"b\x32\x01l\x6a\x03\x0a\x01x"),
		  false }, /* in another order */
		{ BYTES("\x08\x06\x12\x01"
			"a\x22\x01"
			"b\x32\x01l\x6a\x03\x0a\x01x\x12\x01z"),
		  false }, /* and of another behind */
		{ BYTES("\x08\x06\x12\x01"
			"a"),
		  false },
	};
	const struct natpass m = { .kind = NATPASS_FORWARD,
				   .from = BYTES("a"),
				   .to = BYTES("b"),
				   .link = BYTES("l") };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t out[128];
		struct fmt f = fmt_to(SPAN(out));
		struct guard g;
		struct bytes b = guard_bytes(&g, cases[i].message);

		assert_int_equal(natpass_stands(&m, b), cases[i].stands);
		assert_int_equal(natpass_forward(&f, &m, b), 0);
		assert_int_equal(f.n == NATPASS_HEAD + b.n &&
					 memcmp(out + NATPASS_HEAD, b.p, b.n) ==
						 0,
				 cases[i].stands);
		guard_free(&g);
	}
}

/* Data that stands in its place is framed as natpass_put would. */
static void wrapped(void **state)
{
	static const size_t sizes[] = { 0,   1,     125,   126,   127,
					128, 16380, 16383, 16384, 65000 };
	static uint8_t room[NATPASS_FRAME], right[NATPASS_FRAME];
	struct natpass m = { .kind = NATPASS_SHELL_DATA,
			     .from = BYTES("a"),
			     .to = BYTES("box"),
			     .to_idx = 300,
			     .link = BYTES("0123456789abcdef"),
			     .payload = NATPASS_SHELL_BYTES };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t before = natpass_before(&m), n;
		struct fmt f = fmt_to(SPAN(right));
		struct natpass whole = m;
		struct guard g;
		struct span in = guard_span(&g, before + sizes[i]);

		memset(in.p + before, 'x', sizes[i]);
		memset(room, 'x', sizeof room);
		whole.data = (struct bytes){ room, sizes[i] };
		natpass_put(&f, &whole);
		n = natpass_wrap(in, before, &m, sizes[i]);
		assert_bytes_equal(((struct bytes){ in.p, n }), fmt_done(&f));
		assert_int_equal(natpass_length(&whole), n);
		guard_free(&g);
	}
}

/* What ours say beside is unknown to a server, which passes it on. */
static void ours_is_passed_on(void **state)
{
	uint8_t out[128], again[128];
	struct natpass m = { .kind = NATPASS_DISCONNECT,
			     .from = BYTES("a"),
			     .ours = { 70000, true, true, 3 } };
	struct fmt f = fmt_to(SPAN(out)), to = fmt_to(SPAN(again));
	struct natpass seen, envelope;
	struct bytes message;

	(void)state;
	natpass_put(&f, &m);
	assert_int_equal(natpass_frame(fmt_done(&f), &message), f.n);
	assert_int_equal(natpass_envelope(&envelope, message), 0);
	assert_int_equal(envelope.ours.window, 0);
	assert_int_equal(natpass_forward(&to, &envelope, message), 0);
	assert_bytes_equal(fmt_done(&to), fmt_done(&f));
	assert_int_equal(natpass_read(&seen, message), 0);
	assert_int_equal(seen.ours.window, 70000);
	assert_int_equal(seen.ours.status, 3);
	assert_true(seen.ours.end && seen.ours.reset);
}

static void proofs(void **state)
{
	const struct bytes secret = BYTES("0123456789");
	const struct bytes old = { n6, sizeof n6 }, clock = { n7, sizeof n7 };
	const uint64_t minute = 1700000000 / NATPASS_MINUTE;

	(void)state;
	assert_true(natpass_proven(clock, secret, minute, false));
	assert_true(natpass_proven(clock, secret, minute + 1, false));
	assert_true(natpass_proven(clock, secret, minute - 1, false));
	assert_false(natpass_proven(clock, secret, minute + 2, true));
	assert_false(natpass_proven(clock, secret, minute - 2, true));
	assert_false(natpass_proven(clock, BYTES("012345678"), minute, true));
	assert_true(natpass_proven(old, secret, minute, true));
	assert_false(natpass_proven(old, secret, minute, false));
	assert_false(natpass_proven(BYTES(""), secret, minute, true));
	assert_non_null(natpass_secret_fault(secret));
	assert_non_null(natpass_secret_fault(BYTES("")));
	assert_null(natpass_secret_fault(BYTES("another")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_frames_are_printed),
		cmocka_unit_test(golden_frames_are_read),
		cmocka_unit_test(a_shell_with_arguments),
		cmocka_unit_test(a_tcp_request_of_old),
		cmocka_unit_test(frames_come_in_pieces),
		cmocka_unit_test(forwarded),
		cmocka_unit_test(the_largest_is_forwarded),
		cmocka_unit_test(stands),
		cmocka_unit_test(wrapped),
		cmocka_unit_test(ours_is_passed_on),
		cmocka_unit_test(proofs),
	};

	return cmocka_run_group_tests(tests, prove, NULL);
}
