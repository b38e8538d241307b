/* unat: every kind of NAT is what it says, packets stay whole; nat stun's engine names
 * each of them, over links that lose, delay and reorder, in virtual time.
 */
#include "unit.h"
#include "udp4.h"
#include "../lab/unat/link.h"
#include "wire/nattype.h"

enum { LIFE = 5000, PUBLIC = 0x0cc00201, INSIDE = 0x0a000002 };
enum { SERVER = 0x0c336401, PACKET = UDP4_PACKET, HEADS = UDP4_HEADS };

static struct unat nat;
static struct link line;

static struct unat_conf conf_of(uint8_t mapping, uint8_t filtering,
				uint8_t ports)
{
	return (struct unat_conf){ .public = PUBLIC,
				   .mapping = mapping,
				   .filtering = filtering,
				   .ports = ports,
				   .lo = 40000,
				   .hi = 50000,
				   .lifetime = LIFE,
				   .seed = 77 };
}

/* ---- packets ---- */

static void assert_whole(struct span b)
{
	assert_int_equal(udp4_sum(b.p, 20, 0), 0xffff);
	assert_int_equal(udp4_inner_sum(b.p, b.n), 0xffff);
}

/* The outer port, 0: it goes nowhere. */
static unsigned out(int64_t now, unsigned from, uint32_t ip, unsigned port)
{
	uint8_t p[PACKET];
	struct span b = udp4_make(p, udp4_end(INSIDE, from), udp4_end(ip, port),
				  BYTES("hey"));

	if (unat_out(&nat, now, b) != UNAT_OUTSIDE)
		return 0;
	assert_whole(b);
	assert_int_equal(udp4_get(p + 12, 4), PUBLIC);
	return udp4_get(p + 20, 2);
}

/* The inner port. */
static unsigned in(int64_t now, uint32_t ip, unsigned port, unsigned to)
{
	uint8_t p[PACKET];
	struct span b = udp4_make(p, udp4_end(ip, port), udp4_end(PUBLIC, to),
				  BYTES("you"));

	if (unat_in(&nat, now, b) != UNAT_INSIDE)
		return 0;
	assert_whole(b);
	assert_int_equal(udp4_get(p + 16, 4), INSIDE);
	return udp4_get(p + 22, 2);
}

/* ---- kinds ---- */

static void kinds(void **state)
{
	(void)state;
	for (uint8_t mapping = 0; mapping < 3; mapping++) {
		for (uint8_t filter = 0; filter < 3; filter++) {
			struct unat_conf c =
				conf_of(mapping, filter, UNAT_NEXT);
			unsigned first;

			unat_init(&nat, &c);
			first = out(1, 5000, 1, 10);
			assert_int_equal(first, 40000);
			assert_int_equal(out(2, 5000, 1, 10), first);
			assert_int_equal(in(3, 1, 10, first), 5000);
			assert_int_equal(in(3, 1, 11, first),
					 filter < UNAT_PORT ? 5000 : 0);
			assert_int_equal(in(3, 2, 10, first),
					 filter < UNAT_HOST ? 5000 : 0);
			assert_int_equal(out(4, 5000, 1, 11) == first,
					 mapping < UNAT_PORT);
			assert_int_equal(out(4, 5000, 2, 10) == first,
					 mapping < UNAT_HOST);
			assert_int_not_equal(out(4, 5001, 1, 10), first);
		}
	}
}

static void ports(void **state)
{
	struct unat_conf c = conf_of(UNAT_ANY, UNAT_PORT, UNAT_SAME);
	unsigned drawn[3];

	(void)state;
	unat_init(&nat, &c);
	assert_int_equal(out(1, 5000, 1, 1), 5000);
	c.mapping = UNAT_PORT; /* the second finds its port taken */
	unat_init(&nat, &c);
	assert_int_equal(out(1, 5000, 1, 1), 5000);
	assert_int_equal(out(1, 5000, 1, 2), 40000);
	for (int twice = 0; twice < 2; twice++) { /* by the seed alone */
		c.ports = UNAT_RANDOM;
		unat_init(&nat, &c);
		for (unsigned i = 0; i < 3; i++) {
			unsigned port = out(1, 5000, 1, i + 1);

			assert_true(port >= 40000 && port <= 50000);
			assert_true(!twice || port == drawn[i]);
			drawn[i] = port;
		}
		assert_true(drawn[0] + 1 != drawn[1]);
	}
	c.lo = 60000;
	c.hi = 60003;
	unat_init(&nat, &c);
	for (unsigned i = 0; i < 8; i++) /* there are four */
		assert_int_equal(out(1, 5000, 1, i + 1) != 0, i < 4);
	assert_true(out(LIFE + 2, 5000, 1, 9) != 0);
}

static void lifetimes(void **state)
{
	(void)state;
	for (int refreshes = 0; refreshes < 2; refreshes++) {
		struct unat_conf c = conf_of(UNAT_ANY, UNAT_ANY, UNAT_NEXT);

		c.in_refreshes = refreshes;
		unat_init(&nat, &c);
		assert_int_equal(out(1, 5000, 1, 1), 40000);
		assert_int_equal(in(1 + LIFE, 1, 1, 40000), 5000);
		assert_int_equal(in(2 + LIFE, 1, 1, 40000),
				 refreshes ? 5000 : 0);
		assert_int_equal(out(3 + LIFE, 5000, 1, 1),
				 refreshes ? 40000 : 40001);
	}
}

static void hairpins(void **state)
{
	(void)state;
	for (uint8_t how = 0; how < 3; how++) {
		struct unat_conf c = conf_of(UNAT_ANY, UNAT_ANY, UNAT_NEXT);
		uint8_t p[PACKET];
		struct span b;

		c.hairpin = how;
		unat_init(&nat, &c);
		out(1, 5000, 1, 1);
		b = udp4_make(p, udp4_end(INSIDE + 1, 6000),
			      udp4_end(PUBLIC, 40000), BYTES("!"));
		assert_int_equal(unat_out(&nat, 2, b),
				 how ? UNAT_INSIDE : UNAT_DROP);
		if (!how)
			continue;
		assert_whole(b);
		assert_int_equal(udp4_get(p + 16, 4), INSIDE);
		assert_int_equal(udp4_get(p + 22, 2), 5000);
		assert_int_equal(udp4_get(p + 12, 4), how == UNAT_OUTER_SOURCE
							      ? PUBLIC
							      : INSIDE + 1);
		assert_int_equal(udp4_get(p + 20, 2),
				 how == UNAT_OUTER_SOURCE ? 40001 : 6000);
	}
}

/* Whatever comes, nothing is read or written beyond it. */
static void noise(void **state)
{
	struct unat_conf c = conf_of(UNAT_PORT, UNAT_PORT, UNAT_RANDOM);
	uint64_t seed = 4;

	(void)state;
	unat_init(&nat, &c);
	for (int i = 0; i < 3000; i++) {
		uint8_t p[PACKET];
		struct guard g;
		struct span b =
			udp4_make(p, udp4_end(INSIDE, 1), udp4_end(PUBLIC, 2),
				  BYTES("12345678"));

		for (int k = 0; k < 3; k++)
			p[unit_rand(&seed) % b.n] = (uint8_t)unit_rand(&seed);
		b.n = unit_rand(&seed) % (b.n + 1);
		b.p = guard_span(&g, b.n).p;
		memcpy(b.p, p, b.n);
		if (i % 2)
			unat_in(&nat, i + 1, b);
		else
			unat_out(&nat, i + 1, b);
		guard_free(&g);
	}
}

/* ---- links ---- */

static void links(void **state)
{
	struct link_conf c = { .delay = 20, .seed = 3 };
	const uint8_t hundred[100] = { 0 };
	int way, came = 0;

	(void)state;
	link_init(&line, &c);
	assert_int_equal(link_due(&line), -1);
	assert_true(link_put(&line, 100, 7, BYTES("a")));
	assert_true(link_put(&line, 101, 8, BYTES("b")));
	assert_int_equal(link_due(&line), 120);
	assert_null(link_get(&line, 119, &way).p);
	assert_int_equal(link_get(&line, 120, &way).p[0], 'a');
	assert_int_equal(way, 7);
	assert_null(link_get(&line, 120, &way).p);
	c = (struct link_conf){ .rate = 1000, .seed = 3 };
	link_init(&line, &c);
	for (int i = 0; i < 5; i++) /* 100 bytes are 100 ms */
		link_put(&line, 1, i, (struct bytes){ hundred, 100 });
	for (int64_t now = 1; now <= 501; now++)
		while (link_get(&line, now, &way).p)
			assert_int_equal(now, 101 + 100 * came++);
	assert_int_equal(came, 5);
}

static void lossy(void **state)
{
	struct link_conf c = { .loss = 100, .reorder = 50, .seed = 3 };
	int way, last = -1, swapped = 0, came = 0;

	(void)state;
	link_init(&line, &c);
	for (int i = 0; i < 400; i++)
		link_put(&line, i, i, BYTES("x"));
	while (link_get(&line, 1000, &way).p) {
		swapped += way < last;
		last = way;
		came++;
	}
	assert_in_range(came, 330, 385); /* 360 +- 4 sigma */
	assert_true(swapped > 50);
}

/* ---- nat stun behind it ---- */

struct sight {
	struct nattype type;
	int64_t now;
};

enum { OUTWARD, INWARD }; /* ways of the line */

static void send(struct sight *s, int way, struct unat_end from,
		 struct unat_end to, struct bytes data)
{
	uint8_t p[PACKET];

	link_put(&line, s->now, way, bytes_in(udp4_make(p, from, to, data)));
}

/* Two hosts of two ports, RFC 5780. */
static void serve(struct sight *s, struct span b)
{
	struct unat_end from =
		udp4_end(udp4_get(b.p + 12, 4), udp4_get(b.p + 20, 2));
	struct unat_end to =
		udp4_end(udp4_get(b.p + 16, 4), udp4_get(b.p + 22, 2));
	struct stun q, a = { .type = STUN_BINDING_OK };
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	if (stun_parse(&q, (struct bytes){ b.p + HEADS, b.n - HEADS }) < 0)
		return;
	memcpy(a.id, q.id, STUN_ID);
	a.mapped = udp4_addr(from);
	a.other = udp4_addr(udp4_end(to.ip ^ 3, to.port ^ 1U));
	if (q.change & STUN_CHANGE_IP)
		to.ip ^= 3;
	if (q.change & STUN_CHANGE_PORT)
		to.port ^= 1;
	stun_print(&f, &a);
	send(s, INWARD, to, from, fmt_done(&f));
}

static void hear(struct sight *s, struct span b)
{
	struct addr from = udp4_addr(
		udp4_end(udp4_get(b.p + 12, 4), udp4_get(b.p + 20, 2)));
	struct addr here = udp4_addr(udp4_end(INSIDE, udp4_get(b.p + 22, 2)));
	struct nattype_heard h = {
		here.port - 5000U, &from, &here, { b.p + HEADS, b.n - HEADS }
	};

	nattype_hear(&s->type, &h, s->now);
}

static void arrive(struct sight *s, int way, struct span b)
{
	if (way == INWARD) {
		if (unat_in(&nat, s->now, b) == UNAT_INSIDE)
			hear(s, b);
		return;
	}
	switch (unat_out(&nat, s->now, b)) {
	case UNAT_OUTSIDE:
		serve(s, b);
		break;
	case UNAT_INSIDE:
		hear(s, b);
		break;
	default:
		break;
	}
}

static int64_t due(const struct sight *s)
{
	int64_t a = nattype_due(&s->type), b = link_due(&line);

	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static const char *classify(const struct unat_conf *c,
			    const struct link_conf *l)
{
	struct sight s = { .now = 1 };
	struct addr server = udp4_addr(udp4_end(SERVER, 3478));
	uint8_t random[NATTYPE_ASKS * STUN_ID], room[STUN_MOST];
	uint64_t seed = l->seed;
	struct nattype_verdict v;

	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)unit_rand(&seed);
	unat_init(&nat, c);
	link_init(&line, l);
	nattype_init(&s.type, &server, 1, bytes_in(SPAN(random)), s.now);
	while (nattype_due(&s.type) >= 0) {
		struct fmt f = fmt_to(SPAN(room));
		struct nattype_out o = { .f = &f };
		struct span b;
		int way;

		s.now = due(&s) > s.now ? due(&s) : s.now;
		while (nattype_say(&s.type, &o, s.now)) {
			send(&s, OUTWARD, udp4_end(INSIDE, 5000 + o.socket),
			     udp4_end_at(&o.to), fmt_done(&f));
			f.n = 0;
		}
		while ((b = link_get(&line, s.now, &way)).p)
			arrive(&s, way, b);
	}
	nattype_judge(&s.type, &v);
	/* filters are for neighbours too */
	assert_true(l->loss || v.hairpin == (c->hairpin != UNAT_NO_HAIRPIN &&
					     c->filtering == UNAT_ANY));
	return nattype_class(&v);
}

static void stun(void **state)
{
	static const char *const classes[] = { "T1", "T2", "T3" };

	(void)state;
	for (uint8_t i = 0; i < 54; i++) {
		uint8_t mapping = i % 3, filter = i / 3 % 3;
		struct unat_conf c = conf_of(mapping, filter, i / 9 % 3);
		struct link_conf l = { .delay = i > 26 ? 90 : 0,
				       .reorder = i > 26 ? 20 : 0,
				       .seed = i + 1U };

		c.hairpin = i % 2 ? UNAT_OUTER_SOURCE : UNAT_NO_HAIRPIN;
		assert_string_equal(classify(&c, &l),
				    mapping ? "T4" : classes[filter]);
	}
}

static void stun_lossy(void **state)
{
	int right = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct unat_conf c = conf_of(UNAT_ANY, UNAT_PORT, UNAT_SAME);
		struct link_conf l = { .loss = 100,
				       .delay = 30,
				       .seed = seed * 99991 };

		right += strcmp(classify(&c, &l), "T3") == 0;
	}
	assert_true(right >= 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),      cmocka_unit_test(ports),
		cmocka_unit_test(lifetimes),  cmocka_unit_test(hairpins),
		cmocka_unit_test(noise),      cmocka_unit_test(links),
		cmocka_unit_test(lossy),      cmocka_unit_test(stun),
		cmocka_unit_test(stun_lossy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
