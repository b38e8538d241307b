/* What is under way: what has arrived, what is lost and when silence is too long.
 *
 * Each packet with data has a serial number, anew when its data goes again. What was
 * sent `reorder` packets before one that has arrived, or a round trip and some
 * before, is lost (RFC 9002 6.1, for RFC 9260's SACKs): a loss takes no timer, nor
 * does that of what was sent again. Only the end of a flight needs one, and the first
 * silence costs a packet, not the window.
 */
#include "wire/sctp/assoc.h"

enum { REORDER = 3, REORDER_MOST = 96 };

/* What one SACK says that was not known. */
struct news {
	uint32_t bytes;
	uint32_t newest; /* serial */
	int64_t trip;    /* ms, -1: unknown */
	bool any, wrong; /* something was lost that was not */
	int64_t now;
};

void flight_begin(struct sctp *s)
{
	struct sctp_flight *f = &s->out.flight;

	f->next = s->own.tsn;
	f->acked = f->forward = s->own.tsn - 1;
	f->serial = 1;
	f->reorder = REORDER;
}

void flight_arm(struct sctp *s, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;

	f->due = -1;
	if (s->state >= SCTP_OPEN && s->state != SCTP_DOWN &&
	    (f->flying > 0 || f->forward != f->acked))
		f->due = now + rtt_patience(&s->rtt, f->tries);
}

void flight_put(struct sctp *s, struct piece *p, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;

	if (p->sent++ > 0)
		s->counts.resent++;
	p->fate = PIECE_FLIES;
	p->serial = f->serial;
	p->sent_at = now;
	f->flying += p->n;
	f->window -= f->window < p->n ? f->window : p->n;
	f->probe = false;
}

/* ---- fates ---- */

void flight_mark(struct sctp *s, struct piece *p, enum piece_fate fate)
{
	struct sctp_flight *f = &s->out.flight;

	if (p->fate == PIECE_FLIES)
		f->flying -= p->n;
	p->fate = (uint8_t)fate;
	if (fate == PIECE_LOST &&
	    (!f->again || tsn_after(f->again->tsn, p->tsn)))
		f->again = p;
}

struct piece *flight_again(struct sctp *s)
{
	struct sctp_flight *f = &s->out.flight;

	while (f->again && f->again->fate != PIECE_LOST) {
		struct list *next = f->again->node.next;

		f->again = next == &f->pieces ? NULL : piece_at(next);
	}
	return f->again;
}

bool flight_over(const struct sctp *s)
{
	return list_alone(&s->out.flight.pieces) && s->out.unsent == 0;
}

static void lose(struct sctp *s, struct piece *p, int64_t now)
{
	if (lapse_is(s, p, now))
		lapse_message(s, p);
	else
		flight_mark(s, p, PIECE_LOST);
}

/* ---- what arrives ---- */

static void arrived(struct sctp *s, struct piece *p, struct news *n)
{
	bool certain = p->sent == 1;

	if (p->fate == PIECE_THERE)
		return;
	n->any = true;
	n->bytes += p->n;
	n->wrong = n->wrong || p->fate == PIECE_LOST;
	if (p->fate == PIECE_LOST)
		certain = false;
	/* Too soon for what was sent last: the one before has arrived. */
	if (!certain &&
	    (p->fate == PIECE_LOST || n->now - p->sent_at < s->rtt.least))
		return;
	if ((int32_t)(p->serial - n->newest) > 0)
		n->newest = p->serial;
	if (certain && (n->trip < 0 || n->now - p->sent_at < n->trip))
		n->trip = n->now - p->sent_at;
}

static void release(struct sctp *s, uint32_t cum, struct news *n)
{
	struct sctp_flight *f = &s->out.flight;

	list_each (at, &f->pieces) {
		struct piece *p = piece_at(at);

		if (tsn_after(p->tsn, cum))
			break;
		if (p->fate != PIECE_LAPSED)
			arrived(s, p, n);
		else
			n->any = true;
		flight_mark(s, p, PIECE_THERE);
		if (f->again == p)
			f->again = p->node.next == &f->pieces
					   ? NULL
					   : piece_at(p->node.next);
		store_put(&s->out.store, p);
	}
	f->acked = cum;
	if (tsn_after(cum, f->forward))
		f->forward = cum;
}

/* One gap block: from and to, as distances from acked. */
static struct list *arrived_gap(struct sctp *s, struct list *at, uint32_t from,
				uint32_t to, struct news *n)
{
	struct sctp_flight *f = &s->out.flight;

	for (; at != &f->pieces; at = at->next) {
		struct piece *p = piece_at(at);
		uint32_t off = p->tsn - f->acked;

		if (off > to)
			break;
		if (off < from || p->fate == PIECE_LAPSED)
			continue;
		arrived(s, p, n);
		flight_mark(s, p, PIECE_THERE);
	}
	return at;
}

/* ---- what does not ---- */

static uint32_t overdue_ms(const struct sctp *s)
{
	uint32_t rtt = rtt_ms(&s->rtt);
	uint32_t some = (rtt / 8 + 1) * s->out.flight.reorder / REORDER;

	return rtt + some + 1;
}

static bool is_lost(const struct sctp *s, const struct piece *p, int64_t now)
{
	const struct sctp_flight *f = &s->out.flight;

	return f->seen - p->serial >= f->reorder ||
	       now - p->sent_at >= overdue_ms(s);
}

static void pay(struct sctp *s, uint32_t serial, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;

	if ((int32_t)(serial - f->cut) < 0)
		return;
	cubic_loss(&s->cubic, now);
	f->cut = f->serial;
}

static void detect(struct sctp *s, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;

	f->late = -1;
	list_each (at, &f->pieces) {
		struct piece *p = piece_at(at);
		int64_t late = p->sent_at + overdue_ms(s);

		if ((int32_t)(p->serial - f->seen) > 0 && p->sent == 1)
			break;
		if (p->fate != PIECE_FLIES ||
		    (int32_t)(p->serial - f->seen) >= 0)
			continue;
		if (is_lost(s, p, now)) {
			pay(s, p->serial, now);
			lose(s, p, now);
		} else if (f->late < 0 || late < f->late) {
			f->late = late;
		}
	}
}

/* Something was taken for lost and had only been overtaken. */
static void regret(struct sctp *s, uint32_t times)
{
	struct sctp_flight *f = &s->out.flight;

	s->counts.spurious += times;
	cubic_regret(&s->cubic);
	f->reorder = f->reorder * 2 < REORDER_MOST ? (uint16_t)(f->reorder * 2)
						   : REORDER_MOST;
}

/* ---- acknowledgements ---- */

static bool was_full(const struct sctp *s, uint32_t flying)
{
	const struct cubic *c = &s->cubic;

	return c->window < c->threshold ? flying * 2 >= c->window
					: flying + 2 * c->unit >= c->window;
}

static void learn(struct sctp *s, const struct news *n, uint32_t flying)
{
	struct sctp_flight *f = &s->out.flight;

	if (!n->any)
		return;
	f->tries = 0;
	if (n->newest && (int32_t)(n->newest - f->seen) > 0)
		f->seen = n->newest;
	if (n->trip >= 0) {
		rtt_add(&s->rtt, (uint32_t)n->trip);
		cubic_trip(&s->cubic, (uint32_t)n->trip);
	}
	if (n->wrong)
		regret(s, 1);
	cubic_ack(&s->cubic, &s->rtt,
		  &(struct cubic_ack){ n->bytes, was_full(s, flying), f->seen,
				       f->serial, n->now });
}

static void settle(struct sctp *s, const struct news *n)
{
	detect(s, n->now);
	lapse_forward(s);
	if (n->any || s->out.flight.flying == 0)
		flight_arm(s, n->now);
	sending_room(s);
}

void flight_acked(struct sctp *s, uint32_t cum, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;
	struct news n = { .trip = -1, .newest = f->seen, .now = now };
	uint32_t flying = f->flying;

	if (tsn_after(f->acked, cum))
		return;
	if (!tsn_after(f->next, cum)) {
		assoc_fail(s, -NAT_EPROTO, CAUSE_PROTOCOL);
		return;
	}
	release(s, cum, &n);
	learn(s, &n, flying);
	settle(s, &n);
}

/* What came twice had been sent twice, unless the network did it. */
static void on_dups(struct sctp *s, uint32_t ndups)
{
	if (ndups > 0 && s->counts.spurious + ndups <= s->counts.resent)
		regret(s, ndups);
}

void flight_on_sack(struct sctp *s, const struct chunk *c, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;
	struct news n = { .trip = -1, .newest = f->seen, .now = now };
	uint32_t flying = f->flying, cum, window;
	struct cur in = cur_of(c->body);
	struct list *at;
	uint16_t gaps, dups;

	cum = cur_u32(&in);
	window = cur_u32(&in);
	gaps = cur_u16(&in);
	dups = cur_u16(&in);
	if (in.bad || cur_left(&in) < 4u * gaps || !tsn_after(f->next, cum)) {
		assoc_fail(s, -NAT_EPROTO, CAUSE_PROTOCOL);
		return;
	}
	if (tsn_after(f->acked, cum)) /* an old one, overtaken */
		return;
	release(s, cum, &n);
	at = f->pieces.next;
	while (gaps-- > 0) {
		uint32_t from = cur_u16(&in);

		at = arrived_gap(s, at, from, cur_u16(&in), &n);
	}
	on_dups(s, dups);
	learn(s, &n, flying);
	settle(s, &n);
	f->window = window > f->flying ? window - f->flying : 0;
}

/* ---- silence ---- */

static struct piece *first_flying(const struct sctp_flight *f)
{
	list_each (at, &f->pieces)
		if (piece_at(at)->fate == PIECE_FLIES)
			return piece_at(at);
	return NULL;
}

/* The first time one packet asks; after that all is lost, and the window small. */
static void silence(struct sctp *s, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;
	struct piece *p;

	s->counts.silences++;
	f->say_forward = f->forward != f->acked;
	f->probe = true;
	if (f->tries == 1)
		cubic_silence(&s->cubic);
	while ((p = first_flying(f))) {
		lose(s, p, now);
		if (f->tries == 0)
			break;
	}
	if (f->tries > 0)
		f->cut = f->serial;
	if (f->tries < UINT8_MAX)
		f->tries++;
	probe_silence(s);
	lapse_forward(s);
	f->due = now + rtt_patience(&s->rtt, f->tries);
}

void flight_tick(struct sctp *s, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;

	if (f->late >= 0 && now >= f->late) {
		detect(s, now);
		lapse_forward(s);
	}
	if (f->due >= 0 && now >= f->due)
		silence(s, now);
}

/* As after the first silence: a packet tells what has arrived of all others. */
void sctp_hurry(struct sctp *s, int64_t now)
{
	struct sctp_flight *f = &s->out.flight;
	int64_t *const due[] = { &f->due, &s->setup.due, &s->reconf.due };

	f->tries = 0;
	probe_begin(s);
	for (size_t i = 0; i < COUNT(due); i++)
		if (*due[i] > now)
			*due[i] = now;
}
