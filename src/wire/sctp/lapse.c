/* Messages that nobody waits for any more (RFC 3758): the peer is told to skip them. */
#include "wire/sctp/assoc.h"

enum { SKIPS = 64 };

struct skip {
	uint16_t sid, ssn;
};

bool lapse_is(const struct sctp *s, const struct piece *p, int64_t now)
{
	if (!s->can.forward)
		return false;
	return (p->until && now >= p->until) ||
	       (p->most_sent && p->sent >= p->most_sent);
}

/* What of a message has not been sent gets its TSNs and lapses with the rest, so
 * that what is skipped ends with the end of a message.
 */
static void lapse_rest(struct sctp *s)
{
	struct sctp_stream *x = s->out.now;
	struct piece *p;

	while (s->out.now && (p = sending_take(s, x, SIZE_MAX)))
		flight_mark(s, p, PIECE_LAPSED);
}

void lapse_message(struct sctp *s, struct piece *p)
{
	struct list *all = &s->out.flight.pieces;

	while (!(p->flags & DATA_BEGIN) && p->node.prev != all)
		p = piece_at(p->node.prev);
	flight_mark(s, p, PIECE_LAPSED);
	while (!(p->flags & DATA_END) && p->node.next != all) {
		p = piece_at(p->node.next);
		flight_mark(s, p, PIECE_LAPSED);
	}
	if (!(p->flags & DATA_END))
		lapse_rest(s);
	s->counts.lapsed++;
}

void lapse_unsent(struct sctp *s, struct sctp_stream *x)
{
	bool last = false;

	while (!last) {
		struct piece *p = piece_at(x->out.next);

		last = p->flags & DATA_END;
		s->out.unsent -= piece_cost(p->n);
		x->unsent -= piece_cost(p->n);
		store_put(&s->out.store, p);
	}
	s->counts.lapsed++;
}

void lapse_forward(struct sctp *s)
{
	struct sctp_flight *f = &s->out.flight;

	list_each (at, &f->pieces) {
		const struct piece *p = piece_at(at);

		if (!tsn_after(p->tsn, f->forward))
			continue;
		if (p->fate != PIECE_LAPSED)
			break;
		f->forward = p->tsn;
		f->say_forward = true;
	}
}

/* Of each stream the last; false: there is no room for another stream. */
static bool note(struct skip *skips, size_t *n, size_t most,
		 const struct piece *p)
{
	size_t i = 0;

	while (i < *n && skips[i].sid != p->sid)
		i++;
	if (i == most)
		return false;
	skips[i] = (struct skip){ p->sid, p->ssn };
	*n += i == *n;
	return true;
}

void lapse_say(struct sctp *s, struct pack *to, size_t most)
{
	struct sctp_flight *f = &s->out.flight;
	struct skip skips[SKIPS];
	size_t n = 0, fit, mark;
	uint32_t cum = f->acked;

	if (to->n + CHUNK_HEAD + 8 > most)
		return;
	fit = min_size(SKIPS, (most - to->n - CHUNK_HEAD - 4) / 4);
	list_each (at, &f->pieces) {
		const struct piece *p = piece_at(at);

		if (tsn_after(p->tsn, f->forward) ||
		    (!(p->flags & DATA_UNORDERED) && !note(skips, &n, fit, p)))
			break;
		cum = p->tsn;
	}
	mark = chunk_open(to, CHUNK_FORWARD, 0);
	pack_u32(to, cum);
	for (size_t i = 0; i < n; i++) {
		pack_u16(to, skips[i].sid);
		pack_u16(to, skips[i].ssn);
	}
	chunk_close(to, mark);
	f->say_forward = false;
}
