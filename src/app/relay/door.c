#include "app/relay/door.h"
#include "app/relay/flow.h"
#include "app/relay/https.h"
#include "app/relay/parked.h"
#include "app/relay/private.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "crypt/ct.h"
#include "os/rand.h"
#include "os/sock.h"

enum {
	LOGIN_MS = 10000,
	SILENCE_MS = 200,
	CLOSING_MS = 2000,
	CONTEST_MS = 3000, /* for a pong of who has the name */
	RETRY_MS = 3000
};

/* The only place that changes the state. */
static void enter(struct door *d, enum door_state state)
{
	struct loop *l = d->relay->net->loop;

	d->state = (uint8_t)state;
	d->since = l->now;
	if (state == DOOR_CLOSING)
		timer_start(&d->limit, l, l->now + CLOSING_MS);
	else if (state == DOOR_CONTEST)
		timer_start(&d->limit, l, l->now + CONTEST_MS);
}

/* The connection has moved on: what is left of the door goes. */
static void leave(struct door *d)
{
	timer_stop(&d->limit, d->relay->net->loop);
	gate_leave(d->relay, &d->from, GATE_OF_DOOR);
	list_remove(&d->node);
	slots_put(&d->relay->doors, d);
}

void door_stop(struct door *d)
{
	stream_stop(&d->tcp.stream, false);
	leave(d);
}

static uint64_t *count_of(const struct door *d, enum gate_count what)
{
	return &d->relay->gate.counts[what];
}

/* Says why, then waits a little for the other side to close: a close with unread
 * bytes would be a reset, which may overtake the answer.
 */
static void turn_away(struct door *d, const char *why, uint32_t retry)
{
	struct fastnat m = { .command = FASTNAT_ERROR,
			     .has = HAS_ERROR | (retry ? HAS_RETRY : 0u),
			     .error = bytes_of(why),
			     .retry_ms = retry };
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	addr_print(&f, &d->from);
	relay_warn(d->relay, "relay", "%s is turned away: %s", fmt_text(&f),
		   why);
	if (talk_say(&d->tcp.stream, &m, true) == 0)
		stream_finish(&d->tcp.stream);
	enter(d, DOOR_CLOSING);
}

/* ---- login ---- */

static void say_challenge(struct door *d)
{
	uint8_t raw[FASTNAT_NONCE / 2];
	struct fmt f = fmt_to(SPAN(d->server_nonce));
	struct fastnat m = { .command = FASTNAT_CHALLENGE,
			     .has = HAS_VERSION | HAS_NONCE,
			     .version = FASTNAT_VERSION,
			     .nonce = { d->server_nonce, FASTNAT_NONCE } };

	rand_fill(SPAN(raw));
	fmt_hex(&f, (struct bytes){ raw, sizeof raw });
	if (talk_say(&d->tcp.stream, &m, true) < 0)
		enter(d, DOOR_CLOSING);
}

/* Before it costs us a proof; said in the words that clients know. */
static bool turn_banned_away(struct door *d)
{
	const struct gate_who who = { &d->from, { d->name, d->name_n } };
	int64_t left = gate_banned(d->relay, &who);

	if (left <= 0)
		return false;
	++*count_of(d, GATE_LOGIN_BANNED);
	turn_away(d, "wrong token too often: come back later", (uint32_t)left);
	return true;
}

static void hear_hello(struct door *d, const struct fastnat *m)
{
	struct fastnat no = { .command = FASTNAT_ERROR,
			      .has = HAS_ERROR | HAS_VERSION,
			      .error = BYTES("this version is not spoken here"),
			      .version = FASTNAT_VERSION };

	if (m->version != FASTNAT_VERSION) {
		if (talk_say(&d->tcp.stream, &no, true) == 0)
			stream_finish(&d->tcp.stream);
		enter(d, DOOR_CLOSING);
		return;
	}
	d->guest = m->has & HAS_GUEST;
	d->name_n = (uint8_t)m->name.n;
	memcpy(d->name, m->name.p, m->name.n);
	memcpy(d->instance, m->instance.p, FASTNAT_NONCE);
	memcpy(d->client_nonce, m->nonce.p, FASTNAT_NONCE);
	if (turn_banned_away(d))
		return;
	enter(d, DOOR_LOGIN);
	say_challenge(d);
}

/* What became of the door: GONE may not be touched again. */
enum verdict { GONE, MORE, ENOUGH };

static struct session_login login_of(const struct door *d)
{
	return (struct session_login){
		.proven = { .token = d->token,
			    .client_nonce = { d->client_nonce, FASTNAT_NONCE },
			    .server_nonce = { d->server_nonce, FASTNAT_NONCE },
			    .name = { d->name, d->name_n } },
		.from = d->from,
		.instance = { d->instance, FASTNAT_NONCE },
		.by = d->by,
		.guest = d->guest,
	};
}

static enum verdict let_in(struct door *d, struct session_login *login)
{
	uint8_t bond[FASTNAT_BOND];
	int rc;

	login->proven.bond = secure_bond(&d->tcp, bond);
	rc = session_start(d->relay, &d->tcp, login);
	if (rc == -NAT_EINUSE) {
		enter(d, DOOR_CONTEST);
		session_challenge(d->relay, login->proven.name);
		return ENOUGH;
	}
	if (rc < 0) {
		++*count_of(d, GATE_LOGIN_ALL);
		turn_away(d, "too many clients", RETRY_MS);
		return MORE;
	}
	++*count_of(d, GATE_LOGINS);
	leave(d);
	return GONE;
}

static enum verdict log_in(struct door *d, const struct fastnat *m)
{
	uint8_t bond[FASTNAT_BOND];
	struct session_login login = login_of(d);
	const struct gate_who who = { &d->from, login.proven.name };

	login.proven.bond = secure_bond(&d->tcp, bond);
	if (!tokens_prove(&d->relay->tokens, &login.proven, m->proof,
			  &login.by)) {
		++*count_of(d, GATE_LOGIN_WRONG);
		gate_failed(d->relay, &who);
		net_count(d->relay->net, -NAT_EAUTH);
		turn_away(d, "wrong token", 0);
		return MORE;
	}
	gate_proven(d->relay, &who);
	d->token = login.proven.token;
	d->by = login.by;
	return let_in(d, &login);
}

static void end_contest(struct door *d)
{
	struct session_login login = login_of(d);

	login.contested = true;
	if (!session_lives(d->relay, login.proven.name, d->since)) {
		let_in(d, &login);
		return;
	}
	++*count_of(d, GATE_LOGIN_IN_USE);
	turn_away(d,
		  "name in use: another client has it; give this one its own "
		  "--name",
		  RETRY_MS);
}

/* ---- data connections ---- */

/* Plain visitors are fetched at the int port of their own client, the others
 * with a mac by the key of their session.
 */
static bool may_fetch(const struct door *d, const struct session *s,
		      const struct fastnat *m)
{
	uint8_t mac[FASTNAT_MAC];

	if (!s)
		return false;
	if (s->plain)
		return s == slots_find(&d->relay->sessions, d->plain);
	if (!(m->has & HAS_MAC))
		return false;
	fastnat_data_mac(mac, s->key, m->out_id);
	return ct_equal((struct bytes){ mac, sizeof mac }, m->mac);
}

static enum verdict join(struct door *d, struct visitor *v)
{
	visitor_take(v, &d->tcp);
	leave(d);
	visitor_carry(v);
	return GONE;
}

static enum verdict join_flow(struct door *d, struct flow *f)
{
	flow_take_line(f, &d->tcp);
	leave(d);
	flow_look(f);
	return GONE;
}

static enum verdict shut(struct door *d)
{
	door_stop(d);
	return GONE;
}

/* The header of a logged-in client is a line: its end belongs to it. */
static enum verdict end_line(struct door *d)
{
	struct visitor *v = slots_find(&d->relay->visitors, d->visitor);
	struct flow *f = slots_find(&d->relay->flows.table, d->flow);
	struct span in = stream_peek(&d->tcp.stream, 1);

	if (!in.p && !d->tcp.stream.ended)
		return ENOUGH;
	if (!in.p || in.p[0] != '\n')
		return shut(d);
	stream_take(&d->tcp.stream, 1);
	if (v && !v->paired)
		return join(d, v);
	return f && !f->line ? join_flow(d, f) : shut(d);
}

/* A data connection for a visitor to come. */
static enum verdict park(struct door *d, const struct fastnat *m)
{
	struct session *s = session_of_id(d->relay, m->id);
	uint8_t mac[FASTNAT_MAC];

	if (s)
		fastnat_park_mac(mac, s->key, m->id, m->n);
	if (!s || !(m->has & HAS_MAC) ||
	    !ct_equal((struct bytes){ mac, sizeof mac }, m->mac) ||
	    !parked_start(s, &d->tcp, m->n)) {
		++*count_of(d, GATE_PARKED_WRONG);
		return shut(d);
	}
	++*count_of(d, GATE_PARKED);
	leave(d);
	session_announce(s);
	return GONE;
}

/* A client that visits a private service: who it is has been shown, so that it
 * is told why not.
 */
static enum verdict visit(struct door *d, const struct fastnat *m)
{
	struct session *s = session_of_id(d->relay, m->id);
	uint32_t retry = 0;
	const char *why;

	if (!s || !private_proven(s, m)) {
		++*count_of(d, GATE_VISIT_WRONG);
		relay_warn(d->relay, "relay", "a visit of no client is closed");
		return shut(d);
	}
	why = private_visit(s, &d->tcp, m, &retry);
	if (why) {
		turn_away(d, why, retry);
		return MORE;
	}
	leave(d);
	return GONE;
}

static enum verdict hear_header(struct door *d, const struct fastnat *m)
{
	struct visitor *v = visitor_find(d->relay, m->out_id);
	struct flow *f = v ? NULL : flow_of_out_id(d->relay, m->out_id);
	const struct published *p = v ? v->published : f ? f->published : NULL;

	if ((m->has & (HAS_N | HAS_ID)) == (HAS_N | HAS_ID))
		return park(d, m);
	if (!p || !may_fetch(d, p->session, m)) {
		++*count_of(d, GATE_DATA_WRONG);
		relay_warn(d->relay, "relay",
			   "a data connection for no visitor is closed");
		return shut(d);
	}
	if (p->session->plain)
		return join(d, v);
	if (v)
		d->visitor = slots_name(&d->relay->visitors, v);
	else
		d->flow = slots_name(&d->relay->flows.table, f);
	enter(d, DOOR_LINE);
	return MORE;
}

/* ---- hearing ---- */

static void misheard(struct door *d)
{
	++*count_of(d, GATE_UNKNOWN_WRONG);
	net_count(d->relay->net, -NAT_EPROTO);
	turn_away(d,
		  d->state == DOOR_HEAR ? "hello expected" : "login expected",
		  0);
}

static enum verdict hear_one(struct door *d)
{
	struct heard h;
	int rc;

	if (d->state == DOOR_LINE)
		return end_line(d);
	if (d->state == DOOR_CONTEST)
		return ENOUGH;
	rc = talk_hear(&d->tcp.stream, &d->scan, &h);
	if (rc == 0)
		return ENOUGH;
	if (rc > 0 && d->state == DOOR_HEAR && h.m.command == FASTNAT_NONE)
		return hear_header(d, &h.m);
	if (rc > 0 && d->state == DOOR_HEAR && h.m.command == FASTNAT_VISIT)
		return visit(d, &h.m);
	if (rc > 0 && d->state == DOOR_HEAR && h.m.command == FASTNAT_HELLO)
		hear_hello(d, &h.m);
	else if (rc > 0 && d->state == DOOR_LOGIN &&
		 h.m.command == FASTNAT_LOGIN)
		return log_in(d, &h.m);
	else
		misheard(d);
	return MORE;
}

static void drain(struct door *d)
{
	struct span in;

	while ((in = stream_peek(&d->tcp.stream, 1)).p)
		stream_take(&d->tcp.stream, in.n);
}

/* TLS is told by its first byte, HTTP by its first letter, within TLS too. */
static void tell_kind(struct door *d)
{
	if (d->state == DOOR_HEAR &&
	    !secure_answer(d->relay->secure, &d->tcp, d->sealed))
		turn_away(d, "TLS alone is spoken here: --transport tls", 0);
	else if (d->state == DOOR_HEAR &&
		 !wsock_answer(d->relay->ports.ws, &d->tcp))
		turn_away(d, "too many connections by WebSocket", RETRY_MS);
}

/* Where browsers come too. MORE: it is no browser, or is known to be none. */
static enum verdict tell_browser(struct door *d)
{
	enum https_claim claim;

	if (!https_is_known || !d->shared || d->state != DOOR_HEAR)
		return MORE;
	claim = https_claims(d->relay, &d->tcp, &d->from);
	if (claim == HTTPS_MORE)
		return ENOUGH;
	d->shared = false;
	if (claim == HTTPS_NOT_OURS)
		return MORE;
	leave(d);
	return GONE;
}

static void wake(struct waker *w, unsigned what)
{
	struct door *d = container_of(w, struct door, waker);
	struct stream *s = &d->tcp.stream;
	enum verdict v = MORE;

	(void)what;
	if (s->err) {
		net_count(d->relay->net, s->err);
		if (wsock_known && s->err == -NAT_EPROTO) /* HTTP, TLS */
			++*count_of(d, GATE_UNKNOWN_WRONG);
		door_stop(d);
		return;
	}
	if (d->greets) /* somebody who speaks is no plain client */
		timer_start(&d->limit, d->relay->net->loop,
			    relay_now(d->relay) + LOGIN_MS);
	d->greets = false;
	v = tell_browser(d);
	if (v == MORE)
		tell_kind(d);
	while (v == MORE && d->state != DOOR_CLOSING)
		v = hear_one(d);
	if (v == GONE)
		return;
	if (d->state == DOOR_CLOSING)
		drain(d);
	if (s->ended)
		door_stop(d);
}

/* ---- coming ---- */

static void give_up(struct door *d)
{
	if (d->state != DOOR_CLOSING)
		++*count_of(d, GATE_UNKNOWN_LATE);
	door_stop(d);
}

static void too_late(struct timer *t)
{
	struct door *d = container_of(t, struct door, limit);
	struct relay *r = d->relay;

	if (d->state == DOOR_CONTEST)
		end_contest(d);
	else if (d->greets && session_start_plain(r, &d->tcp, &d->from) == 0)
		leave(d);
	else
		give_up(d);
}

static struct door *take_slot(struct relay *r)
{
	if (r->doors.used == r->doors.limit) {
		r->gate.counts[GATE_UNKNOWN_DISPLACED]++;
		door_stop(container_of(r->knocking.next, struct door, node));
	}
	r->gate.counts[GATE_UNKNOWN]++;
	return slots_get(&r->doors);
}

static struct door *init(struct relay *r, const struct addr *from)
{
	struct door *d = take_slot(r);

	d->relay = r;
	d->from = *from;
	gate_enter(r, from, GATE_OF_DOOR);
	d->waker.wake = wake;
	timer_init(&d->limit, too_late);
	list_append(&r->knocking, &d->node);
	return d;
}

static struct door *open_door(struct relay *r, int fd, const struct addr *from)
{
	struct door *d;

	if (!gate_knock(r, from)) {
		r->gate.counts[GATE_UNKNOWN_ADDRESS]++;
		sock_close(fd, true);
		return NULL;
	}
	d = init(r, from);
	tcp_start(&d->tcp, r->net, fd, &d->waker);
	timer_start(&d->limit, r->net->loop, relay_now(r) + LOGIN_MS);
	return d;
}

void door_come(struct listener *l)
{
	struct relay_port *p = container_of(l, struct relay_port, listener);
	struct relay *r = p->relay;
	struct addr from;
	int fd;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct door *d;

		fd = listener_accept(l, &from);
		if (fd < 0)
			return;
		d = open_door(r, fd, &from);
		if (d && secure_runs(r->secure))
			d->sealed = p->sealed;
		if (d && https_is_known)
			d->shared = p->shared;
		if (!d || !p->greets)
			continue;
		d->greets = true;
		timer_start(&d->limit, r->net->loop, relay_now(r) + SILENCE_MS);
	}
}

void door_come_plain(struct listener *l)
{
	struct session *s = container_of(l, struct session, listener);
	struct relay *r = s->relay;
	struct addr from;
	int fd;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		struct door *d;

		fd = listener_accept(l, &from);
		if (fd < 0)
			return;
		d = open_door(r, fd, &from);
		if (d)
			d->plain = slots_name(&r->sessions, s);
	}
}

bool door_hears(const struct relay *r, uint8_t first)
{
	enum { HANDSHAKE = 0x16 };

	return first == '{' || (first == HANDSHAKE && secure_runs(r->secure));
}

bool door_adopt(struct relay *r, struct tcp *from, const struct addr *at)
{
	struct door *d;

	if (!gate_knock(r, at)) {
		r->gate.counts[GATE_UNKNOWN_ADDRESS]++;
		return false;
	}
	d = init(r, at);
	d->sealed = secure_runs(r->secure) && r->conf->tls->only;
	tcp_move(&d->tcp, from, &d->waker);
	timer_start(&d->limit, r->net->loop, relay_now(r) + LOGIN_MS);
	wake(&d->waker, STREAM_IN);
	return true;
}

void door_hello(struct relay *r, struct tcp *from, const struct addr *at,
		const struct fastnat *m)
{
	struct door *d = init(r, at);

	tcp_move(&d->tcp, from, &d->waker);
	timer_start(&d->limit, r->net->loop, relay_now(r) + LOGIN_MS);
	hear_hello(d, m);
	wake(&d->waker, STREAM_IN); /* what came with it already */
}
