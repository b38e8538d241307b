/* Pair and pump over the faulty layer, in virtual time: a party, a wire, the
 * pair between two faulty layers, another wire, the other party.
 */
#include "virtual.h"
#include "fault.h"
#include "party.h"
#include "wire.h"
#include "net/pair.h"

enum { SEEDS = 700, TURNS = 400000, LONG = 3600 * 1000 };

static struct loop loop;
static struct net net;
static struct wire left, right;
static struct fault fl, fr;
static struct pair pair;
static struct party a, b;
static bool paired;
static int pair_err;

static void over(struct pair *p, int err)
{
	assert_true(paired);
	paired = false;
	pair_err = err;
	pair_stop(p, err);
	memset(p, 0xa5, sizeof *p);
}

struct course {
	struct wire_conf wire;
	struct fault_conf left, right;
	struct party_conf party;
	uint64_t seed;
};

static void start(const struct course *c)
{
	struct party_conf other = c->party;

	virtual_start(&loop, TURNS);
	net = (struct net){ .loop = &loop };
	wire_start(&left, &loop, &c->wire, c->seed * 3);
	wire_start(&right, &loop, &c->wire, c->seed * 5);
	fault_start(&fl, &loop, &left.end[1].stream, &c->left, c->seed * 7,
		    NULL);
	fault_start(&fr, &loop, &right.end[0].stream, &c->right, c->seed * 11,
		    NULL);
	other.second = true;
	other.say = c->party.hear;
	other.hear = c->party.say;
	party_start(&a, &loop, &left.end[0].stream, &c->party, NULL);
	party_start(&b, &loop, &right.end[1].stream, &other, NULL);
	paired = true;
	pair_err = 1;
	pair_start(&pair, &net, &fl.stream, &fr.stream, over);
}

static void stop(void)
{
	party_stop(&a);
	party_stop(&b);
	stream_stop(&left.end[0].stream, false);
	stream_stop(&right.end[1].stream, false);
	if (paired)
		pair_stop(&pair, 0);
	wire_stop(&left);
	wire_stop(&right);
	loop_close(&loop);
}

static struct fault_conf any_fault(uint64_t *r)
{
	return (struct fault_conf){
		.split = unit_rand(r) % 3 ? 1 + unit_rand(r) % 50 : 0,
		.refuse = unit_rand(r) % 2 * (unit_rand(r) % 700),
		.delay = unit_rand(r) % 4,
		.vain = unit_rand(r) % 300,
	};
}

static struct course any_course(uint64_t seed, enum stream_kind kind)
{
	uint64_t r = seed * 0x9e3779b9;
	uint32_t n = kind == STREAM_BYTES ? 5000 : 25;

	return (struct course){
		.wire = { .kind = kind,
			  .latency = unit_rand(&r) % 20,
			  .jitter = unit_rand(&r) % 20,
			  .most = 200 + unit_rand(&r) % 800,
			  .flight = 1 + unit_rand(&r) % 8 },
		.left = any_fault(&r),
		.right = any_fault(&r),
		.party = { .seed = seed,
			   .say = unit_rand(&r) % n,
			   .hear = unit_rand(&r) % n,
			   .piece = 200,
			   .moody = unit_rand(&r) % 400 },
		.seed = seed,
	};
}

/* Whatever the streams do that they may do, what is said is heard, both ends
 * learn that the other has finished, the pair ends well, and then nothing moves.
 */
static void all_that_may_be(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		enum stream_kind kind = seed % 2 ? STREAM_BYTES : STREAM_MSGS;
		struct course c = any_course(seed, kind);

		start(&c);
		if (virtual_run(&loop, LONG) != VIRTUAL_DRY || pair_err ||
		    !a.over || !b.over || a.err || b.err)
			fail_msg("seed %u: pair %d, %d %d, heard %lu of %lu, "
				 "%lu of %lu",
				 (unsigned)seed, pair_err, a.err, b.err,
				 (unsigned long)a.heard,
				 (unsigned long)a.conf.hear,
				 (unsigned long)b.heard,
				 (unsigned long)b.conf.hear);
		stop();
	}
}

/* Lossy all the way: nothing damaged, nothing hangs, the books agree. */
static void lossy(void **state)
{
	uint64_t heard = 0, dropped = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS / 2; seed++) {
		struct course c = any_course(seed, STREAM_LOSSY);
		uint64_t gone;

		c.left.drop = seed % 300;
		c.wire.lost = seed % 200;
		c.party.moody = 0;
		start(&c);
		if (virtual_run(&loop, LONG) != VIRTUAL_DRY || pair_err ||
		    !a.over || !b.over)
			fail_msg("seed %u", (unsigned)seed);
		gone = left.lost + left.missed + right.lost + right.missed +
		       fl.dropped + fr.dropped;
		assert_true(a.heard + b.heard + gone <= a.said + b.said);
		heard += a.heard + b.heard;
		dropped += a.said + b.said - a.heard - b.heard - gone;
		stop();
	}
	assert_true(heard > 1000);
	assert_true(dropped > 0); /* by the pump, which had no room */
}

/* One side fails at its n-th op, for every n: the pair is over by that error,
 * once. Both ends see a reset: what was cut off never looks like all of it.
 */
static void fails_at_every_op(void **state)
{
	static const int errs[] = { -NAT_EIO, -NAT_ERESET, -NAT_ETIMEOUT };
	struct course c = any_course(5, STREAM_BYTES);
	uint32_t ops = 1;

	(void)state;
	c.party.say = c.party.hear = 700;
	for (uint32_t n = 1; n <= ops; n++) {
		int err = errs[n % COUNT(errs)];

		c.left.fail_at = n;
		c.left.err = err;
		start(&c);
		assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
		if (n == 1)
			ops = 400;
		if (pair_err == 0 && fl.ops < n)
			ops = fl.ops;
		else
			assert_int_equal(pair_err, err);
		if (pair_err && b.conf.hear > b.heard)
			assert_int_equal(b.err, -NAT_ERESET);
		stop();
	}
	assert_in_range(ops, 50, 399);
}

/* One side ends before all is said: the end is passed on, and the other direction
 * goes on as if nothing had been.
 */
static void ends_early(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct course c = any_course(seed, STREAM_BYTES);

		c.party.say = 2000;
		c.party.hear = 2000;
		c.left.end_after = 1 + seed * 5;
		start(&c);
		b.conf.hear = c.left.end_after;
		if (virtual_run(&loop, LONG) != VIRTUAL_DRY || !b.over ||
		    b.heard != c.left.end_after || fr.taken != 2000)
			fail_msg("seed %u: heard %lu, %lu", (unsigned)seed,
				 (unsigned long)a.heard,
				 (unsigned long)b.heard);
		stop();
	}
}

/* A message that the other side could never carry ends the pair. */
static void too_large(void **state)
{
	struct course c = any_course(4, STREAM_MSGS);

	(void)state;
	c.wire.most = 300;
	c.party.say = 50;
	c.party.hear = 0;
	start(&c);
	right.end[0].stream.most_out = fr.stream.most_out = 100;
	assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
	assert_int_equal(pair_err, -NAT_EROOM);
	assert_true(b.heard < 50);
	stop();
}

/* Never more than least and one byte, all refused now and then, all wakes late:
 * who forgets that a wake may come in vain or late, hangs.
 */
static void byte_by_byte(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct course c = any_course(seed, STREAM_BYTES);

		c.left = c.right = (struct fault_conf){
			.split = 1, .refuse = 500, .delay = 5, .vain = 500
		};
		c.party.say = c.party.hear = 500;
		start(&c);
		assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
		assert_true(a.over && b.over && a.heard == 500 &&
			    b.heard == 500 && pair_err == 0);
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_may_be),
		cmocka_unit_test(lossy),
		cmocka_unit_test(fails_at_every_op),
		cmocka_unit_test(ends_early),
		cmocka_unit_test(too_large),
		cmocka_unit_test(byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
