#include "app/tracker/peers.h"
#include "app/tracker/core.h"
#include "os/rand.h"

enum {
	ROUND = 60 * 1000,
	FIRST_ROUND = 5 * 1000 /* ms, until public is known */
};

static struct tracker *tracker_of(struct peers *ps)
{
	struct others *o = container_of(ps, struct others, peers);

	return container_of(o, struct tracker, others);
}

/* ---- saying ---- */

/* From the first port, whose kind of address it must be. */
static bool fits(const struct tracker *t, struct addr *to)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool four = addr_is_ip4(&t->ports[0].udp.at);

	if (to->family == ADDR_IP4 && !four) {
		memmove(to->ip + sizeof mapped, to->ip, 4);
		memcpy(to->ip, mapped, sizeof mapped);
		to->family = ADDR_IP6;
	}
	return addr_is_ip4(to) || !four;
}

static void send(struct tracker *t, const struct addr *to, struct bytes what)
{
	struct addr at = *to;
	const struct udp_to where = { &at, NULL };

	if (!fits(t, &at))
		return;
	udp_send(&t->ports[0].udp, &where, BYTES(""), what);
	udp_flush(t->net);
}

void peers_announce(struct tracker *t, const struct addr *to)
{
	char text[64];
	struct fmt own = fmt_to(SPAN(text));
	uint8_t room[128];
	struct fmt f = fmt_to(SPAN(room));
	struct track what = { .kind = TRACK_TRACKERS };

	if (t->public.family)
		addr_print(&own, &t->public);
	what.addrs = fmt_done(&own);
	track_print(&f, &what);
	send(t, to, fmt_done(&f));
}

static void announce_all(struct tracker *t)
{
	for (uint32_t i = 0; i < t->others.peers.n; i++)
		if (t->others.peers.v[i].at.family)
			peers_announce(t, &t->others.peers.v[i].at);
	for (uint32_t i = 0; i < t->others.list.n && t->public.family; i++)
		peers_announce(t, &t->others.list.rows[i].at);
}

static void ask(struct peer *p)
{
	struct stun m = { .type = STUN_BINDING };
	uint8_t room[STUN_HEAD];
	struct fmt f = fmt_to(SPAN(room));

	rand_fill(SPAN(p->id));
	memcpy(m.id, p->id, sizeof m.id);
	stun_print(&f, &m);
	send(tracker_of(p->peers), &p->at, fmt_done(&f));
}

/* Of IPv4 if there is one, as long as it can be sent to. */
static void found(struct resolve *r, const struct found *f)
{
	struct peer *p = container_of(r, struct peer, resolve);
	struct tracker *t = tracker_of(p->peers);

	for (uint8_t i = 0; i < f->n; i++) {
		struct addr at = f->addrs[i];

		at.port = p->port;
		if (fits(t, &at) && (addr_is_ip4(&at) || !p->at.family))
			p->at = at;
	}
	if (!f->last || !p->at.family)
		return;
	ask(p);
	peers_announce(t, &p->at);
}

static void begin_round(struct timer *timer)
{
	struct peers *ps = container_of(timer, struct peers, round);
	struct tracker *t = tracker_of(ps);
	int64_t wait = ps->learns && !t->public.family ? FIRST_ROUND : ROUND;

	for (uint32_t i = 0; i < ps->n; i++) {
		struct hostport hp = { .port = 0 };
		int rc = hostport_parse(&hp, bytes_of(t->conf->peer.v[i]));

		(void)rc; /* the table of options has seen to it */
		ps->v[i].port = hp.port;
		if (ps->v[i].looked_up)
			resolve_stop(&ps->v[i].resolve);
		ps->v[i].looked_up = true;
		resolve_start(&ps->v[i].resolve, t->net, hp.host, found);
	}
	for (uint32_t i = 0; i < t->others.list.n && t->public.family; i++)
		peers_announce(t, &t->others.list.rows[i].at);
	timer_start(timer, t->net->loop, t->net->loop->now + wait);
}

/* ---- hearing ---- */

static bool same(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_same_ip(a, b);
}

static struct peer *peer_of(struct peers *ps, const struct addr *from)
{
	for (uint32_t i = 0; i < ps->n; i++)
		if (ps->v[i].at.family && same(&ps->v[i].at, from))
			return &ps->v[i];
	return NULL;
}

static uint32_t votes(const struct peers *ps, const struct addr *a)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < ps->n; i++)
		n += ps->v[i].sees.family && same(&ps->v[i].sees, a);
	return n;
}

/* More of them see this one as that than as what was learned before. */
static void learn(struct tracker *t, const struct addr *seen)
{
	struct peers *ps = &t->others.peers;
	char text[64];
	struct fmt f = fmt_to(SPAN(text));

	if (!ps->learns ||
	    (t->public.family && votes(ps, seen) <= votes(ps, &t->public)))
		return;
	t->public = *seen;
	addr_print(&f, seen);
	log_info(t->net->log, "tracker", "peers see this tracker as %s",
		 fmt_text(&f));
	announce_all(t);
}

void peers_hear_stun(struct tracker *t, const struct addr *from,
		     const struct stun *m)
{
	struct peer *p = peer_of(&t->others.peers, from);

	if (!p || m->type != STUN_BINDING_OK || !m->mapped.family ||
	    memcmp(m->id, p->id, sizeof p->id) != 0)
		return;
	p->sees = m->mapped;
	list_heard(&t->others.list, from, t->net->loop->now);
	learn(t, &p->sees);
}

void peers_hear_text(struct tracker *t, const struct addr *from,
		     struct bytes text)
{
	struct peer *p = peer_of(&t->others.peers, from);
	struct cur c = cur_of(text);
	struct track_line line;
	struct addr at;

	while (p && track_next_line(&c, &line)) {
		if (addr_parse(&at, line.public) < 0 || same(&at, &t->public) ||
		    peer_of(&t->others.peers, &at))
			continue;
		list_heard(&t->others.list, from, t->net->loop->now);
		prober_ask(&t->others.prober, &at, from,
			   (struct slot_name){ 0, 0 });
	}
}

/* ---- life ---- */

void peers_start(struct tracker *t, const struct tracker_conf *conf)
{
	struct peers *ps = &t->others.peers;

	ps->learns = tracker_learns(conf);
	ps->n = conf->peer.n;
	for (uint32_t i = 0; i < ps->n; i++)
		ps->v[i].peers = ps;
	timer_init(&ps->round, begin_round);
	if (ps->n > 0)
		begin_round(&ps->round);
}

void peers_stop(struct tracker *t)
{
	for (uint32_t i = 0; i < t->others.peers.n; i++)
		if (t->others.peers.v[i].looked_up)
			resolve_stop(&t->others.peers.v[i].resolve);
	timer_stop(&t->others.peers.round, t->net->loop);
}
