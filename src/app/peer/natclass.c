#include "app/peer/natclass.h"
#include "wire/track.h"

enum { SELDOM = 30 * 1000, LOOK_UP = 3000, STUN_PORT = 3478 };

const char *nat_name(uint8_t nat)
{
	static const char *const names[] = { "",   "T1", "T2",
					     "T3", "T4", "public" };

	return names[nat];
}

/* ---- the verdict ---- */

/* Nothing is said that is not sure: others do without a way because of it. */
static enum chain_nat class_of(const struct nattype_verdict *v)
{
	static const uint8_t cones[] = {
		[NATTYPE_UNKNOWN] = 0,        [NATTYPE_INDEPENDENT] = CHAIN_T1,
		[NATTYPE_ADDRESS] = CHAIN_T2, [NATTYPE_PORT] = CHAIN_T3,
		[NATTYPE_DEPENDENT] = 0,
	};

	if (!v->public.family ||
	    (v->translated && v->mapping == NATTYPE_UNKNOWN))
		return 0;
	if (v->translated && v->mapping != NATTYPE_INDEPENDENT)
		return CHAIN_T4;
	return cones[v->filtering];
}

/* ---- asking ---- */

static void finish(struct natprobe *p)
{
	struct natclass *nc = container_of(p, struct natclass, probe);
	struct nattype_verdict v;

	nattype_judge(&p->type, &v);
	nc->begun = false;
	if (nc->anew)
		natclass_ask(nc);
	nc->known(nc, class_of(&v));
}

static void begin(struct natclass *nc)
{
	const struct natprobe_ask ask = { nc->addrs, nc->naddrs, NULL, finish };

	if (nc->naddrs == 0 || natprobe_start(&nc->probe, nc->net, &ask) < 0)
		nc->begun = false;
}

/* ---- names ---- */

static bool any_asks(const struct natclass *nc)
{
	for (uint32_t i = 0; i < nc->nservers; i++)
		if (nc->servers[i].asks)
			return true;
	return false;
}

/* IPv6 has no NATs worth a class. */
static void found(struct resolve *r, const struct found *f)
{
	struct nat_server *s = container_of(r, struct nat_server, resolve);
	struct natclass *nc = s->of;
	bool has = false;

	for (uint8_t i = 0; i < f->n && !has; i++)
		if (f->addrs[i].family == ADDR_IP4 &&
		    nc->naddrs < NATCLASS_SERVERS) {
			nc->addrs[nc->naddrs] = f->addrs[i];
			nc->addrs[nc->naddrs++].port = s->at.port;
			has = true;
		}
	if (has || f->last) {
		resolve_stop(&s->resolve);
		s->asks = false;
	}
	if (!any_asks(nc))
		timer_start(&nc->due, nc->net->loop, nc->net->loop->now);
}

static void look_up(struct natclass *nc)
{
	nc->begun = true;
	nc->anew = false;
	nc->last = nc->net->loop->now;
	nc->naddrs = 0;
	for (uint32_t i = 0; i < nc->nservers; i++) {
		nc->servers[i].asks = true;
		resolve_start(&nc->servers[i].resolve, nc->net,
			      nc->servers[i].at.host, found);
	}
	timer_start(&nc->due, nc->net->loop, nc->last + LOOK_UP);
}

/* ---- time ---- */

static void give_up_names(struct natclass *nc)
{
	for (uint32_t i = 0; i < nc->nservers; i++) {
		if (nc->servers[i].asks)
			resolve_stop(&nc->servers[i].resolve);
		nc->servers[i].asks = false;
	}
}

static void late(struct timer *t)
{
	struct natclass *nc = container_of(t, struct natclass, due);

	if (!nc->begun) {
		look_up(nc);
	} else {
		give_up_names(nc);
		begin(nc);
	}
}

void natclass_ask(struct natclass *nc)
{
	int64_t now = nc->net->loop->now;
	int64_t next = nc->last ? nc->last + SELDOM : now;

	if (nc->nservers == 0)
		return;
	nc->anew = nc->begun;
	if (!nc->begun)
		timer_start(&nc->due, nc->net->loop, next > now ? next : now);
}

/* ---- life ---- */

static void add(struct natclass *nc, const struct opt_list *l, uint16_t port)
{
	for (uint32_t i = 0; i < l->n && nc->nservers < NATCLASS_SERVERS; i++) {
		struct nat_server *s = &nc->servers[nc->nservers];

		if (hostport_parse(&s->at, bytes_of(l->v[i])) < 0)
			continue;
		s->of = nc;
		s->at.port = s->at.port ? s->at.port : port;
		nc->nservers++;
	}
}

void natclass_init(struct natclass *nc, const struct opt_list *stun,
		   const struct opt_list *trackers)
{
	timer_init(&nc->due, late);
	add(nc, stun, STUN_PORT);
	add(nc, trackers, TRACK_PORT);
}

void natclass_stop(struct natclass *nc)
{
	if (!nc->net)
		return;
	timer_stop(&nc->due, nc->net->loop);
	give_up_names(nc);
	natprobe_stop(&nc->probe);
}
