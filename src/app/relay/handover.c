#include "app/relay/handover.h"
#include "app/relay/flow.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/web_inner.h"
#include "os/pass.h"
#include "os/sock.h"

enum { FRESH_MS = 1500 };

void handover_add(struct handover_sockets *to, enum handover_word word, int fd)
{
	if (fd < 0 || to->n == HANDOVER_SOCKETS)
		return;
	to->v[to->n].word = word;
	to->v[to->n++].fd = fd;
}

static int fd_of(const struct listener *l)
{
	return listener_runs(l) ? l->io.fd : -1;
}

static int fd_of_udp(const struct udp *u)
{
	return udp_runs(u) ? u->io.fd : -1;
}

void relay_sockets(const struct relay *r, struct handover_sockets *to)
{
	for (uint32_t i = 0; i < r->ports.n; i++) {
		const struct relay_port *p = &r->ports.v[i];

		handover_add(to, HANDOVER_TCP, fd_of(&p->listener));
		handover_add(to, HANDOVER_UDP, fd_of_udp(&p->udp));
	}
	for (uint32_t i = 0; r->web && i < r->web->nports; i++)
		handover_add(to, HANDOVER_TCP,
			     fd_of(&r->web->ports[i].listener));
}

/* ---- giving way ---- */

void relay_yield(struct relay *r, bool yield)
{
	slots_each (struct session, s, &r->sessions)
		if (!s.it->plain)
			published_hold(s.it, yield);
	for (uint32_t i = 0; r->web && i < r->web->nports; i++)
		listener_pause(&r->web->ports[i].listener, yield);
	if (r->web)
		r->web->handover.yields = yield;
}

/* TLS that has just begun, and is to ask us. */
static bool is_fresh(const struct web_conn *c)
{
	return c->state == WEB_HEAD && !c->up && !tcp_is_bare(&c->tcp) &&
	       relay_now(c->web->relay) - c->since < FRESH_MS;
}

bool relay_awaited(const struct relay *r)
{
	if (r->web)
		slots_each (struct web_conn, c, &r->web->conns)
			if (is_fresh(c.it))
				return true;
	slots_each (struct session, s, &r->sessions)
		if (!s.it->plain && s.it->n.pending > 0)
			return true;
	return false;
}

static int bequeath(const struct published *p, int heir)
{
	uint8_t text[HANDOVER_LINE], name[FASTNAT_HOST];
	struct fmt f = fmt_to(SPAN(text)), host = fmt_to(SPAN(name));
	struct handover_line l = {
		.word = HANDOVER_PORT,
		.protocol = (enum fastnat_protocol)p->protocol,
		.private = p->private,
		.owner = bytes_of(p->owner),
		.instance = { p->instance, sizeof p->instance },
		.service = bytes_of(p->name),
	};

	if (p->route)
		route_print(&host, &p->route->name);
	l.host = fmt_done(&host);
	group_bequeath(p, &l.group);
	handover_print(&f, &l);
	return pass_send(heir, fmt_done(&f),
			 p->protocol == FASTNAT_UDP ? fd_of_udp(&p->udp)
						    : fd_of(&p->listener));
}

/* Is it handed over in this round: first those that others share with? */
static bool is_due(const struct published *p, bool shares)
{
	return published_open_still(p) && !(p->session && p->session->plain) &&
	       shares == (group_front((struct published *)p) != p);
}

int relay_bequeath(const struct relay *r, int heir, uint32_t *at)
{
	uint32_t all = r->published.limit;

	for (;;) {
		bool again = *at >= all;
		uint32_t next = *at - (again ? all : 0);
		const struct published *p = slots_next(&r->published, &next);
		int rc = p && is_due(p, again) ? bequeath(p, heir) : 0;

		if (rc < 0 || (!p && again))
			return rc;
		*at = p ? next + (again ? all : 0) : all;
	}
}

/* It comes back to our successor, at once where it knows these words. */
static void send_away(struct session *s)
{
	struct fastnat m = { .command = FASTNAT_ERROR,
			     .has = HAS_ERROR | HAS_RETRY,
			     .error = BYTES("handed over: log in anew") };

	if (talk_say(&s->tcp.stream, &m, true) == 0)
		tcp_push(&s->tcp);
	session_stop(s, "goes to our successor");
}

/* Datagrams belong to who reads them. */
static void leave_datagrams(struct relay *r)
{
	for (uint32_t i = 0; i < r->ports.n; i++)
		udp_stop(&r->ports.v[i].udp);
	slots_each (struct published, p, &r->published) {
		if (!udp_runs(&p.it->udp))
			continue;
		flows_stop(p.it, "handed over");
		udp_stop(&p.it->udp);
	}
}

void relay_leave(struct relay *r, int heir)
{
	if (r->web)
		r->web->handover = (struct web_handover){ heir, true, true, 0 };
	slots_each (struct session, s, &r->sessions)
		if (!s.it->plain)
			send_away(s.it);
	relay_drain(r);
	leave_datagrams(r);
	relay_pass(r, false);
}

/* ---- visitors of HTTP between two requests ---- */

bool handover_takes(struct web_conn *c)
{
	return c->web->handover.has_heir && tcp_of(&c->tcp.stream);
}

static int pass(struct web_conn *c)
{
	uint8_t text[HANDOVER_LINE + HANDOVER_SAID];
	struct fmt f = fmt_to(SPAN(text));
	struct handover_line l = {
		.word = HANDOVER_VISITOR,
		.from = c->from,
		.said = bytes_in(stream_peek(&c->tcp.stream, 1)),
		.hello = c->state == WEB_HELLO,
	};

	if (l.said.n > HANDOVER_SAID)
		return -NAT_EROOM;
	handover_print(&f, &l);
	return pass_send(c->web->handover.heir, fmt_done(&f), tcp_fd(&c->tcp));
}

int handover_pass(struct web_conn *c)
{
	struct stream *s = &c->tcp.stream;
	int rc;

	if (!handover_takes(c))
		return 1;
	tcp_push(&c->tcp);
	if (s->err || s->ended)
		return 1;
	rc = tcp_owes_out(&c->tcp) ? -NAT_EAGAIN : pass(c);
	if (rc == 0)
		return web_end(c, false);
	return rc == -NAT_EAGAIN ? 0 : 1;
}

void relay_pass(struct relay *r, bool gone)
{
	if (!r->web)
		return;
	if (gone) {
		r->web->handover = (struct web_handover){ 0, false, false, 0 };
		web_drain(r);
	}
	slots_each (struct web_conn, c, &r->web->conns)
		if (c.it->state <= WEB_HEAD && handover_pass(c.it) == 0 &&
		    !tcp_owes_out(&c.it->tcp))
			return; /* the heir has no room */
}

/* ---- the successor ---- */

bool handover_left(const struct relay *r)
{
	return r->web && r->web->handover.has_heir;
}

bool handover_yields(const struct web *web)
{
	return web->handover.yields;
}

bool handover_awaits(const struct web *web)
{
	return relay_now(web->relay) < web->handover.awaits;
}

/* 0: it has the descriptor. */
static int take_socket(struct published *p, const struct handover_line *l,
		       int fd)
{
	struct relay *r = p->relay;
	struct fastnat m = { .has = HAS_HOST, .host = l->host };
	struct addr at;
	int rc;

	if (l->protocol >= FASTNAT_HTTP) {
		m.protocol = (uint8_t)l->protocol;
		return web_fault(r, &m) ? -NAT_EINVAL : web_publish(p, &m);
	}
	if (l->private)
		return 0;
	if (l->group.at)
		return group_joins_port(p, (uint16_t)l->group.at) ? 0
								  : -NAT_EINUSE;
	rc = fd < 0 ? -NAT_EINVAL : sock_here(fd, &at);
	if (rc < 0)
		return rc;
	p->port = at.port;
	if (l->protocol == FASTNAT_UDP)
		return flow_take_port(p, fd);
	listener_take(&p->listener, r->net, fd, &at, published_come);
	return 0;
}

static int inherit(struct relay *r, const struct handover_line *l, int fd)
{
	struct published *p = slots_get(&r->published);
	int rc;

	if (!p)
		return -NAT_ELIMIT;
	p->relay = r;
	p->protocol = (uint8_t)l->protocol;
	group_inherit(&p->group, &l->group);
	rc = take_socket(p, l, fd);
	if (rc < 0) {
		slots_put(&r->published, p);
		return rc;
	}
	p->private = l->private;
	memcpy(p->name, l->service.p, l->service.n);
	memcpy(p->owner, l->owner.p, l->owner.n);
	memcpy(p->instance, l->instance.p, l->instance.n);
	published_await(p);
	if (r->web)
		r->web->handover.awaits = relay_now(r) + ORPHAN_MS;
	return 0;
}

/* Where it had come is ours now. */
static bool insists(const struct web *web, int fd)
{
	struct addr at = { .port = 0 };
	bool known = sock_here(fd, &at) == 0, only = false;

	for (uint32_t i = 0; known && i < web->nports; i++)
		if (web->ports[i].listener.at.port == at.port)
			only = !web->ports[i].http;
	return only;
}

/* A connection that our predecessor has had, as l tells of it, is a visitor now. */
static void take_visitor(struct relay *r, int fd, const struct handover_line *l)
{
	struct web_conn *c = web_open(r->web, &l->from);

	if (!c) {
		sock_close(fd, true);
		return;
	}
	c->tls.insists = insists(r->web, fd);
	tcp_start(&c->tcp, r->net, fd, &c->waker);
	web_begin(c, l->hello ? WEB_HELLO : WEB_HEAD);
	if (tcp_put_back(&c->tcp, l->said))
		web_run(c);
	else
		web_end(c, true);
}

void relay_inherit(struct relay *r, const struct handover_line *l, int fd)
{
	int rc = -NAT_EINVAL;

	if (l->word == HANDOVER_VISITOR && r->web) {
		take_visitor(r, fd, l);
		return;
	}
	if (l->word == HANDOVER_PORT)
		rc = inherit(r, l, fd);
	if (rc < 0 && fd >= 0)
		sock_close(fd, false);
}
