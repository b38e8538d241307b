/* chan: channels of two associations as streams of messages. */
#include "chan_pair.h"
#include "os/cpu.h"

enum { CHANS = 3, FULL = 16384 };

static struct end {
	struct waker up;
	struct chan chans[CHANS];
	int nchans;
} ends[2];

static struct assoc *assoc_of(int i)
{
	return &chan_pair.ends[i].assoc;
}

static void come(struct chan_end *at, uint16_t sid, const struct dcep_open *o)
{
	struct end *e = &ends[at - chan_pair.ends];

	(void)o;
	assert_true(e->nchans < CHANS);
	chan_take(&e->chans[e->nchans++], &at->assoc, sid, &e->up);
}

static void wake(struct waker *w, unsigned what)
{
	(void)w, (void)what;
}

static void pass(int ms)
{
	chan_pair_pass(ms);
}

/* ask: what ends[1] knows of ends[0]; or NULL. */
static void start(const struct assoc_ask *ask)
{
	for (int i = 0; i < 2; i++)
		ends[i] = (struct end){ .up = { wake } };
	chan_pair_start(come, ask);
}

static void stop(void)
{
	for (int i = 0; i < 2; i++) {
		assert_null(chan_pair.ends[i].over);
		for (int k = 0; k < ends[i].nchans; k++)
			stream_stop(&ends[i].chans[k].stream, false);
	}
	chan_pair_stop();
}

/* The next channel of both. */
static void open_one(void)
{
	static const struct dcep_open o = { .label = { (const uint8_t *)"x",
						       1 } };

	assert_true(chan_open(&ends[0].chans[ends[0].nchans], assoc_of(0), &o,
			      &ends[0].up));
	ends[0].nchans++;
	pass(20);
	assert_int_equal(ends[1].nchans, ends[0].nchans);
}

static bool say(struct stream *s, size_t n)
{
	struct span to = stream_reserve(s, 1);

	if (!to.p)
		return false;
	memset(to.p, 'm', n);
	stream_commit(s, n);
	return true;
}

/* The one on a new association; whole: neither knows the other for one of us. */
static void open_between(bool whole)
{
	const struct assoc_ask ask = { .whole = whole };

	start(&ask);
	open_one();
}

/* What one has that nobody reads keeps another waiting, until it is stopped. */
static void stopped_gives_way(void **state)
{
	struct stream *other = &ends[1].chans[1].stream;

	(void)state;
	start(NULL);
	open_one();
	open_one();
	for (int i = 0; i < 300; i++) {
		(void)say(&ends[0].chans[0].stream, FULL);
		pass(2);
	}
	assert_true(say(&ends[0].chans[1].stream, 1));
	pass(100);
	assert_null(stream_peek(other, 1).p);
	stream_stop(&ends[1].chans[0].stream, true);
	pass(2000);
	assert_non_null(stream_peek(other, 1).p);
	stream_take(other, 1);
	stop();
}

/* Who ends a channel may still hear, if he is one of us; of others it is the end. */
static void ends_one_way(void **state)
{
	struct stream *near = &ends[0].chans[0].stream;
	struct stream *far = &ends[1].chans[0].stream;

	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		open_between(whole);
		assert_true(say(near, 7));
		stream_finish(near);
		pass(20);
		assert_int_equal(stream_peek(far, 1).n, 7);
		stream_take(far, 7);
		pass(20);
		assert_true(far->ended && !stream_peek(far, 1).p);
		assert_int_equal(far->finished, whole);
		assert_int_equal(say(far, 9), !whole);
		pass(20);
		assert_int_equal(stream_peek(near, 1).n, whole ? 0 : 9);
		pass(20);
		assert_int_equal(near->ended, whole);
		stop();
	}
}

/* What is stopped before its end does not look whole: to one of us; to others it is an
 * end like any other, behind which a text may be empty.
 */
static void cut_off(void **state)
{
	struct stream *near = &ends[0].chans[0].stream;
	struct stream *far = &ends[1].chans[0].stream;

	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		open_between(whole);
		assert_true(say(far, 7));
		stream_stop(far, true);
		pass(20);
		assert_int_equal(stream_peek(near, 1).n, 7);
		stream_take(near, 7);
		assert_null(stream_peek(near, 1).p);
		pass(20);
		assert_int_equal(near->err, whole ? 0 : -NAT_ERESET);
		assert_true(near->ended);
		stop();
	}
}

/* He has said his last, and then hears no more: who still speaks is told. */
static void cut_off_after_end(void **state)
{
	struct stream *near = &ends[0].chans[0].stream;
	struct stream *far = &ends[1].chans[0].stream;

	(void)state;
	open_between(false);
	stream_finish(near);
	pass(20);
	assert_true(far->ended && !far->err);
	assert_true(say(far, 9));
	stream_stop(near, true);
	pass(100);
	assert_int_equal(far->err, -NAT_ERESET);
	stream_stop(far, true);
	pass(100);
	for (int i = 0; i < 2; i++)
		assert_int_equal(assoc_of(i)->sctp.streams.n, 0);
	stop();
}

/* ---- what others may not do, and may ---- */

static void raw(uint16_t sid, uint32_t ppid, struct bytes text)
{
	const struct sctp_message how = { .ppid = ppid };

	assert_int_equal(sctp_send(&assoc_of(0)->sctp, sid, text, &how,
				   assoc_now(assoc_of(0))),
			 0);
	assoc_due(assoc_of(0));
	pass(20);
}

#define OPEN_TYPE(type) BYTES("\3" type "\0\0\0\0\0\0\0\1\0\0x")

/* RFC 8832 6: no ACK, and the stream is closed, so that it is free again. */
static void wrong_opens(void **state)
{
	static const struct {
		uint16_t sid; /* odd: the other one's to open */
		struct bytes text;
		int taken;
	} rows[] = {
		{ 1, OPEN_TYPE("\0"), 0 },
		{ 7, OPEN_TYPE("\x82"), 0 },
		{ 0, OPEN_TYPE("\3"), 0 },
		{ 0, BYTES("\3\0\0\0\0\0\0\0\0\2\0\0x"), 0 },
		{ 0, BYTES("\2"), 0 }, /* an ACK of nothing */
		{ 0, OPEN_TYPE("\0"), 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		start(NULL);
		raw(rows[i].sid, PPID_DCEP, rows[i].text);
		pass(20);
		assert_int_equal(ends[1].nchans, rows[i].taken);
		for (int k = 0; k < 2; k++)
			assert_int_equal(assoc_of(k)->sctp.streams.n,
					 rows[i].taken);
		stop();
	}
}

/* RFC 8831 6.6: what is of no known kind, or opens again what is open, ends that channel
 * and no other. The kinds of old are known.
 */
static void wrong_messages(void **state)
{
	static const struct {
		uint32_t ppid;
		int err;
	} rows[] = {
		{ PPID_TEXT, 0 },      { PPID_BINARY, 0 },
		{ PPID_TEXT_PART, 0 }, { PPID_BINARY_PART, 0 },
		{ 0, -NAT_EPROTO },    { 58, -NAT_EPROTO },
		{ 99, -NAT_EPROTO },   { PPID_DCEP, -NAT_EPROTO },
	};
	struct stream *one = &ends[1].chans[0].stream;
	struct stream *other = &ends[1].chans[1].stream;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		start(NULL);
		open_one();
		open_one();
		raw(0, rows[i].ppid, OPEN_TYPE("\1"));
		assert_int_equal(stream_peek(one, 1).n, rows[i].err ? 0 : 13);
		assert_int_equal(one->err, rows[i].err);
		raw(2, PPID_BINARY, BYTES("x"));
		assert_int_equal(stream_peek(other, 1).n, 1);
		stop();
	}
}

/* libdatachannel may open a channel twice, by the same words. */
static void opened_twice(void **state)
{
	struct stream *far = &ends[1].chans[0].stream;

	(void)state;
	open_between(true);
	raw(0, PPID_DCEP, OPEN_TYPE("\0"));
	raw(0, PPID_BINARY, BYTES("x"));
	assert_int_equal(stream_peek(far, 1).n, 1);
	assert_int_equal(far->err, 0);
	assert_int_equal(ends[1].nchans, 1);
	stop();
}

/* RFC 8841 6: max-message-size of theirs. */
static void no_longer_than_told(void **state)
{
	const struct assoc_ask ask = { .message = 1000 };
	struct stream *near = &ends[0].chans[0].stream;
	struct stream *far = &ends[1].chans[0].stream;
	uint8_t text[1001] = { 0 };

	(void)state;
	start(&ask);
	open_one();
	assert_int_equal(stream_reserve(near, 1).n, FULL);
	assert_int_equal(stream_reserve(near, SCTP_MESSAGE).n, SCTP_MESSAGE);
	assert_int_equal(far->most_out, 1000);
	assert_int_equal(stream_reserve(far, 1).n, 1000);
	assert_null(stream_reserve(far, 1001).p);
	assert_false(chan_say(&ends[1].chans[0],
			      (struct bytes){ text, sizeof text }));
	assert_true(chan_say(&ends[1].chans[0], (struct bytes){ text, 1000 }));
	pass(20);
	assert_int_equal(stream_peek(near, 1).n, 1000);
	stop();
}

/* ---- beginning ---- */

/* Two of us have DTLS in place of sums; to others nobody says so. */
static void sums(void **state)
{
	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		const struct assoc_ask ask = { .whole = whole };

		start(&ask);
		assert_int_equal(assoc_of(0)->sctp.can.zero_sum, !whole);
		assert_true(assoc_of(1)->sctp.can.zero_sum);
		open_one();
		assert_true(say(&ends[0].chans[0].stream, 7));
		pass(20);
		assert_int_equal(stream_peek(&ends[1].chans[0].stream, 1).n, 7);
		stop();
	}
}

/* The first wait is of the path; the cipher is what this machine has instructions for. */
static void begins(void **state)
{
	static const struct {
		uint16_t rtt;
		uint32_t wait;
	} rows[] = { { 0, 200 }, { 1, 50 }, { 300, 600 }, { 9999, 3000 } };

	(void)state;
	start(NULL);
	assert_int_equal(assoc_of(0)->dtls.in.suite->id,
			 cpu_has_aes() ? 0xc02b : 0xcca9);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct assoc_ask ask = { .ops = assoc_of(0)->ops,
					       .role = TLS_CLIENT };

		assoc_stop(assoc_of(0));
		*assoc_of(0) = (struct assoc){ .rtt = 0 };
		assert_int_equal(
			assoc_start(assoc_of(0), chan_pair.ends[0].rtc, &ask),
			0);
		assoc_path(assoc_of(0), rows[i].rtt);
		chan_pair.cut = true;
		pass(1);
		assert_int_equal(assoc_of(0)->hs->flight.wait, rows[i].wait);
	}
	chan_pair_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopped_gives_way),
		cmocka_unit_test(ends_one_way),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(cut_off_after_end),
		cmocka_unit_test(wrong_opens),
		cmocka_unit_test(wrong_messages),
		cmocka_unit_test(opened_twice),
		cmocka_unit_test(no_longer_than_told),
		cmocka_unit_test(begins),
		cmocka_unit_test(sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
