/* nattype: every kind of NAT as a small model, with a server of two addresses, two
 * plain ones, or trackers; in virtual time, with loss.
 */
#include "unit.h"
#include "wire/nattype.h"

enum mapped { FREE, PER_PEER, PER_HOST }; /* of what a mapping depends */
enum { HOSTS = 2, PORTS = 2, DAY = 24 * 3600 * 1000 };

struct model {
	enum mapped mapped;
	int filters; /* 0 nothing, 1 by host, 2 by host and port, 3 all */
	bool translates, hairpin, keeps_port;
	bool corners; /* servers have another address; else they are two */
	bool trackers;
	unsigned loses; /* of 100 */
	const char *class;
	enum nattype_behaviour mapping, filtering;
	int hairpin_seen;
};

/* What the model has let out: from a socket to a host's port. */
struct sight {
	bool sent[NATTYPE_SOCKETS][HOSTS][PORTS];
	uint64_t seed;
	struct nattype type;
	int64_t now;
};

static struct addr inside(unsigned socket)
{
	return (struct addr){ .family = ADDR_IP4,
			      .port = (uint16_t)(5000 + socket),
			      .ip = { 10, 0, 0, 2 } };
}

static struct addr server(unsigned host, unsigned port)
{
	return (struct addr){ .family = ADDR_IP4,
			      .port = (uint16_t)(3478 + port),
			      .ip = { 198, 51, 100, (uint8_t)(1 + host) } };
}

static struct addr outside(const struct model *m, unsigned socket,
			   unsigned host, unsigned port)
{
	struct addr a = inside(socket);

	if (!m->translates)
		return a;
	memcpy(a.ip, "\xc0\0\2\1", 4);
	if (!m->keeps_port)
		a.port = (uint16_t)(a.port + 10000);
	if (m->mapped != FREE)
		a.port = (uint16_t)(a.port + 100 * (host + 1));
	if (m->mapped == PER_PEER)
		a.port = (uint16_t)(a.port + 10 * (port + 1));
	return a;
}

static bool passes(const struct model *m, const struct sight *s,
		   unsigned socket, unsigned host, unsigned port)
{
	const bool *sent = s->sent[socket][host];

	if (m->filters == 3)
		return false;
	if (m->filters == 2)
		return sent[port];
	return m->filters == 0 || sent[0] || sent[1];
}

static void answer(const struct model *m, struct sight *s, unsigned socket,
		   const struct addr *from, struct bytes data)
{
	struct guard g;
	struct addr here = inside(socket);
	struct nattype_heard h = { socket, from, &here, guard_bytes(&g, data) };

	(void)m;
	nattype_hear(&s->type, &h, s->now);
	guard_free(&g);
}

static void serve(const struct model *m, struct sight *s,
		  const struct nattype_out *out, unsigned host, unsigned port)
{
	uint8_t room[STUN_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct addr from, seen = outside(m, out->socket, host, port);
	struct stun q, a = { .type = STUN_BINDING_OK, .mapped = seen };

	if (stun_parse(&q, fmt_done(out->f)) < 0) {
		addr_print(&f, &seen);
		from = server(host, port);
		if (m->trackers)
			answer(m, s, out->socket, &from, fmt_done(&f));
		return;
	}
	if (m->trackers || (q.change && !m->corners))
		return;
	memcpy(a.id, q.id, sizeof a.id);
	if (m->corners)
		a.other = server(!host, !port);
	host ^= q.change & STUN_CHANGE_IP ? 1 : 0;
	port ^= q.change & STUN_CHANGE_PORT ? 1 : 0;
	from = server(host, port);
	stun_print(&f, &a);
	if (passes(m, s, out->socket, host, port))
		answer(m, s, out->socket, &from, fmt_done(&f));
}

static void carry(const struct model *m, struct sight *s,
		  const struct nattype_out *out)
{
	struct addr from = outside(m, out->socket, 9, 9);

	if (unit_rand(&s->seed) % 100 < m->loses)
		return;
	for (unsigned h = 0; h < HOSTS; h++) {
		for (unsigned p = 0; p < PORTS; p++) {
			struct addr at = server(h, p);

			if (at.port != out->to.port ||
			    !addr_same_ip(&at, &out->to))
				continue;
			s->sent[out->socket][h][p] = true;
			serve(m, s, out, h, p);
			return;
		}
	}
	if (m->hairpin) /* to our own public address */
		answer(m, s, 2, &from, fmt_done(out->f));
}

static void run(const struct model *m, struct sight *s)
{
	struct addr servers[2] = { server(0, 0), server(1, 1) };
	uint8_t random[NATTYPE_ASKS * STUN_ID], room[STUN_MOST];
	int64_t due;

	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)unit_rand(&s->seed);
	nattype_init(&s->type, servers, m->corners ? 1 : 2,
		     bytes_in(SPAN(random)), s->now);
	while ((due = nattype_due(&s->type)) >= 0) {
		struct fmt f = fmt_to(SPAN(room));
		struct nattype_out out = { .f = &f };

		s->now = due > s->now ? due : s->now;
		assert_true(s->now < DAY);
		while (nattype_say(&s->type, &out, s->now)) {
			carry(m, s, &out);
			f = fmt_to(SPAN(room));
		}
	}
}

#define KNOWN(class, mapping, filtering, hairpin) \
	class, NATTYPE_##mapping, NATTYPE_##filtering, hairpin
/* clang-format off */
static const struct model models[] = {
	{ FREE, 0, true, false, true, true, false, 0, KNOWN("T1", INDEPENDENT, INDEPENDENT, 0) },
	{ FREE, 0, true, true, false, true, false, 0, KNOWN("T1", INDEPENDENT, INDEPENDENT, 1) },
	{ FREE, 1, true, false, true, true, false, 0, KNOWN("T2", INDEPENDENT, ADDRESS, 0) },
	{ FREE, 2, true, false, true, true, false, 0, KNOWN("T3", INDEPENDENT, PORT, 0) },
	{ PER_PEER, 2, true, false, false, true, false, 0, KNOWN("T4", PORT, PORT, 0) },
	{ PER_HOST, 1, true, false, false, true, false, 0, KNOWN("T4", ADDRESS, ADDRESS, 0) },
	{ FREE, 0, false, true, true, true, false, 0, KNOWN("open", INDEPENDENT, INDEPENDENT, 1) },
	{ FREE, 2, false, true, true, true, false, 0, KNOWN("firewall", INDEPENDENT, PORT, 1) },
	{ FREE, 2, true, false, true, false, false, 0, KNOWN("cone", INDEPENDENT, UNKNOWN, 0) },
	{ PER_PEER, 2, true, false, true, false, false, 0, KNOWN("T4", DEPENDENT, UNKNOWN, 0) },
	{ FREE, 2, true, false, true, false, true, 0, KNOWN("cone", INDEPENDENT, UNKNOWN, -1) },
	{ PER_PEER, 2, true, false, true, false, true, 0, KNOWN("T4", DEPENDENT, UNKNOWN, -1) },
	{ FREE, 3, true, false, true, true, false, 0, KNOWN("blocked", UNKNOWN, UNKNOWN, -1) },
};
/* clang-format on */

static void kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(models); i++) {
		struct sight s = { .seed = i + 1 };
		struct nattype_verdict v;

		run(&models[i], &s);
		nattype_judge(&s.type, &v);
		assert_string_equal(nattype_class(&v), models[i].class);
		assert_int_equal(v.mapping, models[i].mapping);
		assert_int_equal(v.filtering, models[i].filtering);
		assert_true(models[i].trackers ||
			    v.hairpin == models[i].hairpin_seen);
		assert_true(s.now < 4000); /* three asks and what follows */
	}
}

/* One of five datagrams is lost: what is said is never another kind of mapping. */
static void loss(void **state)
{
	int right = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct model m = models[3];
		struct sight s = { .seed = seed * 77777 };
		struct nattype_verdict v;

		m.loses = 20;
		run(&m, &s);
		nattype_judge(&s.type, &v);
		assert_true(v.mapping == NATTYPE_INDEPENDENT ||
			    v.mapping == NATTYPE_UNKNOWN);
		right += strcmp(nattype_class(&v), "T3") == 0;
	}
	assert_true(right > 280);
}

/* Answers from elsewhere, with other numbers, to other sockets change nothing. */
static void strangers(void **state)
{
	struct sight s = { .seed = 5 };
	uint8_t room[STUN_MOST], said[STUN_MOST];
	uint8_t random[NATTYPE_ASKS * STUN_ID] = { 1, 2, 3 };
	struct addr servers[] = { server(0, 0) }, other = server(1, 1);
	struct addr here = inside(0);
	struct fmt f = fmt_to(SPAN(said)), a = fmt_to(SPAN(room));
	struct nattype_out out = { .f = &f };
	struct stun q, m = { .type = STUN_BINDING_OK, .mapped = other };
	struct nattype_heard h = { 0, &other, &here, { NULL, 0 } };

	(void)state;
	nattype_init(&s.type, servers, 1, bytes_in(SPAN(random)), 0);
	assert_true(nattype_say(&s.type, &out, 0));
	assert_int_equal(stun_parse(&q, fmt_done(&f)), 0);
	memcpy(m.id, q.id, sizeof m.id);
	stun_print(&a, &m);
	h.data = fmt_done(&a);
	nattype_hear(&s.type, &h, 1); /* from elsewhere */
	h.from = servers;
	h.socket = 1;
	nattype_hear(&s.type, &h, 1); /* to another socket */
	room[8] ^= 1;
	h.socket = 0;
	nattype_hear(&s.type, &h, 1); /* with another number */
	h.data = BYTES("1.2.3.4:5");
	nattype_hear(&s.type, &h, 1); /* to what was not asked yet */
	assert_int_equal(s.type.public.family, ADDR_NONE);
	room[8] ^= 1;
	h.data = fmt_done(&a);
	nattype_hear(&s.type, &h, 1);
	assert_int_equal(s.type.public.port, other.port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(loss),
		cmocka_unit_test(strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
