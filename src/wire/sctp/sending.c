/* From messages to pieces with a TSN: streams take turns, a message at a time, since
 * the pieces of one must follow each other (RFC 9260 6.9).
 */
#include "wire/sctp/assoc.h"

/* Most user data that a packet takes. */
static size_t piece_most(const struct sctp *s)
{
	return ((size_t)s->mtu - PACKET_HEAD - DATA_HEAD) & ~(size_t)3;
}

/* What may wait: enough for two round trips, not so much that what is said next
 * comes late.
 */
static uint32_t unsent_most(const struct sctp *s)
{
	uint32_t least = 2 * s->conf->message, most = 2 * s->cubic.window;

	if (most < least)
		most = least;
	return most < s->conf->out ? most : s->conf->out;
}

/* One stream leaves half of it to the others. */
static bool has_room(const struct sctp *s, const struct sctp_stream *x,
		     uint32_t cost)
{
	uint32_t most = unsent_most(s);

	if (x->unsent > 0 && x->unsent + cost > most / 2)
		return false;
	if (s->out.unsent > 0 && s->out.unsent + cost > most)
		return false;
	return s->out.store.held == 0 ||
	       s->out.store.held + cost <= s->conf->out;
}

static int cut(struct sctp *s, struct list *to, struct bytes text)
{
	size_t most = piece_most(s);

	if (text.n > most)
		probe_want(s);
	while (text.n > 0) {
		size_t n = min_size(text.n, most);
		struct piece *p = store_get(&s->out.store, n);

		if (!p)
			return -NAT_EMEMORY;
		memcpy(p->data, text.p, n);
		list_append(to, &p->node);
		text = (struct bytes){ text.p + n, text.n - n };
	}
	return 0;
}

static void label(struct list *pieces, const struct sctp_message *m,
		  uint16_t sid, int64_t now)
{
	list_each (at, pieces) {
		struct piece *p = piece_at(at);

		p->sid = sid;
		p->ppid = m->ppid;
		p->flags = m->unordered ? DATA_UNORDERED : 0;
		p->most_sent = m->most_sent;
		p->until = m->life ? now + m->life : 0;
	}
	piece_at(pieces->next)->flags |= DATA_BEGIN;
	piece_at(pieces->prev)->flags |= DATA_END;
}

static int may_send(const struct sctp *s, struct bytes text)
{
	if (!assoc_sends(s))
		return -NAT_ECLOSED;
	if (text.n == 0 || text.n > s->conf->message)
		return -NAT_EROOM;
	return 0;
}

static void enqueue(struct sctp *s, struct sctp_stream *x, struct list *pieces)
{
	uint32_t cost = 0;

	list_each (at, pieces) {
		struct piece *p = piece_at(at);

		cost += piece_cost(p->n);
		list_remove(at);
		list_append(&x->out, at);
	}
	x->unsent += cost;
	s->out.unsent += cost;
	if (list_alone(&x->turn))
		list_append(&s->out.turns, &x->turn);
}

static struct sctp_stream *stream_for(struct sctp *s, uint16_t sid)
{
	if (s->can.streams && sid >= s->can.streams)
		return NULL;
	return streams_need(&s->streams, sid);
}

static bool refuse(struct sctp *s, struct sctp_stream *x, size_t bytes)
{
	size_t n = (bytes + piece_most(s) - 1) / piece_most(s);
	uint32_t cost = (uint32_t)(bytes + n * (PIECE_HEAD + 7));

	if (has_room(s, x, cost))
		return false;
	x->refused = cost;
	s->out.refused = true;
	return true;
}

int sctp_send(struct sctp *s, uint16_t sid, struct bytes text,
	      const struct sctp_message *m, int64_t now)
{
	int rc = may_send(s, text);
	struct sctp_stream *x;
	struct list pieces;

	if (rc < 0)
		return rc;
	x = stream_for(s, sid);
	if (!x)
		return -NAT_ELIMIT;
	if (x->reset[RESET_OUT] != RESET_NO)
		return -NAT_ECLOSED;
	if (!m->urgent && refuse(s, x, text.n))
		return -NAT_EAGAIN;
	list_init(&pieces);
	rc = cut(s, &pieces, text);
	if (rc < 0) {
		store_drop(&s->out.store, &pieces);
		return rc;
	}
	label(&pieces, m, sid, now);
	enqueue(s, x, &pieces);
	return 0;
}

void sending_room(struct sctp *s)
{
	bool still = false;

	if (!s->out.refused || s->out.unsent > unsent_most(s) / 4 * 3)
		return;
	list_each (at, &s->streams.all) {
		struct sctp_stream *x = stream_all(at);

		if (x->refused && has_room(s, x, x->refused)) {
			assoc_tell(s, x, SCTP_ROOM);
			x->refused = 0;
		}
		still = still || x->refused;
	}
	s->out.refused = still;
}

/* ---- turns ---- */

struct sctp_stream *sending_turn(struct sctp *s, int64_t now)
{
	if (s->out.now)
		return s->out.now;
	while (!list_alone(&s->out.turns)) {
		struct sctp_stream *x = container_of(s->out.turns.next,
						     struct sctp_stream, turn);

		if (!list_alone(&x->out) &&
		    !lapse_is(s, piece_at(x->out.next), now))
			return x;
		if (list_alone(&x->out))
			list_remove(&x->turn);
		else
			lapse_unsent(s, x);
	}
	return NULL;
}

/* The path takes less than when p was cut: its end becomes another piece. */
static bool split(struct sctp *s, struct sctp_stream *x, struct piece *p)
{
	size_t n = piece_most(s);
	struct piece *q = store_get(&s->out.store, p->n - n), *head;

	if (!q)
		return false;
	head = store_get(&s->out.store, n);
	if (!head) {
		store_put(&s->out.store, q);
		return false;
	}
	memcpy(q->data, p->data + n, q->n);
	memcpy(head->data, p->data, n);
	q->sid = head->sid = p->sid;
	q->ppid = head->ppid = p->ppid;
	q->flags = (uint8_t)(p->flags & ~DATA_BEGIN);
	head->flags = (uint8_t)(p->flags & ~DATA_END);
	q->most_sent = head->most_sent = p->most_sent;
	q->until = head->until = p->until;
	list_append(p->node.next, &head->node);
	list_append(head->node.next, &q->node);
	x->unsent += piece_cost(n) + piece_cost(q->n) - piece_cost(p->n);
	s->out.unsent += piece_cost(n) + piece_cost(q->n) - piece_cost(p->n);
	store_put(&s->out.store, p);
	return true;
}

/* After a message another stream is next. */
static void turn_over(struct sctp *s, struct sctp_stream *x)
{
	s->out.now = NULL;
	list_remove(&x->turn);
	if (!list_alone(&x->out))
		list_append(&s->out.turns, &x->turn);
}

struct piece *sending_take(struct sctp *s, struct sctp_stream *x, size_t n)
{
	struct sctp_flight *f = &s->out.flight;
	struct piece *p = piece_at(x->out.next);

	if (p->n > piece_most(s) && n != SIZE_MAX && split(s, x, p))
		p = piece_at(x->out.next);
	if (chunk_data_size(p->n) > n)
		return NULL;
	if (p->flags & DATA_BEGIN && !(p->flags & DATA_UNORDERED))
		x->ssn_out++;
	p->ssn = (uint16_t)(x->ssn_out - 1);
	p->tsn = x->last = f->next++;
	s->out.unsent -= piece_cost(p->n);
	x->unsent -= piece_cost(p->n);
	list_remove(&p->node);
	list_append(&f->pieces, &p->node);
	s->out.now = x;
	if (p->flags & DATA_END)
		turn_over(s, x);
	return p;
}
