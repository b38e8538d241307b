/* The wire of the other tests, and the party that talks over it. */
#include "virtual.h"
#include "party.h"
#include "wire.h"

enum { SEEDS = 600, TURNS = 200000, LONG = 3600 * 1000 };

static struct loop loop;
static struct wire wire;
static struct party a, b;

static void start(const struct wire_conf *conf, uint64_t seed)
{
	virtual_start(&loop, TURNS);
	wire_start(&wire, &loop, conf, seed);
}

static void stop(void)
{
	party_stop(&a);
	party_stop(&b);
	stream_stop(&wire.end[0].stream, false);
	stream_stop(&wire.end[1].stream, false);
	wire_stop(&wire);
	loop_close(&loop);
}

static void talk(const struct party_conf *conf)
{
	struct party_conf other = *conf;

	other.second = true;
	other.say = conf->hear;
	other.hear = conf->say;
	party_start(&a, &loop, &wire.end[0].stream, conf, NULL);
	party_start(&b, &loop, &wire.end[1].stream, &other, NULL);
}

static struct wire_conf any_conf(uint64_t *r, enum stream_kind kind)
{
	return (struct wire_conf){
		.kind = kind,
		.latency = unit_rand(r) % 100,
		.jitter = unit_rand(r) % 100,
		.most = 300 + unit_rand(r) % 2000,
		.flight = 1 + unit_rand(r) % 20,
		.lost = kind == STREAM_LOSSY ? unit_rand(r) % 500 : 0,
		.twice = kind == STREAM_LOSSY ? unit_rand(r) % 500 : 0,
	};
}

/* Everything comes, in order; and both see the end behind it. */
static void whole_and_in_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		uint64_t r = seed * 77;
		enum stream_kind kind = seed % 2 ? STREAM_BYTES : STREAM_MSGS;
		struct wire_conf conf = any_conf(&r, kind);
		uint32_t n = kind == STREAM_BYTES ? 9000 : 30;

		start(&conf, seed);
		talk(&(struct party_conf){ .seed = seed,
					   .say = unit_rand(&r) % n,
					   .hear = unit_rand(&r) % n,
					   .piece = 300,
					   .moody = unit_rand(&r) % 500 });
		if (virtual_run(&loop, LONG) != VIRTUAL_DRY || !a.over ||
		    !b.over || a.err || b.err)
			fail_msg("seed %u", (unsigned)seed);
		stop();
	}
}

/* What is committed is lost, or comes, or was missed; nothing else. */
static void lossy_books(void **state)
{
	uint32_t lost = 0, twice = 0, missed = 0, late = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		uint64_t r = seed * 99;
		struct wire_conf conf = any_conf(&r, STREAM_LOSSY);
		uint64_t said;

		start(&conf, seed);
		talk(&(struct party_conf){ .seed = seed,
					   .say = unit_rand(&r) % 30,
					   .hear = unit_rand(&r) % 30,
					   .piece = 300,
					   .moody = unit_rand(&r) % 200 });
		if (virtual_run(&loop, LONG) != VIRTUAL_DRY || !a.over ||
		    !b.over)
			fail_msg("seed %u", (unsigned)seed);
		said = a.said + b.said + wire.twice;
		assert_int_equal(said - wire.lost - wire.missed,
				 a.heard + b.heard);
		lost += wire.lost;
		twice += wire.twice;
		missed += wire.missed;
		late += (uint32_t)(a.repeated + b.repeated);
		stop();
	}
	assert_true(lost > SEEDS && twice > SEEDS && missed > SEEDS &&
		    late > SEEDS);
}

/* A latency is what it says, both ways. */
static void takes_its_time(void **state)
{
	struct wire_conf conf = { .latency = 250 };
	int64_t before;

	(void)state;
	start(&conf, 1);
	before = virtual_time.now;
	talk(&(struct party_conf){ .seed = 1, .say = 100, .hear = 100 });
	assert_int_equal(virtual_run(&loop, 249), VIRTUAL_LATE);
	assert_int_equal(a.heard + b.heard, 0);
	assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
	assert_true(a.over && b.over);
	assert_int_equal(virtual_time.now - before, 250);
	stop();
}

/* Who does not hear stops who speaks, once window and flight are full. */
static void pushes_back(void **state)
{
	struct wire_conf conf = { .most = 100, .flight = 5, .window = 300 };

	(void)state;
	start(&conf, 1);
	talk(&(struct party_conf){
		.seed = 1, .hear = 5000, .piece = 100, .deaf_after = 1 });
	assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
	assert_false(b.over);
	assert_in_range(b.said, 300, 900);
	stop();
}

enum how { RESET, UNREAD, TALKS_ON, CLOSED };

/* How one end leaves, and what the other one is told. */
static void leaving(void **state)
{
	(void)state;
	for (int how = RESET; how <= CLOSED; how++) {
		struct wire_conf conf = { .latency = 5 };
		struct party_conf talks = { .seed = 1, .keeps = true };

		if (how == UNREAD) {
			talks.hear = 100;
			talks.deaf_after = 1;
		}
		start(&conf, 1);
		talk(&talks);
		a.conf.deaf_after = how == UNREAD ? 1 : 0;
		virtual_run(&loop, 100);
		party_stop(&a);
		stream_stop(&wire.end[0].stream, how == RESET);
		if (how == TALKS_ON) {
			b.conf.say = 100;
			soon_start(&b.again, &loop);
		}
		assert_int_equal(virtual_run(&loop, LONG), VIRTUAL_DRY);
		assert_int_equal(b.err, how == CLOSED ? 0 : -NAT_ERESET);
		assert_int_equal(b.over, how != CLOSED);
		assert_true(wire.end[1].stream.ended || how != CLOSED);
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_and_in_order),
		cmocka_unit_test(lossy_books),
		cmocka_unit_test(takes_its_time),
		cmocka_unit_test(pushes_back),
		cmocka_unit_test(leaving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
