/* Handshakes in which one datagram is not what was said: nothing falls over, each
 * end comes to an end, and who opens has the keys of the other.
 */
#include "unit.h"
#include "dtls_pair.h"

enum { STEP = 13 };

static struct dtls_pair p;
static unsigned victim;
static size_t place;
static bool hit;

static bool flip(struct dtls_pair *now, struct dpair_letter *l)
{
	if (now->count++ != victim || place >= l->n)
		return true;
	hit = true;
	l->b[place] ^= 0x11;
	return true;
}

static bool cut(struct dtls_pair *now, struct dpair_letter *l)
{
	if (now->count++ != victim || place >= l->n)
		return true;
	hit = true;
	l->n = place;
	return true;
}

/* The rest of what was cut off, as a datagram of its own. */
static bool halve(struct dtls_pair *now, struct dpair_letter *l)
{
	if (now->count++ != victim || place >= l->n)
		return true;
	hit = true;
	memmove(l->b, l->b + place, l->n - place);
	l->n -= place;
	return true;
}

static void run(bool (*meddle)(struct dtls_pair *now, struct dpair_letter *l))
{
	hit = false;
	dpair_init(&p, 1 + victim);
	p.ask[TLS_SERVER].verify = place % 2;
	p.meddle = meddle;
	dpair_run(&p, 100000);
}

static void talk(void)
{
	dpair_say(&p, TLS_CLIENT, 1);
	dpair_say(&p, TLS_SERVER, 2);
	dpair_go_on(&p, 100);
	assert_int_equal(p.heard[TLS_SERVER], 2);
	assert_int_equal(p.heard[TLS_CLIENT], 4);
}

static void test_flipped(void **state)
{
	unsigned opened = 0, failed = 0;

	(void)state;
	for (victim = 0; victim < 4; victim++)
		for (place = victim, hit = true; hit; place += STEP) {
			run(flip);
			if (dpair_open(&p)) {
				talk();
				opened++;
				continue;
			}
			assert_true(p.ends[0].err && p.ends[1].err);
			failed++;
		}
	assert_true(opened > 10 && failed > 10);
}

/* What is missing is said again. */
static void test_cut(void **state)
{
	(void)state;
	for (victim = 0; victim < 4; victim++)
		for (place = victim, hit = true; hit; place += STEP) {
			run(cut);
			assert_true(dpair_open(&p));
			talk();
			run(halve);
			assert_true(dpair_open(&p));
			talk();
		}
}

/* A handshake with itself, and one by two of the same role: no, in time. */
static void test_mirror(void **state)
{
	(void)state;
	for (int role = 0; role < 2; role++) {
		dpair_init(&p, 9);
		p.conf[!role].role = (enum tls_role)role;
		dpair_run(&p, 100000);
		assert_false(p.ends[0].open || p.ends[1].open);
		assert_true(role == TLS_SERVER || p.ends[0].err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_mirror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
