/* How large a packet may be, in the manner of RFC 8899: SCTP_MTU_SAFE goes anywhere,
 * so pieces are cut for that until a HEARTBEAT of the whole MTU has been answered. It
 * is asked when the first message is there that gains by it; and again on another
 * path, and where nothing is heard any more.
 */
#include "wire/sctp/assoc.h"

enum { TRIES = 6, HEARTBEAT_INFO = 1, BARREN = 4 /* silences in a row */ };

static size_t size_of(const struct sctp *s)
{
	return s->probe.most & ~(size_t)3;
}

void probe_begin(struct sctp *s)
{
	struct sctp_probe *p = &s->probe;

	s->mtu = p->most < SCTP_MTU_SAFE ? p->most : SCTP_MTU_SAFE;
	s->cubic.unit = s->mtu;
	p->tries = 0;
	p->due = -1;
}

void probe_want(struct sctp *s)
{
	struct sctp_probe *p = &s->probe;

	if (s->mtu < p->most && p->tries == 0)
		p->due = 0;
}

void probe_silence(struct sctp *s)
{
	if (s->out.flight.tries == BARREN && s->mtu > SCTP_MTU_SAFE)
		probe_begin(s);
}

int64_t probe_due(const struct sctp *s)
{
	bool open = s->state == SCTP_OPEN || s->state == SCTP_PENDING;

	return open ? s->probe.due : -1;
}

bool probe_say(struct sctp *s, struct pack *to, int64_t now)
{
	struct sctp_probe *p = &s->probe;
	int64_t due = probe_due(s);
	size_t chunk, info;

	if (due < 0 || now < due)
		return false;
	if (p->tries == TRIES) {
		p->due = -1;
		return false;
	}
	p->due = now + rtt_patience(&s->rtt, p->tries++);
	chunk = chunk_open(to, CHUNK_HEARTBEAT, 0);
	info = param_open(to, HEARTBEAT_INFO);
	while (to->n < size_of(s))
		pack_u32(to, 0);
	param_close(to, info);
	chunk_close(to, chunk);
	return true;
}

void probe_heard(struct sctp *s, const struct chunk *c)
{
	struct sctp_probe *p = &s->probe;

	if (p->tries == 0 || PACKET_HEAD + CHUNK_HEAD + c->body.n < size_of(s))
		return;
	s->mtu = p->most;
	s->cubic.unit = s->mtu;
	p->due = -1;
}
