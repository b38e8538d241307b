/* plain - clients of the original system, which never say anything: greeted with
 * their ports, told of one visitor at a time, because they die of two objects in
 * one read (docs/protocol/fastnat.md).
 */
#include "app/relay/door.h"
#include "app/relay/published.h"
#include "app/relay/session.h"
#include "app/relay/visitor.h"
#include "os/rand.h"
#include "os/sock.h"

enum { PACE_MS = 250, PLAIN_LO = 30000, PER_ADDRESS = 4, TRIES = 64 };

const bool session_knows_plain = true;

bool session_paced(const struct session *s)
{
	return !s->plain || !timer_runs(&s->timer);
}

void session_said(struct session *s, struct slot_name visitor)
{
	if (!s->plain)
		return;
	s->in_flight = visitor;
	timer_start(&s->timer, s->relay->net->loop,
		    relay_now(s->relay) + PACE_MS);
}

void session_claimed(struct session *s, struct slot_name visitor)
{
	if (!s->plain || s->in_flight.index != visitor.index ||
	    s->in_flight.gen != visitor.gen)
		return;
	timer_stop(&s->timer, s->relay->net->loop);
	session_announce(s);
}

static void pace(struct timer *t)
{
	session_announce(container_of(t, struct session, timer));
}

/* A hello that comes after the greeting begins a login: back to a door. */
static void wake(struct waker *w, unsigned what)
{
	struct session *s = container_of(w, struct session, waker);
	struct stream *in = &s->tcp.stream;
	struct heard h;
	int rc;

	if (what & STREAM_OUT)
		session_announce(s);
	while ((rc = talk_hear(in, &s->scan, &h)) > 0) {
		if (h.m.command != FASTNAT_HELLO)
			continue;
		door_hello(s->relay, &s->tcp, &s->from, &h.m);
		session_stop(s, "logs in after all");
		return;
	}
	if (in->err || rc < 0)
		session_stop(s, err_text(in->err ? in->err : rc));
	else if (in->ended)
		session_stop(s, "closed by the client");
}

/* ---- ports ---- */

static uint16_t returning_port(const struct relay *r, const struct addr *a)
{
	for (uint32_t i = 0; i < RELAY_RETURNS; i++)
		if (r->returns.v[i].port &&
		    addr_same_ip(&r->returns.v[i].from, a))
			return r->returns.v[i].port;
	return 0;
}

static void remember_port(struct relay *r, const struct addr *a, uint16_t port)
{
	struct relay_return *to = &r->returns.v[r->returns.next];

	for (uint32_t i = 0; i < RELAY_RETURNS; i++)
		if (r->returns.v[i].port == port)
			return;
	*to = (struct relay_return){ *a, port };
	r->returns.next = (r->returns.next + 1) % RELAY_RETURNS;
}

/* The original's ports are 30000 and above; --ports narrows that. */
static uint16_t any_port(const struct relay *r)
{
	struct opt_ports range = r->conf->ports;
	uint16_t lo = range.lo > PLAIN_LO ? range.lo : PLAIN_LO;

	return range.hi < lo ? 0
			     : (uint16_t)(lo + rand_below((uint32_t)range.hi -
							  lo + 1));
}

static int open_out_port(struct session *s)
{
	uint16_t port = returning_port(s->relay, &s->from);
	struct published *p;
	struct fastnat m = { .service = BYTES("plain"),
			     .protocol = FASTNAT_TCP };
	int rc = -NAT_EINVAL;

	for (int i = 0; i < TRIES && rc < 0; i++) {
		port = port ? port : any_port(s->relay);
		if (!port)
			break;
		m.out_port = port;
		rc = published_open(&p, s, &m);
		port = 0;
	}
	if (rc == 0)
		remember_port(s->relay, &s->from, p->port);
	return rc;
}

static int open_int_port(struct session *s)
{
	const char *host = s->relay->conf->bind;
	int rc = -NAT_EINVAL;

	for (int i = 0; i < TRIES && rc < 0; i++) {
		uint16_t port = any_port(s->relay);

		if (!port)
			break;
		rc = listener_start(&s->listener, s->relay->net,
				    bytes_of(host ? host : ""), port,
				    door_come_plain);
	}
	if (rc == 0)
		s->int_port = s->listener.at.port;
	return rc;
}

/* ---- coming ---- */

static int greet(struct session *s)
{
	const struct published *p =
		container_of(s->published.next, const struct published, node);
	struct fastnat m = {
		.command = FASTNAT_READY,
		.has = HAS_ID | HAS_INT_PORT | HAS_OUT_PORT | HAS_OUT_ID |
		       HAS_PROTOCOL,
		.id = { s->id, sizeof s->id },
		.int_port = s->int_port,
		.out_port = p->port,
		.out_id = BYTES(""),
		.protocol = FASTNAT_TCP,
	};

	return talk_say(&s->tcp.stream, &m, false);
}

static int may_come(struct relay *r, const struct addr *at)
{
	if (gate_of(r, at, GATE_OF_PLAIN) < PER_ADDRESS)
		return 0;
	r->gate.counts[GATE_PLAIN_ADDRESS]++;
	return -NAT_ELIMIT;
}

int session_start_plain(struct relay *r, struct tcp *from,
			const struct addr *at)
{
	struct session *s;
	struct fmt f;
	int rc = may_come(r, at);

	if (rc < 0)
		return rc;
	s = session_take_slot(r, from, at);
	if (!s) {
		r->gate.counts[GATE_LOGIN_ALL]++;
		return -NAT_ELIMIT;
	}
	s->plain = true;
	f = fmt_to(SPAN(s->name));
	fmt_put(&f, "plain-%.*s", FASTNAT_ID, (const char *)s->id);
	gate_enter(r, &s->from, GATE_OF_PLAIN);
	rc = open_out_port(s);
	if (rc == 0)
		rc = open_int_port(s);
	if (rc < 0) {
		session_stop(s, err_text(rc));
		return rc;
	}
	s->waker.wake = wake;
	timer_init(&s->timer, pace);
	tcp_move(&s->tcp, from, &s->waker);
	session_said(s, (struct slot_name){ 0, 0 });
	if (greet(s) < 0)
		session_stop(s, "out of buffers");
	return 0;
}
