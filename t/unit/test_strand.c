/* Two ends of a mux over a socket: parties talk over its strands; and one end alone,
 * told what nobody may say.
 */
#include "rig.h"
#include "party.h"
#include "net/mux.h"

enum { MOST = 60 };

static struct rig rig;

struct end {
	struct mux mux;
	struct slots strands;
	uint8_t room[MOST][sizeof(struct strand)];
	struct tcp tcp[MOST];
	struct party party[MOST];
	uint32_t n, overs;
	bool refuses, mutes; /* mutes: nobody looks at what comes */
};

static struct {
	struct end a, b; /* a opens */
	struct party_conf conf;
	uint32_t live; /* parties */
	uint32_t downs;
} at;

static void finish(struct party *p)
{
	if (p->err)
		at.downs++;
	party_stop(p);
	stream_stop(p->s, false);
	at.live--;
	if (!at.live)
		rig.loop.quit = true;
}

static void begin(struct end *e, uint32_t i)
{
	struct party_conf conf = at.conf;

	conf.second = e == &at.b;
	if (conf.second) {
		conf.say = at.conf.hear;
		conf.hear = at.conf.say;
	}
	conf.seed += i;
	if (conf.deaf_after && i)
		conf.deaf_after = 0;
	at.live++;
	party_start(&e->party[i], &rig.loop, &e->tcp[i].stream, &conf, finish);
}

/* Stops when it breaks, takes nothing. */
static void wake_mute(struct waker *w, unsigned what)
{
	(void)w;
	if (what & STREAM_DOWN)
		stream_stop(&at.b.tcp[0].stream, true);
}

static struct waker gone = { wake_mute };

static bool come(struct mux *m, struct strand *s)
{
	struct end *e = container_of(m, struct end, mux);

	if (e->refuses)
		return false;
	if (e->mutes) {
		strand_take(s, &e->tcp[0], &gone);
		return true;
	}
	strand_take(s, &e->tcp[e->n], NULL);
	begin(e, e->n++);
	return true;
}

static void over(struct mux *m)
{
	struct end *e = container_of(m, struct end, mux);

	e->overs++;
	memset(&e->mux, 0xa5, sizeof e->mux);
	rig.loop.quit = !at.live;
}

static void start_end(struct end *e, int fd, bool opens)
{
	struct tcp t;

	slots_init(&e->strands, SPAN(e->room), sizeof(struct strand), MOST);
	tcp_start(&t, &rig.net, fd, NULL);
	e->mux.come = opens ? NULL : come;
	e->mux.over = over;
	mux_start(&e->mux, &rig.net, &t, &e->strands);
}

static void start(const struct party_conf *conf, int size, uint64_t memory)
{
	const struct net_limits limits = { .memory = memory,
					   .pipes = 1,
					   .pipe_size = 4096 };
	int ends[2];

	rig_start(&rig, &limits, 400000);
	memset(&at, 0, sizeof at);
	at.conf = *conf;
	size ? rig_pair(ends, size) : rig_tcp(ends, 0);
	start_end(&at.a, ends[0], true);
	start_end(&at.b, ends[1], false);
}

static void open_some(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = at.a.n++;

		assert_true(mux_open(&at.a.mux, &at.a.tcp[k], NULL));
		begin(&at.a, k);
	}
}

static void stop(void)
{
	if (!at.a.overs)
		mux_stop(&at.a.mux);
	if (!at.b.overs)
		mux_stop(&at.b.mux);
	rig_stop(&rig);
}

static void talk(const struct party_conf *conf, int size, uint32_t n)
{
	start(conf, size, 4 << 20);
	open_some(n);
	rig_run(&rig, 60000);
	assert_false(rig.late);
	assert_int_equal(at.downs, 0);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(at.a.party[i].heard, conf->hear);
		assert_int_equal(at.b.party[i].heard, conf->say);
	}
	rig_turns(&rig, 3);
	assert_int_equal(at.a.mux.n + at.b.mux.n, 0);
	assert_int_equal(at.a.strands.used + at.b.strands.used, 0);
	stop();
}

static void test_talk(void **state)
{
	static const struct {
		struct party_conf conf;
		int size;
		uint32_t n;
	} rows[] = {
		{ { .seed = 1, .say = 1, .hear = 1 }, 0, 1 },
		{ { .seed = 2, .say = 300000, .hear = 200000 }, 0, 5 },
		{ { .seed = 3, .say = 20000, .hear = 100000, .moody = 100 },
		  0,
		  MOST },
		{ { .seed = 4, .say = 70000, .hear = 70000, .piece = 70000 },
		  8192,
		  9 },
		{ { .seed = 5, .say = 9000, .hear = 9000, .piece = 7 },
		  4096,
		  20 },
		{ { .seed = 6, .say = 0, .hear = 500000, .moody = 400 }, 0, 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		talk(&rows[i].conf, rows[i].size, rows[i].n);
}

/* A's first party takes nothing after a while: the others hear all. */
static void test_deaf(void **state)
{
	const struct party_conf conf = {
		.seed = 7, .say = 10, .hear = 300000, .deaf_after = 1000
	};

	(void)state;
	start(&conf, 0, 4 << 20);
	open_some(6);
	for (int i = 0; i < 2000 && at.live > 2; i++)
		rig_turns(&rig, 1);
	assert_int_equal(at.live, 2); /* it, and who speaks to it */
	assert_true(at.a.party[0].heard < 300000);
	assert_true(at.b.party[0].said <= 1000 + 2 * MUX_WINDOW);
	for (uint32_t i = 1; i < 6; i++)
		assert_int_equal(at.a.party[i].heard, 300000);
	/* it goes: the other side hears of that when it speaks on */
	party_stop(&at.a.party[0]);
	stream_stop(&at.a.tcp[0].stream, true);
	at.live--;
	rig_run(&rig, 10000);
	assert_int_equal(at.b.party[0].err, -NAT_ERESET);
	assert_int_equal(at.live, 0);
	stop();
}

/* Memory for hardly anybody: all goes on, slowly. */
static void test_little_memory(void **state)
{
	const struct party_conf conf = {
		.seed = 8, .say = 50000, .hear = 50000, .moody = 300
	};

	(void)state;
	start(&conf, 0, 1 << 20);
	open_some(5);
	rig_run(&rig, 60000);
	assert_false(rig.late);
	assert_int_equal(at.downs, 0);
	stop();
}

/* Numbers are used again by others only after both ends are done with them. */
static void test_many(void **state)
{
	const struct party_conf conf = { .seed = 9, .say = 100, .hear = 100 };

	(void)state;
	start(&conf, 0, 4 << 20);
	for (int i = 0; i < 50; i++) {
		at.a.n = at.b.n = 0;
		open_some(MOST - 1);
		rig_run(&rig, 10000);
		assert_int_equal(at.live, 0);
		rig_turns(&rig, 3);
	}
	assert_int_equal(at.a.mux.next, 50 * (MOST - 1) + 1);
	assert_int_equal(at.downs, 0);
	stop();
}

static void test_refused(void **state)
{
	const struct party_conf conf = { .seed = 10, .say = 10, .hear = 10 };

	(void)state;
	start(&conf, 0, 4 << 20);
	at.b.refuses = true;
	open_some(3);
	rig_run(&rig, 10000);
	assert_int_equal(at.downs, 3);
	assert_int_equal(at.a.party[1].err, -NAT_ERESET);
	rig_turns(&rig, 3);
	assert_int_equal(at.a.strands.used + at.b.strands.used, 0);
	stop();
}

static void test_lost(void **state)
{
	const struct party_conf conf = {
		.seed = 11, .say = 10, .keeps = true, .hear = 10
	};

	(void)state;
	start(&conf, 0, 4 << 20);
	open_some(3);
	rig_turns(&rig, 20);
	assert_int_equal(at.live, 6);
	mux_end(&at.b.mux);
	rig_run(&rig, 10000);
	assert_int_equal(at.downs, 6);
	assert_int_equal(at.a.party[0].err, -NAT_ECLOSED);
	rig_turns(&rig, 3);
	assert_int_equal(at.a.overs, 1);
	assert_int_equal(at.b.overs, 1);
	assert_int_equal(at.a.strands.used + at.b.strands.used, 0);
	stop();
}

/* Who has gone, and the other side does not end. */
static void test_tidy(void **state)
{
	const struct party_conf conf = {
		.seed = 12, .say = 10, .keeps = true, .hear = 10
	};

	(void)state;
	start(&conf, 0, 4 << 20);
	open_some(1);
	rig_turns(&rig, 20);
	party_stop(&at.a.party[0]);
	stream_stop(&at.a.tcp[0].stream, false);
	at.live--;
	rig_turns(&rig, 5);
	assert_int_equal(at.a.mux.n, 1);
	mux_tidy(&at.a.mux);
	rig_turns(&rig, 5);
	assert_int_equal(at.a.mux.n, 1);
	mux_tidy(&at.a.mux);
	rig_run(&rig, 10000);
	assert_int_equal(at.b.party[0].err, -NAT_ERESET);
	rig_turns(&rig, 3);
	assert_int_equal(at.a.mux.n, 0);
	stop();
}

/* What the other side may not say, to who opens and to who is opened to. */
static void test_hostile(void **state)
{
	static const struct {
		bool opens;
		uint8_t said[40];
		size_t n;
	} rows[] = {
		/* clang-format off */
		{ false, { 9 }, 8 },
		/* to who opens: nothing is opened, nothing is of a number to come */
		{ true, { 1, 0, 0, 0, 0, 0, 0, 1 }, 8 },
		{ true, { 2, 0, 0, 1, 0, 0, 0, 9, 'x' }, 9 },
		/* an older number, the same again */
		{ false, { 1, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 4 }, 16 },
		{ false, { 1, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 5 }, 16 },
		/* the place of one that lives */
		{ false, { 1, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 4, 5 }, 16 },
		/* more credit than there can be; two ends; data behind one */
		{ false, { 1, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 4, 0, 0, 0, 1,
			   0, 0, 0, 1 }, 20 },
		{ false, { 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 1,
			   4, 0, 0, 0, 0, 0, 0, 1 }, 24 },
		{ false, { 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 1,
			   2, 0, 0, 1, 0, 0, 0, 1, 'x' }, 25 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int ends[2];
		struct end *e = rows[i].opens ? &at.a : &at.b;
		const struct net_limits limits = { 4 << 20, 1, 4096, NULL };

		rig_start(&rig, &limits, 400000);
		memset(&at, 0, sizeof at);
		at.conf = (struct party_conf){ .seed = 13,
					       .keeps = true,
					       .hear = 1 };
		at.a.overs = at.b.overs = 1;
		rig_pair(ends, 0);
		start_end(e, ends[0], rows[i].opens);
		e->overs = 0;
		assert_int_equal(write(ends[1], rows[i].said, rows[i].n),
				 rows[i].n);
		rig_turns(&rig, 20);
		assert_int_equal(e->overs, 1);
		assert_int_equal(e->strands.used, 0);
		close(ends[1]);
		stop();
	}
}

/* A window of data and a byte more, to one that nobody is for, which is passed over,
 * and to one that takes little: that is the end.
 */
static void fill(bool refuses)
{
	static uint8_t much[8 + MUX_HEAD + MUX_WINDOW + MUX_HEAD + 2000];
	const struct net_limits limits = { 4 << 20, 1, 4096, NULL };
	int ends[2];
	size_t done = 0;

	rig_start(&rig, &limits, 400000);
	memset(&at, 0, sizeof at);
	at.conf = (struct party_conf){ .seed = 14, .piece = 1000 };
	at.a.overs = 1;
	mux_head(much, MUX_OPEN, 1, 0);
	mux_head(much + 8, MUX_DATA, 1, MUX_WINDOW);
	mux_head(much + sizeof much - MUX_HEAD - 2000, MUX_DATA, 1, 2000);
	rig_pair(ends, 0);
	start_end(&at.b, ends[0], false);
	at.b.refuses = refuses;
	at.b.mutes = true;
	for (int i = 0; i < 1000 && done < sizeof much && !at.b.overs; i++) {
		long n = write(ends[1], much + done, sizeof much - done);

		done += n > 0 ? (size_t)n : 0;
		rig_turns(&rig, 1);
	}
	rig_turns(&rig, 5);
	assert_int_equal(at.b.overs, refuses ? 0 : 1);
	close(ends[1]);
	rig_turns(&rig, 5);
	assert_int_equal(at.b.overs, 1);
	stop();
}

static void test_window(void **state)
{
	(void)state;
	fill(true);
	fill(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talk),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_little_memory),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_tidy),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
