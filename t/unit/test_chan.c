/* Channels of two associations whose datagrams go straight from one to the other, in
 * skipped time.
 */
#include "rig.h"
#include "net/chan.h"

enum { CHANS = 3, FULL = 16384 };

struct end {
	struct rtc *rtc;
	struct assoc assoc;
	struct waker up;
	struct chan chans[CHANS];
	int nchans;
	bool open;
};

static struct rig rig;
static struct end ends[2];

static struct end *of(struct assoc *a)
{
	return container_of(a, struct end, assoc);
}

static void carry(struct assoc *a, struct bytes b)
{
	static uint8_t room[ASSOC_PACKET];
	struct end *to = &ends[of(a) == ends];

	memcpy(room, b.p, b.n);
	assoc_hear(&to->assoc, (struct span){ room, b.n });
}

static void flush(struct assoc *a)
{
	(void)a;
}

static void open_up(struct assoc *a)
{
	of(a)->open = true;
}

static void come(struct assoc *a, uint16_t sid, const struct dcep_open *o)
{
	struct end *e = of(a);

	(void)o;
	assert_true(e->nchans < CHANS);
	chan_take(&e->chans[e->nchans++], a, sid, &e->up);
}

static void over(struct assoc *a, const char *why)
{
	(void)a;
	fail_msg("over: %s", why);
}

static const struct assoc_ops ops = { carry, flush, open_up, come, over };

static void wake(struct waker *w, unsigned what)
{
	(void)w, (void)what;
}

static void pass(int ms)
{
	for (; ms > 0; ms--) {
		rig_turns(&rig, 4);
		rig_clock.skipped++;
	}
}

/* whole: of those whom ends[1] has to do with. */
static void start(bool whole)
{
	static const struct net_limits limits = { .memory = 16 << 20 };
	struct fingerprint prints[2];

	rig_start(&rig, &limits, 20000);
	for (int i = 0; i < 2; i++) {
		ends[i] = (struct end){ .up = { wake } };
		assert_int_equal(rtc_start(&ends[i].rtc, &rig.net), 0);
		fingerprint_make(&prints[i], &hash_sha256,
				 ends[i].rtc->self.cert.der);
	}
	for (int i = 0; i < 2; i++) {
		struct assoc_ask ask = { .ops = &ops,
					 .role = i ? TLS_SERVER : TLS_CLIENT,
					 .believed = &prints[!i],
					 .nbelieved = 1,
					 .whole = i && whole };

		assert_int_equal(assoc_start(&ends[i].assoc, ends[i].rtc, &ask),
				 0);
		assoc_path(&ends[i].assoc, 1);
	}
	pass(100);
	assert_true(ends[0].open && ends[1].open);
}

static void stop(void)
{
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < ends[i].nchans; k++)
			stream_stop(&ends[i].chans[k].stream, false);
	for (int i = 0; i < 2; i++)
		assoc_stop(&ends[i].assoc);
	for (int i = 0; i < 2; i++)
		rtc_stop(ends[i].rtc);
	rig_stop(&rig);
}

/* The next channel of both. */
static void open_one(void)
{
	static const struct dcep_open o = { .label = { (const uint8_t *)"x",
						       1 } };

	assert_true(chan_open(&ends[0].chans[ends[0].nchans], &ends[0].assoc,
			      &o, &ends[0].up));
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

/* What one has that nobody reads keeps another waiting, until it is stopped. */
static void stopped_gives_way(void **state)
{
	struct stream *other = &ends[1].chans[1].stream;

	(void)state;
	start(false);
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
		start(whole);
		open_one();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopped_gives_way),
		cmocka_unit_test(ends_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
