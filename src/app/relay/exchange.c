#include "app/relay/exchange.h"
#include "app/relay/access.h"
#include "app/relay/allowance.h"
#include "app/relay/bodies.h"
#include "app/relay/door.h"
#include "app/relay/gate.h"
#include "app/relay/handover.h"
#include "app/relay/published.h"
#include "app/relay/visitor.h"
#include <assert.h>

static struct stream *up_of(const struct web_conn *c)
{
	return &c->up->inner.stream;
}

/* What scan has seen, and more if there is any. n as it was: there is none. */
static struct bytes look(struct stream *s, size_t seen)
{
	struct span in = stream_peek(s, seen + 1);

	return in.n > seen ? bytes_in(in) : (struct bytes){ in.p, seen };
}

static long next_head(struct http1_scan *scan, struct stream *s, size_t most,
		      struct bytes *in)
{
	long n = 0;
	size_t seen;

	do {
		seen = scan->at;
		*in = look(s, seen);
		n = http1_scan(scan, *in, most);
	} while (n == 0 && scan->at > seen);
	return n;
}

/* ---- the request's head ---- */

/* RFC 9110 9.2.2: what may be asked again when a connection broke under it. */
static bool is_repeatable(struct bytes method)
{
	static const char *const all[] = { "GET", "HEAD",   "OPTIONS",
					   "PUT", "DELETE", "TRACE" };

	for (size_t i = 0; i < COUNT(all); i++)
		if (bytes_are(method, all[i]))
			return true;
	return false;
}

static void note(struct web_conn *c, size_t n)
{
	const struct http1_request *r = &c->web->request;
	const struct http1_head *h = &r->head;

	shared_leave(c);
	c->ask = (struct web_ask){
		.head = (uint16_t)n,
		.lead = c->scan.lead,
		.minor = h->minor,
		.keeps = h->keeps,
		.upgrades = h->upgrades && h->body == BODY_NONE,
		.bodiless = bytes_are(r->method, "HEAD"),
		.repeats = h->body == BODY_NONE && is_repeatable(r->method),
		.apart = shared_unfit(h),
		.bulky = c->ask.bulky,
		.counted = c->ask.counted,
	};
	c->request = (struct web_flow){ .out = h->body, .left = UINT64_MAX };
	c->answer = (struct web_flow){ .left = UINT64_MAX };
	body_start(&c->request.body, (enum body_kind)h->body, h->length);
	c->answered = c->held = false;
	c->of = (struct slot_name){ .gen = 0 };
	c->scan = (struct http1_scan){ .at = 0 };
	c->web->parsed = c;
	c->web->requests += !c->ask.counted;
	access_asked(c);
}

static unsigned parse(const struct web_conn *c, struct bytes head, size_t lead)
{
	return http1_request(&c->web->request,
			     (struct bytes){ head.p + lead, head.n - lead });
}

/* The request of ASK and WAIT is in the input still. */
static const struct http1_request *request_of(struct web_conn *c)
{
	struct span in;
	unsigned why;

	if (c->web->parsed != c) {
		in = stream_peek(&c->tcp.stream, c->ask.head);
		why = parse(c, (struct bytes){ in.p, c->ask.head },
			    c->ask.lead);
		assert(!why); /* it was good before */
		(void)why;
		c->web->parsed = c;
	}
	return &c->web->request;
}

static bool is_trusted(const struct web_conn *c)
{
	return cidrs_have(&c->web->trusted, &c->from);
}

/* As far as we are told. */
static bool came_by_tls(const struct web_conn *c)
{
	return c->tls.sealed ||
	       (is_trusted(c) && forward_says_https(&c->web->request));
}

/* May its data connection carry a request for p from there? */
static bool suits(const struct web_conn *c, const struct published *p,
		  const struct addr *from)
{
	return c->up && c->up->published == p &&
	       (!p->route->site.apart || addr_same_ip(&c->up->from, from));
}

/* Its client has gone to our successor, but what it has opened for it is there. */
static bool goes_on(const struct web_conn *c, const struct published *p,
		    const struct addr *from)
{
	return c->web->handover.has_heir && suits(c, p, from) && web_quiet(c);
}

static bool is_too_often(struct web_conn *c, struct published *p,
			 const struct addr *from)
{
	bool counted = c->ask.counted;

	c->ask.counted = true;
	return !counted && gate_asks_too_often(p, from);
}

/* Why the request is not answered by p; 0: it is. Passwords cannot be tried more
 * often than anything else.
 */
static unsigned judge(struct web_conn *c, struct published *p,
		      const struct addr *from)
{
	const struct http1_request *r = &c->web->request;
	const struct site *site = &p->route->site;

	if (gate_denies(p, from))
		return 403;
	if (is_too_often(c, p, from))
		return 429;
	if (site->https && !came_by_tls(c))
		return 308;
	if (!site_admits(site, r))
		return 401;
	if (site->has_most && r->head.length > site->most)
		return 413;
	return p->session || goes_on(c, p, from) ? 0 : 503;
}

/* Why it is nobody's, whoever is there; 0: it may be somebody's. */
static unsigned fault_of(const struct web_conn *c)
{
	const struct http1_request *r = &c->web->request;

	if (bytes_are(r->method, "CONNECT"))
		return 405;
	if (c->tls.mark && c->tls.mark != route_mark(&c->web->routes, r->host))
		return 421;
	if (c->tls.insists && !c->tls.sealed)
		return r->host.n ? 308 : 400;
	return 0;
}

/* Its service; *status: why there is none. */
static struct published *find(struct web_conn *c, struct addr *from,
			      unsigned *status)
{
	const struct http1_request *r = &c->web->request;
	struct published *p;

	*status = fault_of(c);
	if (*status)
		return NULL;
	*status = 404;
	p = route_find(&c->web->routes, r->host,
		       r->slash ? BYTES("/") : r->target);
	if (!p)
		return NULL;
	p = group_near(p, c->up ? c->up->published : NULL);
	c->of = slots_name(&p->relay->published, p);
	*from = web_from(c);
	*status = judge(c, p, from);
	return *status ? NULL : p;
}

/* The request stays where it is until its client has come. */
static int hold(struct web_conn *c)
{
	access_forget(c);
	return web_hold(c, WEB_HEAD);
}

/* Who has given way asks no client for data connections any more, once those are
 * gone at the latest. What cannot be passed on is served as long as they are not.
 */
static bool gives_way(const struct web_conn *c)
{
	return handover_yields(c->web) &&
	       (tcp_is_bare(&c->tcp) || c->web->handover.has_heir);
}

static int route(struct web_conn *c)
{
	unsigned status;
	struct addr from;
	struct published *p;

	web_enter(c, WEB_WAIT);
	p = find(c, &from, &status);
	if (status == 503 && handover_awaits(c->web))
		return hold(c);
	if (!p)
		return web_refuse(c, status);
	access_routed(c, p);
	shared_enter(c, p);
	if (p->route->site.has_most)
		c->request.left = p->route->site.most;
	c->used = suits(c, p, &from) && web_quiet(c) && !shared_moves(c, p);
	if (c->used) {
		web_enter(c, WEB_ASK);
		return 1;
	}
	if (gives_way(c))
		return tcp_is_bare(&c->tcp) ? hold(c) : web_refuse(c, 503);
	if (c->up)
		web_drop(c, 0);
	return web_reach(c, p, &from) ? 0 : web_refuse(c, 503);
}

int exchange_head(struct web_conn *c)
{
	struct stream *s = &c->tcp.stream;
	bool begun = c->scan.at > 0;
	struct addr from;
	struct bytes in;
	int stays = handover_pass(c);
	unsigned why;
	long n;

	if (stays <= 0)
		return stays;
	n = next_head(&c->scan, s, WEB_HEAD_MOST, &in);
	if (!c->ask.head && !begun && c->scan.at &&
	    door_hears(c->web->relay, *in.p))
		return web_give(c, &c->from);
	if (n == 0) {
		if (s->ended)
			web_close(c);
		else if (!begun && c->scan.at)
			web_enter(c, WEB_HEAD); /* it has so long to say it */
		return s->ended;
	}
	if (n < 0)
		return web_refuse(c, n == -NAT_EPROTO ? 400
				     : c->scan.lines  ? 431
						      : 414);
	why = parse(c, (struct bytes){ in.p, (size_t)n }, c->scan.lead);
	if (why)
		return web_refuse(c, why);
	if (wsock_wanted(c->web->relay->ports.ws, &c->web->request)) {
		from = web_from(c);
		return web_give(c, &from);
	}
	note(c, (size_t)n);
	return route(c);
}

/* A service that is no longer published wants nothing any more. */
static const struct site *site_of(const struct web_conn *c)
{
	static const struct site none;
	const struct route *r = c->up->published->route;

	return r ? &r->site : &none;
}

size_t exchange_say(struct web_conn *c, struct stream *to)
{
	char text[64];
	struct fmt f = fmt_to(SPAN(text));
	const struct http1_request *r = request_of(c);
	struct forward_from from = {
		.proto = c->tls.sealed ? BYTES("https") : BYTES("http"),
		.trusted = is_trusted(c),
		.site = site_of(c),
	};
	struct span room = stream_reserve(to, c->ask.head + FORWARD_MORE);

	if (!room.p)
		return 0;
	addr_print_ip(&f, &c->from);
	from.addr = fmt_done(&f);
	f = fmt_to(room);
	forward_request(&f, r, &from);
	assert(!f.full);
	stream_commit(to, f.n);
	return f.n;
}

static void release(struct web_conn *c)
{
	stream_take(&c->tcp.stream, c->ask.head);
	c->web->parsed = NULL;
	c->held = false;
}

int exchange_ask(struct web_conn *c)
{
	struct pump *by = &c->up->pair.ab;
	size_t n = allowance_may(by) ? exchange_say(c, up_of(c)) : 0;

	if (!n && up_of(c)->err)
		return web_refuse(c, 502);
	if (!n)
		return 0;
	by->moved += n;
	allowance_took(by, n);
	if (c->used && c->ask.repeats)
		c->held = true;
	else
		release(c);
	web_enter(c, WEB_BOTH);
	return 1;
}

/* ---- the answer's head ---- */

/* Says it to the visitor. False: no room now. */
static bool put_head(struct web_conn *c, size_t n, const struct forward_to *to)
{
	struct stream *s = &c->tcp.stream;
	struct pump *by = &c->up->pair.ba;
	struct span room = { NULL, 0 };
	struct fmt f;

	c->scan = (struct http1_scan){ .at = 0 };
	if (allowance_may(by))
		room = stream_reserve(s, n + FORWARD_MORE);
	if (!room.p)
		return false;
	f = fmt_to(room);
	forward_response(&f, &c->web->response, to);
	assert(!f.full);
	stream_commit(s, f.n);
	stream_take(up_of(c), n);
	c->answer.moved += f.n;
	allowance_took(by, f.n);
	access_answered(c, c->web->response.status);
	return true;
}

static int begin_answer(struct web_conn *c, size_t n)
{
	const struct http1_response *r = &c->web->response;
	struct forward_to to = { .body = forward_body(r, c->ask.minor),
				 .minor = c->ask.minor,
				 .site = site_of(c) };

	c->ask.keeps = c->ask.keeps && to.body != BODY_CLOSE &&
		       (!c->web->relay->draining || handover_takes(c));
	to.keeps = c->ask.keeps;
	if (!put_head(c, n, &to))
		return 0;
	if (c->held)
		release(c);
	c->answered = true;
	c->stays = r->head.keeps && r->head.body != BODY_CLOSE;
	c->answer.out = (uint8_t)to.body;
	body_start(&c->answer.body, (enum body_kind)r->head.body,
		   r->head.length);
	return 1;
}

/* 1xx: the answer itself comes later; to 1.0 there is no such thing. */
static int pass_interim(struct web_conn *c, size_t n)
{
	const struct forward_to to = { .body = BODY_NONE, .minor = 1 };

	if (c->ask.minor)
		return put_head(c, n, &to);
	stream_take(up_of(c), n);
	c->scan = (struct http1_scan){ .at = 0 };
	return 1;
}

/* From here on nobody looks at what is said. */
static int upgrade(struct web_conn *c, size_t n)
{
	const struct forward_to to = { .body = BODY_NONE, .minor = 1 };

	if (!c->ask.upgrades)
		return web_refuse(c, 502);
	if (!put_head(c, n, &to))
		return 0;
	if (c->held)
		release(c);
	web_become(c);
	return -1;
}

/* It broke, or ended, before it answered: perhaps it was idle for too long. */
static int unanswered(struct web_conn *c)
{
	struct published *p = c->up->published;
	struct addr from = c->up->from;

	if (!c->held || c->scan.at || !(p->session || handover_takes(c)))
		return web_refuse(c, 502);
	c->held = c->used = false;
	web_drop(c, -NAT_ECLOSED);
	if (handover_takes(c)) {
		access_forget(c);
		web_enter(c, WEB_HEAD);
		return 1;
	}
	web_enter(c, WEB_WAIT);
	return web_reach(c, p, &from) ? 0 : web_refuse(c, 503);
}

static int hear_answer(struct web_conn *c)
{
	struct stream *s = up_of(c);
	struct http1_response *r = &c->web->response;
	struct bytes in,
		method = c->ask.bodiless ? BYTES("HEAD") : BYTES("GET");
	long n = next_head(&c->scan, s, WEB_ANSWER_MOST, &in);

	if (n == 0)
		return s->ended || s->err ? unanswered(c) : 0;
	if (n < 0 || c->scan.lead ||
	    http1_response(r, (struct bytes){ in.p, (size_t)n }, method) < 0)
		return web_refuse(c, 502);
	if (r->status == 101)
		return upgrade(c, (size_t)n);
	return r->status < 200 ? pass_interim(c, (size_t)n)
			       : begin_answer(c, (size_t)n);
}

/* ---- both ways ---- */

/* The service has said all, the visitor perhaps not: then it cannot go on. */
static int finish(struct web_conn *c)
{
	bool whole = c->request.over;

	if (!whole || !c->stays || !c->up->published->route)
		web_drop(c, whole ? 0 : -NAT_ERESET);
	if (!whole || !c->ask.keeps) {
		web_close(c);
		return 1;
	}
	access_over(c);
	shared_leave(c);
	c->ask.bulky = c->answer.moved > SHARED_BULK;
	c->ask.counted = false;
	web_enter(c, WEB_HEAD);
	return 1;
}

static int move_request(struct web_conn *c)
{
	struct stream *s = &c->tcp.stream;
	const struct bodies_way way = { &c->request, s, up_of(c),
					&c->up->pair.ab };
	uint64_t before = way.by->moved;
	int rc = c->request.over ? 1 : bodies_move(&way);

	if (way.by->moved != before)
		web_enter(c, WEB_BOTH);
	if (rc < 0)
		return web_refuse(c, rc == -NAT_EROOM ? 413 : 400);
	if (rc == 0 && s->ended && !stream_peek(s, 1).p)
		return web_end(c, true);
	return 0;
}

static int move_answer(struct web_conn *c)
{
	const struct bodies_way way = { &c->answer, up_of(c), &c->tcp.stream,
					&c->up->pair.ba };
	struct stream *s = way.from;
	uint64_t before = c->up->pair.ba.moved;
	int rc;

	while (!c->answered) {
		rc = hear_answer(c);
		if (rc <= 0 || c->state != WEB_BOTH)
			return rc;
	}
	rc = bodies_move(&way);
	if (way.by->moved != before)
		c->since = relay_now(c->web->relay);
	if (rc > 0)
		return finish(c);
	if (rc < 0 || s->err || (s->ended && !stream_peek(s, 1).p))
		return web_end(c, true);
	return 0;
}

/* Is the visitor still there? Its end stands behind the requests that it has said
 * already, of which so many bytes are let in.
 */
static void watch(struct web_conn *c)
{
	enum { AHEAD = 4096 };
	struct stream *s = &c->tcp.stream;
	size_t n;

	if (s->ended)
		return;
	c->web->parsed = NULL;
	n = stream_peek(s, 1).n;
	if (n && n < AHEAD)
		stream_peek(s, n + 1);
	if (s->ended)
		web_enter(c, WEB_BOTH);
}

int exchange_both(struct web_conn *c)
{
	int rc = move_request(c);

	if (!rc && c->state == WEB_BOTH && c->request.over)
		watch(c);
	return rc || c->state != WEB_BOTH ? rc : move_answer(c);
}
