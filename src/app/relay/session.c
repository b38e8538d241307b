#include "app/relay/session.h"
#include "app/relay/flow.h"
#include "app/relay/front.h"
#include "app/relay/parked.h"
#include "app/relay/private.h"
#include "app/relay/published.h"
#include "app/relay/visitor.h"
#include "app/relay/web.h"
#include "crypt/ct.h"
#include "os/rand.h"
#include "os/sock.h"

enum {
	USER_TIMEOUT_MS = 20000,
	SILENT_BEATS = 2,
	GUESTS = 64,             /* of one name */
	TAKEN_RETRY_MS = 5000,   /* what may change by itself */
	LASTING_RETRY_MS = 60000 /* what somebody has to change */
};

static void say_session(const struct session *s, const char *what,
			const char *why)
{
	char who[FASTNAT_NAME + 16], from[64];
	struct fmt w = fmt_to(SPAN(who)), f = fmt_to(SPAN(from));

	fmt_put(&w, "relay %s", s->name);
	addr_print(&f, &s->from);
	log_info(s->relay->net->log, fmt_text(&w), "%s %s%s%s", fmt_text(&f),
		 what, why ? ": " : "", why ? why : "");
}

/* A request is taken only when there is room for its answer; which others may
 * yet take away who have waited for a buffer.
 */
static bool has_room(struct stream *out)
{
	bool room = stream_reserve(out, FASTNAT_OBJECT / 2).p;

	if (room)
		stream_commit(out, 0);
	return room;
}

static void answer(struct session *s, const struct fastnat *m)
{
	if (talk_say(&s->tcp.stream, m, true) < 0)
		s->as.unheard = true;
}

static void say_ping(struct session *s)
{
	if (has_room(&s->tcp.stream))
		answer(s, &(struct fastnat){ .command = FASTNAT_PING });
}

/* ---- what the client asks for ---- */

static void refuse(struct session *s, const struct fastnat *m, const char *why,
		   uint32_t retry)
{
	struct fastnat no = { .command = FASTNAT_REFUSED,
			      .has = HAS_SERVICE | HAS_ERROR | HAS_RETRY,
			      .service = m->service,
			      .error = bytes_of(why),
			      .retry_ms = retry };

	say_session(s, "is refused a port", why);
	answer(s, &no);
}

static bool is_within(struct opt_ports range, uint16_t port)
{
	return port == 0 || (port >= range.lo && port <= range.hi);
}

static void say_rights(const struct session *s, const struct fastnat *m,
		       struct fmt *f)
{
	if (m->out_port)
		fmt_put(f, "port %u is not in ", m->out_port);
	else
		fmt_put(f, "this relay gives none of ");
	token_print_ports(f, &s->rights);
	fmt_put(f, ", which this client may publish");
}

static void refuse_port(struct session *s, const struct fastnat *m, int err)
{
	struct opt_ports range = s->relay->conf->ports;
	char text[320];
	struct fmt f = fmt_to(SPAN(text));

	s->relay->gate.counts[err == -NAT_ELIMIT ? GATE_SERVICE_COUNT
						 : GATE_SERVICE_PORT]++;
	if (web_refusal(m, err))
		fmt_put(&f, "%s", web_refusal(m, err));
	else if (err == -NAT_EINVAL && is_within(range, m->out_port))
		say_rights(s, m, &f);
	else if (err == -NAT_EINVAL)
		fmt_put(&f, "port %u is not in %u-%u, which this relay gives",
			m->out_port, range.lo, range.hi);
	else if (err == -NAT_EINUSE && !m->out_port)
		fmt_put(&f, "all ports that this client may publish are taken");
	else if (err == -NAT_EINUSE &&
		 published_holds(s->relay, m->out_port, m->protocol))
		fmt_put(&f, "port %u is published by another client",
			m->out_port);
	else if (err == -NAT_EINUSE)
		fmt_put(&f, "port %u is taken on the relay", m->out_port);
	else if (err == -NAT_ELIMIT)
		fmt_put(&f, "too many services: %u are published",
			(unsigned)s->n.published);
	else
		fmt_put(&f, "port %u: %s", m->out_port, err_text(err));
	refuse(s, m, fmt_text(&f),
	       err == -NAT_EINVAL ? LASTING_RETRY_MS : TAKEN_RETRY_MS);
}

static void refuse_rules(struct session *s, const struct fastnat *m,
			 const char *why)
{
	char text[128];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "allow, deny: a network %s", why);
	refuse(s, m, fmt_text(&f), LASTING_RETRY_MS);
}

/* NULL, or why no relay of this build carries such services. */
static const char *kind_fault(const struct relay *r, const struct fastnat *m)
{
	if (m->has & HAS_PRIVATE)
		return private_fault(m);
	if (m->protocol == FASTNAT_UDP)
		return flow_fault();
	return m->protocol == FASTNAT_TCP ? NULL : web_fault(r, m);
}

static void hear_publish(struct session *s, const struct fastnat *m)
{
	struct published *p = published_find(s, m->service);
	struct fastnat yes = { .command = FASTNAT_PUBLISHED,
			       .has = HAS_SERVICE | HAS_OUT_PORT,
			       .service = m->service };
	uint8_t name[FASTNAT_HOST];
	struct gate_rules rules;
	const char *why;
	int rc = 0;

	if (s->as.guest) {
		refuse(s, m, "a guest publishes nothing", LASTING_RETRY_MS);
		return;
	}
	if (s->relay->draining) {
		refuse(s, m, "the relay is stopping", TAKEN_RETRY_MS);
		return;
	}
	why = kind_fault(s->relay, m);
	if (why) {
		refuse(s, m, why, LASTING_RETRY_MS);
		return;
	}
	why = gate_rules_read(&rules, m);
	if (why) {
		refuse_rules(s, m, why);
		return;
	}
	if (p && (m->protocol != p->protocol ||
		  p->private != !!(m->has & HAS_PRIVATE) ||
		  (m->out_port && m->out_port != p->port) ||
		  web_differs(p, m) || group_differs(p, m))) {
		refuse(s, m, "this name is published on another port",
		       LASTING_RETRY_MS);
		return;
	}
	if (!p)
		rc = published_open(&p, s, m);
	if (rc < 0) {
		refuse_port(s, m, rc);
		return;
	}
	published_told(p, m, &rules);
	web_told(p, m);
	s->relay->gate.counts[GATE_SERVICES]++;
	yes.out_port = p->port;
	web_tell(p, &yes, SPAN(name));
	say_session(s, "publishes", p->name);
	answer(s, &yes);
}

static void hear_unpublish(struct session *s, const struct fastnat *m)
{
	struct published *p = published_find(s, m->service);

	if (!p)
		return;
	slots_each (struct visitor, v, &s->relay->visitors)
		if (v.it->published == p && !v.it->paired)
			visitor_stop(v.it, -NAT_ERESET, "no longer published");
	say_session(s, "no longer publishes", p->name);
	published_close(p);
}

static void hear_failed(struct session *s, const struct fastnat *m)
{
	struct visitor *v = visitor_find(s->relay, m->out_id);

	struct flow *f = flow_of_out_id(s->relay, m->out_id);

	if (v && v->published->session == s && !visitor_go_on(v, NULL))
		visitor_stop(v, -NAT_ERESET, "the service cannot be reached");
	if (f && f->published->session == s)
		flow_stop(f, "the service cannot be reached");
}

static void hear_ping(struct session *s, const struct fastnat *m)
{
	struct fastnat pong = { .command = FASTNAT_PONG };

	(void)m;
	answer(s, &pong);
}

static void hear_pong(struct session *s, const struct fastnat *m)
{
	(void)s, (void)m;
}

static const struct {
	enum fastnat_command command;
	void (*hear)(struct session *s, const struct fastnat *m);
} heard_rows[] = {
	{ FASTNAT_PUBLISH, hear_publish },
	{ FASTNAT_UNPUBLISH, hear_unpublish },
	{ FASTNAT_FAILED, hear_failed },
	{ FASTNAT_PING, hear_ping },
	{ FASTNAT_PONG, hear_pong },
};

/* Commands of later versions are ignored; a known one out of turn is wrong. */
static int dispatch(struct session *s, const struct fastnat *m)
{
	s->heard = relay_now(s->relay);
	for (size_t i = 0; i < COUNT(heard_rows); i++) {
		if (heard_rows[i].command != m->command)
			continue;
		heard_rows[i].hear(s, m);
		return 0;
	}
	return m->command == FASTNAT_UNKNOWN ? 0 : -NAT_EPROTO;
}

static void wake(struct waker *w, unsigned what)
{
	struct session *s = container_of(w, struct session, waker);
	struct stream *in = &s->tcp.stream;
	struct heard h;
	int rc = 0;

	if (what & STREAM_OUT)
		session_announce(s);
	while (rc == 0 && !s->as.unheard && has_room(in)) {
		rc = talk_hear(in, &s->scan, &h);
		if (rc == 0)
			break;
		if (rc > 0)
			rc = dispatch(s, &h.m);
	}
	if (s->as.unheard)
		rc = -NAT_EMEMORY;
	net_count(s->relay->net, in->err ? in->err : rc);
	if (in->err)
		session_stop(s, err_text(in->err));
	else if (rc < 0)
		session_stop(s, err_text(rc));
	else if (in->ended)
		session_stop(s, "closed by the client");
}

static void beat(struct timer *t)
{
	struct session *s = container_of(t, struct session, timer);
	int64_t heartbeat = s->as.heartbeat;
	int64_t silent = relay_now(s->relay) - s->heard;

	if (silent >= SILENT_BEATS * heartbeat) {
		net_count(s->relay->net, -NAT_ETIMEOUT);
		session_stop(s, "silent for two heartbeats");
		return;
	}
	if (silent >= heartbeat)
		say_ping(s);
	timer_start(t, s->relay->net->loop,
		    s->heard + heartbeat * (silent / heartbeat + 1));
}

/* ---- announcing ---- */

struct fastnat session_start_proxy(const struct session *s,
				   const struct published *p,
				   struct bytes out_id)
{
	return (struct fastnat){
		.command = FASTNAT_START_PROXY,
		.has = HAS_ID | HAS_INT_PORT | HAS_OUT_PORT | HAS_OUT_ID |
		       HAS_PROTOCOL,
		.id = { s->id, sizeof s->id },
		.int_port = s->int_port,
		.out_port = p->port,
		.out_id = out_id,
		.protocol = p->protocol,
		.service = bytes_of(p->name),
	};
}

static int say_proxy(struct stream *to, struct fastnat *m,
		     const struct addr *visitor, bool line)
{
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	addr_print(&f, visitor);
	m->has |= HAS_SERVICE | HAS_FROM;
	m->from = fmt_done(&f);
	return talk_say(to, m, line);
}

int session_say_proxy(struct session *s, struct fastnat *m,
		      const struct addr *visitor)
{
	return s->plain ? talk_say(&s->tcp.stream, m, false)
			: say_proxy(&s->tcp.stream, m, visitor, true);
}

int session_say_parked(struct stream *to, struct fastnat *m,
		       const struct addr *visitor)
{
	return say_proxy(to, m, visitor, false);
}

int session_announce_flow(struct session *s, const struct flow *f)
{
	struct fastnat m = session_start_proxy(
		s, f->published, (struct bytes){ f->out_id, FASTNAT_NONCE });
	struct addr here = f->here;
	uint8_t room[FRONT_TEXT];

	here.port = f->published->port;
	front_tell(&m, &here, SPAN(room));
	m.flow = f->id;
	m.has |= f->way == FLOW_CARRIER ? HAS_FLOW : 0u;
	return session_say_proxy(s, &m, &f->from);
}

void session_announce(struct session *s)
{
	while (!list_alone(&s->unannounced) && session_paced(s)) {
		struct visitor *v = container_of(s->unannounced.next,
						 struct visitor, wait.node);

		if (!v->wait.tried && (web_shares(v) || parked_use(s, v)))
			continue;
		if (visitor_say(v) < 0)
			return;
		visitor_announced(v);
		session_said(s, slots_name(&s->relay->visitors, v));
	}
}

/* ---- coming and going ---- */

struct session *session_take_slot(struct relay *r, struct tcp *from,
				  const struct addr *at)
{
	struct session *s;
	struct addr here;

	if (sock_here(tcp_fd(from), &here) < 0)
		return NULL;
	s = slots_get(&r->sessions);
	if (!s)
		return NULL;
	s->relay = r;
	s->from = *at;
	s->as.since = s->heard = relay_now(r);
	s->int_port = here.port;
	gate_enter(r, &s->from, GATE_OF_SESSION);
	list_init(&s->published);
	list_init(&s->unannounced);
	list_init(&s->parking.list);
	relay_make_id(s->id, sizeof s->id);
	sock_user_timeout(tcp_fd(from), USER_TIMEOUT_MS);
	return s;
}

struct session *session_of_name(const struct relay *r, struct bytes name)
{
	slots_each (struct session, s, &r->sessions)
		if (!s.it->plain && !s.it->as.guest &&
		    bytes_are(name, s.it->name))
			return s.it;
	return NULL;
}

static void say_welcome(struct session *s, const struct fastnat_login *proven)
{
	uint8_t proof[FASTNAT_MAC];
	struct fastnat m = {
		.command = FASTNAT_WELCOME,
		.has = HAS_ID | HAS_INT_PORT | HAS_HEARTBEAT | HAS_PROOF,
		.id = { s->id, sizeof s->id },
		.int_port = s->int_port,
		.heartbeat_ms = (uint32_t)s->as.heartbeat,
		.proof = { proof, sizeof proof },
	};

	fastnat_proof(proof, proven, FASTNAT_RELAY);
	answer(s, &m);
}

void session_challenge(struct relay *r, struct bytes name)
{
	struct session *s = session_of_name(r, name);

	if (!s)
		return;
	s->heard = relay_now(r) - 1; /* what comes from now on is later */
	say_ping(s);
}

bool session_lives(struct relay *r, struct bytes name, int64_t since)
{
	const struct session *s = session_of_name(r, name);

	return s && s->heard >= since;
}

/* Of one name, since nothing else bounds them. */
static uint32_t count_guests(const struct relay *r, struct bytes name)
{
	uint32_t n = 0;

	slots_each (struct session, s, &r->sessions)
		n += s.it->as.guest && bytes_are(name, s.it->name);
	return n;
}

int session_start(struct relay *r, struct tcp *from,
		  const struct session_login *login)
{
	const struct fastnat_login *proven = &login->proven;
	struct session *old = NULL, *s;
	const struct relay_port *last = &r->ports.v[r->ports.n - 1];

	if (!login->guest)
		old = session_of_name(r, proven->name);
	else if (count_guests(r, proven->name) >= GUESTS)
		return -NAT_ELIMIT;
	if (old && !login->by.own && !login->contested &&
	    memcmp(old->instance, login->instance.p, FASTNAT_NONCE) != 0)
		return -NAT_EINUSE;
	if (old)
		session_stop(old, "taken over by its successor");
	s = has_room(&from->stream) ? session_take_slot(r, from, &login->from)
				    : NULL;
	if (!s)
		return -NAT_ELIMIT;
	if (r->conf->open)
		s->int_port = last->listener.at.port;
	memcpy(s->name, proven->name.p, proven->name.n);
	memcpy(s->instance, login->instance.p, FASTNAT_NONCE);
	s->as.own_token = login->by.own;
	token_tag(s->as.token_tag, proven->token);
	s->as.guest = login->guest;
	s->as.heartbeat = r->conf->heartbeat;
	s->rights = *login->by.rights;
	fastnat_key(s->key, proven);
	path_start(&s->path, s->key);
	s->waker.wake = wake;
	tcp_move(&s->tcp, from, &s->waker);
	timer_init(&s->timer, beat);
	timer_start(&s->timer, r->net->loop, s->heard + s->as.heartbeat);
	say_session(s, "logged in", NULL);
	say_welcome(s, proven);
	wake(&s->waker, STREAM_IN); /* what came with the login already */
	return 0;
}

void session_stop(struct session *s, const char *why)
{
	struct relay *r = s->relay;

	say_session(s, "gone", why);
	visitors_stop(s, s->plain, "the client is gone");
	path_stop(&s->path);
	parked_stop(s);
	list_each (at, &s->published) {
		struct published *p = container_of(at, struct published, node);

		if (s->plain)
			published_close(p);
		else
			published_orphan(p);
	}
	while (s->n.expected)
		session_expected(s);
	gate_leave(r, &s->from, GATE_OF_SESSION);
	if (s->plain)
		gate_leave(r, &s->from, GATE_OF_PLAIN);
	timer_stop(&s->timer, r->net->loop);
	listener_stop(&s->listener);
	if (tcp_runs(&s->tcp))
		stream_stop(&s->tcp.stream, false);
	ct_wipe(s->key, sizeof s->key);
	slots_put(&r->sessions, s);
}

void session_expect(struct session *s)
{
	s->n.expected++;
	gate_enter(s->relay, &s->from, GATE_OF_EXPECTED);
}

void session_expected(struct session *s)
{
	s->n.expected--;
	gate_leave(s->relay, &s->from, GATE_OF_EXPECTED);
}

struct session *session_of_id(struct relay *r, struct bytes id)
{
	slots_each (struct session, s, &r->sessions)
		if (!s.it->plain &&
		    bytes_equal(id, (struct bytes){ s.it->id, FASTNAT_ID }))
			return s.it;
	return NULL;
}
