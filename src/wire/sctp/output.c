/* The next packet: what must go alone, or all that may go together. */
#include "wire/sctp/assoc.h"

static struct pack begin(const struct sctp *s, struct span room, uint32_t tag)
{
	struct pack p = pack_to(room);

	pack_u16(&p, s->conf->port);
	pack_u16(&p, s->conf->peer);
	pack_u32(&p, tag);
	pack_u32(&p, 0);
	return p;
}

static size_t finish(struct sctp *s, struct pack *p, bool sum)
{
	if (p->full)
		return 0;
	if (sum)
		packet_seal((struct span){ p->room.p, p->n });
	s->counts.packets_out++;
	return p->n;
}

static size_t say_init(struct sctp *s, struct span room, int64_t now)
{
	struct pack p = begin(s, room, 0);

	if (!s->setup.say)
		return 0;
	setup_say_init(s, &p);
	setup_said(s, now);
	return finish(s, &p, true);
}

static size_t say_answer(struct sctp *s, struct span room, struct piece *a)
{
	struct pack p = begin(s, room, a->ppid);

	pack_bytes(&p, (struct bytes){ a->data, a->n });
	reply_drop(s, a);
	return finish(s, &p, true);
}

static size_t say_last(struct sctp *s, struct span room)
{
	struct pack p = begin(s, room, s->peer.tag);
	size_t mark, cause;

	if (s->setup.abort) {
		mark = chunk_open(&p, CHUNK_ABORT, 0);
		cause = param_open(&p, s->setup.abort);
		param_close(&p, cause);
	} else if (s->setup.complete) {
		mark = chunk_open(&p, CHUNK_SHUTDOWN_COMPLETE, 0);
	} else {
		return 0;
	}
	chunk_close(&p, mark);
	s->setup.abort = 0;
	s->setup.complete = false;
	return finish(s, &p, true);
}

/* ---- data ---- */

static bool may_fly(const struct sctp *s)
{
	const struct sctp_flight *f = &s->out.flight;

	return f->probe || f->flying < s->cubic.window;
}

/* The peer's window, but one piece may always ask whether it is open again. */
static bool has_window(const struct sctp *s, const struct sctp_stream *x)
{
	const struct sctp_flight *f = &s->out.flight;

	return f->flying == 0 || f->window >= piece_at(x->out.next)->n;
}

/* The last that goes for now is to be acknowledged at once. */
static uint8_t flags_of(const struct sctp *s, const struct piece *p)
{
	const struct sctp_flight *f = &s->out.flight;
	bool last = s->out.unsent == 0 || f->flying >= s->cubic.window ||
		    p->sent > 1;

	return (uint8_t)(p->flags | (last ? DATA_NOW : 0));
}

static void put_data(struct sctp *s, struct pack *to, struct piece *p,
		     int64_t now)
{
	size_t mark;

	flight_put(s, p, now);
	mark = chunk_open(to, CHUNK_DATA, flags_of(s, p));
	pack_u32(to, p->tsn);
	pack_u16(to, p->sid);
	pack_u16(to, p->ssn);
	pack_u32(to, p->ppid);
	pack_bytes(to, (struct bytes){ p->data, p->n });
	chunk_close(to, mark);
}

/* What was sent before comes first. One larger than the MTU, which has shrunk, goes
 * as it is, in a packet of its own.
 */
static struct piece *next_piece(struct sctp *s, const struct pack *to,
				size_t most, int64_t now)
{
	struct piece *p = flight_again(s);
	struct sctp_stream *x;
	size_t left = most - to->n;

	while (p && lapse_is(s, p, now)) {
		lapse_message(s, p);
		lapse_forward(s);
		p = flight_again(s);
	}
	if (p && chunk_data_size(p->n) <= left)
		return p;
	if (p)
		return to->n == PACKET_HEAD ? p : NULL;
	x = sending_turn(s, now);
	return x && has_window(s, x) ? sending_take(s, x, left) : NULL;
}

static bool say_data(struct sctp *s, struct pack *to, size_t most, int64_t now)
{
	bool any = false;
	struct piece *p;

	if (!pace_may(&s->pace, &s->cubic, &s->rtt, now))
		return false;
	while (to->n < most && may_fly(s) &&
	       (p = next_piece(s, to, most, now))) {
		put_data(s, to, p, now);
		any = true;
	}
	if (any) {
		s->out.flight.serial++;
		flight_arm(s, now);
	}
	return any;
}

static size_t say_probe(struct sctp *s, struct span room, int64_t now)
{
	struct pack p = begin(s, room, s->peer.tag);

	return probe_say(s, &p, now) ? finish(s, &p, !s->can.zero_sum) : 0;
}

/* ---- together ---- */

static bool data_waits(struct sctp *s)
{
	return flight_again(s) || !list_alone(&s->out.turns);
}

/* With the COOKIE ECHO data may go, once (RFC 9260 5.1). */
static bool say_beginning(struct sctp *s, struct pack *p, int64_t now)
{
	bool first = s->setup.tries == 0;

	if (s->state != SCTP_COOKIE_ECHOED)
		return true;
	if (!s->setup.say)
		return false;
	setup_say_cookie(s, p);
	setup_said(s, now);
	return first;
}

static void say_heard(struct sctp *s, struct pack *p, size_t most, int64_t now)
{
	const struct sctp_in *in = &s->in;

	if (s->setup.say_ack) {
		size_t mark = chunk_open(p, CHUNK_COOKIE_ACK, 0);

		chunk_close(p, mark);
		s->setup.say_ack = false;
	}
	if (in->sack ||
	    (in->sack_due >= 0 && (now >= in->sack_due || data_waits(s))))
		sack_say(s, p, most);
	reply_say(s, p, most);
}

static void say_control(struct sctp *s, struct pack *p, size_t most,
			int64_t now)
{
	if (s->setup.say &&
	    (s->state == SCTP_SENT || s->state == SCTP_ACK_SENT) &&
	    p->n + CHUNK_HEAD + 4 <= most) {
		closing_say(s, p);
		setup_said(s, now);
	}
	reconf_say(s, p, most, now);
	if (s->out.flight.say_forward)
		lapse_say(s, p, most);
}

static size_t say_all(struct sctp *s, struct span room, int64_t now)
{
	struct pack p = begin(s, room, s->peer.tag);
	bool echo = s->state == SCTP_COOKIE_ECHOED;
	bool may_data = say_beginning(s, &p, now);

	if (!echo) {
		say_heard(s, &p, s->mtu, now);
		say_control(s, &p, s->mtu, now);
	}
	if (may_data && s->state != SCTP_SENT && s->state != SCTP_ACK_SENT)
		say_data(s, &p, s->mtu, now);
	if (p.n == PACKET_HEAD)
		return 0;
	pace_sent(&s->pace, p.n);
	return finish(s, &p, echo || !s->can.zero_sum);
}

size_t sctp_output(struct sctp *s, struct span room, int64_t now)
{
	struct piece *alone = reply_alone(s);
	size_t n;

	if (s->state == SCTP_DOWN)
		return say_last(s, room);
	sending_turn(s, now); /* what has lapsed is in nobody's way */
	sending_room(s);
	closing_tick(s, now);
	if (alone)
		return say_answer(s, room, alone);
	if (s->state == SCTP_CLOSED)
		return 0;
	if (s->state == SCTP_COOKIE_WAIT)
		return say_init(s, room, now);
	flight_tick(s, now);
	reconf_tick(s, now);
	n = say_probe(s, room, now);
	if (n == 0)
		n = say_all(s, room, now);
	/* What had to go again has lapsed: then that is to be said. */
	if (n == 0 && s->out.flight.say_forward)
		n = say_all(s, room, now);
	return n;
}
