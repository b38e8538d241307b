/* sctp: what it says, packet by packet, and what it makes of what others say, as RFC 9260
 * and p2p.md C5 have it.
 */
#include "sctp_pair.h"
#include "unit.h"
#include "wire/sctp/assoc.h"
#include "wire/sctp/channel.h"

/* User data of a packet, as long as the path is not known. */
enum { PIECE = SCTP_MTU_SAFE - PACKET_HEAD - DATA_HEAD };

static uint8_t text[SCTP_MESSAGE];

struct said {
	uint8_t room[SCTP_MTU_MOST];
	size_t n;
	struct packet head;
};

/* What ends[0] says next. */
static bool say(struct pair *p, struct said *d)
{
	struct cur c;

	d->n = sctp_output(&p->ends[0], SPAN(d->room), p->now);
	if (d->n == 0)
		return false;
	c = cur_of((struct bytes){ d->room, d->n });
	assert_true(packet_head(&c, &d->head));
	return true;
}

static struct cur chunks_of(struct bytes packet)
{
	return cur_of(bytes_tail(packet, PACKET_HEAD));
}

/* The first chunk of that type in a packet. */
static bool has(struct bytes packet, uint8_t type, struct chunk *k)
{
	struct cur c = chunks_of(packet);

	while (chunk_next(&c, k))
		if (k->type == type)
			return true;
	return false;
}

static bool says(struct pair *p, uint8_t type, struct said *d, struct chunk *k)
{
	return say(p, d) && has((struct bytes){ d->room, d->n }, type, k);
}

static bool says_nothing(struct pair *p)
{
	struct said d;

	return !say(p, &d);
}

/* No chunk of that type in so many ms. */
static void says_no(struct pair *p, uint8_t type, int64_t ms)
{
	int64_t end = p->now + ms;
	struct said d;
	struct chunk k;

	for (; p->now < end; p->now += 5)
		while (say(p, &d))
			assert_false(
				has((struct bytes){ d.room, d.n }, type, &k));
}

static void hear_f(struct pair *p, const char *form, ...)
{
	char hex[256];
	va_list ap;

	va_start(ap, form);
	vsnprintf(hex, sizeof hex, form, ap);
	va_end(ap);
	pair_hear(p, hex);
}

/* The next letter on a stream. */
static void hear_data(struct pair *p, unsigned flags, uint32_t ahead)
{
	hear_f(p, "00%02x0011 %08x 0001 0000 00000035 61000000", flags,
	       p->ends[0].in.tsns.cum + ahead);
}

static void send_n(struct pair *p, uint16_t sid, size_t n,
		   const struct sctp_message *how)
{
	assert_int_equal(sctp_send(&p->ends[0], sid, (struct bytes){ text, n },
				   how, p->now),
			 0);
}

/* ---- beginning ---- */

static void init(void **state)
{
	(void)state;
	for (int zero = 0; zero < 2; zero++) {
		struct pair *p = pair_new(1, &pair_quick);
		struct chunk_init is;
		struct param m;
		struct said d;
		struct chunk k;
		struct cur c;

		p->conf[0].zero_sum = zero;
		sctp_connect(&p->ends[0], 40, p->now);
		assert_true(says(p, CHUNK_INIT, &d, &k));
		assert_int_equal(d.head.from, 5000);
		assert_int_equal(d.head.to, 5000);
		assert_int_equal(d.head.tag, 0);
		assert_int_equal(d.head.sum,
				 packet_sum((struct bytes){ d.room, d.n }));
		c = chunks_of((struct bytes){ d.room, d.n });
		assert_true(chunk_next(&c, &k) && cur_left(&c) == 0);
		c = cur_of(k.body);
		assert_true(chunk_init_read(&c, &is));
		assert_int_equal(is.tag, p->ends[0].own.tag);
		assert_int_equal(is.window, SCTP_WINDOW);
		assert_int_equal(is.out, 65535);
		assert_int_equal(is.in, 65535);
		assert_true(param_next(&c, &m) && m.type == 0xc000);
		assert_int_equal(m.body.n, 0);
		assert_true(param_next(&c, &m) && m.type == 0x8008);
		assert_bytes_equal(m.body, BYTES("\x82\xc0"));
		if (zero) {
			assert_true(param_next(&c, &m) && m.type == 0x8001);
			assert_bytes_equal(m.body, BYTES("\0\0\0\1"));
		}
		assert_int_equal(cur_left(&c), 0);
		pair_free(p);
	}
}

/* An INIT of an association that is open is answered, under the tag that it brings, and
 * changes nothing; a COOKIE ECHO that comes again is, too.
 */
static void init_again(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	struct sctp_ids before = s->peer;
	struct said d;
	struct chunk k;

	(void)state;
	for (int i = 0; i < 2; i++) {
		pair_hear(p, "01000014 01020304 00020000 ffff ffff 0a0b0c0d");
		assert_true(says(p, CHUNK_INIT_ACK, &d, &k));
		assert_int_equal(d.head.tag, 0x01020304);
		assert_memory_equal(&before, &s->peer, sizeof before);
		assert_true(says_nothing(p));
	}
	send_n(p, 1, 3000, &(struct sctp_message){ .ppid = 53 });
	pair_until(p, 200);
	assert_int_equal(sctp_waits(&p->ends[1], 1), 3000);
	pair_free(p);
}

/* RFC 9260 3.2.1: of parameters that nobody knows the top bits say whether those behind
 * them count, and whether the sender is told. The last row is what usrsctp says.
 */
static void unknown_parameters(void **state)
{
	static const struct {
		const char *params;
		unsigned told;
		bool goes_on;
	} rows[] = {
		{ "c0000004", 0, true },
		{ "12340004 c0000004", 0, false },
		{ "52340004 c0000004", 1, false },
		{ "92340004 c0000004", 0, true },
		{ "d2340004 d2350006aabb0000 c0000004", 2, true },
		{ "80000004 80020024 00000000000000000000000000000000"
		  "00000000000000000000000000000000 80040006 00010000 8003"
		  "0006 80c10000 80080008 c00f8082 c0000004",
		  0, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair *p = pair_new(1, &pair_quick);
		char hex[400], body[256] = "";
		struct said d;
		struct chunk k;
		struct param m;
		struct cur c;
		unsigned told = 0, n = 0, digits = 0;

		for (const char *at = rows[i].params; *at; at++)
			digits += *at != ' ';
		hear_f(p, "0100%04x 01020304 00020000 ffff ffff 0a0b0c0d %s",
		       20 + digits / 2, rows[i].params);
		assert_true(says(p, CHUNK_INIT_ACK, &d, &k));
		c = cur_of(bytes_tail(k.body, INIT_BODY));
		while (param_next(&c, &m)) {
			told += m.type == PARAM_UNKNOWN;
			for (; m.type == PARAM_COOKIE && n < 48; n++)
				snprintf(body + 2 * n, 3, "%02x",
					 m.body.p[n] + 0U);
		}
		assert_false(c.bad);
		assert_int_equal(told, rows[i].told);
		snprintf(hex, sizeof hex, "0a00%04x %s", n + 4, body);
		pair_hear(p, hex);
		assert_int_equal(p->ends[0].state, SCTP_OPEN);
		assert_int_equal(p->ends[0].can.forward, rows[i].goes_on);
		pair_free(p);
	}
}

/* The same of chunks; AUTH, ASCONF and the like are of those. */
static void unknown_chunks(void **state)
{
	static const struct {
		const char *hex;
		bool told, goes_on;
	} rows[] = {
		{ "3f000004", false, false }, { "0f000004", false, false },
		{ "7f000004", true, false },  { "bf000004", false, true },
		{ "80000004", false, true },  { "ff000004", true, true },
		{ "c1000004", true, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair *p = pair_opened();
		struct bytes all = { NULL, 0 };
		struct said d;
		struct chunk k;

		hear_f(p, "%s 0400000c 00010008 61626364", rows[i].hex);
		if (say(p, &d))
			all = (struct bytes){ d.room, d.n };
		assert_int_equal(all.n > 0 && has(all, CHUNK_ERROR, &k),
				 rows[i].told);
		if (rows[i].told)
			assert_int_equal(k.body.p[1], CAUSE_CHUNK);
		assert_int_equal(all.n > 0 && has(all, CHUNK_HEARTBEAT_ACK, &k),
				 rows[i].goes_on);
		pair_free(p);
	}
}

/* Whatever is in it comes back; from us there is none. */
static void heartbeat(void **state)
{
	struct pair *p = pair_opened();
	struct said d;
	struct chunk k;

	(void)state;
	pair_hear(p, "0400000d 00010009 6162636465 000000");
	assert_true(says(p, CHUNK_HEARTBEAT_ACK, &d, &k));
	assert_bytes_equal(k.body, BYTES("\0\1\0\11abcde"));
	assert_int_equal(d.head.tag, p->ends[0].peer.tag);
	pair_until(p, 120000);
	assert_int_equal(sctp_due(&p->ends[0]), -1);
	pair_free(p);
}

/* ---- acknowledging ---- */

/* The second packet at once, the first after 20 ms; at once what is a gap, fills one, or
 * comes twice, and what says I.
 */
static void sacks(void **state)
{
	enum { WHOLE = 3, NOW = 11 };
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	struct said d;
	struct chunk k;

	(void)state;
	hear_data(p, WHOLE, 1);
	assert_true(says_nothing(p));
	assert_int_equal(sctp_due(s), p->now + 20);
	hear_data(p, WHOLE, 1);
	assert_true(says(p, CHUNK_SACK, &d, &k));
	assert_true(says_nothing(p));
	hear_data(p, WHOLE, 1);
	p->now += 20;
	assert_true(says(p, CHUNK_SACK, &d, &k));
	hear_data(p, NOW, 1);
	assert_true(says(p, CHUNK_SACK, &d, &k));
	hear_data(p, WHOLE, 2);
	assert_true(says(p, CHUNK_SACK, &d, &k));
	assert_bytes_equal(bytes_tail(k.body, 8), BYTES("\0\1\0\0\0\2\0\2"));
	hear_data(p, WHOLE, 2);
	assert_true(says(p, CHUNK_SACK, &d, &k));
	assert_int_equal(k.body.p[11], 1); /* of those that came twice */
	hear_data(p, WHOLE, 1);
	assert_true(says(p, CHUNK_SACK, &d, &k));
	assert_bytes_equal(bytes_tail(k.body, 8), BYTES("\0\0\0\0"));
	pair_free(p);
}

/* Ours say I where nothing follows, so that the peer does not wait for more. */
static void asks_at_once(void **state)
{
	struct pair *p = pair_opened();
	struct said d;
	struct chunk k;

	(void)state;
	send_n(p, 1, 2 * PIECE, &(struct sctp_message){ .ppid = 53 });
	assert_true(says(p, CHUNK_HEARTBEAT, &d, &k)); /* is there more room? */
	assert_true(says(p, CHUNK_DATA, &d, &k));
	assert_int_equal(k.flags, DATA_BEGIN);
	assert_true(says(p, CHUNK_DATA, &d, &k));
	assert_int_equal(k.flags, DATA_END | DATA_NOW);
	pair_free(p);
}

static uint32_t window_of_all;

/* The peer's window as it is told, in INIT ACK and SACK. */
static bool shut(struct pair *p, unsigned to, struct span b)
{
	uint8_t type = b.p[PACKET_HEAD];
	size_t at = PACKET_HEAD + CHUNK_HEAD + 4;

	(void)p;
	if (to == 0 && (type == CHUNK_INIT_ACK || type == CHUNK_SACK)) {
		memset(b.p + at, 0, 3);
		b.p[at + 3] = (uint8_t)window_of_all;
		packet_seal(b);
	}
	return true;
}

/* A window of two bytes, which libpeer tells, or of none at all: a packet at a time. */
static void little_window(void **state)
{
	(void)state;
	for (window_of_all = 0; window_of_all < 3; window_of_all++) {
		struct pair *p = pair_new(1, &pair_quick);
		size_t got = 0;
		struct sctp_message m;

		p->look = shut;
		sctp_connect(&p->ends[0], 40, p->now);
		for (int i = 0; i < 4; i++)
			send_n(p, 1, 5000, &(struct sctp_message){ .ppid = 5 });
		pair_until(p, 5000);
		while (sctp_recv(&p->ends[1], 1, SPAN(text), &m))
			got++;
		assert_int_equal(got, 4);
		pair_free(p);
	}
}

/* ---- sums ---- */

static unsigned plain[2], summed[2]; /* packets to each */

static bool look_at_sums(struct pair *p, unsigned to, struct span b)
{
	uint8_t type = b.p[PACKET_HEAD];
	struct cur c = cur_of(bytes_in(b));
	struct packet head;

	(void)p;
	assert_true(packet_head(&c, &head));
	plain[to] += head.sum == 0;
	summed[to] += head.sum != 0;
	if (type == CHUNK_INIT || type == CHUNK_INIT_ACK ||
	    type == CHUNK_COOKIE_ECHO)
		assert_int_not_equal(head.sum, 0);
	return true;
}

/* RFC 9653: each side leaves the sum out if the other has said that it may, but of what
 * may come before that is known. Who has not said so hears no such packet.
 */
static void zero_sums(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct pair *p = pair_new(1, &pair_quick);

		memset(plain, 0, sizeof plain);
		memset(summed, 0, sizeof summed);
		p->conf[0].zero_sum = i & 1;
		p->conf[1].zero_sum = i & 2;
		p->look = look_at_sums;
		sctp_connect(&p->ends[0], 40, p->now);
		for (int k = 0; k < 9; k++)
			send_n(p, 1, 1000, &(struct sctp_message){ .ppid = 5 });
		pair_until(p, 1000);
		assert_int_equal(sctp_waits(&p->ends[1], 1), 1000);
		for (int to = 0; to < 2; to++) {
			assert_int_equal(plain[to] > 0, p->conf[to].zero_sum);
			assert_true(summed[to] > 0);
			assert_int_equal(p->ends[to].counts.bad, 0);
		}
		pair_free(p);
	}
}

/* ---- what lapses ---- */

static struct {
	bool to_nobody; /* no data arrives */
	unsigned first; /* only the first of all arrives not */
	uint8_t body[64];
	size_t n; /* of the first FORWARD-TSN */
} world;

static bool lose_data(struct pair *p, unsigned to, struct span b)
{
	struct chunk k;

	(void)p;
	if (to == 1 && !world.n && has(bytes_in(b), CHUNK_FORWARD, &k)) {
		assert_true(k.body.n <= sizeof world.body);
		memcpy(world.body, k.body.p, k.body.n);
		world.n = k.body.n;
	}
	if (!has(bytes_in(b), CHUNK_DATA, &k))
		return true;
	return world.first ? --world.first > 0 : !world.to_nobody;
}

/* RFC 3758 3.5: what is skipped ends with a message, however much of that was sent; of
 * streams those alone are told that keep order.
 */
static void skips(void **state)
{
	static const struct {
		size_t n;
		bool unordered;
	} rows[] = {
		{ 100, false }, { 3000, false }, { 60000, false },
		{ 100, true },  { 60000, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct sctp_message how = { .ppid = 53,
						  .most_sent = 1,
						  .unordered =
							  rows[i].unordered };
		struct pair *p = pair_opened();
		struct cur c;

		world.to_nobody = true;
		world.n = world.first = 0;
		p->look = lose_data;
		send_n(p, 4, rows[i].n, &how);
		pair_until(p, 3000);
		c = cur_of((struct bytes){ world.body, world.n });
		assert_int_equal(cur_u32(&c),
				 p->ends[0].own.tsn + (rows[i].n - 1) / PIECE);
		assert_int_equal(cur_left(&c), rows[i].unordered ? 0 : 4);
		if (!rows[i].unordered)
			assert_int_equal(cur_u32(&c), 4 << 16);
		assert_true(flight_over(&p->ends[0]));
		world.to_nobody = false;
		send_n(p, 4, 7, &how);
		pair_until(p, 100);
		assert_int_equal(sctp_waits(&p->ends[1], 4), 7);
		pair_free(p);
	}
}

/* RFC 8832 6: OPEN and ACK arrive, in order, whatever the channel forgives. */
static void open_is_reliable(void **state)
{
	static const struct dcep_open o = { .type = DCEP_TIMES | DCEP_UNORDERED,
					    .label = { NULL, 0 } };

	(void)state;
	for (unsigned lost = 1; lost < 4; lost++) {
		struct pair *p = pair_opened();
		struct channel_in in = { .what = 0 };

		p->conf[1].odd = true;
		world.to_nobody = false;
		world.first = lost == 3 ? 0 : lost;
		p->look = lose_data;
		assert_int_equal(channel_open(&p->ends[0], &o, p->now), 0);
		pair_until(p, 1000);
		assert_true(
			channel_recv(&p->ends[1], 0, SPAN(text), &in, p->now));
		assert_int_equal(in.what, CHANNEL_OPENED);
		if (lost == 3)
			world.first = 1;
		pair_until(p, 1000);
		assert_true(
			channel_recv(&p->ends[0], 0, SPAN(text), &in, p->now));
		assert_int_equal(in.what, CHANNEL_ACKED);
		world.first = 1;
		assert_int_equal(channel_send(&p->ends[0], 0, CHANNEL_BINARY,
					      BYTES("x"), p->now),
				 0);
		pair_until(p, 1000);
		assert_false(
			channel_recv(&p->ends[1], 0, SPAN(text), &in, p->now));
		pair_free(p);
	}
}

/* RFC 8832 6: nothing overtakes the OPEN; data may follow it at once, and in any order
 * once it has been acknowledged. An empty message is one byte of another kind.
 */
static void ordered_until_acked(void **state)
{
	static const struct dcep_open o = { .type = DCEP_UNORDERED };
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	struct chunk_data data;
	struct said d;
	struct chunk k;

	(void)state;
	assert_int_equal(channel_open(s, &o, p->now), 0);
	assert_int_equal(channel_send(s, 0, CHANNEL_TEXT, BYTES(""), p->now),
			 0);
	assert_true(says(p, CHUNK_DATA, &d, &k));
	for (int acked = 0; acked < 2; acked++) {
		struct cur c = chunks_of((struct bytes){ d.room, d.n });

		while (chunk_next(&c, &k))
			if (k.type == CHUNK_DATA)
				assert_true(chunk_data_read(&k, &data));
		assert_int_equal(k.flags & DATA_UNORDERED,
				 acked ? DATA_UNORDERED : 0);
		assert_int_equal(data.ppid,
				 acked ? PPID_BINARY_EMPTY : PPID_TEXT_EMPTY);
		assert_bytes_equal(data.text, BYTES("\0"));
		if (acked)
			break;
		hear_f(p, "00030011 %08x 0000 0000 00000032 02000000",
		       s->in.tsns.cum + 1);
		assert_true(channel_recv(s, 0, SPAN(text),
					 &(struct channel_in){ .what = 0 },
					 p->now));
		assert_int_equal(
			channel_send(s, 0, CHANNEL_BINARY, BYTES(""), p->now),
			0);
		assert_true(says(p, CHUNK_DATA, &d, &k));
	}
	pair_free(p);
}

/* ---- streams that are reset ---- */

static void answers(struct pair *p, uint32_t seq, uint32_t result)
{
	struct said d;
	struct chunk k;
	struct param m;
	struct cur c;

	assert_true(says(p, CHUNK_RECONF, &d, &k));
	c = cur_of(k.body);
	assert_true(param_next(&c, &m) && m.type == PARAM_RESET_ANSWER);
	c = cur_of(m.body);
	assert_int_equal(cur_u32(&c), seq);
	assert_int_equal(cur_u32(&c), result);
}

static void assert_asks_in(struct bytes body, uint32_t seq, struct bytes sids)
{
	struct cur c = cur_of(body);
	struct param m;

	assert_true(param_next(&c, &m) && m.type == PARAM_RESET_IN);
	c = cur_of(m.body);
	assert_int_equal(cur_u32(&c), seq);
	assert_bytes_equal(((struct bytes){ c.p, cur_left(&c) }), sids);
}

static void forget_events(struct sctp *s)
{
	struct sctp_event e;

	while (sctp_event(s, &e))
		;
}

#define ASK "82000016 000d0012 %08x 00000000 %08x 00010000"

/* RFC 6525 5.2: asked again it is answered again, and done once; 6 while data is still
 * to come, and 1 when it has.
 */
static void asked_to_reset(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	uint32_t seq = s->reconf.expects;
	struct sctp_message m;
	struct sctp_event e;
	unsigned ended = 0;
	struct said d;
	struct chunk k;

	(void)state;
	assert_int_equal(seq, s->peer.tsn);
	hear_data(p, 3, 1);
	while (sctp_recv(s, 1, SPAN(text), &m))
		;
	hear_f(p, ASK, seq, s->in.tsns.cum + 1);
	answers(p, seq, RESET_LATER);
	hear_f(p, ASK, seq, s->in.tsns.cum + 1);
	answers(p, seq, RESET_LATER);
	hear_f(p, "00030011 %08x 0001 0001 00000035 61000000",
	       s->in.tsns.cum + 1);
	answers(p, seq, RESET_DONE);
	assert_int_equal(sctp_recv(s, 1, SPAN(text), &m), 1);
	for (int i = 0; i < 3; i++) {
		hear_f(p, ASK, seq, s->in.tsns.cum);
		answers(p, seq, RESET_DONE);
		while (sctp_event(s, &e))
			ended += e.what == SCTP_ENDED;
	}
	assert_int_equal(ended, 1);
	hear_f(p, ASK, seq + 5, s->in.tsns.cum); /* none that is to come */
	assert_true(says_nothing(p));
	/* The number is free, and has begun anew, when the old question comes. */
	assert_int_equal(sctp_reset(s, 1), 0);
	assert_true(says(p, CHUNK_RECONF, &d, &k));
	hear_f(p, "82000010 0010000c %08x 00000001", s->own.tsn);
	while (sctp_event(s, &e))
		;
	assert_int_equal(s->streams.n, 0);
	hear_data(p, 3, 1);
	hear_f(p, ASK, seq, s->in.tsns.cum);
	answers(p, seq, RESET_DONE);
	assert_true(sctp_event(s, &e) && e.what == SCTP_MESSAGE_IN);
	assert_int_equal(sctp_recv(s, 1, SPAN(text), &m), 1);
	assert_false(sctp_event(s, &e));
	pair_free(p);
}

/* Ours: its number begins with our first TSN; it waits for what was sent before, is said
 * again until it is answered, and the number of the stream is not taken before.
 */
static void asks_to_reset(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	const struct sctp_message how = { .ppid = 53 };
	struct said d;
	struct chunk k;
	struct param m;
	struct cur c;

	(void)state;
	send_n(p, 6, 10, &how);
	assert_int_equal(sctp_reset(s, 6), 0);
	assert_true(says(p, CHUNK_DATA, &d, &k));
	for (int i = 0; i < 3; i++) {
		while (!says(p, CHUNK_RECONF, &d, &k))
			p->now += 5;
		c = cur_of(k.body);
		assert_true(param_next(&c, &m) && m.type == PARAM_RESET_OUT);
		c = cur_of(m.body);
		assert_int_equal(cur_u32(&c), s->own.tsn);
		assert_int_equal(cur_u32(&c), s->peer.tsn - 1);
		assert_int_equal(cur_u32(&c), s->own.tsn);
		assert_int_equal(cur_u16(&c), 6);
		assert_int_equal(cur_left(&c), 0);
		assert_int_equal(sctp_send(s, 6, BYTES("x"), &how, p->now),
				 -NAT_ECLOSED);
	}
	hear_f(p, "82000010 0010000c %08x 00000001", s->own.tsn);
	says_no(p, CHUNK_RECONF, 5000);
	pair_free(p);
}

/* One that has come, and of which we ask for a reset. */
static struct pair *reset_one(void)
{
	struct pair *p = pair_opened();
	struct sctp_message m;
	struct said d;
	struct chunk k;

	hear_data(p, 3, 1);
	assert_int_equal(sctp_recv(&p->ends[0], 1, SPAN(text), &m), 1);
	assert_int_equal(sctp_reset(&p->ends[0], 1), 0);
	assert_true(says(p, CHUNK_RECONF, &d, &k));
	return p;
}

static void hear_done(struct pair *p, uint32_t seq)
{
	hear_f(p, "82000010 0010000c %08x 00000001", seq);
}

static void peer_ends(struct pair *p)
{
	struct sctp *s = &p->ends[0];

	hear_f(p, ASK, s->reconf.expects, s->in.tsns.cum);
	answers(p, s->reconf.expects - 1, RESET_DONE);
}

/* RFC 6525 4.2: the peer is to say no more, of one stream; it is asked for once it has
 * ended no more, and all is never meant.
 */
static void asks_to_be_left(void **state)
{
	struct pair *p = reset_one();
	struct sctp *s = &p->ends[0];
	struct said d;
	struct chunk k;

	(void)state;
	hear_done(p, s->own.tsn);
	sctp_reset_in(s, 1);
	sctp_reset_in(s, 1);
	sctp_reset_in(s, 9); /* there is none */
	for (int i = 0; i < 2; i++) {
		while (!says(p, CHUNK_RECONF, &d, &k))
			p->now += 5;
		assert_asks_in(k.body, s->own.tsn + 1, BYTES("\0\1\xff\xff"));
	}
	peer_ends(p);
	forget_events(s);
	assert_int_equal(s->streams.n, 0);
	while (!says(p, CHUNK_RECONF, &d, &k))
		p->now += 5;
	assert_asks_in(k.body, s->own.tsn + 1, BYTES("\xff\xff"));
	hear_done(p, s->own.tsn + 1);
	says_no(p, CHUNK_RECONF, 5000);
	pair_free(p);
}

/* Ended before its turn came. */
static void asks_too_late(void **state)
{
	struct pair *p = reset_one();
	struct sctp *s = &p->ends[0];

	(void)state;
	sctp_reset_in(s, 1);
	peer_ends(p);
	hear_done(p, s->own.tsn);
	forget_events(s);
	assert_int_equal(s->streams.n, 0);
	says_no(p, CHUNK_RECONF, 5000);
	assert_false(s->reconf.wanted[RESET_IN]);
	pair_free(p);
}

static unsigned unwanted(struct sctp *s)
{
	struct sctp_event e;
	unsigned n = 0;

	while (sctp_event(s, &e))
		n += e.what == SCTP_UNWANTED;
	return n;
}

/* Asked so: each stream that we have not ended is told, once; by an empty list, all. */
static void asked_to_leave(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	const struct sctp_message how = { .ppid = 53 };
	uint32_t seq = s->reconf.expects;

	(void)state;
	send_n(p, 4, 10, &how);
	send_n(p, 6, 10, &how);
	pair_until(p, 100);
	forget_events(s);
	hear_f(p, "82000008 000e0004"); /* no number */
	assert_true(says_nothing(p));
	for (unsigned i = 0; i < 3; i++) {
		hear_f(p, "8200000e 000e000a %08x 0006 0000", seq);
		answers(p, seq, RESET_DONE);
		assert_int_equal(unwanted(s), i == 0);
	}
	hear_f(p, "8200000c 000e0008 %08x", seq + 1);
	answers(p, seq + 1, RESET_DONE);
	assert_int_equal(unwanted(s), 2);
	assert_int_equal(sctp_reset(s, 6), 0);
	hear_f(p, "82000010 000e000c %08x 0006 0008", seq + 2);
	assert_int_equal(unwanted(s), 0);
	pair_free(p);
}

/* A careless peer is asked when all has arrived, and told twice. */
static void careless(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	const struct sctp_message how = { .ppid = 53 };
	uint32_t seq = s->reconf.expects;
	struct said d;
	struct chunk k;

	(void)state;
	p->conf[0].careless = true;
	send_n(p, 6, 3000, &how);
	assert_int_equal(sctp_reset(s, 6), 0);
	while (says(p, CHUNK_DATA, &d, &k))
		;
	says_no(p, CHUNK_RECONF, 2000);
	hear_f(p, "03000010 %08x 00010000 00000000", s->out.flight.next - 1);
	assert_true(says(p, CHUNK_RECONF, &d, &k));
	hear_done(p, s->own.tsn);
	hear_f(p, ASK, seq, s->in.tsns.cum);
	answers(p, seq, RESET_DONE);
	assert_true(says_nothing(p));
	p->now = sctp_due(s);
	answers(p, seq, RESET_DONE);
	says_no(p, CHUNK_RECONF, 5000);
	pair_free(p);
}

/* What was asked in a large packet is asked again on a road that got narrow. */
static void asks_after_narrowing(void **state)
{
	enum { STREAMS = 300 };
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	const struct sctp_message how = { .ppid = 53 };
	struct said d;
	struct chunk k;

	(void)state;
	for (uint16_t sid = 0; sid < STREAMS; sid++)
		send_n(p, sid, 1, &how);
	pair_until(p, 1000);
	for (uint16_t sid = 0; sid < STREAMS; sid++)
		assert_int_equal(sctp_reset(s, sid), 0);
	assert_true(says(p, CHUNK_RECONF, &d, &k));
	sctp_set_mtu(s, SCTP_MTU_LEAST);
	p->now = sctp_due(s);
	assert_true(says(p, CHUNK_RECONF, &d, &k));
	assert_int_equal(k.body.n, 16 + 2 * STREAMS);
	pair_until(p, 1000);
	for (uint16_t sid = 0; sid < STREAMS; sid++)
		assert_int_equal(
			streams_find(&s->streams, sid)->reset[RESET_OUT],
			RESET_OVER);
	pair_free(p);
}

/* ---- the end ---- */

/* As browsers do when a connection is closed: cause 12, and nothing behind it. */
static void aborts(void **state)
{
	struct pair *p = pair_opened();
	struct said d;
	struct chunk k;

	(void)state;
	sctp_abort(&p->ends[0]);
	assert_true(says(p, CHUNK_ABORT, &d, &k));
	assert_bytes_equal(k.body, BYTES("\0\14\0\4"));
	assert_int_equal(d.head.tag, p->ends[0].peer.tag);
	assert_true(says_nothing(p));
	pair_free(p);
	p = pair_opened();
	pair_hear(p,
		  "0600001a 000c0016 557365722d696e697469617465642041626f7274");
	assert_int_equal(p->ends[0].err, -NAT_ERESET);
	assert_true(says_nothing(p));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init),
		cmocka_unit_test(init_again),
		cmocka_unit_test(unknown_parameters),
		cmocka_unit_test(unknown_chunks),
		cmocka_unit_test(heartbeat),
		cmocka_unit_test(sacks),
		cmocka_unit_test(asks_at_once),
		cmocka_unit_test(little_window),
		cmocka_unit_test(zero_sums),
		cmocka_unit_test(skips),
		cmocka_unit_test(open_is_reliable),
		cmocka_unit_test(ordered_until_acked),
		cmocka_unit_test(asked_to_reset),
		cmocka_unit_test(asks_to_reset),
		cmocka_unit_test(asks_to_be_left),
		cmocka_unit_test(asks_too_late),
		cmocka_unit_test(asked_to_leave),
		cmocka_unit_test(careless),
		cmocka_unit_test(asks_after_narrowing),
		cmocka_unit_test(aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
