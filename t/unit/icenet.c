#include "icenet.h"
#include "unit.h"
#include "wire/stun.h"

enum {
	SERVER = 0x0c336401, /* 12.51.100.1; relays are the next */
	PORT = 5000,
	START = 1000
};

enum note { DESCRIBE, CANDIDATE, ENDED };

/* Ways of the line: over the internet; between a host and its relay. */
enum way { WAN, OUT_0, OUT_1, IN_0, IN_1, LAN_0, LAN_1, HAIR_0, HAIR_1 };

static uint32_t draw(struct icenet *n)
{
	return unit_rand(&n->chance);
}

/* ---- the world ---- */

static const struct {
	uint8_t mapping, filtering, ports;
} kinds[] = {
	[ICENET_T1] = { UNAT_ANY, UNAT_ANY, UNAT_SAME },
	[ICENET_T2] = { UNAT_ANY, UNAT_HOST, UNAT_SAME },
	[ICENET_T3] = { UNAT_ANY, UNAT_PORT, UNAT_NEXT },
	[ICENET_T4] = { UNAT_PORT, UNAT_PORT, UNAT_RANDOM },
};

static struct unat *add_nat(struct icenet *n, unsigned at, unsigned kind,
			    uint32_t public)
{
	struct unat_conf c = { .public = public,
			       .mapping = kinds[kind].mapping,
			       .filtering = kinds[kind].filtering,
			       .ports = kinds[kind].ports,
			       .hairpin = UNAT_OUTER_SOURCE,
			       .lo = 40000,
			       .hi = 50000,
			       .lifetime = 30000,
			       .seed = n->conf.seed + at + 1 };

	unat_init(&n->nats[at], &c);
	return &n->nats[at];
}

static void build_apart(struct icenet *n, unsigned i)
{
	struct icenet_side *s = &n->sides[i];
	const struct icenet_conf *c = &n->conf;

	if (c->kind[i] == ICENET_OPEN) {
		s->ip = 0x0c000001 + (i << 8);
		return;
	}
	s->nats[s->nnats++] = add_nat(n, i, c->kind[i], 0x0c000001 + (i << 8));
}

/* One NAT before both; for ISP each has one of its own inside that. */
static void build_shared(struct icenet *n)
{
	unsigned kind = n->conf.kind[0] ? n->conf.kind[0] : ICENET_T1;
	struct unat *outer = add_nat(n, 2, kind, 0x0c000001);

	for (unsigned i = 0; i < 2; i++) {
		struct icenet_side *s = &n->sides[i];

		if (n->conf.place == ICENET_SAME_ISP)
			s->nats[s->nnats++] =
				add_nat(n, i, ICENET_T2, 0x64400001 + (i << 8));
		else
			s->ip = 0x0a000002 + i;
		s->nats[s->nnats++] = outer;
	}
}

/* A second NAT, further in. There are three: only one side has two. */
static void build_double(struct icenet *n)
{
	for (unsigned i = 0; i < 2; i++) {
		struct icenet_side *s = &n->sides[i];

		if (!n->conf.two_nats[i] || s->nnats != 1)
			continue;
		s->nats[1] = s->nats[0];
		s->nats[0] = add_nat(n, 2, ICENET_T2, 0x64400001 + (i << 8));
		s->nnats = 2;
		return;
	}
}

static void seed_of(struct icenet *n, uint8_t *seed)
{
	for (int i = 0; i < ICE_SEED; i++)
		seed[i] = (uint8_t)draw(n);
}

static void start(struct icenet *n, unsigned i)
{
	struct icenet_side *s = &n->sides[i];
	uint8_t seed[ICE_SEED];
	struct ice_conf c = { .controlling = n->conf.controlling[i],
			      .lite = n->conf.lite[i],
			      .seed = { seed, sizeof seed } };
	struct addr server = udp4_addr(udp4_end(SERVER, 3478));
	struct addr own = udp4_addr(udp4_end(s->ip, PORT));
	struct addr relay = udp4_addr(udp4_end(s->relay, PORT));

	seed_of(n, seed);
	ice_init(&s->ice, &c, n->now);
	assert_int_equal(ice_ask(&s->ice, &server, n->now), 0);
	assert_int_equal(
		ice_add(&s->ice, ICENET_DIRECT, ICE_HOST, &own, n->now), 0);
	if (n->conf.relay[i])
		assert_int_equal(ice_add(&s->ice, ICENET_RELAY, ICE_RELAY,
					 &relay, n->now),
				 0);
	ice_added(&s->ice);
}

void icenet_init(struct icenet *n, const struct icenet_conf *conf)
{
	struct link_conf l = { .loss = conf->loss,
			       .delay = conf->delay,
			       .reorder = conf->reorder,
			       .seed = conf->seed };

	memset(n->sides, 0, sizeof n->sides);
	n->conf = *conf;
	n->now = START;
	n->chance = conf->seed * 0x9e3779b97f4a7c15U + 1;
	n->nnotes = 0;
	n->cut = false;
	link_init(&n->line, &l);
	for (unsigned i = 0; i < 2; i++) {
		n->sides[i].ip = 0x0a000002 + (i << 8);
		n->sides[i].relay = SERVER + 1 + i;
	}
	if (conf->place == ICENET_APART) {
		build_apart(n, 0);
		build_apart(n, 1);
		build_double(n);
	} else {
		build_shared(n);
	}
	start(n, 0);
	start(n, 1);
}

/* ---- packets on their way ---- */

static void put(struct icenet *n, int way, struct span b)
{
	if (n->cut)
		return;
	link_put(&n->line, n->now, way, bytes_in(b));
	if (draw(n) % 1000 < n->conf.doubled)
		link_put(&n->line, n->now, way, bytes_in(b));
}

static void hear(struct icenet *n, unsigned i, unsigned base, struct span b)
{
	struct icenet_side *s = &n->sides[i];
	struct guard g;
	struct ice_heard h = { .base = base,
			       .from = udp4_addr(udp4_from(b.p)),
			       .data = guard_bytes(&g, udp4_data(b)) };

	if (bytes_equal(h.data, BYTES("data")))
		s->data++;
	else
		(void)ice_input(&s->ice, &h, n->now);
	guard_free(&g);
}

/* To side i, which lies behind its NATs below level. */
static void inward(struct icenet *n, unsigned i, unsigned level, struct span b)
{
	struct icenet_side *s = &n->sides[i];

	while (level-- > 0)
		if (unat_in(s->nats[level], n->now, b) != UNAT_INSIDE)
			return;
	if (udp4_to(b.p).ip == s->ip && udp4_to(b.p).port == PORT)
		hear(n, i, ICENET_DIRECT, b);
}

/* Who has this address just inside a NAT that both are behind? */
static void inside_shared(struct icenet *n, struct span b)
{
	for (unsigned i = 0; i < 2; i++) {
		struct icenet_side *s = &n->sides[i];
		unsigned below = s->nnats - 1;
		uint32_t ip = below ? s->nats[0]->conf.public : s->ip;

		if (udp4_to(b.p).ip == ip)
			inward(n, i, below, b);
	}
}

static void send(struct icenet *n, unsigned i, struct unat_end to,
		 struct bytes data)
{
	struct icenet_side *s = &n->sides[i];
	uint8_t p[UDP4_PACKET];
	struct span b = udp4_make(p, udp4_end(s->ip, PORT), to, data);

	if (n->conf.place == ICENET_SAME_LAN && to.ip == n->sides[!i].ip) {
		put(n, LAN_0 + (int)!i, b);
		return;
	}
	for (unsigned level = 0; level < s->nnats; level++) {
		enum unat_where w = unat_out(s->nats[level], n->now, b);

		if (w == UNAT_INSIDE && level == s->nnats - 1)
			put(n, HAIR_0, b);
		if (w != UNAT_OUTSIDE)
			return;
	}
	put(n, WAN, b);
}

static bool permits(struct icenet_side *s, uint32_t ip, bool add)
{
	for (unsigned i = 0; i < s->npermitted; i++)
		if (s->permitted[i] == ip)
			return true;
	if (add && s->npermitted < 8)
		s->permitted[s->npermitted++] = ip;
	return add;
}

static void serve(struct icenet *n, struct span b)
{
	struct stun q, a = { .type = STUN_BINDING_OK };
	uint8_t room[STUN_MOST], p[UDP4_PACKET];
	struct fmt f = fmt_to(SPAN(room));

	if (stun_parse(&q, udp4_data(b)) < 0)
		return;
	memcpy(a.id, q.id, STUN_ID);
	a.mapped = udp4_addr(udp4_from(b.p));
	stun_print(&f, &a);
	put(n, WAN, udp4_make(p, udp4_to(b.p), udp4_from(b.p), fmt_done(&f)));
}

static void over_wan(struct icenet *n, struct span b)
{
	uint32_t to = udp4_to(b.p).ip;

	if (to == SERVER) {
		serve(n, b);
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		struct icenet_side *s = &n->sides[i];
		unsigned top = s->nnats;

		if (to == s->relay && permits(s, udp4_from(b.p).ip, false))
			put(n, IN_0 + (int)i, b);
		if (top && to == s->nats[top - 1]->conf.public) {
			if (n->conf.place == ICENET_APART)
				inward(n, i, top, b);
			else if (unat_in(s->nats[top - 1], n->now, b) ==
				 UNAT_INSIDE)
				inside_shared(n, b);
			return;
		}
		if (!top && to == s->ip)
			inward(n, i, 0, b);
	}
}

static void arrive(struct icenet *n, int way, struct span b)
{
	uint8_t copy[UDP4_PACKET];
	struct span c = { copy, b.n };

	memcpy(copy, b.p, b.n);
	switch ((enum way)way) {
	case WAN:
		over_wan(n, c);
		break;
	case OUT_0:
	case OUT_1:
		put(n, WAN, c);
		break;
	case IN_0:
	case IN_1:
		hear(n, (unsigned)way - IN_0, ICENET_RELAY, c);
		break;
	case LAN_0:
	case LAN_1:
		hear(n, (unsigned)way - LAN_0, ICENET_DIRECT, c);
		break;
	default:
		inside_shared(n, c);
		break;
	}
}

static void emit(struct icenet *n, unsigned i, unsigned base,
		 const struct addr *to, struct bytes data)
{
	struct icenet_side *s = &n->sides[i];
	struct unat_end end = udp4_end_at(to);
	uint8_t p[UDP4_PACKET];

	s->sent++;
	if (base == ICENET_DIRECT) {
		send(n, i, end, data);
		return;
	}
	permits(s, end.ip, true);
	put(n, OUT_0 + (int)i,
	    udp4_make(p, udp4_end(s->relay, PORT), end, data));
}

/* ---- signalling ---- */

static void note(struct icenet *n, unsigned from, enum note kind,
		 const struct candidate *c)
{
	struct icenet_note *w = &n->notes[n->nnotes++];
	struct fmt f = fmt_to(SPAN(w->text));

	assert_true(n->nnotes <= COUNT(n->notes));
	w->at = n->now + n->conf.signal;
	w->to = (uint8_t)!from;
	w->kind = (uint8_t)kind;
	if (kind == CANDIDATE)
		candidate_print(&f, c);
	if (kind == DESCRIBE) {
		fmt_bytes(&f, ice_ufrag(&n->sides[from].ice));
		fmt_bytes(&f, ice_pwd(&n->sides[from].ice));
	}
	assert_false(f.full);
	w->n = (uint8_t)f.n;
}

static void describe(struct icenet *n, unsigned i, const struct icenet_note *w)
{
	struct ice_theirs t = { .ufrag = { w->text, ICE_OWN_UFRAG },
				.pwd = { w->text + ICE_OWN_UFRAG, ICE_OWN_PWD },
				.lite = n->conf.lite[!i] };
	struct icenet_side *s = &n->sides[i];
	uint8_t before[ICE_OWN_UFRAG];

	memcpy(before, ice_ufrag(&s->ice).p, sizeof before);
	assert_int_equal(ice_describe(&s->ice, &t, n->now), 0);
	s->theirs_at = n->now;
	if (memcmp(before, ice_ufrag(&s->ice).p, sizeof before) != 0)
		s->described = false; /* theirs was a restart: so is ours */
}

static void read_note(struct icenet *n, const struct icenet_note *w)
{
	struct icenet_side *s = &n->sides[w->to];
	struct candidate c;

	if (w->kind == DESCRIBE) {
		describe(n, w->to, w);
	} else if (w->kind == ENDED) {
		ice_ended(&s->ice);
	} else {
		assert_int_equal(
			candidate_parse(&c, (struct bytes){ w->text, w->n }),
			0);
		assert_int_equal(ice_candidate(&s->ice, &c, n->now), 0);
	}
}

/* In order. */
static void signal(struct icenet *n)
{
	while (n->nnotes && n->notes[0].at <= n->now) {
		struct icenet_note w = n->notes[0];

		memmove(n->notes, n->notes + 1,
			--n->nnotes * sizeof n->notes[0]);
		read_note(n, &w);
	}
}

void icenet_restart(struct icenet *n, unsigned side, bool moved)
{
	struct icenet_side *s = &n->sides[side];
	struct addr own;

	if (moved) {
		s->ip += 4;
		own = udp4_addr(udp4_end(s->ip, PORT));
		ice_remove(&s->ice, ICENET_DIRECT);
		assert_int_equal(
			ice_add(&s->ice, ICENET_DIRECT, ICE_HOST, &own, n->now),
			0);
	}
	ice_restart(&s->ice, n->now);
	s->described = false;
}

/* ---- time ---- */

static void events(struct icenet *n, unsigned i)
{
	struct icenet_side *s = &n->sides[i];
	struct ice_event e;

	while (ice_event(&s->ice, &e)) {
		if (e.what == ICE_LOCAL)
			note(n, i, CANDIDATE, &e.candidate);
		else if (e.what == ICE_GATHERED)
			note(n, i, ENDED, NULL);
		else if (e.what == ICE_PATH)
			s->paths++;
		else
			s->failed = n->now;
		if (e.what == ICE_GATHERED && !s->described) {
			note(n, i, DESCRIBE, NULL);
			s->described = true;
		}
	}
	if (!s->connected && ice_state(&s->ice) == ICE_CONNECTED)
		s->connected = n->now;
}

/* B says nothing before A's description has come, if A offers. */
static bool is_awake(const struct icenet *n, unsigned i)
{
	return i == 0 || n->now >= START + n->conf.head_start;
}

static void speak(struct icenet *n, unsigned i)
{
	struct icenet_side *s = &n->sides[i];
	uint8_t room[ICE_MOST];
	struct fmt f = fmt_to(SPAN(room));
	struct ice_out out = { .data = &f };

	if (!is_awake(n, i))
		return;
	if (n->conf.trickle && !s->described) {
		note(n, i, DESCRIBE, NULL);
		s->described = true;
	}
	while (ice_output(&s->ice, &out, n->now)) {
		assert_false(f.full);
		emit(n, i, out.base, &out.to, fmt_done(&f));
		f.n = 0;
	}
	events(n, i);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_time(const struct icenet *n)
{
	int64_t line = link_due(&n->line);
	int64_t next = line < 0 ? INT64_MAX : line;

	for (unsigned i = 0; i < 2; i++)
		next = sooner(next, is_awake(n, i)
					    ? ice_due(&n->sides[i].ice)
					    : START + n->conf.head_start);
	return n->nnotes ? sooner(next, n->notes[0].at) : next;
}

static bool is_settled(const struct icenet_side *s)
{
	return s->connected || s->failed;
}

void icenet_run(struct icenet *n, int64_t until, bool enough)
{
	unsigned idle = 0;

	for (;;) {
		int64_t next;
		struct span b;
		int way;

		while ((b = link_get(&n->line, n->now, &way)).p)
			arrive(n, way, b);
		signal(n);
		speak(n, 0);
		speak(n, 1);
		if (enough && is_settled(&n->sides[0]) &&
		    is_settled(&n->sides[1]))
			return;
		next = next_time(n);
		idle = next <= n->now ? idle + 1 : 0;
		assert_true(idle < 100); /* nobody asks for time in vain */
		if (next > until) {
			n->now = until > n->now ? until : n->now;
			return;
		}
		n->now = next > n->now ? next : n->now;
	}
}

bool icenet_say(struct icenet *n, unsigned from)
{
	struct ice_path p;

	if (!ice_path(&n->sides[from].ice, &p, n->now))
		return false;
	emit(n, from, p.base, &p.to, BYTES("data"));
	return true;
}
