#include "app/relay/path.h"
#include "app/relay/flow.h"
#include "app/relay/session.h"

enum { SILENT_MS = 40000 }; /* the client says hello every 15 s */

void path_start(struct path *p, const uint8_t key[FASTNAT_KEY])
{
	*p = (struct path){ .udp = NULL };
	carrier_key_init(&p->key, key);
}

void path_stop(struct path *p)
{
	if (p->udp)
		udp_flush(p->udp->net); /* what is queued names our peer */
	carrier_key_wipe(&p->key);
	p->udp = NULL;
}

bool path_live(const struct path *p, int64_t now)
{
	return p->udp && now - p->heard < SILENT_MS;
}

void path_say(struct path *p, const struct carrier *c)
{
	const struct udp_to to = { &p->peer, &p->here };
	uint8_t head[CARRIER_HEAD];

	carrier_head(head, c, &p->key, FASTNAT_RELAY);
	udp_send(p->udp, &to, (struct bytes){ head, sizeof head }, c->payload);
}

/* Whatever is proven tells where the client is now. */
static void follow(struct path *p, struct udp *u, const struct datagram *d)
{
	if (p->udp == u && addr_same_ip(&p->peer, d->peer) &&
	    p->peer.port == d->peer->port)
		return;
	udp_flush(u->net);
	p->udp = u;
	p->peer = *d->peer;
	p->here = *d->here;
}

static void hear_hello(struct udp *u, const struct datagram *d,
		       const struct carrier *c)
{
	struct relay_port *port = container_of(u, struct relay_port, udp);
	struct session *s = session_of_id(port->relay, c->payload);
	struct carrier answer = { .flow = 0 };

	if (!s || !carrier_proven(c, &s->path.key, FASTNAT_CLIENT) ||
	    !carrier_fresh(&s->path.window, c->counter))
		return;
	follow(&s->path, u, d);
	s->path.heard = relay_now(port->relay);
	answer.counter = ++s->path.sent;
	path_say(&s->path, &answer);
}

static void hear_flow(struct udp *u, const struct datagram *d,
		      const struct carrier *c)
{
	struct relay_port *port = container_of(u, struct relay_port, udp);
	struct flow *f = flow_of_id(port->relay, c->flow);
	struct session *s = f ? f->published->session : NULL;

	if (!s || !carrier_proven(c, &s->path.key, FASTNAT_CLIENT) ||
	    !carrier_fresh(&f->window, c->counter))
		return;
	follow(&s->path, u, d);
	flow_answer(f, c->payload);
}

static void come(struct udp *u)
{
	struct datagram d;
	struct carrier c;

	while (udp_next(u, &d)) {
		if (carrier_parse(&c, d.data) < 0)
			continue;
		if (c.flow == 0)
			hear_hello(u, &d, &c);
		else
			hear_flow(u, &d, &c);
	}
	udp_flush(u->net);
}

int path_listen(struct relay_port *p, struct net *net, struct bytes host)
{
	return udp_bind(&p->udp, net, host, p->listener.at.port, come);
}
