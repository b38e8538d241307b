/* ice, in a world: all pairs of NATs, then seeds; each connects, or says why not. */
#include "icenet.h"
#include "unit.h"

static struct icenet net;

static struct icenet_conf plain(unsigned a, unsigned b)
{
	return (struct icenet_conf){ .seed = 11 + a * 8 + b,
				     .kind = { (uint8_t)a, (uint8_t)b },
				     .controlling = { true, false },
				     .trickle = true,
				     .delay = 20,
				     .signal = 30 };
}

static bool can_direct(unsigned a, unsigned b)
{
	unsigned low = a < b ? a : b, high = a < b ? b : a;

	return high < ICENET_T4 || low < ICENET_T3;
}

static bool is_relayed(unsigned i)
{
	struct ice_path p;

	return !ice_path(&net.sides[i].ice, &p, net.now) ||
	       p.here == ICE_RELAY || p.there == ICE_RELAY;
}

/* Data goes both ways, by what both believe. */
static bool is_talking(int64_t patience)
{
	uint32_t had[2] = { net.sides[0].data, net.sides[1].data };
	int64_t until = net.now + patience;

	while (net.now < until &&
	       (net.sides[0].data == had[0] || net.sides[1].data == had[1])) {
		if (!icenet_say(&net, 0) || !icenet_say(&net, 1))
			return false;
		icenet_run(&net, net.now + 100, false);
	}
	return net.sides[0].data > had[0] && net.sides[1].data > had[1];
}

static bool is_nominated(void)
{
	bool both = true;

	for (unsigned i = 0; i < 2; i++) {
		struct ice_path p;

		both = both && ice_path(&net.sides[i].ice, &p, net.now) &&
		       p.nominated;
	}
	return both;
}

/* The textbook's table, without loss: within three round trips of the line behind
 * the later description, and never a step of a second.
 */
static void table(void **state)
{
	(void)state;
	for (unsigned a = 0; a <= ICENET_T4; a++) {
		for (unsigned b = 0; b <= ICENET_T4; b++) {
			struct icenet_conf c = plain(a, b);

			c.relay[0] = !can_direct(a, b);
			icenet_init(&net, &c);
			icenet_run(&net, 60000, true);
			for (unsigned i = 0; i < 2; i++) {
				assert_true(net.sides[i].connected);
				assert_true(net.sides[i].connected <= 1400);
			}
			icenet_run(&net, net.now + 3000, false);
			assert_int_equal(is_relayed(0), !can_direct(a, b));
			assert_int_equal(is_relayed(1), !can_direct(a, b));
			assert_true(is_nominated());
			assert_true(is_talking(1000));
		}
	}
}

/* ---- seeds ---- */

enum { SEEDS = 150, IN_TIME = 25000, FAIL_WITHIN = 60000 };

static uint32_t one_of(uint64_t *seed, uint32_t n)
{
	return unit_rand(seed) % n;
}

static struct icenet_conf any(uint64_t number)
{
	uint64_t s = number * 0x9e3779b97f4a7c15U + 77;
	struct icenet_conf c = { .seed = number + 1 };

	for (int i = 0; i < 4; i++)
		unit_rand(&s);
	for (unsigned i = 0; i < 2; i++) {
		c.kind[i] = (uint8_t)one_of(&s, ICENET_T4 + 1);
		c.two_nats[i] = one_of(&s, 4) == 0;
		c.relay[i] = one_of(&s, 2);
	}
	c.place = one_of(&s, 5) ? ICENET_APART
				: (uint8_t)one_of(&s, ICENET_PLACES);
	c.controlling[0] = one_of(&s, 10) != 0;
	c.controlling[1] = one_of(&s, 10) == 0;
	c.lite[1] = c.place == ICENET_APART && c.kind[1] == ICENET_OPEN &&
		    one_of(&s, 4) == 0;
	c.trickle = one_of(&s, 4) != 0;
	c.loss = one_of(&s, 3) ? one_of(&s, 201) : 0;
	c.doubled = one_of(&s, 2) ? one_of(&s, 100) : 0;
	c.delay = one_of(&s, 401);
	c.reorder = one_of(&s, 2) ? one_of(&s, 60) : 0;
	c.signal = one_of(&s, 500);
	c.head_start = one_of(&s, 3) ? 0 : one_of(&s, 3000);
	return c;
}

/* The kinds as a second NAT makes them: T4 within T2 is T4. */
static bool must_be_direct(const struct icenet_conf *c)
{
	if (c->place == ICENET_SAME_LAN)
		return true;
	return c->place == ICENET_APART && can_direct(c->kind[0], c->kind[1]);
}

static void show(const struct icenet_conf *c)
{
	print_message("seed %u: %u-%u place %u two %u%u relay %u%u lite %u%u "
		      "roles %u%u trickle %u loss %u delay %d reorder %d "
		      "signal %d later %d\n",
		      (unsigned)c->seed, c->kind[0], c->kind[1], c->place,
		      c->two_nats[0], c->two_nats[1], c->relay[0], c->relay[1],
		      c->lite[0], c->lite[1], c->controlling[0],
		      c->controlling[1], c->trickle, c->loss, (int)c->delay,
		      (int)c->reorder, (int)c->signal, (int)c->head_start);
	for (unsigned i = 0; i < 2; i++) {
		struct ice_path p = { .base = 9 };

		(void)ice_path(&net.sides[i].ice, &p, net.now);
		print_message("  base %u %s-%s nominated %d rtt %u now %d\n",
			      p.base, candidate_type(p.here),
			      candidate_type(p.there), p.nominated, p.rtt,
			      (int)net.now);
		print_message(
			"  %u: state %d at %d failed %d (%s) sent %u\n", i,
			(int)ice_state(&net.sides[i].ice),
			(int)net.sides[i].connected, (int)net.sides[i].failed,
			ice_reason(net.sides[i].ice.reason), net.sides[i].sent);
	}
}

/* Without loss: descriptions and candidates, then three round trips and what a NAT
 * that is in the way costs; no step of a second.
 */
static bool is_in_time(const struct icenet_conf *c)
{
	int64_t hops = must_be_direct(c) ? 1 : 2; /* a relay is one */
	int64_t trip = 2 * (c->delay + c->reorder) * hops;
	int64_t from = net.sides[0].theirs_at > net.sides[1].theirs_at
			       ? net.sides[0].theirs_at
			       : net.sides[1].theirs_at;
	int64_t later = net.sides[0].connected > net.sides[1].connected
				? net.sides[0].connected
				: net.sides[1].connected;

	if (c->loss)
		return later <= from + IN_TIME;
	return later <= from + c->signal + 5 * trip / 2 + 700;
}

static bool is_good(const struct icenet_conf *c)
{
	bool both = net.sides[0].connected && net.sides[1].connected;

	if (!must_be_direct(c) && !c->relay[0] && !c->relay[1] && !both)
		return net.sides[0].failed && net.sides[1].failed &&
		       net.sides[0].ice.reason == ICE_NO_SILENCE;
	if (!both || !is_in_time(c))
		return false;
	for (int i = 0; i < (c->loss ? 12 : 1); i++) {
		icenet_run(&net, net.now + 5000, false);
		if (is_nominated() &&
		    (!must_be_direct(c) || (!is_relayed(0) && !is_relayed(1))))
			return true;
	}
	return false;
}

static void seeds(void **state)
{
	const char *text = getenv("UNIT_SEEDS");
	const char *first = getenv("UNIT_FIRST");
	uint64_t many = text ? strtoul(text, NULL, 10) : SEEDS;
	uint64_t from = first ? strtoul(first, NULL, 10) : 0;
	unsigned bad = 0;

	(void)state;
	for (uint64_t i = from; i < from + many; i++) {
		struct icenet_conf c = any(i);

		icenet_init(&net, &c);
		icenet_run(&net, FAIL_WITHIN, true);
		if (is_good(&c) &&
		    (!net.sides[0].connected || is_talking(10000)))
			continue;
		show(&c);
		bad++;
	}
	assert_int_equal(bad, 0);
}

/* ---- what happens later ---- */

static void connect(const struct icenet_conf *c)
{
	icenet_init(&net, c);
	icenet_run(&net, 60000, true);
	icenet_run(&net, net.now + 3000, false);
	assert_true(net.sides[0].connected && is_nominated());
}

/* Nobody is without a path for a moment, and both leave the old one. */
static void restarts(void **state)
{
	(void)state;
	for (unsigned who = 0; who < 2; who++) {
		struct icenet_conf c = plain(ICENET_T3, ICENET_T2);
		uint8_t ufrag[ICE_OWN_UFRAG];

		connect(&c);
		for (int again = 0; again < 3; again++) {
			memcpy(ufrag, ice_ufrag(&net.sides[who].ice).p,
			       sizeof ufrag);
			icenet_restart(&net, who, false);
			for (int i = 0; i < 200; i++) {
				assert_true(icenet_say(&net, i % 2));
				icenet_run(&net, net.now + 10, false);
			}
			assert_true(is_nominated());
			assert_memory_not_equal(
				ufrag, ice_ufrag(&net.sides[who].ice).p,
				sizeof ufrag);
			assert_int_equal(ice_state(&net.sides[0].ice),
					 ICE_CONNECTED);
			assert_int_equal(ice_state(&net.sides[1].ice),
					 ICE_CONNECTED);
		}
		assert_in_range(net.sides[0].data, 299, 300);
	}
}

/* Another address of ours: data goes on within a second. */
static void moves(void **state)
{
	(void)state;
	for (unsigned who = 0; who < 2; who++) {
		struct icenet_conf c = plain(ICENET_T3, ICENET_T3);

		connect(&c);
		icenet_restart(&net, who, true);
		icenet_run(&net, net.now + 900, false);
		assert_true(is_talking(100));
		icenet_run(&net, net.now + 40000, false);
		assert_true(is_talking(100));
	}
}

/* Consent: gone 30 s behind the last answer, and not before; all that time and
 * later, nobody is asked more often than a path is worth.
 */
static void silence(void **state)
{
	struct icenet_conf c = plain(ICENET_T2, ICENET_T3);
	int64_t from;

	(void)state;
	connect(&c);
	icenet_run(&net, net.now + 3600000, false);
	assert_in_range(net.sides[0].sent + net.sides[1].sent, 2000, 3400);
	assert_true(is_talking(1000));
	net.cut = true;
	from = net.now;
	icenet_run(&net, from + 24000, false);
	assert_int_equal(net.sides[0].failed + net.sides[1].failed, 0);
	icenet_run(&net, from + 31000, false);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(net.sides[i].failed);
		assert_int_equal(net.sides[i].ice.reason, ICE_NO_CONSENT);
		assert_false(icenet_say(&net, i));
	}
	net.cut = false;
	icenet_restart(&net, 0, false);
	icenet_run(&net, net.now + 1000, false);
	assert_true(is_talking(1000));
}

/* Somebody who never answers, never describes himself. */
static void nobody(void **state)
{
	struct icenet_conf c = plain(ICENET_T4, ICENET_T4);

	(void)state;
	icenet_init(&net, &c);
	icenet_run(&net, 120000, true);
	for (unsigned i = 0; i < 2; i++) {
		assert_in_range(net.sides[i].failed, ICE_PATIENCE, 45000);
		assert_int_equal(net.sides[i].ice.reason, ICE_NO_SILENCE);
		assert_true(net.sides[i].sent < 150);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),    cmocka_unit_test(seeds),
		cmocka_unit_test(restarts), cmocka_unit_test(moves),
		cmocka_unit_test(silence),  cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
