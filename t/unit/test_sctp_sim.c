/* Two associations over a wire that loses up to a fifth, doubles, overtakes and delays:
 * each run connects, carries its messages unharmed, resets its streams and shuts down
 * in a bounded time. SCTP_SEEDS=N: so many runs, from SCTP_FIRST on; SCTP_SEED=N: that
 * one, with words.
 */
#include "sctp_pair.h"
#include "unit.h"
#include "crypt/crc.h"
#include "os/cpu.h"

enum { LANES = 6, MESSAGES = 60, END_MS = 600000 };

/* What one end sends on one stream. */
struct lane {
	uint16_t sid;
	uint32_t n, sent, came; /* messages */
	uint32_t most;          /* bytes of one */
	struct sctp_message how;
	bool blocked, reset, over, peer_ended;
	uint8_t seen[MESSAGES];
};

struct run {
	struct pair *p;
	struct lane lanes[2][LANES]; /* by who sends */
	unsigned nlanes[2];
	bool up[2], down[2];
	int64_t up_at, moved, stall; /* ms, the longest time without a packet */
	uint64_t packets;
	bool closing;
};

static uint8_t text[SCTP_MESSAGE], came[SCTP_MESSAGE];

static uint32_t mixed(uint32_t a, uint32_t b)
{
	uint32_t h = a * 0x9e3779b1 ^ b * 0x85ebca6b;

	return (h ^ h >> 15) * 0x2c1b3c6d;
}

/* The message that is number i of a lane: it says which, if it is long enough. */
static struct bytes message(const struct lane *l, unsigned from, uint32_t i)
{
	uint32_t h = mixed(l->sid * 2u + from, i), n;

	n = h % 8 == 0 ? l->most : 4 + h / 8 % (h % 8 < 6 ? 300 : l->most);
	if (n > l->most)
		n = l->most;
	for (uint32_t k = 0; k < n; k++)
		text[k] = (uint8_t)(k < 4 ? i >> 8 * k : h + k * 7);
	return (struct bytes){ text, n };
}

static void plan(struct run *r, unsigned end, bool gentle)
{
	struct pair *p = r->p;

	r->nlanes[end] = pair_rand(p, LANES + 1);
	for (unsigned k = 0; k < r->nlanes[end]; k++) {
		struct lane *l = &r->lanes[end][k];

		l->sid =
			(uint16_t)(k < 3 ? k
					 : pair_rand(p, 65000) / LANES * LANES +
						   k);
		l->n = 1 + pair_rand(p, MESSAGES);
		l->most = pair_rand(p, 6) ? 2000 : gentle ? 65536 : 20000;
		l->how.ppid = 51 + k;
		l->how.unordered = pair_rand(p, 3) == 0;
		if (pair_rand(p, 4) == 0)
			l->how.most_sent = (uint16_t)(1 + pair_rand(p, 3));
		else if (pair_rand(p, 4) == 0)
			l->how.life = 1 + pair_rand(p, 1000);
	}
}

static struct lane *lane_of(struct run *r, unsigned from, uint16_t sid)
{
	for (unsigned k = 0; k < r->nlanes[from]; k++)
		if (r->lanes[from][k].sid == sid)
			return &r->lanes[from][k];
	return NULL;
}

static bool lossy(const struct lane *l)
{
	return l->how.most_sent || l->how.life;
}

/* ---- what an end does ---- */

static void watch(struct run *r)
{
	uint64_t packets = r->p->ends[0].counts.packets_in +
			   r->p->ends[1].counts.packets_in;

	if (packets == r->packets)
		return;
	r->packets = packets;
	if (r->p->now - r->moved > r->stall)
		r->stall = r->p->now - r->moved;
	r->moved = r->p->now;
}

static void receive(struct run *r, unsigned to, uint16_t sid)
{
	struct lane *l = lane_of(r, !to, sid);
	struct sctp *s = &r->p->ends[to];
	struct sctp_message m;
	size_t n;

	assert_non_null(l);
	while ((n = sctp_waits(s, sid))) {
		uint32_t i;

		assert_int_equal(sctp_recv(s, sid, SPAN(came), &m), n);
		assert_true(n >= 4);
		i = came[0] | (uint32_t)came[1] << 8;
		assert_true(i < l->sent && !l->seen[i]);
		assert_true(l->how.unordered || i >= l->came);
		assert_true(lossy(l) || l->how.unordered || i == l->came);
		l->seen[i] = 1;
		l->came = l->how.unordered ? l->came + 1 : i + 1;
		assert_int_equal(m.ppid, l->how.ppid);
		assert_int_equal(m.unordered, l->how.unordered);
		assert_bytes_equal(((struct bytes){ came, n }),
				   message(l, !to, i));
	}
}

static void ended(struct run *r, unsigned to, uint16_t sid)
{
	struct lane *l = lane_of(r, !to, sid), *own = lane_of(r, to, sid);

	if (l) {
		l->peer_ended = true;
		for (uint32_t i = 0; i < l->n && !lossy(l); i++)
			assert_true(l->seen[i]);
	}
	if (!own)
		assert_int_equal(sctp_reset(&r->p->ends[to], sid), 0);
}

static void events(struct run *r, unsigned end)
{
	struct sctp_event e;

	while (sctp_event(&r->p->ends[end], &e)) {
		if (e.what == SCTP_UP)
			r->up[end] = true;
		else if (e.what == SCTP_OVER)
			r->down[end] = true;
		else if (e.what == SCTP_MESSAGE_IN)
			receive(r, end, e.sid);
		else if (e.what == SCTP_ROOM)
			lane_of(r, end, e.sid)->blocked = false;
		else if (e.what == SCTP_ENDED)
			ended(r, end, e.sid);
		else if (e.what == SCTP_RESET && lane_of(r, end, e.sid))
			lane_of(r, end, e.sid)->over = true;
	}
}

static void send_some(struct run *r, unsigned end)
{
	struct sctp *s = &r->p->ends[end];

	for (unsigned k = 0; k < r->nlanes[end]; k++) {
		struct lane *l = &r->lanes[end][k];
		int rc;

		while (l->sent < l->n && !l->blocked) {
			rc = sctp_send(s, l->sid, message(l, end, l->sent),
				       &l->how, r->p->now);
			assert_true(rc == 0 || rc == -NAT_EAGAIN);
			l->sent += rc == 0;
			l->blocked = rc < 0;
		}
		if (l->sent == l->n && !l->reset && r->up[end]) {
			assert_int_equal(sctp_reset(s, l->sid), 0);
			l->reset = true;
		}
	}
}

static bool all_done(const struct run *r)
{
	for (unsigned end = 0; end < 2; end++)
		for (unsigned k = 0; k < r->nlanes[end]; k++)
			if (!r->lanes[end][k].over ||
			    !r->lanes[end][k].peer_ended)
				return false;
	return r->up[0] && r->up[1];
}

static bool look(struct run *r)
{
	watch(r);
	for (unsigned end = 0; end < 2; end++) {
		events(r, end);
		if (!r->closing)
			send_some(r, end);
	}
	pair_flush(r->p);
	if (r->up[0] && r->up[1] && !r->up_at)
		r->up_at = r->p->now;
	if (all_done(r) && !r->closing) {
		r->closing = true;
		sctp_shutdown(&r->p->ends[pair_rand(r->p, 2)]);
		if (pair_rand(r->p, 4) == 0)
			sctp_shutdown(&r->p->ends[0]);
	}
	return r->down[0] && r->down[1];
}

static void words(const struct run *r, uint64_t seed)
{
	const struct pair_wire *w = &r->p->wire;

	printf("seed %llu: lost %u/1000 doubled %u delay %u-%u mtu %u "
	       "overtakes %d, up %lld end %lld stall %lld lanes %u %u states "
	       "%d %d\n",
	       (unsigned long long)seed, w->lost, w->doubled, w->least, w->most,
	       r->p->conf[0].mtu, w->overtakes, (long long)r->up_at - 1000,
	       (long long)r->p->now - 1000, (long long)r->stall, r->nlanes[0],
	       r->nlanes[1], (int)r->p->ends[0].state,
	       (int)r->p->ends[1].state);
	for (int i = 0; i < 2; i++)
		printf("  resent %u spurious %u lapsed %u silences %u in "
		       "%llu\n",
		       r->p->ends[i].counts.resent,
		       r->p->ends[i].counts.spurious,
		       r->p->ends[i].counts.lapsed,
		       r->p->ends[i].counts.silences,
		       (unsigned long long)r->p->ends[i].counts.packets_in);
}

static struct pair_wire draw_wire(uint64_t *chance)
{
	struct pair_wire w = { 0 };
	bool lossless = unit_rand(chance) % 4 == 0;

	w.lost = lossless ? 0 : unit_rand(chance) % 201;
	w.doubled = lossless ? 0 : unit_rand(chance) % 100;
	w.least = unit_rand(chance) % 3 ? unit_rand(chance) % 60
					: unit_rand(chance) % 400;
	w.most = w.least + (unit_rand(chance) % 2
				    ? 0
				    : unit_rand(chance) % (401 - w.least));
	w.overtakes = !lossless && unit_rand(chance) % 2;
	if (unit_rand(chance) % 3 == 0) {
		w.rate = 50 + unit_rand(chance) % 2000;
		w.queue = 20000 + unit_rand(chance) % 200000;
	}
	return w;
}

/* Without loss nothing waits for a timer of a second. */
static bool no_long_step(const struct run *r)
{
	const struct pair_wire *w = &r->p->wire;

	return w->lost || r->p->lost || r->stall <= 2 * w->most + 200;
}

static bool news(const struct run *r)
{
	return !list_alone(&r->p->ends[0].news) ||
	       !list_alone(&r->p->ends[1].news);
}

static size_t road; /* bytes of a packet that it takes */

static bool fits(struct pair *p, unsigned to, struct span b)
{
	(void)p, (void)to;
	return b.n <= road;
}

static void run_seed(uint64_t seed, bool verbose)
{
	uint64_t chance = (seed + 77) * 0x9e3779b97f4a7c15;
	struct run r = { 0 };
	struct pair_wire w;

	w = draw_wire(&chance);
	r.p = pair_new(seed, &w);
	for (int i = 0; i < 2; i++) {
		r.p->conf[i].mtu = (uint16_t)(1100 + unit_rand(&chance) % 401);
		r.p->conf[i].zero_sum = unit_rand(&chance) % 2;
		r.p->conf[i].careless = unit_rand(&chance) % 2;
		sctp_set_mtu(&r.p->ends[i], r.p->conf[i].mtu);
		plan(&r, (unsigned)i, w.lost < 50);
	}
	road = SCTP_MTU_SAFE + unit_rand(&chance) % (1500 - SCTP_MTU_SAFE);
	r.p->look = fits;
	r.moved = r.p->now;
	sctp_connect(&r.p->ends[0], w.least * 2, r.p->now);
	if (unit_rand(&chance) % 2)
		sctp_connect(&r.p->ends[1], w.least * 2, r.p->now);
	while (!look(&r) && (news(&r) || pair_step(r.p, END_MS)))
		if (unit_rand(&chance) % 2000 == 0)
			sctp_set_mtu(&r.p->ends[0], 700);
	if (verbose || !r.down[0] || !r.down[1] || !no_long_step(&r))
		words(&r, seed);
	assert_true(r.up_at > 0);
	assert_true(r.down[0] && r.down[1]);
	assert_int_equal(r.p->ends[0].err, 0);
	assert_int_equal(r.p->ends[1].err, 0);
	assert_true(no_long_step(&r));
	pair_free(r.p);
}

static unsigned long asked(const char *name, unsigned long usual)
{
	const char *text_of = getenv(name);

	return text_of ? strtoul(text_of, NULL, 10) : usual;
}

static void test_seeds(void **state)
{
	(void)state;
	if (getenv("SCTP_SEED")) {
		run_seed(asked("SCTP_SEED", 0), true);
		return;
	}
	for (unsigned long i = 0; i < asked("SCTP_SEEDS", 300); i++)
		run_seed(asked("SCTP_FIRST", 0) + i, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
	};

	crc32c_native(cpu_has_crc32c());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
