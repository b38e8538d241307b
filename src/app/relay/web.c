#include "app/relay/web.h"
#include "app/relay/access.h"
#include "app/relay/allowance.h"
#include "app/relay/door.h"
#include "app/relay/exchange.h"
#include "app/relay/https.h"
#include "app/relay/pages.h"
#include "app/relay/front.h"
#include "app/relay/handover.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "app/relay/web_inner.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"
#include "os/sock.h"
#include <assert.h>

/* ---- time ---- */

/* Who has said all and ended may be gone: for him a service is not waited for. */
static bool awaits_service(const struct web_conn *c)
{
	return c->request.over ? !c->tcp.stream.ended : c->request.stuck;
}

/* When it has waited for too long; INT64_MAX: whatever it waits for, it is not the
 * visitor who is late.
 */
static int64_t due_of(const struct web_conn *c)
{
	const struct relay_web *conf = &c->web->relay->conf->web;

	switch ((enum web_state)c->state) {
	case WEB_HELLO:
	case WEB_HEAD:
		if (c->holds)
			return c->since + WEB_HOLD_MS;
		return c->since + (c->scan.at || c->state == WEB_HELLO
					   ? conf->timeout
					   : conf->idle);
	case WEB_BOTH:
		return awaits_service(c) ? INT64_MAX : c->since + conf->timeout;
	case WEB_LINGER:
		return c->since + WEB_LINGER_MS;
	default:
		return INT64_MAX;
	}
}

/* The timer is moved to an earlier time only: late is found out when it fires. */
static void expect(struct web_conn *c)
{
	int64_t due = due_of(c);

	if (due < INT64_MAX && (!timer_runs(&c->timer) || c->timer.when > due))
		timer_start(&c->timer, c->web->relay->net->loop, due);
}

/* Who takes nothing of what is sent to him is gone after that: the system knows
 * better than we do how much he has taken.
 */
void web_begin(struct web_conn *c, enum web_state state)
{
	sock_user_timeout(tcp_fd(&c->tcp),
			  (unsigned)c->web->relay->conf->web.idle);
	web_enter(c, state);
}

void web_enter(struct web_conn *c, enum web_state state)
{
	c->state = (uint8_t)state;
	c->since = relay_now(c->web->relay);
	expect(c);
}

int web_hold(struct web_conn *c, enum web_state state)
{
	c->holds = true;
	web_enter(c, state);
	return 0;
}

static void late(struct timer *t)
{
	struct web_conn *c = container_of(t, struct web_conn, timer);

	bool asks = c->state == WEB_BOTH || c->scan.at;

	if (c->holds) { /* perhaps its client has come by now */
		c->holds = false;
		web_run(c);
		return;
	}
	if (!asks && tcp_owes_out(&c->tcp)) /* it reads slowly */
		c->since = relay_now(c->web->relay);
	if (due_of(c) > relay_now(c->web->relay))
		expect(c);
	else if (!asks)
		web_end(c, false);
	else if (c->state == WEB_BOTH && c->request.over)
		web_end(c, true);
	else if (web_refuse(c, 408) > 0)
		web_run(c);
}

/* ---- ending ---- */

void web_drop(struct web_conn *c, int err)
{
	struct visitor *v = c->up;

	c->up = NULL;
	visitor_stop(v, err, err ? err_text(err) : "done");
}

static void forget(struct web_conn *c)
{
	struct relay *r = c->web->relay;

	access_over(c);
	shared_leave(c);
	timer_stop(&c->timer, r->net->loop);
	soon_stop(&c->lost);
	gate_leave(r, &c->from, GATE_OF_VISITOR);
	slots_put(&c->web->conns, c);
}

int web_end(struct web_conn *c, bool reset)
{
	if (c->up)
		web_drop(c, reset ? -NAT_ERESET : 0);
	if (reset)
		tcp_push(&c->tcp); /* what came before it, perhaps just now */
	stream_stop(&c->tcp.stream, reset);
	forget(c);
	return -1;
}

void web_close(struct web_conn *c)
{
	access_over(c);
	shared_leave(c);
	c->scan = (struct http1_scan){ .at = 0 };
	web_enter(c, WEB_LINGER);
	stream_finish(&c->tcp.stream);
}

int web_refuse(struct web_conn *c, unsigned status)
{
	size_t n;

	if (c->state == WEB_BOTH && c->answered)
		return web_end(c, true);
	if (c->up)
		web_drop(c, -NAT_ERESET);
	n = pages_say(c, status);
	if (!n)
		return web_end(c, true);
	access_answered(c, status);
	if (c->state == WEB_HEAD)
		c->request.moved = 0;
	c->answer.moved = n;
	web_close(c);
	return 1;
}

/* ---- steps ---- */

/* What it still says is thrown away, or a reset would overtake our last words. */
static int linger(struct web_conn *c)
{
	struct stream *s = &c->tcp.stream;
	struct span in;

	while ((in = stream_peek(s, 1)).p)
		stream_take(s, in.n);
	return s->err || (s->ended && s->finished) ? web_end(c, false) : 0;
}

static int wait(struct web_conn *c)
{
	(void)c;
	return 0;
}

void web_run(struct web_conn *c)
{
	static int (*const steps[])(struct web_conn *) = {
		[WEB_HELLO] = https_hello,  [WEB_HEAD] = exchange_head,
		[WEB_WAIT] = wait,          [WEB_ASK] = exchange_ask,
		[WEB_BOTH] = exchange_both, [WEB_LINGER] = linger,
	};
	struct web *web = c->web;
	int rc;

	do
		rc = steps[c->state](c);
	while (rc > 0);
	web->parsed = NULL;
}

static void wake(struct waker *w, unsigned what)
{
	struct web_conn *c = container_of(w, struct web_conn, waker);

	(void)what;
	if (c->tcp.stream.err)
		web_end(c, c->state > WEB_HEAD); /* or an alert is lost */
	else
		web_run(c);
}

bool web_quiet(const struct web_conn *c)
{
	struct stream *s = &c->up->inner.stream;

	return !s->err && !stream_peek(s, 1).p && !s->ended;
}

/* Between requests the service has nothing to say but that it goes. */
static void wake_up(struct waker *w, unsigned what)
{
	struct web_conn *c = container_of(w, struct web_conn, up_waker);

	(void)what;
	if (c->state != WEB_HEAD)
		web_run(c);
	else if (!web_quiet(c))
		web_drop(c, 0);
}

/* ---- the data connection ---- */

bool web_has(const struct visitor *v)
{
	return v->web;
}

bool web_reach(struct web_conn *c, struct published *p, const struct addr *from)
{
	struct session *s = p->session;

	if (s->n.pending >= s->relay->conf->max_pending)
		return false;
	c->up = visitor_start_web(p, c, from);
	if (c->up)
		session_announce(s);
	return c->up;
}

/* Heads of a size that a client keeps until the service is there. */
void web_early(struct visitor *v)
{
	struct web_conn *c = v->web;

	if (!v->wait.early && c->ask.head <= VISITOR_EARLY - FORWARD_MORE)
		v->wait.early = (uint16_t)exchange_say(c, &v->inner.stream);
	c->web->parsed = NULL;
}

void web_carry(struct visitor *v)
{
	struct web_conn *c = v->web;
	uint16_t early = v->early;

	v->early = 0;
	v->pair = (struct pair){ .ab = { .moved = early } };
	v->inner.stream.up = &c->up_waker;
	allowance_join(v, &c->tcp.stream);
	allowance_took(&v->pair.ab, early);
	if (early)
		stream_take(&c->tcp.stream, c->ask.head);
	web_enter(c, early ? WEB_BOTH : WEB_ASK);
	web_run(c);
}

static void lost(struct soon *s)
{
	struct web_conn *c = container_of(s, struct web_conn, lost);

	soon_stop(s);
	if (web_refuse(c, c->status) > 0)
		web_run(c);
}

void web_lost(struct visitor *v, int err)
{
	struct web_conn *c = v->web;

	if (v->paired)
		stream_stop(&v->inner.stream, err < 0);
	if (c->up != v) /* dropped by c itself */
		return;
	c->up = NULL;
	if (c->state == WEB_HEAD)
		return;
	c->state = WEB_WAIT;
	c->status = err == -NAT_ETIMEOUT ? 504 : 502;
	soon_start(&c->lost, c->web->relay->net->loop);
}

void web_leave(struct web_conn *c, struct tcp *to)
{
	tcp_move(to, &c->tcp, NULL);
	sock_user_timeout(tcp_fd(to), 0);
	forget(c);
}

void web_become(struct web_conn *c)
{
	struct visitor *v = c->up;

	allowance_leave(v);
	gate_enter(v->published->relay, &v->from, GATE_OF_VISITOR);
	web_leave(c, &v->outer);
	v->web = NULL;
	visitor_carry(v);
}

int web_give(struct web_conn *c, const struct addr *from)
{
	if (c->up)
		web_drop(c, 0);
	if (!door_adopt(c->web->relay, &c->tcp, from))
		return web_end(c, true);
	forget(c);
	return -1;
}

/* The last one on its way to us that is no balancer of ours. */
struct addr web_from(const struct web_conn *c)
{
	struct addr from = c->from, next = { 0 };
	struct bytes hop;

	for (uint32_t back = 0; cidrs_have(&c->web->trusted, &from); back++) {
		hop = forward_hop(&c->web->request, back);
		if (hop.n == 0 || addr_parse_ip(&next, hop) < 0)
			break;
		from = next;
	}
	return from;
}

/* ---- coming ---- */

struct web_conn *web_open(struct web *web, const struct addr *from)
{
	struct relay *r = web->relay;
	struct web_conn *c = NULL;

	if (cidrs_have(&web->trusted, from) || gate_comes(r, from))
		c = slots_get(&web->conns);
	if (!c)
		return NULL;
	c->web = web;
	c->from = *from;
	c->waker.wake = wake;
	c->up_waker.wake = wake_up;
	timer_init(&c->timer, late);
	soon_init(&c->lost, lost);
	gate_enter(r, from, GATE_OF_VISITOR);
	return c;
}

static void begin(struct web_conn *c, const struct web_port *p)
{
	c->tls.insists = !p->http;
	web_begin(c, p->https ? WEB_HELLO : WEB_HEAD);
}

static void start(const struct web_port *p, int fd, const struct addr *from)
{
	struct web_conn *c = web_open(p->web, from);

	if (!c) {
		sock_close(fd, true);
		return;
	}
	tcp_start(&c->tcp, p->web->relay->net, fd, &c->waker);
	begin(c, p);
}

void web_come(struct web_port *p, struct tcp *from, const struct addr *who)
{
	struct web_conn *c = web_open(p->web, who);

	if (!c) {
		stream_stop(&from->stream, true);
		return;
	}
	tcp_move(&c->tcp, from, &c->waker);
	begin(c, p);
	web_run(c);
}

static void come(struct listener *l)
{
	struct web_port *p = container_of(l, struct web_port, listener);

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct addr from;
		int fd = listener_accept(l, &from);

		if (fd < 0)
			break;
		if (!front_takes(p->web->relay, fd, &from,
				 (struct front_to){ .port = p }))
			start(p, fd, &from);
	}
}

/* ---- life ---- */

size_t web_descriptors(const struct relay_conf *conf)
{
	uint32_t n = conf->web.http.n + conf->web.https.n;

	return n ? n + conf->max_visitors : 0;
}

static void take_trusted(struct web *web)
{
	const struct opt_list *from = &web->relay->conf->web.trust;

	web->trusted.n = 0;
	for (uint32_t i = 0; i < from->n; i++) {
		const char *why =
			cidrs_parse(&web->trusted, bytes_of(from->v[i]));

		assert(!why); /* found good when the settings were read */
		(void)why;
	}
}

static int reserve(struct web *web)
{
	const struct relay *r = web->relay;
	struct routes *rs = &web->routes;
	const struct part parts[] = {
		PART_SLOTS(&web->conns, struct web_conn, r->conf->max_visitors),
		PART_SLOTS(&rs->table, struct route, r->published.limit),
		PART_MAP(&rs->by_host, r->published.limit),
	};

	rand_fill((struct span){ (uint8_t *)&rs->seed, sizeof rs->seed });
	return parts_reserve(&web->memory, parts, COUNT(parts));
}

static int open_at(struct web_port *p, const char *text)
{
	struct hostport hp;
	int rc = hostport_parse(&hp, bytes_of(text));

	return rc < 0 ? rc
		      : listener_start(&p->listener, p->web->relay->net,
				       hp.host, hp.port, come);
}

static int open_port(struct web *web, const char *text, bool http, bool https)
{
	struct web_port *p = &web->ports[web->nports];
	int rc;

	p->web = web;
	p->http = http;
	p->https = https;
	rc = open_at(p, text);
	if (rc < 0)
		return rc;
	web->nports++;
	if (http && !web->http)
		web->http = p->listener.at.port;
	if (https && !web->https)
		web->https = p->listener.at.port;
	return 0;
}

void web_ready(const struct relay *r)
{
	for (uint32_t i = 0; r->web && i < r->web->nports; i++) {
		const struct web_port *p = &r->web->ports[i];
		char at[64];
		struct fmt f = fmt_to(SPAN(at));

		addr_print(&f, &p->listener.at);
		log_say(r->net->log, "relay: ready on %s for %s", fmt_text(&f),
			!p->https  ? "http"
			: !p->http ? "https"
				   : "http and https");
	}
}

/* Those of clients are open already. */
static int open_ports(struct web *web, struct diag *d)
{
	const struct relay_conf *conf = web->relay->conf;
	const struct opt_list *http = &conf->web.http,
			      *https = &conf->web.https;
	const char *at = NULL;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < http->n; i++) {
		at = http->v[i];
		rc = open_port(web, at, true, https_shares(conf, at));
	}
	for (uint32_t i = 0; rc == 0 && i < https->n; i++) {
		at = https->v[i];
		if (!https_is_open(web, at))
			rc = open_port(web, at, false, true);
	}
	if (rc < 0)
		diag_put(d, "cannot listen on %s: %s", at, err_text(rc));
	return rc;
}

int web_start(struct relay *r, struct diag *d)
{
	struct span memory;
	int rc;

	if (!web_descriptors(r->conf))
		return 0;
	memory = mem_reserve(sizeof(struct web));
	r->web = (struct web *)(void *)memory.p;
	if (!r->web)
		return -NAT_EMEMORY;
	r->web->relay = r;
	take_trusted(r->web);
	rc = reserve(r->web);
	if (rc == 0)
		rc = shared_start(r->web);
	if (rc == 0)
		rc = pages_read(&r->web->page, r->conf, d);
	return rc < 0 ? rc : open_ports(r->web, d);
}

void web_check(struct relay *r, const struct relay_conf *conf, struct diag *d)
{
	if (r->web && pages_read(&r->web->fresh, conf, d) < 0)
		r->web->fresh.n = 0;
}

void web_reload(struct relay *r)
{
	if (!r->web)
		return;
	take_trusted(r->web);
	r->web->page = r->web->fresh;
}

/* TLS cannot be passed on: who has a data connection still is served once more. */
static bool asks_once_more(const struct web_conn *c)
{
	return c->web->handover.has_heir && c->up;
}

void web_drain(struct relay *r)
{
	struct web *web = r->web;

	for (uint32_t i = 0; web && i < web->nports; i++)
		listener_stop(&web->ports[i].listener);
	if (!web)
		return;
	slots_each (struct web_conn, c, &web->conns)
		if (c.it->state <= WEB_HEAD && !c.it->scan.at &&
		    !handover_takes(c.it) && !asks_once_more(c.it))
			web_close(c.it);
}

bool web_busy(const struct relay *r)
{
	return r->web && r->web->conns.used > 0;
}

void web_stop(struct relay *r)
{
	struct web *web = r->web;

	if (!web)
		return;
	for (uint32_t i = 0; i < web->nports; i++)
		listener_stop(&web->ports[i].listener);
	if (web->memory.p)
		slots_each (struct web_conn, c, &web->conns)
			web_end(c.it, true);
	shared_stop(web);
	mem_release(web->memory);
	mem_release((struct span){ (uint8_t *)web, sizeof *web });
	r->web = NULL;
}
