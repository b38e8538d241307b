#include "wire/sctp/channel.h"

enum state { NONE, OPENING, OPEN };

static int say(struct sctp *s, uint16_t sid, struct bytes text, int64_t now)
{
	/* RFC 8832 6: ordered and reliable, whatever the channel is. */
	static const struct sctp_message how = { .ppid = PPID_DCEP,
						 .urgent = true };

	return sctp_send(s, sid, text, &how, now);
}

static void set(struct sctp *s, uint16_t sid, const struct dcep_open *o,
		enum state state)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);

	x->user.kind = o->type;
	x->user.limit = o->limit;
	x->user.state = (uint8_t)state;
}

static uint32_t free_from(const struct sctp *s, uint32_t sid, uint32_t end)
{
	while (sid < end && streams_find(&s->streams, (uint16_t)sid))
		sid += 2;
	return sid;
}

/* One after the other: some still send on a number that has just been freed, or
 * believe it to be in use.
 */
static uint32_t next_number(struct sctp *s)
{
	uint32_t most = s->can.streams, sid = s->turn ? s->turn : s->conf->odd;

	if (!most || most > CHANNEL_TURNS)
		most = CHANNEL_TURNS;
	sid = free_from(s, sid, most);
	if (sid >= most)
		sid = free_from(s, s->conf->odd, UINT16_MAX);
	s->turn = (uint16_t)(sid + 2);
	return sid;
}

int channel_open(struct sctp *s, const struct dcep_open *o, int64_t now)
{
	uint8_t room[12 + CHANNEL_LABEL];
	struct pack p = pack_to(SPAN(room));
	uint32_t sid = next_number(s);
	int rc;

	if (sid >= UINT16_MAX)
		return -NAT_ELIMIT;
	dcep_put(&p, o);
	if (p.full)
		return -NAT_EROOM;
	rc = say(s, (uint16_t)sid, pack_done(&p), now);
	if (rc < 0)
		return rc;
	set(s, (uint16_t)sid, o, OPENING);
	return (int)sid;
}

static struct sctp_message how_of(const struct sctp_stream *x)
{
	struct sctp_message m = { 0 };
	uint8_t type = x->user.kind & (uint8_t)~DCEP_UNORDERED;
	uint32_t limit = x->user.limit;

	/* Nothing overtakes the OPEN (RFC 8832 6). */
	m.unordered = x->user.kind & DCEP_UNORDERED && x->user.state == OPEN;
	if (type == DCEP_TIMES)
		m.most_sent = limit < UINT16_MAX - 1u ? (uint16_t)(limit + 1)
						      : UINT16_MAX;
	if (type == DCEP_TIMED)
		m.life = limit ? limit : 1;
	return m;
}

int channel_send(struct sctp *s, uint16_t sid, enum channel_what kind,
		 struct bytes text, int64_t now)
{
	const struct sctp_stream *x = streams_find(&s->streams, sid);
	bool empty = text.n == 0;
	struct sctp_message m;

	if (!x)
		return -NAT_ECLOSED;
	m = how_of(x);
	if (kind == CHANNEL_TEXT)
		m.ppid = empty ? PPID_TEXT_EMPTY : PPID_TEXT;
	else
		m.ppid = empty ? PPID_BINARY_EMPTY : PPID_BINARY;
	return sctp_send(s, sid, empty ? BYTES("\0") : text, &m, now);
}

/* libdatachannel 0.23 may say its OPEN twice (0055). */
static bool is_again(const struct sctp_stream *x, const struct dcep_open *o)
{
	return x->user.state == OPEN && x->user.kind == o->type &&
	       x->user.limit == o->limit;
}

static enum channel_what on_open(struct sctp *s, uint16_t sid,
				 struct channel_in *in, int64_t now)
{
	const struct sctp_stream *x = streams_find(&s->streams, sid);
	static const uint8_t ack = DCEP_ACK;

	if ((sid & 1) == s->conf->odd || !x || !dcep_read(&in->open, in->text))
		return CHANNEL_WRONG;
	if (x->user.state != NONE)
		return is_again(x, &in->open) ? CHANNEL_ACKED : CHANNEL_WRONG;
	set(s, sid, &in->open, OPEN);
	if (say(s, sid, (struct bytes){ &ack, 1 }, now) < 0)
		return CHANNEL_WRONG;
	return CHANNEL_OPENED;
}

static enum channel_what on_dcep(struct sctp *s, uint16_t sid,
				 struct channel_in *in, int64_t now)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);

	if (in->text.p[0] != DCEP_ACK)
		return on_open(s, sid, in, now);
	if (!x || x->user.state == NONE)
		return CHANNEL_WRONG;
	x->user.state = OPEN;
	return CHANNEL_ACKED;
}

static enum channel_what on_ppid(struct channel_in *in, uint32_t ppid)
{
	if (ppid == PPID_TEXT_EMPTY || ppid == PPID_BINARY_EMPTY)
		in->text.n = 0;
	if (ppid == PPID_TEXT || ppid == PPID_TEXT_PART ||
	    ppid == PPID_TEXT_EMPTY)
		return CHANNEL_TEXT;
	return ppid >= PPID_BINARY_PART && ppid <= PPID_BINARY_EMPTY
		       ? CHANNEL_BINARY
		       : CHANNEL_WRONG;
}

bool channel_recv(struct sctp *s, uint16_t sid, struct span room,
		  struct channel_in *in, int64_t now)
{
	struct sctp_message m;
	size_t n = sctp_recv(s, sid, room, &m);

	if (n == 0)
		return false;
	*in = (struct channel_in){ .text = { room.p, n } };
	in->what = (uint8_t)(m.ppid == PPID_DCEP ? on_dcep(s, sid, in, now)
						 : on_ppid(in, m.ppid));
	return true;
}
