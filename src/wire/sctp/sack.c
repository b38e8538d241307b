/* What we acknowledge, and when (RFC 9260 6.2, 6.7); the window that we tell. */
#include "wire/sctp/assoc.h"

enum { SACK_MS = 20, SACK_BODY = 12, SACK_EVERY = 2 };

uint32_t sack_window(const struct sctp *s)
{
	const struct sctp_in *in = &s->in;

	return in->window > in->store.held ? in->window - in->store.held : 0;
}

/* Twice what is fetched in a round trip, up to what we were given. */
static void grow(struct sctp *s, int64_t now)
{
	struct sctp_in *in = &s->in;
	int64_t trip = s->rtt.known ? rtt_ms(&s->rtt) : 0;

	if (now - in->taken_at <= trip)
		return;
	if (in->taken > in->window / 4 && in->window < s->conf->in)
		in->window = in->window < s->conf->in / 2 ? in->window * 2
							  : s->conf->in;
	in->taken = 0;
	in->taken_at = now;
}

/* gap: something is missing, or was until now. */
void sack_heard(struct sctp *s, bool gap, int64_t now)
{
	struct sctp_in *in = &s->in;

	grow(s, now);
	if (gap || in->tsns.n > 0 || ++in->packets >= SACK_EVERY)
		in->sack = true;
	else if (in->sack_due < 0)
		in->sack_due = now + SACK_MS;
}

void sack_opened(struct sctp *s)
{
	uint32_t w = sack_window(s);

	if (w > s->in.told && w - s->in.told >= s->in.window / 4 &&
	    assoc_hears(s))
		s->in.sack = true;
}

static void put_gaps(const struct tsns *t, struct pack *p, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		pack_u16(p, (uint16_t)(tsns_range(t, i)->from - t->cum));
		pack_u16(p, (uint16_t)(tsns_range(t, i)->to - t->cum));
	}
}

void sack_say(struct sctp *s, struct pack *p, size_t most)
{
	struct sctp_in *in = &s->in;
	size_t least = p->n + CHUNK_HEAD + SACK_BODY + 4u * in->ndups;
	size_t gaps, mark;

	if (least > most)
		return;
	gaps = min_size(in->tsns.n, (most - least) / 4);
	mark = chunk_open(p, CHUNK_SACK, 0);
	in->told = sack_window(s);
	pack_u32(p, in->tsns.cum);
	pack_u32(p, in->told);
	pack_u16(p, (uint16_t)gaps);
	pack_u16(p, in->ndups);
	put_gaps(&in->tsns, p, (uint16_t)gaps);
	for (size_t i = 0; i < in->ndups; i++)
		pack_u32(p, in->dups[i]);
	chunk_close(p, mark);
	in->ndups = in->packets = 0;
	in->sack = false;
	in->sack_due = -1;
}
