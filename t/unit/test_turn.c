/* turn: a server in a few lines that says what it is told to; errors as a table,
 * nonces, refreshes in virtual time, frames, hostile input. coturn: make turn.
 */
#include "base/cur.h"
#include "turnd.h"

static const uint8_t seed[TURN_SEED] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, bytes_of(text)), 0);
	return a;
}

static struct turn turn;
static struct turnd server;
static int64_t now;

static void begin_for(bool framed, uint8_t family)
{
	struct turn_conf c = { .server = at("192.0.2.1:3478"),
			       .user = turnd_user,
			       .family = family,
			       .framed = framed,
			       .seed = { seed, sizeof seed } };

	now = 1000;
	turnd_init(&server);
	turn_init(&turn, &c, now);
}

static void begin(bool framed)
{
	begin_for(framed, ADDR_NONE);
}

/* All that there is to say now, answered if the server hears. */
static unsigned talk(bool hears)
{
	uint8_t room[TURN_MOST], answer[TURN_MOST];
	unsigned n = 0;

	for (;; n++) {
		struct fmt f = fmt_to(SPAN(room));
		struct turn_data got;
		struct bytes b;

		assert_true(n < 50);
		if (!turn_output(&turn, &f, now))
			return n;
		assert_false(f.full);
		b = hears ? turnd_reply(&server, SPAN(answer), fmt_done(&f))
			  : (struct bytes){ NULL, 0 };
		if (b.n)
			assert_int_equal(turn_input(&turn, b, now, &got), 0);
	}
}

/* Time goes by; whoever is due is asked. */
static unsigned pass(int64_t ms, bool hears)
{
	int64_t until = now + ms;
	unsigned n = talk(hears);

	while (turn_due(&turn) <= until) {
		now = turn_due(&turn) > now ? turn_due(&turn) : now;
		n += talk(hears);
		assert_true(n < 10000);
	}
	now = until;
	return n;
}

/* ---- tests ---- */

static void allocates(void **state)
{
	struct addr peer = at("198.51.100.7:9");

	(void)state;
	begin(false);
	assert_int_equal(turn_peer(&turn, &peer, now), -NAT_EAGAIN);
	assert_int_equal(talk(true), 2);
	assert_int_equal(turn.state, TURN_READY);
	assert_int_equal(turn.relayed.port, 50000);
	assert_int_equal(turn.mapped.port, 5);
	assert_int_equal(turn.lifetime, 600);
}

/* Errors of the checklist: what they mean, and that it is over at once. */
static void refusals(void **state)
{
	static const struct {
		uint16_t error;
		int err;
	} rows[] = {
		{ 400, -NAT_EPROTO },  { 403, -NAT_EACCESS },
		{ 420, -NAT_EPROTO },  { 437, -NAT_EAGAIN },
		{ 440, -NAT_ENOTSUP }, { 441, -NAT_EAUTH },
		{ 442, -NAT_ENOTSUP }, { 443, -NAT_ENOTSUP },
		{ 446, -NAT_EPROTO },  { 486, -NAT_ELIMIT },
		{ 500, -NAT_EPROTO },  { 508, -NAT_ELIMIT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int refreshed = 0; refreshed < 2; refreshed++) {
			begin(false);
			if (refreshed)
				talk(true);
			server.error = rows[i].error;
			pass(600000, true);
			assert_int_equal(turn.state, TURN_OVER);
			assert_int_equal(turn.err, rows[i].err);
			assert_int_equal(turn.error, rows[i].error);
			assert_true(turn_due(&turn) == INT64_MAX);
		}
	}
}

static void credentials(void **state)
{
	(void)state;
	begin(false);
	turn.user.password = BYTES("q");
	assert_int_equal(pass(60000, true), 2);
	assert_int_equal(turn.err, -NAT_EAUTH);
	begin(false);
	turn.user.name.n = 0;
	pass(60000, true);
	assert_int_equal(turn.err, -NAT_EAUTH);
}

static void wrapped(const struct addr *to, size_t size, bool channel)
{
	uint8_t room[128], answer[TURN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	assert_int_equal(turn_wrap(&turn, to, BYTES("hello"), &f, now), 0);
	assert_int_equal(f.n, size);
	assert_int_equal(turnd_reply(&server, SPAN(answer), fmt_done(&f)).n, 0);
	assert_int_equal(server.channel, channel);
}

/* A server that wants SHA-256, and says so in its nonces, of all that is asked. */
static void strong(void **state)
{
	struct addr peer = at("198.51.100.7:9");

	(void)state;
	begin(false);
	server.strong = true;
	server.nonce = "obMatJos2gAAA1";
	talk(true);
	assert_int_equal(turn.state, TURN_READY);
	assert_int_equal(turn_bind(&turn, &peer, now), 0);
	server.nonce = "obMatJos2gAAA2";
	pass(1200000, true);
	wrapped(&peer, 9, true);
	begin(false);
	server.nonce = "obMatJos2gAAA1"; /* somebody has taken that away */
	talk(true);
	assert_int_equal(turn.state, TURN_OVER);
}

static void alternate(void **state)
{
	(void)state;
	begin(true);
	server.error = STUN_TRY_ALTERNATE;
	talk(true);
	assert_int_equal(turn.state, TURN_MOVED);
	assert_int_equal(turn.server.ip[3], 77);
	assert_true(turn_due(&turn) == INT64_MAX);
	turn_again(&turn, now);
	talk(true); /* a second time is too much */
	assert_int_equal(turn.state, TURN_OVER);
	assert_int_equal(turn.err, -NAT_EPROTO);
}

/* What is said again is the same, id and all: there are servers that refuse another. */
static void silence(void **state)
{
	uint8_t rooms[2][TURN_MOST];
	size_t n = 0;

	(void)state;
	begin(false);
	for (int i = 0; i < 2; i++, now = turn_due(&turn)) {
		struct fmt f = fmt_to(SPAN(rooms[i]));

		assert_true(turn_output(&turn, &f, now));
		n = f.n;
	}
	assert_memory_equal(rooms[0], rooms[1], n);
	begin(false);
	assert_int_equal(pass(60000, false), 8);
	assert_int_equal(turn.err, -NAT_ETIMEOUT);
	begin(true);
	assert_int_equal(pass(60000, false), 1);
	assert_int_equal(turn.err, -NAT_ETIMEOUT);
}

/* An hour with a peer and a channel, nonces going stale all the time. */
static void hours(void **state)
{
	struct addr peer = at("198.51.100.7:9"), same = at("198.51.100.7:10");

	(void)state;
	begin(false);
	talk(true);
	assert_int_equal(turn_peer(&turn, &peer, now), 0);
	assert_int_equal(turn_peer(&turn, &same, now), 0);
	talk(true);
	assert_int_equal(server.asked[STUN_PERMISSION], 1);
	wrapped(&peer, 44, false);
	assert_int_equal(turn_bind(&turn, &same, now), 0);
	talk(true);
	wrapped(&same, 9, true);
	for (int i = 0; i < 360; i++) {
		server.nonce = i % 2 ? "n1" : "n2";
		pass(10000, true);
	}
	assert_int_equal(turn.state, TURN_READY);
	wrapped(&same, 9, true);
	assert_in_range(server.asked[STUN_REFRESH], 6, 14);
	assert_in_range(server.asked[STUN_PERMISSION], 14, 31);
	assert_in_range(server.asked[STUN_CHANNEL], 14, 31);
	turn_close(&turn, now);
	talk(true);
	assert_int_equal(turn.err, -NAT_ECLOSED);
	assert_int_equal(server.asked_lifetime, 0);
}

/* An address of each family, of one allocation: peers of both, and one Refresh. */
static void both(void **state)
{
	struct addr four = at("198.51.100.7:9"), six = at("[2001:db8::7]:9");

	(void)state;
	begin(false);
	server.two = true;
	talk(true);
	assert_int_equal(server.got.additional, 2U << 24);
	assert_int_equal(server.got.family, 0);
	assert_int_equal(turn.relayed.family, ADDR_IP4);
	assert_int_equal(turn.also.family, ADDR_IP6);
	assert_int_equal(turn_bind(&turn, &four, now), 0);
	assert_int_equal(turn_peer(&turn, &six, now), 0);
	talk(true);
	wrapped(&four, 9, true);
	wrapped(&six, 56, false);
	assert_int_equal(turn_bind(&turn, &six, now), 0);
	talk(true);
	wrapped(&six, 9, true);
	pass(1800000, true);
	assert_int_equal(turn.state, TURN_READY);
	assert_in_range(server.asked[STUN_REFRESH], 3, 4);
	turn_close(&turn, now);
	talk(true);
	assert_int_equal(server.asked_lifetime, 0);
	assert_int_equal(server.got.family, 0);
	assert_int_equal(turn.err, -NAT_ECLOSED);
}

/* A server that knows of no second one, or has none: the other family is not served. */
static void one_alone(void **state)
{
	struct addr four = at("198.51.100.7:9"), six = at("[2001:db8::7]:9");

	(void)state;
	begin(false);
	talk(true);
	assert_int_equal(turn.also.family, ADDR_NONE);
	assert_int_equal(turn_peer(&turn, &six, now), -NAT_ENOTSUP);
	begin_for(false, ADDR_IP6);
	talk(true);
	assert_int_equal(server.got.additional, 0);
	assert_int_equal(server.got.family, 2U << 24);
	assert_int_equal(turn_peer(&turn, &four, now), -NAT_ENOTSUP);
	assert_int_equal(turn_peer(&turn, &six, now), 0);
	begin(false);
	server.two = server.void4 = true;
	talk(true);
	assert_int_equal(turn.relayed.family, ADDR_IP6);
	assert_int_equal(turn.also.family, ADDR_NONE);
	assert_int_equal(turn_peer(&turn, &four, now), -NAT_ENOTSUP);
	begin_for(false, ADDR_IP4);
	server.two = true;
	talk(true);
	assert_int_equal(turn.also.family, ADDR_NONE);
	server.void4 = true; /* that is none at all */
	turn_again(&turn, now);
	talk(true);
	assert_int_equal(turn.err, -NAT_EPROTO);
	begin(false);
	server.two = true;
	talk(true);
	server.two = false; /* it is another one the next time */
	turn_again(&turn, now);
	talk(true);
	assert_int_equal(turn.state, TURN_READY);
	assert_int_equal(turn.also.family, ADDR_NONE);
}

/* A refused peer is tried again later; the allocation does not suffer. */
static void forbidden(void **state)
{
	struct addr peer = at("198.51.100.7:9"), six = at("[2001:db8::1]:9");

	(void)state;
	begin(false);
	talk(true);
	server.error = STUN_FORBIDDEN;
	server.only = STUN_CHANNEL;
	assert_int_equal(turn_bind(&turn, &peer, now), 0);
	assert_int_equal(turn_bind(&turn, &six, now), -NAT_ENOTSUP);
	pass(25000, true);
	assert_int_equal(server.asked[STUN_CHANNEL], 3);
	assert_int_equal(turn.state, TURN_READY);
	wrapped(&peer, 44, false);
	server.error = 0;
	pass(10000, true);
	wrapped(&peer, 9, true);
	for (unsigned i = 1; i < TURN_PEERS; i++) {
		peer.port++;
		assert_int_equal(turn_peer(&turn, &peer, now), 0);
	}
	peer.port++;
	assert_int_equal(turn_peer(&turn, &peer, now), -NAT_ELIMIT);
}

/* ---- an allocation that is not there any more ---- */

static void with_channel(void)
{
	struct addr peer = at("198.51.100.7:9");

	begin(false);
	talk(true);
	assert_int_equal(turn_bind(&turn, &peer, now), 0);
	talk(true);
	wrapped(&peer, 9, true);
}

/* A server that has begun anew: noticed with the first peer that is asked for, at
 * once when there is doubt, and when a channel is due; then all begins again.
 */
static void forgotten(void **state)
{
	struct addr other = at("198.51.100.8:9");

	(void)state;
	for (int i = 0; i < 3; i++) {
		with_channel();
		server.nonce = "n2";
		server.error = STUN_MISMATCH;
		if (i == 0)
			assert_int_equal(turn_peer(&turn, &other, now), 0);
		if (i == 1)
			turn_doubt(&turn, now);
		pass(i == 2 ? 240000 : 0, true);
		assert_int_equal(turn.state, TURN_OVER);
		assert_int_equal(turn.err, -NAT_EAGAIN);
		server.error = 0;
		turn_again(&turn, now);
		talk(true);
		assert_int_equal(turn.state, TURN_READY);
		assert_int_equal(turn_peer(&turn, &other, now), 0);
	}
}

/* A server that is gone: no answer when there is doubt, or when a peer is due, ends
 * it in time. One that answers, if late, does not.
 */
static void gone(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		with_channel();
		if (i == 0)
			turn_doubt(&turn, now);
		pass(i == 0 ? 20000 : 240000 + 40000, false);
		assert_int_equal(turn.state, TURN_OVER);
		assert_int_equal(turn.err, -NAT_ETIMEOUT);
	}
	with_channel();
	turn_doubt(&turn, now);
	pass(15000, false);
	pass(600000, true);
	assert_int_equal(turn.state, TURN_READY);
}

/* No channels at that server: permission keeps data going. */
static void unbound(void **state)
{
	struct addr peer = at("198.51.100.7:9");

	(void)state;
	begin(false);
	talk(true);
	server.error = STUN_FULL;
	server.only = STUN_CHANNEL;
	assert_int_equal(turn_bind(&turn, &peer, now), 0);
	for (int i = 0; i < 60; i++) {
		unsigned had = server.asked[STUN_PERMISSION];

		pass(11000, true);
		assert_true(server.asked[STUN_PERMISSION] > had);
		assert_int_equal(turn.state, TURN_READY);
	}
	wrapped(&peer, 44, false);
}

/* ---- what comes ---- */

static void data(void **state)
{
	struct addr peer = at("198.51.100.7:9");
	struct stun_more more = { .peer = peer, .data = BYTES("hey") };
	struct stun m = { .type = STUN_DATA, .more = &more };
	const uint8_t channel[] = { 0x40, 0, 0, 2, 'h', 'i', 0, 0 };
	uint8_t room[64];
	struct fmt f = fmt_to(SPAN(room));
	struct turn_data got;

	(void)state;
	begin(true);
	talk(true);
	assert_int_equal(turn_bind(&turn, &peer, now), 0);
	talk(true);
	stun_print(&f, &m);
	assert_int_equal(turn_frame(fmt_done(&f)), f.n);
	assert_int_equal(turn_input(&turn, fmt_done(&f), now, &got), 1);
	assert_bytes_equal(got.data, BYTES("hey"));
	assert_int_equal(got.from.port, 9);
	each_split(n, sizeof channel)
	{
		struct guard g;
		struct bytes b = guard_bytes(&g, (struct bytes){ channel, n });
		int rc = turn_input(&turn, b, now, &got);

		assert_int_equal(rc, n >= 6);
		if (rc)
			assert_bytes_equal(got.data, BYTES("hi"));
		assert_int_equal(turn_frame(b), n == 8 ? 8 : 0);
		guard_free(&g);
	}
	assert_int_equal(turn_frame(BYTES("SSH-2.0")), -NAT_EPROTO);
	assert_int_equal(turn_frame(BYTES("\x01\x13\x00\x03")), -NAT_EPROTO);
}

/* Answers cut, changed in any bit, or of somebody else change nothing. */
static void hostile(void **state)
{
	uint8_t said[TURN_MOST], answer[TURN_MOST];
	struct fmt f = fmt_to(SPAN(said));
	struct turn_data got;
	struct bytes b;

	(void)state;
	begin(false);
	assert_true(turn_output(&turn, &f, now));
	b = turnd_reply(&server, SPAN(answer), fmt_done(&f));
	assert_int_equal(turn_input(&turn, b, now, &got), 0);
	f.n = 0;
	assert_true(turn_output(&turn, &f, now));
	b = turnd_reply(&server, SPAN(answer),
			fmt_done(&f)); /* that it is granted */
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		struct turn before = turn;

		answer[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(turn_input(&turn, b, now, &got), 0);
		/* its own type, if it becomes that of a refusal */
		if (bit / 8 > 1)
			assert_int_not_equal(turn.state, TURN_READY);
		answer[bit / 8] ^= (uint8_t)(1 << bit % 8);
		turn = before;
	}
	for (size_t n = 0; n < b.n; n++) {
		struct guard g;

		turn_input(&turn, guard_bytes(&g, bytes_head(b, n)), now, &got);
		assert_int_equal(turn.state, TURN_ASKING);
		guard_free(&g);
	}
	turn_input(&turn, b, now, &got);
	assert_int_equal(turn.state, TURN_READY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocates),   cmocka_unit_test(refusals),
		cmocka_unit_test(credentials), cmocka_unit_test(strong),
		cmocka_unit_test(alternate),   cmocka_unit_test(silence),
		cmocka_unit_test(hours),       cmocka_unit_test(both),
		cmocka_unit_test(one_alone),   cmocka_unit_test(forbidden),
		cmocka_unit_test(forgotten),   cmocka_unit_test(gone),
		cmocka_unit_test(unbound),     cmocka_unit_test(data),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
