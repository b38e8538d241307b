/* lifetime: NATs of every patience, with loss, with and without RESPONSE-PORT. */
#include "unit.h"
#include "wire/lifetime.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };
enum manner { FULL, PASSES, REFUSES }; /* of RESPONSE-PORT */

struct sight {
	struct lifetime life;
	enum manner manner;
	bool keeps_port; /* a new mapping has the port of the old one */
	unsigned loses;  /* of 100 */
	uint64_t seed;
	int64_t lasts, now, used[LIFETIME_SOCKETS];
	uint16_t port[LIFETIME_SOCKETS], next;
};

static const struct addr server = { .family = ADDR_IP4,
				    .port = 3478,
				    .ip = { 198, 51, 100, 1 } };

static bool lost(struct sight *s)
{
	return unit_rand(&s->seed) % 100 < s->loses;
}

static bool is_there(const struct sight *s, unsigned socket)
{
	return s->port[socket] && s->now - s->used[socket] < s->lasts;
}

static void leaves(struct sight *s, unsigned socket)
{
	if (!is_there(s, socket) && !(s->keeps_port && s->port[socket]))
		s->port[socket] = ++s->next;
	s->used[socket] = s->now;
}

static void deliver(struct sight *s, uint16_t port, const struct stun *m)
{
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	stun_print(&f, m);
	for (unsigned i = 0; i < LIFETIME_SOCKETS; i++) {
		if (s->port[i] != port || !is_there(s, i) || lost(s))
			continue;
		s->used[i] = s->now;
		lifetime_hear(&s->life, i, &server, fmt_done(&f), s->now);
		return;
	}
}

static void serve(struct sight *s, unsigned socket, struct bytes b)
{
	struct stun q, a = { .type = STUN_BINDING_OK, .mapped = server };
	uint16_t to;

	assert_int_equal(stun_parse(&q, b), 0);
	leaves(s, socket);
	if (lost(s))
		return;
	memcpy(a.id, q.id, STUN_ID);
	a.mapped.port = to = s->port[socket];
	if (q.response_port && s->manner == REFUSES) {
		a = (struct stun){ .type = STUN_BINDING_ERROR, .error = 420 };
		memcpy(a.id, q.id, STUN_ID);
	} else if (q.response_port && s->manner == FULL) {
		to = q.response_port;
	}
	deliver(s, to, &a);
}

static void run(struct sight *s, int64_t most)
{
	const uint8_t random[STUN_ID] = { 1, 2, 3, 4 };
	uint8_t room[STUN_MOST];
	int64_t due;

	s->now = 5000;
	s->next = 1000;
	lifetime_init(&s->life, &server, most,
		      (struct bytes){ random, sizeof random }, s->now);
	while ((due = lifetime_due(&s->life)) >= 0) {
		struct fmt f = fmt_to(SPAN(room));
		unsigned socket;

		s->now = due > s->now ? due : s->now;
		assert_true(s->now < 20 * MINUTE);
		while (lifetime_say(&s->life, &socket, &f, s->now)) {
			serve(s, socket, fmt_done(&f));
			f.n = 0;
		}
	}
}

static void patience(void **state)
{
	(void)state;
	for (int64_t lasts = 700; lasts < 200 * SECOND;
	     lasts += lasts / 7 + 100) {
		struct sight s = { .lasts = lasts, .keeps_port = true };
		int64_t close;

		run(&s, 180 * SECOND);
		assert_true(s.life.sure);
		if (lasts > 180 * SECOND) {
			assert_int_equal(s.life.lived, 180 * SECOND);
			assert_int_equal(s.life.died, 0);
			continue;
		}
		assert_true(s.life.lived < lasts && lasts <= s.life.died);
		close = s.life.died / 16 > 1000 ? s.life.died / 16 : 1000;
		assert_true(s.life.died - s.life.lived <= close);
	}
}

/* Without RESPONSE-PORT a NAT that gives other ports is found out all the same. */
static void without(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct sight s = { .manner = i % 2 ? PASSES : REFUSES,
				   .lasts = 30 * SECOND,
				   .keeps_port = i > 1 };

		run(&s, MINUTE);
		assert_false(s.life.sure);
		if (s.keeps_port)
			assert_true(s.life.died == 0);
		else
			assert_true(s.life.lived < s.lasts &&
				    s.lasts <= s.life.died &&
				    s.life.died - s.life.lived < 4000);
	}
}

/* One of ten is lost: a call goes out three times, and what it said is hardly ever
 * wrong.
 */
static void loss(void **state)
{
	int right = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct sight s = { .lasts = 20 * SECOND,
				   .keeps_port = true,
				   .loses = 10,
				   .seed = seed * 7777 };

		run(&s, MINUTE);
		right +=
			s.life.lived < s.lasts && s.lasts <= s.life.died + 2000;
	}
	assert_true(right >= 85);
}

static void nobody(void **state)
{
	struct sight s = { .lasts = SECOND, .loses = 100, .seed = 9 };

	(void)state;
	run(&s, MINUTE);
	assert_true(s.life.over && s.life.lived == 0 && s.life.died == 0);
	assert_true(s.now < 5000 + 3 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patience),
		cmocka_unit_test(without),
		cmocka_unit_test(loss),
		cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
