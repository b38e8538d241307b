/* Two parties, each at the far end of a socket; in the middle the pair. */
#include "rig.h"
#include "fault.h"
#include "party.h"
#include "net/pair.h"
#include "net/tcp.h"

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };

static struct rig rig;

struct side {
	struct tcp far, near;
	struct party party;
	struct fault fault;
};

static struct {
	struct side a, b;
	struct pair pair;
	bool runs;
	int overs, err;
} at;

static void wake_nobody(struct waker *w, unsigned what)
{
	(void)w, (void)what;
}

static struct waker nobody = { wake_nobody };

static void look(void)
{
	if (at.overs && at.a.party.over && at.b.party.over)
		rig.loop.quit = true;
}

static void over(struct pair *p, int err)
{
	assert_true(at.runs && p == &at.pair);
	at.runs = false;
	at.overs++;
	at.err = err;
	pair_stop(p, err);
	memset(p, 0xa5, sizeof *p);
	memset(&at.a.near, 0xa5, sizeof at.a.near);
	memset(&at.b.near, 0xa5, sizeof at.b.near);
	look();
}

static void done(struct party *p)
{
	(void)p;
	look();
}

struct course {
	int size; /* of socket buffers; 0: TCP as it comes */
	struct party_conf party;
	struct fault_conf fault; /* split 0: none, so that it splices */
};

static void start_side(struct side *s, const struct course *c)
{
	int ends[2];

	c->size ? rig_pair(ends, c->size) : rig_tcp(ends, 0);
	tcp_start(&s->far, &rig.net, ends[0], &nobody);
	tcp_start(&s->near, &rig.net, ends[1], &nobody);
}

static struct stream *faulty(struct side *s, const struct course *c)
{
	if (!c->fault.split)
		return &s->near.stream;
	fault_start(&s->fault, &rig.loop, &s->near.stream, &c->fault,
		    c->party.seed * 3, NULL);
	return &s->fault.stream;
}

static void start(const struct course *c)
{
	struct party_conf other = c->party;

	rig_start(&rig, &limits, 400000);
	memset(&at, 0, sizeof at);
	at.err = 1;
	start_side(&at.a, c);
	start_side(&at.b, c);
	other.second = true;
	other.say = c->party.hear;
	other.hear = c->party.say;
	party_start(&at.a.party, &rig.loop, &at.a.far.stream, &c->party, done);
	party_start(&at.b.party, &rig.loop, &at.b.far.stream, &other, done);
}

static void join(const struct course *c)
{
	at.runs = true;
	pair_start(&at.pair, &rig.net, faulty(&at.a, c), faulty(&at.b, c),
		   over);
}

static void stop(void)
{
	if (at.runs)
		pair_stop(&at.pair, 0);
	party_stop(&at.a.party);
	party_stop(&at.b.party);
	stream_stop(&at.a.far.stream, false);
	stream_stop(&at.b.far.stream, false);
	rig_stop(&rig);
}

static void expect_whole(const struct course *c)
{
	rig_run(&rig, RIG_PATIENCE_MS);
	if (at.overs != 1 || at.err || at.a.party.heard != c->party.hear ||
	    at.b.party.heard != c->party.say)
		fail_msg("seed %u: over %d, %d; %u of %u and %u of %u",
			 (unsigned)c->party.seed, at.overs, at.err,
			 (unsigned)at.a.party.heard, (unsigned)c->party.hear,
			 (unsigned)at.b.party.heard, (unsigned)c->party.say);
	assert_true(at.a.party.over && at.b.party.over);
	assert_int_equal(at.a.party.err, 0);
	assert_int_equal(at.b.party.err, 0);
}

/* By copy and by splice, both ways at once, through small sockets and large,
 * with and without faults: everything comes, both see the end.
 */
static void courses(void **state)
{
	uint32_t pipes = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 120; seed++) {
		uint64_t r = seed * 0x9e3779b9;
		uint32_t most = seed % 5 ? 20000 : 200000;
		struct course c = {
			.size = (int)(unit_rand(&r) % 30000 * (seed % 3)),
			.party = { .seed = seed,
				   .say = unit_rand(&r) % most,
				   .hear = unit_rand(&r) % most,
				   .piece = 1 + unit_rand(&r) % 30000,
				   .moody = unit_rand(&r) % 300 },
		};

		if (seed % 4 == 0)
			c.fault = (struct fault_conf){ .split = 3000,
						       .refuse = 200,
						       .delay = 2,
						       .vain = 200 };
		start(&c);
		join(&c);
		expect_whole(&c);
		pipes += rig.net.pipes.open;
		stop();
	}
	assert_true(pipes > 10);
}

/* Bytes and ends that are there before the pair is: over comes out of the very
 * call that starts it, or soon after.
 */
static void there_before(void **state)
{
	static const struct party_conf rows[] = {
		{ .seed = 1 },
		{ .seed = 1, .say = 5000 },
		{ .seed = 1, .say = 3000, .hear = 9000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct course c = { .party = rows[i] };

		start(&c);
		for (int k = 0; k < 3; k++)
			rig_run(&rig, 2);
		stream_peek(&at.a.near.stream, 1);
		stream_peek(&at.b.near.stream, 1);
		join(&c);
		expect_whole(&c);
		stop();
	}
}

/* One way has ended long ago; the other goes on. */
static void half_closed(void **state)
{
	struct course c = { .party = { .seed = 9, .say = 10, .hear = 150000 } };
	uint64_t all = c.party.hear;

	(void)state;
	start(&c);
	at.b.party.conf.say = 1000;
	at.b.party.conf.keeps = true;
	join(&c);
	for (int i = 0; i < 5; i++)
		rig_run(&rig, 2);
	assert_true(at.a.far.stream.finished && at.b.far.stream.ended);
	assert_int_equal(at.overs, 0);
	assert_false(at.a.far.stream.ended);
	at.b.party.conf.say = all;
	at.b.party.conf.keeps = false;
	soon_start(&at.b.party.again, &rig.loop);
	expect_whole(&c);
	stop();
}

/* A reset on one side is one on the other, at any time: before a byte, in the
 * middle of a copy or a splice, with the other side deaf and the pipe full.
 */
static void reset_is_carried(void **state)
{
	static const uint32_t heard[] = { 0, 1, 5000, 100000, 150000 };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(heard); i++) {
		struct course c = {
			.party = { .seed = 3, .hear = 1 << 20, .keeps = true },
		};

		c.party.deaf_after = i % 2 ? heard[i / 2] : 0;
		start(&c);
		join(&c);
		for (int k = 0; k < 500 && at.a.party.heard < heard[i / 2]; k++)
			rig_turns(&rig, 1);
		assert_true(at.a.party.heard >= heard[i / 2]);
		party_stop(&at.a.party);
		stream_stop(&at.a.far.stream, true);
		for (int k = 0; k < 100 && !at.b.party.over; k++)
			rig_run(&rig, 10);
		assert_int_equal(at.overs, 1);
		assert_int_equal(at.err, -NAT_ERESET);
		assert_int_equal(at.b.party.err, -NAT_ERESET);
		stop();
	}
}

/* Whoever owns the pair stops it for a reason of its own. */
static void stopped_by_its_owner(void **state)
{
	static const int errs[] = { 0, -NAT_ERESET, -NAT_ECLOSED, -NAT_EIO };

	(void)state;
	for (size_t i = 0; i < COUNT(errs); i++) {
		struct course c = { .party = { .seed = 4, .keeps = true } };
		int told = errs[i] ? -NAT_ERESET : 0;

		start(&c);
		join(&c);
		rig_run(&rig, 2);
		pair_stop(&at.pair, errs[i]);
		at.runs = false;
		at.a.party.conf.keeps = at.b.party.conf.keeps = false;
		for (int k = 0; k < 20; k++)
			rig_run(&rig, 1);
		assert_int_equal(at.a.party.err, told);
		assert_int_equal(at.b.party.err, told);
		assert_true(at.a.party.over && at.b.party.over);
		assert_int_equal(at.overs, 0);
		stop();
	}
}

/* Room for nearly nothing, in small pieces, though large ones would be the usual
 * ones by now: each in turn is served, and none hangs.
 */
static void little_memory(void **state)
{
	struct buf *held[300];
	struct course c = { .party = { .seed = 5,
				       .say = 60000,
				       .hear = 60000,
				       .piece = 30000 } };
	int n = 0;

	(void)state;
	start(&c);
	at.a.near.in_class = at.b.near.in_class = POOL_68K;
	while ((held[n] = bufs_get(&rig.net, POOL_4K, POOL_IN)))
		n++;
	for (int i = 0; i < 2; i++)
		bufs_put(&rig.net, held[--n]);
	join(&c);
	expect_whole(&c);
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(courses),
		cmocka_unit_test(there_before),
		cmocka_unit_test(half_closed),
		cmocka_unit_test(reset_is_carried),
		cmocka_unit_test(stopped_by_its_owner),
		cmocka_unit_test(little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
