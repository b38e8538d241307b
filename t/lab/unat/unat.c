#include "unat.h"

enum {
	HEAD = 20, /* at least, of IPv4 */
	UDP_HEAD = 8,
	PROTOCOL_UDP = 17,
	IP_SUM = 10, /* places of addresses and sums */
	IP_FROM = 12,
	IP_TO = 16,
	UDP_SUM = 6
};

static uint32_t draw(struct unat *u)
{
	u->chance ^= u->chance << 13;
	u->chance ^= u->chance >> 7;
	u->chance ^= u->chance << 17;
	return (uint32_t)(u->chance >> 32);
}

void unat_init(struct unat *u, const struct unat_conf *conf)
{
	*u = (struct unat){ .conf = *conf,
			    .chance = conf->seed,
			    .next = conf->lo };
}

/* ---- packets ---- */

static uint32_t get(const uint8_t *p, int n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static void put(uint8_t *p, int n, uint32_t v)
{
	for (; n-- > 0; v >>= 8)
		p[n] = (uint8_t)v;
}

/* RFC 1624: a sum after two bytes of what it covers have changed. */
static void mend(uint8_t *sum, uint32_t was, uint32_t is)
{
	uint32_t n = (~get(sum, 2) & 0xffff) + (~was & 0xffff) + is;

	n = (n & 0xffff) + (n >> 16);
	n = (n & 0xffff) + (n >> 16);
	put(sum, 2, ~n & 0xffff);
}

struct packet {
	uint8_t *ip, *udp;
};

static bool read(struct packet *p, struct span b)
{
	size_t head = b.n ? (b.p[0] & 15U) * 4U : 0;

	if (b.n < HEAD || b.p[0] >> 4 != 4 || head < HEAD ||
	    b.p[9] != PROTOCOL_UDP || get(b.p + 6, 2) & 0x3fff ||
	    get(b.p + 2, 2) > b.n || get(b.p + 2, 2) < head + UDP_HEAD)
		return false;
	*p = (struct packet){ b.p, b.p + head };
	return true;
}

static struct unat_end end_of(const struct packet *p, bool from)
{
	return (struct unat_end){ get(p->ip + (from ? IP_FROM : IP_TO), 4),
				  (uint16_t)get(p->udp + (from ? 0 : 2), 2) };
}

/* A datagram without a sum stays without one. */
static void change(const struct packet *p, uint8_t *at, uint32_t is, bool ip)
{
	uint32_t was = get(at, 2);
	bool summed = get(p->udp + UDP_SUM, 2) != 0;

	put(at, 2, is);
	if (ip)
		mend(p->ip + IP_SUM, was, is);
	if (summed)
		mend(p->udp + UDP_SUM, was, is);
}

static void set_end(const struct packet *p, bool from, struct unat_end e)
{
	uint8_t *ip = p->ip + (from ? IP_FROM : IP_TO);

	change(p, ip, e.ip >> 16, true);
	change(p, ip + 2, e.ip & 0xffff, true);
	change(p, p->udp + (from ? 0 : 2), e.port, false);
}

/* ---- mappings ---- */

static bool same(struct unat_end a, struct unat_end b)
{
	return a.ip == b.ip && a.port == b.port;
}

/* As far as a kind looks at it. */
static struct unat_end seen(uint8_t kind, struct unat_end e)
{
	if (kind == UNAT_ANY)
		e.ip = 0;
	if (kind != UNAT_PORT)
		e.port = 0;
	return e;
}

static bool lives(const struct unat *u, const struct unat_mapping *m,
		  int64_t now)
{
	return m->outer && now - m->used <= u->conf.lifetime;
}

static struct unat_mapping *of_outer(struct unat *u, uint16_t port, int64_t now)
{
	for (int i = 0; i < UNAT_MAPPINGS; i++)
		if (u->mappings[i].outer == port &&
		    lives(u, &u->mappings[i], now))
			return &u->mappings[i];
	return NULL;
}

static uint16_t next_port(struct unat *u)
{
	uint16_t port = u->next;
	uint32_t count = (uint32_t)u->conf.hi - u->conf.lo + 1;

	if (u->conf.ports == UNAT_RANDOM)
		return (uint16_t)(u->conf.lo + draw(u) % count);
	u->next = port == u->conf.hi ? u->conf.lo : (uint16_t)(port + 1);
	return port;
}

/* 0: none is free. */
static uint16_t choose(struct unat *u, uint16_t inner, int64_t now)
{
	if (u->conf.ports == UNAT_SAME && !of_outer(u, inner, now))
		return inner;
	for (int tries = 0; tries < 4 * UNAT_MAPPINGS; tries++) {
		uint16_t port = next_port(u);

		if (!of_outer(u, port, now))
			return port;
	}
	return 0;
}

static struct unat_mapping *make(struct unat *u, struct unat_end inner,
				 struct unat_end peer, int64_t now)
{
	uint16_t outer = choose(u, inner.port, now);

	for (int i = 0; i < UNAT_MAPPINGS && outer; i++) {
		struct unat_mapping *m = &u->mappings[i];

		if (lives(u, m, now))
			continue;
		*m = (struct unat_mapping){ .inner = inner,
					    .peer = peer,
					    .outer = outer };
		return m;
	}
	return NULL;
}

static struct unat_mapping *of_inner(struct unat *u, struct unat_end inner,
				     struct unat_end to, int64_t now)
{
	struct unat_end peer = seen(u->conf.mapping, to);

	for (int i = 0; i < UNAT_MAPPINGS; i++) {
		struct unat_mapping *m = &u->mappings[i];

		if (lives(u, m, now) && same(m->inner, inner) &&
		    same(m->peer, peer))
			return m;
	}
	return make(u, inner, peer, now);
}

/* The one that was longest not written to gives way. */
static void permit(struct unat_mapping *m, struct unat_end to, int64_t now)
{
	int oldest = 0;

	for (int i = 0; i < UNAT_PEERS; i++) {
		if (same(m->peers[i].to, to) && m->peers[i].at) {
			m->peers[i].at = now;
			return;
		}
		if (m->peers[i].at < m->peers[oldest].at)
			oldest = i;
	}
	m->peers[oldest].to = to;
	m->peers[oldest].at = now;
}

static bool passes(const struct unat *u, const struct unat_mapping *m,
		   struct unat_end from, int64_t now)
{
	uint8_t kind = u->conf.filtering;

	for (int i = 0; i < UNAT_PEERS; i++)
		if (m->peers[i].at &&
		    now - m->peers[i].at <= u->conf.lifetime &&
		    same(seen(kind, m->peers[i].to), seen(kind, from)))
			return true;
	return kind == UNAT_ANY;
}

/* ---- the two ways ---- */

enum unat_where unat_in(struct unat *u, int64_t now, struct span packet)
{
	struct unat_mapping *m;
	struct packet p;

	if (!read(&p, packet) || end_of(&p, false).ip != u->conf.public)
		return UNAT_DROP;
	m = of_outer(u, end_of(&p, false).port, now);
	if (!m || !passes(u, m, end_of(&p, true), now))
		return UNAT_DROP;
	if (u->conf.in_refreshes)
		m->used = now;
	set_end(&p, false, m->inner);
	return UNAT_INSIDE;
}

enum unat_where unat_out(struct unat *u, int64_t now, struct span packet)
{
	struct unat_mapping *m;
	struct unat_end from, to;
	struct packet p;

	if (!read(&p, packet))
		return UNAT_DROP;
	from = end_of(&p, true);
	to = end_of(&p, false);
	m = of_inner(u, from, to, now);
	if (!m)
		return UNAT_DROP;
	m->used = now;
	permit(m, to, now);
	set_end(&p, true, (struct unat_end){ u->conf.public, m->outer });
	if (to.ip != u->conf.public)
		return UNAT_OUTSIDE;
	if (u->conf.hairpin == UNAT_NO_HAIRPIN ||
	    unat_in(u, now, packet) == UNAT_DROP)
		return UNAT_DROP;
	if (u->conf.hairpin == UNAT_INNER_SOURCE)
		set_end(&p, true, from);
	return UNAT_INSIDE;
}
