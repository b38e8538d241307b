/* peer: two of them in virtual time, by a road of datagrams and a slower one of
 * signalling that stand in for net/ways: hellos that overtake descriptions, paths that
 * are lost for a while, for too long, and addresses that change in mid-transfer.
 */
#include "virtual.h"
#include "net/chan.h"
#include "net/peer.h"

enum { ROAD = 1024, PACKET = 2048, COUNT_MOST = 600, EACH = 1000, TICK = 20 };
enum what { DATAGRAM, DESCRIPTION, CANDIDATE };

static struct parcel {
	int64_t due; /* 0: free */
	enum what what;
	unsigned to, base, n; /* whom; which of its sockets */
	struct addr from;
	uint8_t v[PACKET];
} road[ROAD];

static struct side {
	struct peer peer;
	struct chan chan;
	struct waker waker;
	unsigned base; /* the socket there is */
	bool open, has_chan, down;
	unsigned doubts; /* of its relays */
	int err;
	int64_t opened, answered;
	const char *why; /* over */
} sides[2];              /* a host, and a join, who offers */

static struct {
	int64_t delay, jitter, signal;
	uint32_t loss, twice; /* per mille */
	size_t most;          /* bytes of a datagram; 0: any */
	bool cut;
	uint64_t seed;
	unsigned said, heard; /* messages of the host */
	int64_t last, gap;    /* when the join heard one; the longest silence */
	bool early;           /* a hello was kept */
	const char *find, *put; /* in an offer: what is said in its place */
} world;

/* In the place of os/rand: a seed is the same run each time. */
static uint64_t dice = 1;

void rand_fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)(unit_rand(&dice) >> 16);
}

uint32_t rand_below(uint32_t below)
{
	return (uint32_t)(unit_rand(&dice) >> 8) % below;
}

static struct loop loop;
static struct net net;
static struct log logs;
static struct rtc *rtc;
static struct paths paths;
static struct paths_conf conf;
static struct timer wire, tick;

static int64_t now(void)
{
	return virtual_time.now;
}

static unsigned number_of(const struct peer *p)
{
	return p == &sides[1].peer;
}

/* ---- the road ---- */

static struct addr addr_of(unsigned side, unsigned base)
{
	return (struct addr){ .family = ADDR_IP4,
			      .port = (uint16_t)(1000 + side),
			      .ip = { 192, 0, (uint8_t)side, (uint8_t)base } };
}

static void wind(void)
{
	int64_t due = INT64_MAX;

	for (unsigned i = 0; i < ROAD; i++)
		if (road[i].due && road[i].due < due)
			due = road[i].due;
	if (due != INT64_MAX)
		timer_start(&wire, &loop, due);
}

static struct parcel *put(enum what what, unsigned to, struct bytes b)
{
	int64_t wait = world.signal;
	struct parcel *p = road;

	if (what == DATAGRAM)
		wait = world.delay +
		       (world.jitter ? unit_rand(&world.seed) % world.jitter
				     : 0);
	while (p->due)
		assert_true(++p < road + ROAD);
	assert_true(b.n <= PACKET);
	*p = (struct parcel){ .due = now() + wait + 1, .what = what };
	p->to = to;
	p->n = (unsigned)b.n;
	memcpy(p->v, b.p, b.n);
	wind();
	return p;
}

static struct bytes edited(const char *text)
{
	static uint8_t room[PACKET];
	struct fmt f = fmt_to(SPAN(room));
	const char *at = world.find ? strstr(text, world.find) : NULL;

	if (!at)
		return bytes_of(text);
	fmt_put(&f, "%.*s%s%s", (int)(at - text), text, world.put,
		at + strlen(world.find));
	return fmt_done(&f);
}

static void describe(unsigned to)
{
	static uint8_t room[PACKET];
	struct fmt f = fmt_to(SPAN(room));

	peer_describe(&sides[!to].peer, &f);
	put(DESCRIPTION, to, to ? fmt_done(&f) : edited(fmt_text(&f)));
}

static void meet(unsigned side);

static void hear_signal(struct side *s, const struct parcel *p)
{
	const struct bytes b = { p->v, p->n };

	if (p->what == CANDIDATE) {
		peer_candidate(&s->peer, b);
		return;
	}
	s->answered = now();
	if (!s->peer.ops)
		meet(p->to);
	assert_int_equal(peer_hear(&s->peer, b), 0);
	if (!s->peer.offers)
		describe(1);
}

static void arrive(const struct parcel *p)
{
	struct side *s = &sides[p->to];
	struct span data = { (uint8_t *)(uintptr_t)p->v, p->n };

	if (s->why)
		return;
	if (p->what != DATAGRAM)
		hear_signal(s, p);
	else if (s->base == p->base && s->peer.ops)
		s->peer.ways.ops->heard(&s->peer.ways, p->base, &p->from, data);
	world.early |= s->peer.early != NULL;
}

static struct parcel *next_due(void)
{
	struct parcel *best = NULL;

	for (unsigned i = 0; i < ROAD; i++)
		if (road[i].due && road[i].due <= now() &&
		    (!best || road[i].due < best->due))
			best = &road[i];
	return best;
}

static void roll(struct timer *t)
{
	struct parcel *p;

	(void)t;
	while ((p = next_due())) {
		struct parcel copy = *p;

		p->due = 0;
		arrive(&copy);
	}
	wind();
}

/* ---- net/ways, as this road has it ---- */

static struct side *side_of(struct ways *w)
{
	return &sides[number_of(container_of(w, struct peer, ways))];
}

static void up(struct ways *w)
{
	struct side *s = side_of(w);
	struct addr at = addr_of((unsigned)(s - sides), s->base);

	w->ops->up(w, s->base, ICE_HOST, &at);
}

int ways_start(struct ways *w, struct paths *of, const struct ways_ask *ask)
{
	w->paths = of;
	w->ops = ask->ops;
	up(w);
	w->ops->gathered(w);
	return 0;
}

void ways_stop(struct ways *w)
{
	(void)w;
}

bool ways_look(struct ways *w, const struct addr *first)
{
	(void)w, (void)first;
	return false;
}

void ways_doubt(struct ways *w)
{
	side_of(w)->doubts++;
}

static bool passes(const struct side *from, unsigned base,
		   const struct addr *to, size_t n)
{
	return !world.cut && base == from->base && &sides[to->ip[2]] != from &&
	       !(world.most && n > world.most) &&
	       unit_rand(&world.seed) % 1000 >= world.loss;
}

void ways_send(struct ways *w, unsigned base, const struct addr *to,
	       struct bytes b)
{
	unsigned from = (unsigned)(side_of(w) - sides);
	int times = unit_rand(&world.seed) % 1000 < world.twice ? 2 : 1;

	if (!passes(&sides[from], base, to, b.n))
		return;
	while (times--) {
		struct parcel *p = put(DATAGRAM, !from, b);

		p->base = to->ip[3];
		p->from = addr_of(from, base);
	}
}

void ways_favour(struct ways *w, unsigned base, const struct addr *to)
{
	(void)w, (void)base, (void)to;
}

void ways_cry(struct ways *w, const struct addr *to, struct bytes b,
	      struct udp *group)
{
	(void)w, (void)to, (void)b, (void)group;
}

const char *ways_name(const struct ways *w, unsigned base)
{
	(void)w, (void)base;
	return "";
}

void ways_explain(const struct ways *w, struct fmt *f)
{
	(void)w, (void)f;
}

/* Its address is gone, and there is another one: as ways_look finds it. */
static void move(unsigned side)
{
	struct side *s = &sides[side];
	struct ways *w = &s->peer.ways;

	w->ops->down(w, s->base);
	s->base = (s->base + 1) % WAYS_HOSTS;
	up(w);
	s->peer.wanted = true;
	peer_due(&s->peer);
}

/* ---- what they tell ---- */

static void say_candidate(struct peer *p, const struct candidate *c)
{
	uint8_t room[PACKET];
	struct fmt f = fmt_to(SPAN(room));

	if (c)
		candidate_print(&f, c);
	put(CANDIDATE, !number_of(p), fmt_done(&f));
}

/* What the host said, each once and in order. */
static void hear(struct waker *w, unsigned what)
{
	struct side *s = container_of(w, struct side, waker);
	struct span in;

	while ((in = stream_peek(&s->chan.stream, 1)).p) {
		unsigned number = in.p[0] | (unsigned)in.p[1] << 8;

		assert_int_equal(in.n, EACH);
		assert_int_equal(number, world.heard++);
		if (world.heard > 1 && now() - world.last > world.gap)
			world.gap = now() - world.last;
		world.last = now();
		stream_take(&s->chan.stream, in.n);
	}
	s->down |= (what & STREAM_DOWN) != 0;
	s->err = s->chan.stream.err;
}

static void opened(struct peer *p)
{
	static const struct dcep_open plain = { .label = BYTES("x") };
	struct side *s = &sides[number_of(p)];

	s->opened = now();
	s->open = true;
	if (!p->offers)
		return;
	s->waker.wake = hear;
	assert_true(chan_open(&s->chan, &p->assoc, &plain, &s->waker));
	s->has_chan = true;
}

static void come(struct peer *p, uint16_t sid, const struct dcep_open *o)
{
	struct side *s = &sides[number_of(p)];

	(void)o;
	s->waker.wake = hear;
	chan_take(&s->chan, &p->assoc, sid, &s->waker);
	s->has_chan = true;
}

static void moved(struct peer *p)
{
	(void)p;
}

static bool again(struct peer *p)
{
	peer_restart(p);
	describe(!number_of(p));
	return true;
}

static void over(struct peer *p, const char *why)
{
	sides[number_of(p)].why = why;
}

static const struct peer_ops ops = { say_candidate, opened, come,
				     moved,         again,  over };

static void say(struct timer *t)
{
	static uint8_t message[EACH];
	struct side *s = &sides[0];

	message[0] = (uint8_t)world.said;
	message[1] = (uint8_t)(world.said >> 8);
	if (s->has_chan && !s->down && world.said < COUNT_MOST &&
	    chan_say(&s->chan, (struct bytes){ message, sizeof message }))
		world.said++;
	timer_start(t, &loop, now() + TICK);
}

/* ---- life ---- */

static void run(int64_t ms)
{
	loop.quit = false;
	virtual_time.until = now() + ms;
	assert_int_equal(loop_run(&loop), 0);
	assert_int_equal(virtual_time.end, VIRTUAL_LATE);
	virtual_time.now = virtual_time.until;
}

static void start(void)
{
	static const struct net_limits limits = { .memory = 8 << 20 };

	virtual_start(&loop, 0);
	assert_int_equal(net_start(&net, &loop, &logs, &limits), 0);
	assert_int_equal(rtc_start(&rtc, &net), 0);
	memset(road, 0, sizeof road);
	memset(sides, 0, sizeof sides);
	conf.keep = PATHS_KEEP;
	paths = (struct paths){ .net = &net, .conf = &conf, .direct = true };
	named_init(&paths.named, &net);
	timer_init(&wire, roll);
	timer_init(&tick, say);
	world.said = world.heard = 0;
	world.gap = world.last = 0;
	world.cut = world.early = false;
	world.find = NULL;
}

static void meet(unsigned side)
{
	struct peer_ask ask = { .ops = &ops, .paths = &paths, .offers = side };

	assert_int_equal(peer_start(&sides[side].peer, rtc, &ask), 0);
}

/* The join calls the host, which is there from then on. */
static void call(void)
{
	meet(1);
	describe(0);
	timer_start(&tick, &loop, now() + TICK);
}

static void hang_up(void)
{
	for (unsigned i = 0; i < 2; i++) {
		if (sides[i].has_chan)
			stream_stop(&sides[i].chan.stream, false);
		if (sides[i].peer.ops)
			peer_stop(&sides[i].peer);
	}
	timer_stop(&wire, &loop);
	timer_stop(&tick, &loop);
}

static void stop(void)
{
	hang_up();
	rtc_stop(rtc);
	assert_int_equal(net.bufs.pool.out, 0);
	net_stop(&net);
	loop_close(&loop);
}

static void until_open(void)
{
	for (int i = 0; i < 300 && !(sides[0].open && sides[1].open); i++)
		run(100);
	assert_true(sides[0].open && sides[1].open);
}

static void connect(void)
{
	call();
	until_open();
}

/* ---- tests ---- */

/* The host has a path, and says hello, before its answer has come: that is not said
 * in vain, however long the answer takes.
 */
static void early_hello(void **state)
{
	(void)state;
	for (int64_t signal = 100; signal <= 1600; signal += 300) {
		world.delay = 10;
		world.jitter = world.loss = 0;
		world.signal = signal;
		world.seed = 5;
		start();
		connect();
		assert_true(world.early);
		assert_null(sides[1].peer.early);
		assert_in_range(sides[1].opened - sides[1].answered, 1, 250);
		stop();
	}
}

/* One that is given up before there was a description. */
static void given_up(void **state)
{
	(void)state;
	world.delay = 10;
	world.signal = 500;
	start();
	call();
	run(900);
	assert_non_null(sides[1].peer.early);
	stop();
}

/* A road on which nothing happens. */
static void start_calm(uint32_t delay, uint32_t signal)
{
	world.delay = delay;
	world.jitter = world.loss = 0;
	world.signal = signal;
	start();
}

/* ms there and back, at most */
static int64_t trip(void)
{
	return 2 * (world.delay + world.jitter);
}

/* Are both open, since from, in no more trips than it takes? */
static bool is_prompt(int64_t from)
{
	int64_t most = from + 3 * world.signal + 8 * trip() + 300;

	return sides[0].opened <= most && sides[1].opened <= most;
}

/* Without loss it takes as long as the roads do: nobody waits for a second. */
static void no_steps(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		int64_t from;

		world.seed = seed * 77;
		world.loss = 0;
		world.delay = unit_rand(&world.seed) % 200;
		world.jitter = unit_rand(&world.seed) % 40;
		world.signal = unit_rand(&world.seed) % 500;
		start();
		from = now();
		connect();
		assert_true(is_prompt(from));
		stop();
	}
}

/* Both know when the other has told all, though the one who calls has done so before
 * there was an answer.
 */
static void all_told(void **state)
{
	(void)state;
	start_calm(10, 300);
	connect();
	run(1000);
	for (unsigned i = 0; i < 2; i++)
		assert_true(sides[i].peer.all && sides[i].peer.ice.is.ended);
	stop();
}

static void connected(void)
{
	start_calm(20, 50);
	connect();
	run(500);
	assert_true(world.heard > 5);
}

static void all_is_heard(int64_t patience)
{
	for (; patience > 0 && world.heard < COUNT_MOST; patience -= 1000)
		run(1000);
	assert_int_equal(world.heard, COUNT_MOST);
}

/* Consent is lost, and the path is there again before the time is over: ICE begins
 * anew, what was open goes on, nothing of it is lost. Who is called cannot begin it,
 * but asks relays whether they are there.
 */
static void silence(void **state)
{
	(void)state;
	connected();
	assert_int_equal(sides[0].doubts, 0);
	world.cut = true;
	run(16000);
	assert_in_range(sides[0].doubts, 1, 4);
	run(29000);
	for (unsigned i = 0; i < 2; i++) {
		assert_null(sides[i].why);
		assert_false(sides[i].peer.assoc.path);
		assert_false(sides[i].down);
	}
	world.cut = false;
	run(5000);
	assert_true(sides[0].peer.assoc.path && sides[1].peer.assoc.path);
	all_is_heard(30000);
	stop();
}

/* The path is lost for longer than --keep: streams end by an error, not before. Who
 * calls again is there again.
 */
static void too_long(void **state)
{
	(void)state;
	connected();
	world.cut = true;
	run(PATHS_KEEP - 6000);
	for (unsigned i = 0; i < 2; i++)
		assert_false(sides[i].why || sides[i].down);
	run(7000);
	for (unsigned i = 0; i < 2; i++) {
		assert_string_equal(sides[i].why, "no other path in time");
		assert_true(sides[i].down);
		assert_int_equal(sides[i].err, -NAT_ECLOSED);
	}
	hang_up();
	memset(road, 0, sizeof road);
	memset(sides, 0, sizeof sides);
	world.said = world.heard = 0;
	world.cut = false;
	connect();
	all_is_heard(30000);
	stop();
}

static uint64_t asked(const char *name, uint64_t usual)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : usual;
}

/* An address goes, another one comes, in mid-transfer: it is resumed within 2 s, and
 * nothing is lost.
 */
static void moves(void **state)
{
	uint64_t many = asked("UNIT_SEEDS", 20), from = asked("UNIT_FIRST", 1);
	int64_t worst = 0;

	(void)state;
	for (uint64_t seed = from; seed < from + many; seed++) {
		uint64_t s = seed * 0x9e3779b97f4a7c15U;

		world.seed = s;
		world.delay = unit_rand(&s) % 100;
		world.jitter = unit_rand(&s) % 50;
		world.signal = unit_rand(&s) % 200;
		world.loss = seed % 2 ? unit_rand(&s) % 100 : 0;
		start();
		connect();
		for (int i = 0; i < 3; i++) {
			run(200 + (i > 0) * 3000 + unit_rand(&s) % 1500);
			move(unit_rand(&s) % 2);
		}
		all_is_heard(60000);
		if (!world.loss && world.gap > 2000)
			fail_msg("seed %u: %d ms without a byte",
				 (unsigned)seed, (int)world.gap);
		if (!world.loss && world.gap > worst)
			worst = world.gap;
		stop();
	}
	print_message("the longest silence without loss: %d ms\n", (int)worst);
}

/* What an offer says of DTLS and of messages, and what the host makes of it. */
static void offers(void **state)
{
	static const struct {
		const char *find, *put;
		enum tls_role role; /* of the host */
		uint32_t most;      /* bytes of a message of its */
	} rows[] = {
		{ "a=setup:actpass", "a=setup:actpass", TLS_CLIENT, 65536 },
		{ "a=setup:actpass", "a=setup:passive", TLS_CLIENT, 65536 },
		{ "a=setup:actpass", "a=setup:active", TLS_SERVER, 65536 },
		{ "a=setup:actpass", "a=nothing", TLS_SERVER, 65536 },
		{ "size:65536", "size:0", TLS_CLIENT, 65536 },
		{ "size:65536", "size:99999999", TLS_CLIENT, 65536 },
		{ "size:65536", "size:1200", TLS_CLIENT, 1200 },
		{ "a=max-message-size:65536", "a=x", TLS_CLIENT, 65536 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		start_calm(5, 5);
		world.find = rows[i].find;
		world.put = rows[i].put;
		connect();
		assert_int_equal(sides[0].peer.assoc.conf.role, rows[i].role);
		assert_int_equal(sides[0].peer.assoc.most, rows[i].most);
		run(200);
		assert_true(world.heard > 0);
		stop();
	}
}

/* Datagrams that begin in each way there is (RFC 7983), and none that is of use. */
static void strays(void)
{
	static uint8_t b[100];

	for (unsigned i = 0; i < 2 * 256; i++) {
		struct parcel *p;

		b[0] = (uint8_t)(i / 2);
		p = put(DATAGRAM, i % 2, (struct bytes){ b, sizeof b });
		p->from = addr_of(!(i % 2), 0);
		if (i < 2)
			put(DATAGRAM, i, (struct bytes){ b, 0 });
		if (i % 64 == 63)
			run(20);
	}
}

/* Before there is a description one class of them is kept, and it alone; nothing else
 * of them counts then or later.
 */
static void demultiplexes(void **state)
{
	(void)state;
	start_calm(5, 400);
	call();
	strays();
	assert_non_null(sides[1].peer.early);
	assert_int_equal(early_count(sides[1].peer.early), 1);
	until_open();
	assert_null(sides[1].peer.early);
	strays();
	for (unsigned i = 0; i < 2; i++) {
		assert_null(sides[i].why);
		assert_int_equal(sides[i].peer.assoc.dtls.err, 0);
	}
	all_is_heard(30000);
	stop();
}

/* Of all that a road may do, and of an MTU of 1,100 to 1,500. */
static void lay_road(uint64_t seed)
{
	uint64_t s = seed * 0x9e3779b97f4a7c15U;

	world.seed = s;
	dice = s ^ 7919;
	world.delay = unit_rand(&s) % 400;
	world.jitter = unit_rand(&s) % 2 ? 1 + unit_rand(&s) % 100 : 0;
	world.signal = unit_rand(&s) % 400;
	world.loss = seed % 4 ? unit_rand(&s) % 201 : 0;
	world.twice = unit_rand(&s) % 50;
	world.most = 1100 - 28 + unit_rand(&s) % 401;
}

static void complain(uint64_t seed)
{
	fail_msg("seed %u, delay %d and %d, %u of 1000 lost, %u bytes: %u "
		 "heard, "
		 "%d ms silence",
		 (unsigned)seed, (int)world.delay, (int)world.jitter,
		 world.loss, (unsigned)world.most, world.heard, (int)world.gap);
}

static bool all_within(int64_t ms)
{
	while (ms > 0 && world.heard < COUNT_MOST) {
		run(1000);
		ms -= 1000;
	}
	return world.heard == COUNT_MOST;
}

/* The host ends its stream, then the join: each hears it. */
static bool ends_well(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct stream *s = &sides[i].chan.stream;
		int64_t ms = 30000;

		s->ops->finish(s);
		for (; ms > 0 && !sides[!i].chan.stream.ended; ms -= 100)
			run(100);
		if (ms == 0)
			return false;
	}
	return !sides[0].down && !sides[1].down;
}

/* Over any road they connect, all that is said is heard, and the end too. Where nothing
 * is lost nobody waits for longer than the road takes.
 */
static void roads(void **state)
{
	uint64_t many = asked("UNIT_SEEDS", 30), from = asked("UNIT_FIRST", 1);

	(void)state;
	for (uint64_t seed = from; seed < from + many; seed++) {
		int64_t begun;

		lay_road(seed);
		start();
		begun = now();
		connect();
		if (!all_within(300000) || !ends_well() ||
		    (!world.loss &&
		     (!is_prompt(begun) || world.gap > trip() + 100)))
			complain(seed);
		stop();
	}
	world.most = world.twice = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(early_hello),   cmocka_unit_test(given_up),
		cmocka_unit_test(no_steps),      cmocka_unit_test(all_told),
		cmocka_unit_test(silence),       cmocka_unit_test(too_long),
		cmocka_unit_test(moves),         cmocka_unit_test(offers),
		cmocka_unit_test(demultiplexes), cmocka_unit_test(roads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
