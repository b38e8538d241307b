#include "app/relay/https.h"
#include "app/relay/group.h"
#include "app/relay/handover.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"

enum { HANDSHAKE = 0x16 };

enum meant { MORE, PLAIN, PASSES, ENDS, NOBODY, BROKEN };

struct call { /* of whom it asks for */
	struct peek peek;
	struct published *p; /* PASSES, ENDS: whose it is; or NULL */
};

/* As peek_hello, of all that has come. */
static int look(struct web *web, struct stream *s, struct peek *peek)
{
	size_t seen = 0;
	int rc = 0;

	while (rc == 0) {
		struct span in = stream_peek(s, seen + 1);

		if (in.n <= seen)
			break;
		seen = in.n;
		rc = peek_hello(peek, bytes_in(in), web->hello);
	}
	return rc;
}

static bool is_plain(struct stream *s)
{
	struct span in = stream_peek(s, 1);

	return in.p && in.p[0] != HANDSHAKE;
}

static enum meant tell(struct web *web, struct stream *s, struct call *call)
{
	bool ends = secure_runs(web->relay->secure);
	int rc = look(web, s, &call->peek);

	call->p = NULL;
	if (rc == 0)
		return s->ended ? BROKEN : MORE;
	if (rc < 0)
		return is_plain(s) ? PLAIN : BROKEN;
	if (call->peek.name.n == 0)
		return ends ? ENDS : NOBODY;
	call->p = route_find_tls(&web->routes, call->peek.name);
	if (call->p && call->p->protocol == FASTNAT_HTTPS)
		return PASSES;
	return call->p && ends ? ENDS : NOBODY;
}

/* Is its client to come yet; or are we to give way? */
static bool waits(const struct web *web, const struct call *call)
{
	return (handover_yields(web) && !web->handover.has_heir) ||
	       (call->p && call->p->protocol == FASTNAT_HTTPS &&
		!call->p->session && !group_other(call->p, NULL) &&
		handover_awaits(web));
}

/* The visitor of p is at t from now on; or it is not let in. */
static void pass(struct published *p, struct tcp *t, const struct addr *from)
{
	struct session *s;

	p = group_near(p, NULL);
	s = p->session;

	if (s && s->n.pending < s->relay->conf->max_pending &&
	    visitor_start_told(p, t, from))
		session_announce(s);
	else
		stream_stop(&t->stream, true);
}

/* False: there is no place for one more. */
static bool serve(struct web_conn *c, const struct peek *peek)
{
	c->tls.sealed = true;
	if (peek->name.n)
		c->tls.mark = route_mark(&c->web->routes, peek->name);
	return secure_serve(c->web->relay->secure, &c->tcp);
}

static int refuse(struct web_conn *c)
{
	struct stream *s = &c->tcp.stream;
	struct span room = stream_reserve(s, PEEK_ALERT);

	if (!room.p)
		return web_end(c, true);
	peek_refuse(room.p);
	stream_commit(s, PEEK_ALERT);
	web_close(c);
	return 1;
}

int https_hello(struct web_conn *c)
{
	struct call call;
	int stays = handover_pass(c);
	enum meant meant;
	struct addr from = c->from;
	struct tcp t;

	if (stays <= 0)
		return stays;
	meant = tell(c->web, &c->tcp.stream, &call);
	if (meant != MORE && meant != BROKEN && waits(c->web, &call))
		return web_hold(c, WEB_HELLO);
	switch (meant) {
	case MORE:
		return 0;
	case PASSES:
		web_leave(c, &t);
		pass(call.p, &t, &from);
		return -1;
	case ENDS:
		if (!serve(c, &call.peek))
			return web_end(c, true);
		break;
	case NOBODY:
		return refuse(c);
	case BROKEN:
		return web_end(c, true);
	case PLAIN:
		break;
	}
	web_enter(c, WEB_HEAD);
	return 1;
}

/* ---- for door.c ---- */

static void take(struct web *web, struct tcp *t, const struct addr *from,
		 const struct peek *peek)
{
	struct web_conn *c = web_open(web, from);

	if (!c) {
		stream_stop(&t->stream, true);
		return;
	}
	tcp_move(&c->tcp, t, &c->waker);
	if (serve(c, peek))
		web_begin(c, WEB_HEAD);
	else
		web_end(c, true);
}

/* It is asked again later, here or by our successor. */
static void take_held(struct web *web, struct tcp *t, const struct addr *from)
{
	struct web_conn *c = web_open(web, from);

	if (!c) {
		stream_stop(&t->stream, true);
		return;
	}
	tcp_move(&c->tcp, t, &c->waker);
	web_begin(c, WEB_HELLO);
	web_hold(c, WEB_HELLO);
}

enum https_claim https_claims(struct relay *r, struct tcp *t,
			      const struct addr *from)
{
	struct call call;
	enum meant meant = tell(r->web, &t->stream, &call);

	if (meant == MORE)
		return HTTPS_MORE;
	if (!call.p || (meant != PASSES && meant != ENDS) ||
	    peek_speaks(&call.peek, FASTNAT_ALPN))
		return HTTPS_NOT_OURS;
	if (waits(r->web, &call))
		take_held(r->web, t, from);
	else if (meant == PASSES)
		pass(call.p, t, from);
	else
		take(r->web, t, from, &call.peek);
	return HTTPS_TAKEN;
}

static bool is_same(const char *a, const char *b)
{
	struct hostport x = { .port = 0 }, y = { .port = 0 };

	return hostport_parse(&x, bytes_of(a)) == 0 &&
	       hostport_parse(&y, bytes_of(b)) == 0 && x.port &&
	       x.port == y.port && bytes_equal(x.host, y.host);
}

bool https_shares(const struct relay_conf *conf, const char *at)
{
	for (uint32_t i = 0; i < conf->web.https.n; i++)
		if (is_same(conf->web.https.v[i], at))
			return true;
	return false;
}

const bool https_is_known = true;

void https_share(struct relay_port *p, const char *at)
{
	p->shared = https_shares(p->relay->conf, at);
}

void https_print_share(struct fmt *f, const struct relay_port *p)
{
	if (p->shared)
		fmt_put(f, ", shared with https");
}

bool https_is_open(struct web *web, const char *at)
{
	const struct relay_conf *conf = web->relay->conf;
	struct hostport hp = { .port = 0 };
	bool open = false;

	for (uint32_t i = 0; i < conf->web.http.n; i++)
		open = open || is_same(conf->web.http.v[i], at);
	for (uint32_t i = 0; !open && i < relay_listens(conf); i++)
		open = is_same(relay_listen(conf, i), at);
	if (open && !web->https && hostport_parse(&hp, bytes_of(at)) == 0)
		web->https = hp.port;
	return open;
}
