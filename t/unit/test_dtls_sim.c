/* Handshakes over bad roads in virtual time: each opens, both ways carry what is
 * said, and without loss nobody waits longer than the road takes.
 */
#include "unit.h"
#include "certs.h"
#include "dtls_pair.h"

enum { SEEDS = 200 };

static struct dtls_pair p;
static struct made rsa_made;
static struct key rsa_key;
static struct tls_identity rsa = { &rsa_key, &rsa_made.cert, 1 };

static int setup(void **state)
{
	static const struct wish wish = { "rsa",   "rsa",    DAYS,
					  DIGITAL, &rsa_key, &rsa_key };

	(void)state;
	certs_rsa(&rsa_key);
	return certs_make(&rsa_made, &wish);
}

static unsigned seeds(void)
{
	const char *n = getenv("DTLS_SEEDS");

	return n ? (unsigned)strtoul(n, NULL, 10) : SEEDS / unit_slow();
}

static int64_t took(void)
{
	int64_t client = p.opened[TLS_CLIENT], server = p.opened[TLS_SERVER];

	return (client > server ? client : server) - 1000;
}

/* A road by seed: MTU 256 to 1500, delay to 400 ms, loss and copies to 20 %. */
static void travel(uint64_t seed, unsigned loss)
{
	uint64_t s = seed * 77 + 5;

	dpair_init(&p, seed);
	p.road.delay = unit_rand(&s) % 200;
	p.road.more = unit_rand(&s) % 201;
	p.road.loss = loss ? unit_rand(&s) % (loss + 1) : 0;
	p.road.twice = unit_rand(&s) % 201;
	for (int i = 0; i < 2; i++) {
		p.ask[i].mtu = (uint16_t)(256 + unit_rand(&s) % 1245);
		p.ask[i].rtt_ms = 2 * p.road.delay + p.road.more;
		p.ask[i].verify = unit_rand(&s) % 4 == 0;
		if (unit_rand(&s) % 4 == 0)
			dpair_show(&p, (enum tls_role)i, &rsa);
	}
	dpair_run(&p, 40000);
}

static void talk(uint64_t seed)
{
	p.road.loss = 0;
	dpair_go_on(&p, 2000);
	p.heard[0] = p.heard[1] = 0;
	for (unsigned i = 0; i < 20; i++)
		dpair_say(&p, (enum tls_role)(i % 2), i);
	dpair_go_on(&p, 2000);
	if (p.heard[TLS_SERVER] != 0x55555 || p.heard[TLS_CLIENT] != 0xaaaaa)
		fail_msg("seed %u: not all came", (unsigned)seed);
	assert_int_equal(p.copies, 0);
}

/* Up to 20 % lost, each way. */
static void test_loss(void **state)
{
	int64_t sum = 0, most = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds(); seed++) {
		travel(seed, 200);
		if (!dpair_open(&p))
			fail_msg("seed %u: client %s, server %s",
				 (unsigned)seed,
				 p.ends[0].why ? p.ends[0].why : "waits",
				 p.ends[1].why ? p.ends[1].why : "waits");
		sum += took();
		most = took() > most ? took() : most;
		talk(seed);
	}
	print_message("lossy: mean %d ms, longest %d ms\n",
		      (int)(sum / seeds()), (int)most);
}

/* Nothing lost, much reordered and doubled: four ways, six with a cookie, and not
 * a step more. (The last of several datagrams may be the slowest of them.)
 */
static void test_no_loss(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(); seed++) {
		int64_t ways;

		travel(seed, 0);
		assert_true(dpair_open(&p));
		ways = p.ask[TLS_SERVER].verify ? 6 : 4;
		if (took() > ways * (p.road.delay + p.road.more))
			fail_msg("seed %u: %d ms for ways of %u to %u",
				 (unsigned)seed, (int)took(), p.road.delay,
				 p.road.delay + p.road.more);
		talk(seed);
	}
}

/* What a side says first may be lost: its place is taken by what a wait of twice a
 * round trip brings, not by a second.
 */
static bool lose_one(struct dtls_pair *now, struct dpair_letter *l)
{
	(void)l;
	return now->count-- != 0;
}

static void test_one_lost(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		dpair_init(&p, i + 1);
		p.road.delay = 20;
		p.ask[0].rtt_ms = p.ask[1].rtt_ms = 40;
		p.meddle = lose_one;
		p.count = i;
		dpair_run(&p, 40000);
		assert_true(dpair_open(&p));
		assert_in_range(took(), i == 3 ? 80 : 81, 80 + 80 + 40);
	}
}

/* Data that overtakes the last Finished is kept for it. */
static void test_overtaken(void **state)
{
	(void)state;
	dpair_init(&p, 3);
	p.road.delay = 50;
	dpair_start(&p);
	while (!p.ends[TLS_SERVER].open)
		assert_true(dpair_step(&p, 10000));
	p.road.delay = 1;
	dpair_say(&p, TLS_SERVER, 1);
	dpair_say(&p, TLS_SERVER, 2);
	while (!p.ends[TLS_CLIENT].open)
		assert_true(dpair_step(&p, 10000));
	assert_int_equal(p.heard[TLS_CLIENT], 6);
	assert_true(dpair_open(&p));
}

/* The client does not hear the last flight: it says its own again, and hears. */
static bool lose_last(struct dtls_pair *now, struct dpair_letter *l)
{
	bool last = l->to == TLS_CLIENT && now->ends[TLS_SERVER].open;

	return !last || now->count++ >= 3;
}

static void test_last_lost(void **state)
{
	(void)state;
	dpair_init(&p, 3);
	p.road.delay = 20;
	p.meddle = lose_last;
	dpair_run(&p, 40000);
	assert_true(dpair_open(&p));
	assert_int_equal(p.count, 4);
	talk(3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_loss),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_one_lost),
		cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_last_lost),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
