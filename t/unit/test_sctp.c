/* sctp: how it begins, alone, at once, when messages are lost; what each chunk does in
 * each state; what a peer may not do; how fast a loss is noticed; what it holds.
 */
#include "sctp_pair.h"
#include "unit.h"
#include "crypt/crc.h"
#include "os/cpu.h"
#include "wire/sctp/channel.h"

static uint8_t text[SCTP_MESSAGE], came[SCTP_MESSAGE];

static void send_n(struct pair *p, unsigned from, uint16_t sid, size_t n)
{
	static const struct sctp_message how = { .ppid = 53 };

	assert_int_equal(sctp_send(&p->ends[from], sid,
				   (struct bytes){ text, n }, &how, p->now),
			 0);
}

/* ---- beginning ---- */

/* Which packets do not arrive, by the type of their first chunk; how many of each. */
static uint8_t losing[256];

static bool lose(struct pair *p, unsigned to, struct span b)
{
	(void)p, (void)to;
	if (!losing[b.p[PACKET_HEAD]])
		return true;
	losing[b.p[PACKET_HEAD]]--;
	return false;
}

static void begins(void **state)
{
	static const struct {
		bool both;
		uint8_t lost, times;
		int64_t ms; /* until both are open, 40 ms a trip */
	} rows[] = {
		{ false, CHUNK_DATA, 0, 80 },
		{ true, CHUNK_DATA, 0, 80 },
		{ false, CHUNK_INIT, 1, 80 + 80 },
		{ false, CHUNK_INIT, 2, 80 + 80 + 160 },
		{ false, CHUNK_INIT_ACK, 1, 80 + 80 },
		{ false, CHUNK_COOKIE_ECHO, 1, 80 + 80 },
		{ false, CHUNK_COOKIE_ACK, 1, 80 + 80 },
		{ true, CHUNK_INIT, 2, 80 + 80 },
		{ true, CHUNK_INIT_ACK, 2, 80 + 80 },
		{ true, CHUNK_COOKIE_ECHO, 2, 80 + 80 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair *p = pair_new(i, &pair_quick);

		losing[rows[i].lost] = rows[i].times;
		p->look = lose;
		sctp_connect(&p->ends[0], 40, p->now);
		if (rows[i].both)
			sctp_connect(&p->ends[1], 40, p->now);
		pair_until(p, rows[i].ms);
		assert_int_equal(p->ends[0].state, SCTP_OPEN);
		assert_int_equal(p->ends[1].state, SCTP_OPEN);
		assert_true(p->ends[0].can.forward && p->ends[0].can.reconf);
		assert_true(rtt_ms(&p->ends[0].rtt) >= 40);
		pair_free(p);
	}
}

/* Data goes with the COOKIE ECHO: it is there after a trip and a half. */
static void data_begins(void **state)
{
	struct pair *p = pair_new(3, &pair_quick);

	(void)state;
	send_n(p, 0, 0, 100);
	sctp_connect(&p->ends[0], 40, p->now);
	pair_until(p, 60);
	assert_int_equal(sctp_waits(&p->ends[1], 0), 100);
	pair_free(p);
}

/* An INIT that comes twice, or late, changes nothing; a cookie that was changed or
 * is of another association neither.
 */
static bool forge(struct pair *p, unsigned to, struct span b)
{
	(void)p, (void)to;
	if (b.p[PACKET_HEAD] == CHUNK_COOKIE_ECHO) {
		b.p[PACKET_HEAD + 4 + p->seed % 48] ^= 1;
		packet_seal(b);
	}
	return true;
}

static void cookies(void **state)
{
	(void)state;
	for (uint64_t at = 0; at < 48; at++) {
		struct pair *p = pair_new(5, &pair_quick);

		p->look = forge;
		sctp_connect(&p->ends[0], 40, p->now);
		p->seed = at;
		while (pair_step(p, 1070))
			p->seed = at;
		assert_int_equal(p->ends[1].state, SCTP_CLOSED);
		assert_int_equal(p->ends[0].state, SCTP_COOKIE_ECHOED);
		pair_free(p);
	}
}

/* ---- each chunk in each state ---- */

enum { KINDS = 16 };

/* Sets p->ends[0] in that state, before chunks are tried on it. */
static struct pair *in_state(enum sctp_state want)
{
	static const uint8_t lost[] = {
		[SCTP_COOKIE_WAIT] = CHUNK_INIT,
		[SCTP_COOKIE_ECHOED] = CHUNK_COOKIE_ECHO,
		[SCTP_SENT] = CHUNK_SHUTDOWN,
		[SCTP_ACK_SENT] = CHUNK_SHUTDOWN_ACK,
	};
	struct pair *p = pair_new(9, &pair_quick);

	if (want < COUNT(lost) && lost[want]) {
		losing[lost[want]] = 255;
		p->look = lose;
	}
	if (want != SCTP_CLOSED)
		sctp_connect(&p->ends[0], 40, p->now);
	pair_until(p, 200);
	if (want == SCTP_PENDING || want == SCTP_RECEIVED) {
		losing[CHUNK_SACK] = losing[CHUNK_DATA] = 255;
		p->look = lose;
		send_n(p, 0, 0, 10);
		pair_flush(p);
	}
	if (want == SCTP_PENDING || want == SCTP_SENT)
		sctp_shutdown(&p->ends[0]);
	if (want == SCTP_RECEIVED || want == SCTP_ACK_SENT)
		sctp_shutdown(&p->ends[1]);
	if (want == SCTP_DOWN)
		sctp_abort(&p->ends[0]);
	pair_until(p, 60);
	memset(losing, 0, sizeof losing);
	assert_int_equal(p->ends[0].state, want);
	return p;
}

/* The table of docs/sctp.md: what becomes of each state. */
static void states(void **state)
{
	static const struct {
		const char *name, *hex, *becomes;
	} rows[] = {
		/* C closed W wait E echoed O open P pending S sent R received
		 * A ack sent D down
		 */
		{ "DATA", "00030011 77777777 0000 0000 00000035 61000000",
		  "CWOOPSRAD" },
		{ "DATA, empty", "00030010 77777777 0000 0000 00000035",
		  "CWDDDDRAD" },
		{ "INIT", "01000014 01020304 00020000 ffff ffff 0a0b0c0d",
		  "CWEOPSRAD" },
		{ "INIT ACK",
		  "0200001c 01020304 00020000 ffff ffff 0a0b0c0d 00070008 "
		  "61626364",
		  "CEEOPSRAD" },
		{ "INIT ACK without cookie",
		  "02000014 01020304 00020000 ffff ffff 0a0b0c0d",
		  "CWEOPSRAD" },
		{ "COOKIE ECHO, none of ours", "0a000008 01020304",
		  "CWEOPSRAD" },
		{ "COOKIE ACK", "0b000004", "CWOOPSRAD" },
		{ "SACK of what was not sent",
		  "03000010 77777777 00010000 0000 0000", "CWDDDDDDD" },
		{ "HEARTBEAT", "0400000c 00010008 61626364", "CWEOPSRAD" },
		{ "HEARTBEAT ACK", "0500000c 00010008 61626364", "CWEOPSRAD" },
		{ "ABORT", "06000004", "CDDDDDDDD" },
		{ "ERROR", "09000008 00060004", "CWEOPSRAD" },
		{ "SHUTDOWN", "07000008", "CWERRARAD" },
		{ "SHUTDOWN ACK", "08000004", "CWEOPDRDD" },
		{ "SHUTDOWN COMPLETE", "0e000004", "CWEOPSRDD" },
		{ "unknown, to stop at", "3f000004 06000004", "CWEOPSRAD" },
		{ "unknown, to skip", "bf000004 06000004", "CDDDDDDDD" },
		{ "AUTH and the like", "0f000004", "CWEOPSRAD" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int at = SCTP_CLOSED; at <= SCTP_DOWN; at++) {
			struct pair *p = in_state((enum sctp_state)at);
			char is, hex[200];

			snprintf(hex, sizeof hex, "%s", rows[i].hex);
			if (hex[1] == '7') /* up to what has been told */
				snprintf(hex + 8, 9, "%08x",
					 p->ends[0].out.flight.acked);
			pair_hear(p, hex);
			is = "CWEOPSRAD"[p->ends[0].state];
			if (is != rows[i].becomes[at])
				print_message("%s in %c: %c\n", rows[i].name,
					      "CWEOPSRAD"[at], is);
			assert_int_equal(is, rows[i].becomes[at]);
			pair_free(p);
		}
}

/* ---- losses ---- */

static int nth;

static bool lose_nth(struct pair *p, unsigned to, struct span b)
{
	(void)p, (void)to;
	return b.p[PACKET_HEAD] != CHUNK_DATA || nth-- != 0;
}

/* One packet of twenty is lost; the rest of them tells. At the end of a flight only
 * time does: less than twice the trip, and some.
 */
static void loss_is_noticed(void **state)
{
	(void)state;
	for (int at = 0; at < 20; at++) {
		struct pair *p = pair_opened();
		int64_t start = p->now;

		p->look = lose_nth;
		nth = at;
		for (int i = 0; i < 20; i++)
			send_n(p, 0, 7, 970);
		pair_flush(p);
		while (!list_alone(&p->ends[0].out.flight.pieces) ||
		       p->ends[0].out.unsent > 0)
			assert_true(pair_step(p, start + 1000));
		assert_true(p->now - start <= (at < 19 ? 140 : 220));
		assert_int_equal(p->ends[0].counts.resent, 1);
		assert_int_equal(p->ends[0].counts.silences, at == 19);
		pair_free(p);
	}
}

/* ---- what the path takes ---- */

static size_t narrow, largest;

/* A path that no larger packet passes. */
static bool lose_large(struct pair *p, unsigned to, struct span b)
{
	(void)p, (void)to;
	largest = b.n > largest ? b.n : largest;
	return b.n <= narrow;
}

static uint16_t mtu_after(struct pair *p, size_t most)
{
	struct sctp_message m;
	size_t got = 0;

	narrow = most;
	largest = 0;
	p->look = lose_large;
	send_n(p, 0, 3, 60000);
	for (int i = 0; i < 300 && !got; i++) {
		pair_until(p, 100);
		got = sctp_recv(&p->ends[1], 3, SPAN(came), &m);
	}
	assert_int_equal(got, 60000);
	pair_until(p, 30000);
	return p->ends[0].mtu;
}

/* Packets are as large as a HEARTBEAT that was answered; not asked before there is a
 * message that gains, nor for ever; and asked anew on another path.
 */
static void path_is_measured(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];

	(void)state;
	narrow = SCTP_MTU_MOST;
	largest = 0;
	p->look = lose_large;
	send_n(p, 0, 5, 500);
	pair_until(p, 1000);
	assert_in_range(largest, 500, 600);
	assert_int_equal(s->mtu, SCTP_MTU_SAFE);
	assert_int_equal(mtu_after(p, SCTP_MTU_MOST), 1191);
	assert_in_range(largest, 1185, 1191);
	sctp_hurry(s, p->now);
	assert_int_equal(s->mtu, SCTP_MTU_SAFE);
	assert_int_equal(mtu_after(p, SCTP_MTU_SAFE), SCTP_MTU_SAFE);
	assert_int_equal(s->counts.silences, 0);
	assert_int_equal(sctp_due(s), -1);
	sctp_set_mtu(s, 700);
	assert_int_equal(mtu_after(p, 700), 700);
	assert_int_equal(largest, 700);
	pair_free(p);
}

/* One that has shrunk unasked: what comes next is small again. */
static void path_shrinks(void **state)
{
	struct pair *p = pair_opened();

	(void)state;
	assert_int_equal(mtu_after(p, SCTP_MTU_MOST), 1191);
	narrow = 1000;
	send_n(p, 0, 3, 4000);
	pair_until(p, 20000);
	assert_int_equal(p->ends[0].mtu, SCTP_MTU_SAFE);
	pair_free(p);
}

/* ---- what a peer may not do ---- */

/* A thousand pieces of one byte, none of which is the first: what they take stays
 * under what was handed in.
 */
static void floods(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	char hex[128];

	(void)state;
	for (uint32_t i = 0; i < 40000; i++) {
		snprintf(hex, sizeof hex,
			 "00000011 %08x 0001 0000 00000035 61000000",
			 s->in.tsns.cum + 2 + i % 30000);
		pair_hear(p, hex);
		assert_true(s->in.store.held <= s->conf->in / 4 * 5);
	}
	assert_true(s->counts.dropped > 0);
	/* Gaps, more than are kept. */
	for (uint32_t i = 0; i < 2000; i++) {
		snprintf(hex, sizeof hex,
			 "00030011 %08x 0001 0000 00000035 61000000",
			 s->in.tsns.cum + 32000 - 2 * i);
		pair_hear(p, hex);
		assert_true(s->in.tsns.n <= TSNS_RANGES);
	}
	assert_int_equal(s->state, SCTP_OPEN);
	pair_free(p);
}

static void streams_end(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	char hex[128];

	(void)state;
	for (uint32_t i = 0; i < 1100; i++) {
		snprintf(hex, sizeof hex,
			 "00030011 %08x %04x 0000 00000035 61000000",
			 s->in.tsns.cum + 1, (unsigned)i * 3);
		pair_hear(p, hex);
	}
	assert_int_equal(s->streams.n, 1024);
	assert_int_equal(s->counts.dropped, 1100 - 1024);
	assert_int_equal(s->in.tsns.n, 0); /* acknowledged all the same */
	pair_free(p);
}

/* A message of one letter in order, the next of all. */
static void hear_letter(struct pair *p, unsigned sid, unsigned ssn)
{
	char hex[128];

	snprintf(hex, sizeof hex, "00030011 %08x %04x %04x 00000035 61000000",
		 p->ends[0].in.tsns.cum + 1, sid, ssn);
	pair_hear(p, hex);
}

/* aiortc goes on sending what had waited on a stream that it has reset, and asks for
 * the reset before all has come: none of it may be held for ever.
 */
static void nothing_waits_in_vain(void **state)
{
	struct pair *p = pair_opened();
	struct sctp *s = &p->ends[0];
	struct sctp_message m;
	char hex[128];

	(void)state;
	hear_letter(p, 7, 9);
	assert_int_equal(sctp_recv(s, 7, SPAN(came), &m), 1);
	hear_letter(p, 7, 3);
	assert_int_equal(sctp_recv(s, 7, SPAN(came), &m), 0);
	snprintf(hex, sizeof hex,
		 "82000016 000d0012 %08x 00000000 %08x 00070000",
		 s->reconf.expects, s->in.tsns.cum + 1);
	pair_hear(p, hex);
	hear_letter(p, 7, 10);
	hear_letter(p, 7, 0);
	assert_int_equal(sctp_recv(s, 7, SPAN(came), &m), 1);
	assert_int_equal(sctp_recv(s, 7, SPAN(came), &m), 1);
	assert_int_equal(s->in.store.held, 0);
	pair_free(p);
}

/* A message that never ends is not waited for. */
static void endless(void **state)
{
	struct pair *p = pair_opened();
	char hex[2300] = "";
	unsigned i = 0;

	(void)state;
	while (p->ends[0].state == SCTP_OPEN && i < 3000) {
		int n = snprintf(hex, sizeof hex,
				 "00%02x00a4 %08x 0001 0000 00000035 ",
				 i++ ? 0 : 2, p->ends[0].in.tsns.cum + 1);

		memset(hex + n, '6', 296);
		pair_hear(p, hex);
	}
	assert_int_equal(p->ends[0].err, -NAT_ELIMIT);
	pair_free(p);
}

/* ---- messages ---- */

static void sizes(void **state)
{
	static const size_t edges[] = { 1,    2,    3,    4,    1159,  1160,
					1161, 1163, 1164, 2328, 65535, 65536 };
	struct pair *p = pair_opened();
	struct sctp_message m;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 31 >> 3);
	for (size_t i = 0; i < COUNT(edges); i++) {
		send_n(p, 0, 1, edges[i]);
		pair_until(p, 500);
		assert_int_equal(sctp_waits(&p->ends[1], 1), edges[i]);
		assert_int_equal(sctp_recv(&p->ends[1], 1,
					   (struct span){ came, edges[i] - 1 },
					   &m),
				 0);
		assert_int_equal(sctp_recv(&p->ends[1], 1, SPAN(came), &m),
				 edges[i]);
		assert_memory_equal(text, came, edges[i]);
	}
	m = (struct sctp_message){ 0 };
	assert_int_equal(sctp_send(&p->ends[0], 1, BYTES(""), &m, p->now),
			 -NAT_EROOM);
	assert_int_equal(sctp_send(&p->ends[0], 1,
				   (struct bytes){ text, SCTP_MESSAGE + 1 }, &m,
				   p->now),
			 -NAT_EROOM);
	assert_true(p->big[0] <= 1191);
	pair_free(p);
}

/* Who does not fetch shuts the window; who is refused is told when there is room. */
static void backpressure(void **state)
{
	struct pair *p = pair_opened();
	static const struct sctp_message how = { .ppid = 53 };
	struct sctp_event e = { 0 };
	struct sctp_message m;
	size_t sent = 0, got = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		while (sctp_send(&p->ends[0], 1, (struct bytes){ text, 50000 },
				 &how, p->now) == 0)
			sent++;
		pair_until(p, 100);
	}
	assert_true(p->ends[1].in.store.held <= 1 << 20);
	assert_true(sent < 50);
	while (sctp_event(&p->ends[0], &e))
		;
	for (int i = 0; i < 100; i++) {
		while (sctp_recv(&p->ends[1], 1, SPAN(came), &m))
			got++;
		pair_until(p, 100);
	}
	assert_int_equal(got, sent);
	assert_true(sctp_event(&p->ends[0], &e));
	assert_int_equal(e.what, SCTP_ROOM);
	assert_int_equal(e.sid, 1);
	pair_free(p);
}

static bool lose_all(struct pair *p, unsigned to, struct span b)
{
	(void)p, (void)to, (void)b;
	return false;
}

/* After 20 s without a path waits are long: another one is used at once. */
static void hurries(void **state)
{
	struct pair *p = pair_opened();
	struct sctp_message m;

	(void)state;
	p->look = lose_all;
	send_n(p, 0, 2, 4000);
	pair_until(p, 20000);
	p->look = NULL;
	sctp_hurry(&p->ends[0], p->now);
	pair_until(p, 100);
	assert_int_equal(sctp_recv(&p->ends[1], 2, SPAN(came), &m), 4000);
	pair_free(p);
}

/* Nothing is held that nobody needs: an idle association is its struct. */
static void idle(void **state)
{
	struct pair *p = pair_opened();
	struct sctp_message m;

	(void)state;
	send_n(p, 0, 1, 60000);
	send_n(p, 1, 2, 60000);
	pair_until(p, 1000);
	assert_int_equal(sctp_recv(&p->ends[1], 1, SPAN(came), &m), 60000);
	assert_int_equal(sctp_recv(&p->ends[0], 2, SPAN(came), &m), 60000);
	pair_until(p, 1000);
	assert_int_equal(p->pool[0].out, 0);
	assert_int_equal(p->pool[1].out, 0);
	assert_int_equal(sctp_due(&p->ends[0]), -1);
	assert_true(sizeof(struct sctp) <= 1100);
	pair_free(p);
}

/* ---- speed ---- */

/* Bytes that arrive in ms over that path, sending all that is taken. */
static uint64_t carried(const struct pair_wire *wire, int64_t ms)
{
	static const struct sctp_message how = { .ppid = 53 };
	struct pair *p = pair_new(11, wire);
	struct sctp_message m;
	uint64_t got = 0;
	size_t n;

	for (int i = 0; i < 2; i++)
		p->conf[i].in = p->conf[i].out = 4 << 20;
	sctp_connect(&p->ends[0], wire->least * 2, p->now);
	while (pair_step(p, 1000 + ms)) {
		while (sctp_send(&p->ends[0], 1, (struct bytes){ text, 16384 },
				 &how, p->now) == 0)
			;
		while ((n = sctp_recv(&p->ends[1], 1, SPAN(came), &m)))
			got += n;
	}
	pair_free(p);
	return got;
}

static void speed(void **state)
{
	static const struct {
		struct pair_wire wire;
		unsigned percent; /* of the rate, at least, in 5 s */
	} rows[] = {
		{ { 0, 0, 1, 1, 2500, 50000, false }, 90 },
		{ { 0, 0, 25, 25, 2500, 125000, false }, 85 },
		{ { 0, 0, 25, 25, 2500, 30000, false }, 70 },
		{ { 0, 0, 100, 100, 1250, 250000, false }, 60 },
		{ { 1, 0, 25, 25, 2500, 125000, false }, 25 },
		{ { 10, 0, 25, 25, 2500, 125000, false }, 7 },
		{ { 0, 0, 20, 40, 2500, 125000, true }, 25 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t n = carried(&rows[i].wire, 5000);
		uint64_t all = rows[i].wire.rate * 5000u;

		if (n * 100 / all < rows[i].percent)
			print_message("row %zu: %u\n", i,
				      (unsigned)(n * 100 / all));
		assert_true(n * 100 / all >= rows[i].percent);
	}
}

/* ---- channels ---- */

static const struct dcep_open unordered = {
	.type = DCEP_UNORDERED, .label = { (const uint8_t *)"x", 1 }
};

static void closed_again(struct pair *p, uint16_t sid)
{
	struct sctp_event e;

	assert_int_equal(sctp_reset(&p->ends[0], sid), 0);
	pair_until(p, 100);
	while (sctp_event(&p->ends[1], &e))
		if (e.what == SCTP_ENDED)
			assert_int_equal(sctp_reset(&p->ends[1], sid), 0);
	pair_until(p, 100);
	for (int i = 0; i < 2; i++)
		while (sctp_event(&p->ends[i], &e))
			;
	assert_int_equal(p->ends[0].streams.n, 0);
	assert_int_equal(p->ends[1].streams.n, 0);
}

static void channel_lives(struct pair *p, uint16_t sid)
{
	struct channel_in in;

	assert_int_equal(channel_open(&p->ends[0], &unordered, p->now), sid);
	assert_int_equal(
		channel_send(&p->ends[0], sid, CHANNEL_TEXT, BYTES(""), p->now),
		0);
	pair_until(p, 100);
	assert_true(channel_recv(&p->ends[1], sid, SPAN(came), &in, p->now));
	assert_int_equal(in.what, CHANNEL_OPENED);
	assert_bytes_equal(in.open.label, BYTES("x"));
	assert_true(channel_recv(&p->ends[1], sid, SPAN(came), &in, p->now));
	assert_int_equal(in.what, CHANNEL_TEXT);
	assert_int_equal(in.text.n, 0);
	pair_until(p, 100);
	assert_true(channel_recv(&p->ends[0], sid, SPAN(came), &in, p->now));
	assert_int_equal(in.what, CHANNEL_ACKED);
	closed_again(p, sid);
}

/* A number comes back after all others that the peer takes have had their turn. */
static void channels(void **state)
{
	struct pair *p = pair_opened();
	struct channel_in in;

	(void)state;
	p->conf[1].odd = true;
	p->ends[0].can.streams = 8;
	for (uint16_t round = 0; round < 10; round++)
		channel_lives(p, round % 4 * 2);
	/* One that is not the peer's to open. */
	p->conf[1].odd = false;
	assert_int_equal(channel_open(&p->ends[0], &unordered, p->now), 4);
	pair_until(p, 100);
	assert_true(channel_recv(&p->ends[1], 4, SPAN(came), &in, p->now));
	assert_int_equal(in.what, CHANNEL_WRONG);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins),
		cmocka_unit_test(data_begins),
		cmocka_unit_test(cookies),
		cmocka_unit_test(states),
		cmocka_unit_test(loss_is_noticed),
		cmocka_unit_test(path_is_measured),
		cmocka_unit_test(path_shrinks),
		cmocka_unit_test(floods),
		cmocka_unit_test(streams_end),
		cmocka_unit_test(nothing_waits_in_vain),
		cmocka_unit_test(endless),
		cmocka_unit_test(sizes),
		cmocka_unit_test(backpressure),
		cmocka_unit_test(idle),
		cmocka_unit_test(speed),
		cmocka_unit_test(hurries),
		cmocka_unit_test(channels),
	};

	crc32c_native(cpu_has_crc32c());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
