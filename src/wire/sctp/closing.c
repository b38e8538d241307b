/* How an association ends (RFC 9260 9). */
#include "wire/sctp/assoc.h"

void sctp_shutdown(struct sctp *s)
{
	if (s->state < SCTP_OPEN)
		assoc_fail(s, -NAT_ECLOSED, CAUSE_USER);
	else if (s->state == SCTP_OPEN)
		assoc_enter(s, SCTP_PENDING, s->setup.at);
}

void sctp_abort(struct sctp *s)
{
	assoc_fail(s, -NAT_ECLOSED, CAUSE_USER);
}

void closing_on_shutdown(struct sctp *s, const struct chunk *c, int64_t now)
{
	struct cur in = cur_of(c->body);
	uint32_t cum = cur_u32(&in);

	if (in.bad || s->state < SCTP_OPEN)
		return;
	flight_acked(s, cum, now);
	if (s->state == SCTP_OPEN || s->state == SCTP_PENDING)
		assoc_enter(s, SCTP_RECEIVED, now);
	else if (s->state == SCTP_SENT)
		assoc_enter(s, SCTP_ACK_SENT, now);
	else if (s->state == SCTP_ACK_SENT)
		s->setup.say = true;
}

/* After the end too: the peer may not have heard. */
void closing_on_ack(struct sctp *s, int64_t now)
{
	if (s->state == SCTP_SENT || s->state == SCTP_ACK_SENT)
		assoc_enter(s, SCTP_DOWN, now);
	s->setup.complete = s->state == SCTP_DOWN;
}

void closing_on_complete(struct sctp *s, int64_t now)
{
	if (s->state == SCTP_ACK_SENT)
		assoc_enter(s, SCTP_DOWN, now);
}

void closing_tick(struct sctp *s, int64_t now)
{
	if (s->setup.due >= 0 && now >= s->setup.due)
		s->setup.say = true;
	if (s->state == SCTP_PENDING && flight_over(s))
		assoc_enter(s, SCTP_SENT, now);
	if (s->state == SCTP_RECEIVED && flight_over(s))
		assoc_enter(s, SCTP_ACK_SENT, now);
}

void closing_say(struct sctp *s, struct pack *p)
{
	size_t mark = chunk_open(
		p, s->state == SCTP_SENT ? CHUNK_SHUTDOWN : CHUNK_SHUTDOWN_ACK,
		0);

	if (s->state == SCTP_SENT)
		pack_u32(p, s->in.tsns.cum);
	chunk_close(p, mark);
}
