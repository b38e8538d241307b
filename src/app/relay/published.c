#include "app/relay/published.h"
#include "app/relay/allowance.h"
#include "app/relay/flow.h"
#include "app/relay/front.h"
#include "app/relay/handover.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "app/relay/web.h"
#include "os/rand.h"

enum { TRIES = 64, USUAL_LO = 30000 };

void published_hold(struct session *s, bool hold)
{
	list_each (at, &s->published)
		group_hold(container_of(at, struct published, node), hold);
}

/* Each wake takes a bounded batch, and nobody while too many wait. */
void published_come(struct listener *l)
{
	struct published *p = container_of(l, struct published, listener);

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct published *to = group_pick(p);
		struct addr from;
		int fd;

		if (!to) { /* lost in this very turn, or all are full */
			listener_pause(l, true);
			break;
		}
		if (to->session->n.pending >= p->relay->conf->max_pending) {
			published_hold(to->session, true);
			break;
		}
		fd = listener_accept(l, &from);
		if (fd < 0)
			break;
		if (!front_takes(p->relay, fd, &from,
				 (struct front_to){ .published = p }))
			visitor_start(to, fd, &from);
		session_announce(to->session);
	}
}

static bool wants_private(const struct fastnat *m)
{
	return m->has & HAS_PRIVATE;
}

static int bind_port(struct published *p, uint16_t port)
{
	const char *text = p->relay->conf->bind;
	struct bytes host = bytes_of(text ? text : "");
	struct net *net = p->relay->net;
	int rc;

	if (p->protocol == FASTNAT_UDP) {
		rc = flow_listen(p, host, port);
		p->port = p->udp.at.port;
	} else {
		rc = listener_start(&p->listener, net, host, port,
				    published_come);
		p->port = p->listener.at.port;
	}
	return rc;
}

/* Any port of the range, by chance; the well-known and registered ones only when
 * the range has no others.
 */
static struct opt_ports usual(struct opt_ports range)
{
	if (range.hi > USUAL_LO && range.lo < USUAL_LO)
		range.lo = USUAL_LO;
	return range;
}

/* The ranges that the client may choose from, and how many. */
static uint32_t choice(struct opt_ports to[TOKEN_PORTS],
		       const struct session *s)
{
	struct opt_ports all = s->relay->conf->ports;
	uint32_t n = 0;

	to[0] = usual(all);
	for (uint32_t i = 0; i < s->rights.nports; i++) {
		struct opt_ports p = s->rights.ports[i];

		p.lo = p.lo < all.lo ? all.lo : p.lo;
		p.hi = p.hi > all.hi ? all.hi : p.hi;
		if (p.lo <= p.hi)
			to[n++] = p;
	}
	return s->rights.nports ? n : 1;
}

/* One of all their ports. */
static uint16_t draw(const struct opt_ports *v, uint32_t n)
{
	uint32_t total = 0, k;

	for (uint32_t i = 0; i < n; i++)
		total += v[i].hi - v[i].lo + 1U;
	k = rand_below(total);
	for (; k > (uint32_t)(v->hi - v->lo); v++)
		k -= v->hi - v->lo + 1U;
	return (uint16_t)(v->lo + k);
}

static int bind_any(struct published *p, const struct session *s)
{
	struct opt_ports ranges[TOKEN_PORTS];
	uint32_t n = choice(ranges, s);
	int rc = n ? -NAT_EINUSE : -NAT_EINVAL;

	for (int i = 0; n && i < TRIES && rc < 0; i++)
		rc = bind_port(p, draw(ranges, n));
	return rc;
}

/* It and its visitors are no longer the session's. */
static void part(struct published *p)
{
	p->session->n.published--;
	p->session->n.visitors -= p->visitors;
	p->session = NULL;
}

/* ---- orphans ---- */

static void expect_expiry(struct relay *r)
{
	const struct published *first;

	if (list_alone(&r->orphans) || timer_runs(&r->adoption) ||
	    handover_left(r))
		return;
	first = container_of(r->orphans.next, const struct published, node);
	timer_start(&r->adoption, r->net->loop, first->until);
}

void published_expire(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, adoption);

	if (handover_left(r))
		return;
	while (!list_alone(&r->orphans)) {
		struct published *p =
			container_of(r->orphans.next, struct published, node);

		if (p->until > relay_now(r))
			break;
		published_close(p);
	}
	expect_expiry(r);
}

void published_await(struct published *p)
{
	struct relay *r = p->relay;

	p->until = relay_now(r) + ORPHAN_MS;
	group_hold(p, true);
	list_append(&r->orphans, &p->node);
	expect_expiry(r);
}

void published_orphan(struct published *p)
{
	list_remove(&p->node);
	part(p);
	published_await(p);
}

static struct published *find_orphan(const struct session *s,
				     const struct fastnat *m)
{
	list_each (at, &s->relay->orphans) {
		struct published *p = container_of(at, struct published, node);

		if (bytes_are(m->service, p->name) &&
		    strcmp(p->owner, s->name) == 0 &&
		    p->protocol == m->protocol &&
		    p->private == wants_private(m) &&
		    (!m->out_port || m->out_port == p->port) &&
		    (!p->port || token_gives_port(&s->rights, p->port)) &&
		    !web_differs(p, m) && !group_differs(p, m))
			return p;
	}
	return NULL;
}

/* ---- coming and going ---- */

void published_told(struct published *p, const struct fastnat *m,
		    const struct gate_rules *rules)
{
	p->idle_ms = m->has & HAS_IDLE ? m->idle_ms : p->relay->conf->udp_idle;
	p->rules = *rules;
}

static void join(struct published *p, struct session *s)
{
	p->session = s;
	memcpy(p->instance, s->instance, sizeof p->instance);
	list_append(&s->published, &p->node);
	s->n.published++;
	s->n.visitors += p->visitors;
	allowance_give(p);
}

/* A client that began anew knows nothing of its predecessor's flows. */
static void adopt(struct published *p, struct session *s)
{
	if (memcmp(p->instance, s->instance, sizeof p->instance) != 0)
		flows_stop(p, "its client began anew");
	list_remove(&p->node);
	join(p, s);
	group_hold(p, false);
}

static int open_new(struct published **out, struct session *s,
		    const struct fastnat *m)
{
	struct relay *r = s->relay;
	struct published *p = slots_get(&r->published);
	int rc = 0;

	if (!p)
		return -NAT_ELIMIT;
	p->relay = r;
	p->protocol = m->protocol;
	p->private = wants_private(m);
	group_read(&p->group, s, m);
	if (p->protocol >= FASTNAT_HTTP)
		rc = web_publish(p, m);
	else if (!p->private && !group_joins_port(p, m->out_port))
		rc = m->out_port ? bind_port(p, m->out_port) : bind_any(p, s);
	if (rc < 0) {
		slots_put(&r->published, p);
		return rc;
	}
	memcpy(p->name, m->service.p, m->service.n);
	memcpy(p->owner, s->name, sizeof p->owner);
	join(p, s);
	*out = p;
	return 0;
}

int published_open(struct published **out, struct session *s,
		   const struct fastnat *m)
{
	struct opt_ports range = s->relay->conf->ports;
	struct published *orphan = find_orphan(s, m);

	if (m->out_port && (m->out_port < range.lo || m->out_port > range.hi ||
			    !token_gives_port(&s->rights, m->out_port)))
		return -NAT_EINVAL;
	if (s->n.published >= s->relay->conf->max_services ||
	    (s->rights.services && s->n.published >= s->rights.services))
		return -NAT_ELIMIT;
	if (!orphan)
		return open_new(out, s, m);
	adopt(orphan, s);
	group_adopt(orphan, m);
	*out = orphan;
	return 0;
}

void published_close(struct published *p)
{
	published_enter(p); /* it must not go before its flows have */
	flows_stop(p, "no longer published");
	web_withdraw(p);
	group_leave(p);
	listener_stop(&p->listener);
	udp_stop(&p->udp);
	p->private = false;
	list_remove(&p->node);
	if (p->session)
		part(p);
	published_leave(p);
}

void published_enter(struct published *p)
{
	p->visitors++;
	if (p->session)
		p->session->n.visitors++;
}

void published_leave(struct published *p)
{
	p->visitors--;
	if (p->session)
		p->session->n.visitors--;
	if (p->visitors == 0 && list_alone(&p->node)) { /* closed */
		traffic_add(&p->relay->traffic.closed, &p->past);
		allowance_end(p);
		slots_put(&p->relay->published, p);
	}
}

struct published *published_find(const struct session *s, struct bytes name)
{
	list_each (at, &s->published) {
		struct published *p = container_of(at, struct published, node);

		if (bytes_are(name, p->name))
			return p;
	}
	return NULL;
}

bool published_holds(const struct relay *r, uint16_t port,
		     enum fastnat_protocol protocol)
{
	slots_each (struct published, p, &r->published)
		if (published_open_still(p.it) && p.it->port == port &&
		    (p.it->protocol == FASTNAT_UDP) ==
			    (protocol == FASTNAT_UDP))
			return true;
	return false;
}
