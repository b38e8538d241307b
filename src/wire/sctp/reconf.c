/* Streams that are reset (RFC 6525 5.2.1 to 5.2.3, 5.2.7; RFC 8831 6.7): each side asks
 * for its own direction, or wants no more of the other, one question at a time.
 */
#include "wire/sctp/assoc.h"

enum { ASK_HEAD = 16, ANSWER = 12, NO_STREAM = 65535 /* RFC 8831 6.2 */ };

void reconf_start(struct sctp *s)
{
	s->reconf.next = s->own.tsn;
}

static void want(struct sctp *s, struct sctp_stream *x, enum stream_way way)
{
	if (x->reset[way] != RESET_NO)
		return;
	x->reset[way] = RESET_WANTED;
	s->reconf.wanted[way] = true;
}

int sctp_reset(struct sctp *s, uint16_t sid)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);

	if (!x)
		return 0;
	if (s->state >= SCTP_OPEN && !s->can.reconf)
		return -NAT_ENOTSUP;
	want(s, x, RESET_OUT);
	return 0;
}

void sctp_reset_in(struct sctp *s, uint16_t sid)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);

	if (x && !x->ended)
		want(s, x, RESET_IN);
}

/* ---- what we ask ---- */

/* Is what was sent last between acked and next? */
static bool is_acked(const struct sctp *s, const struct sctp_stream *x)
{
	const struct sctp_flight *f = &s->out.flight;

	return x->last - f->acked - 1 >= f->next - f->acked - 1;
}

static bool may_ask(const struct sctp *s, const struct sctp_stream *x,
		    enum stream_way way)
{
	return way == RESET_IN ||
	       (list_alone(&x->out) && (!s->conf->careless || is_acked(s, x)));
}

static bool is_asked(const struct sctp *s, const struct sctp_stream *x)
{
	return x->reset[s->reconf.way] == RESET_ASKED;
}

/* As many streams as there is room for. */
static void ask(struct sctp *s, enum stream_way way)
{
	struct sctp_reconf *r = &s->reconf;
	uint32_t n = 0,
		 most = s->mtu - PACKET_HEAD - CHUNK_HEAD - ASK_HEAD - ANSWER;

	r->wanted[way] = false;
	list_each (at, &s->streams.all) {
		struct sctp_stream *x = stream_all(at);

		if (x->reset[way] != RESET_WANTED)
			continue;
		if (n == most / 2 || !may_ask(s, x, way)) {
			r->wanted[way] = true;
			continue;
		}
		x->reset[way] = RESET_ASKED;
		n++;
	}
	if (n == 0)
		return;
	r->last = s->out.flight.next - 1;
	r->asked = r->say = true;
	r->way = (uint8_t)way;
	r->tries = 0;
}

static void put_ask(struct sctp *s, struct pack *p)
{
	bool in = s->reconf.way == RESET_IN;
	size_t mark = param_open(p, in ? PARAM_RESET_IN : PARAM_RESET_OUT);

	pack_u32(p, s->reconf.next);
	if (!in) {
		pack_u32(p, s->reconf.expects - 1);
		pack_u32(p, s->reconf.last);
	}
	list_each (at, &s->streams.all)
		if (is_asked(s, stream_all(at)))
			pack_u16(p, stream_all(at)->sid);
	if (in) /* none would be all: those that have ended since are away */
		pack_u16(p, NO_STREAM);
	param_close(p, mark);
}

static void asked_over(struct sctp *s)
{
	s->reconf.asked = s->reconf.say = false;
	s->reconf.due = -1;
	s->reconf.next++;
	list_each (at, &s->streams.all) {
		struct sctp_stream *x = stream_all(at);

		if (!is_asked(s, x))
			continue;
		x->reset[s->reconf.way] = RESET_OVER;
		if (s->reconf.way == RESET_IN)
			continue;
		x->ssn_out = 0;
		assoc_tell(s, x, SCTP_RESET);
	}
}

static void on_answer(struct sctp *s, struct cur *c, int64_t now)
{
	uint32_t seq = cur_u32(c), result = cur_u32(c);

	if (c->bad || !s->reconf.asked || seq != s->reconf.next)
		return;
	if (result == RESET_LATER)
		s->reconf.due = now + rtt_patience(&s->rtt, 0);
	else
		asked_over(s);
}

/* ---- what the peer asks ---- */

static void drop_kept(struct sctp *s)
{
	if (s->reconf.kept)
		store_put(&s->in.store, s->reconf.kept);
	s->reconf.kept = NULL;
}

/* Who asks but once is told twice. */
static void answer(struct sctp *s, uint32_t result)
{
	s->reconf.result = result;
	s->reconf.answers = s->conf->careless ? 2 : 1;
	s->reconf.answer_at = -1;
}

/* To be done when all that was sent before has come; asked again, if we forget. */
static void keep(struct sctp *s, struct bytes sids, uint32_t tsn)
{
	drop_kept(s);
	s->reconf.kept =
		sids.n <= 2048 ? store_get(&s->in.store, sids.n) : NULL;
	if (!s->reconf.kept)
		return;
	memcpy(s->reconf.kept->data, sids.p, sids.n);
	s->reconf.kept_tsn = tsn;
}

static void tell_unwanted(struct sctp *s, struct sctp_stream *x)
{
	if (x && x->reset[RESET_OUT] == RESET_NO)
		assoc_tell(s, x, SCTP_UNWANTED);
}

/* The peer wants no more of these; an empty list: of any. */
static void on_ask_in(struct sctp *s, struct cur *c)
{
	if (cur_left(c) == 0)
		list_each (at, &s->streams.all)
			tell_unwanted(s, stream_all(at));
	while (cur_left(c) >= 2)
		tell_unwanted(s, streams_find(&s->streams, cur_u16(c)));
	answer(s, RESET_DONE);
}

static void on_ask_out(struct sctp *s, struct cur *c)
{
	uint32_t answered = cur_u32(c), tsn = cur_u32(c);
	struct bytes sids = { c->p, cur_left(c) };

	(void)answered;
	if (c->bad) {
		answer(s, RESET_DENIED);
	} else if (tsn_after(tsn, s->in.tsns.cum)) {
		answer(s, RESET_LATER);
		keep(s, sids, tsn);
	} else {
		answer(s, RESET_DONE);
		drop_kept(s);
		in_reset(s, sids);
	}
}

static void on_ask(struct sctp *s, struct cur *c, uint16_t type)
{
	struct sctp_reconf *r = &s->reconf;
	uint32_t seq = cur_u32(c);

	if (c->bad)
		return;
	if (seq == r->expects - 1 && r->result != RESET_LATER) {
		answer(s, r->result);
		return;
	}
	if (seq != r->expects && seq != r->expects - 1)
		return;
	r->expects = seq + 1;
	if (type == PARAM_RESET_OUT)
		on_ask_out(s, c);
	else if (type == PARAM_RESET_IN)
		on_ask_in(s, c);
	else
		answer(s, RESET_DENIED);
}

void reconf_on(struct sctp *s, const struct chunk *chunk, int64_t now)
{
	struct cur c = cur_of(chunk->body);
	struct param m;

	while (param_next(&c, &m)) {
		struct cur in = cur_of(m.body);

		if (m.type == PARAM_RESET_ANSWER)
			on_answer(s, &in, now);
		else if (m.type >= PARAM_RESET_OUT && m.type <= PARAM_ADD_IN)
			on_ask(s, &in, m.type);
	}
}

/* ---- time, saying ---- */

void reconf_settle(struct sctp *s)
{
	struct sctp_reconf *r = &s->reconf;

	if (!r->kept || tsn_after(r->kept_tsn, s->in.tsns.cum))
		return;
	in_reset(s, (struct bytes){ r->kept->data, r->kept->n });
	drop_kept(s);
	answer(s, RESET_DONE);
}

void reconf_tick(struct sctp *s, int64_t now)
{
	struct sctp_reconf *r = &s->reconf;

	reconf_settle(s);
	if (r->due >= 0 && now >= r->due)
		r->say = r->asked;
	for (unsigned way = 0; way < RESET_WAYS; way++)
		if (!r->asked && r->wanted[way] && s->can.reconf)
			ask(s, (enum stream_way)way);
}

static void put_answer(struct sctp *s, struct pack *p, int64_t now)
{
	struct sctp_reconf *r = &s->reconf;
	size_t mark = param_open(p, PARAM_RESET_ANSWER);

	pack_u32(p, r->expects - 1);
	pack_u32(p, r->result);
	param_close(p, mark);
	r->answers--;
	r->answer_at = now + rtt_patience(&s->rtt, 0);
}

static size_t asked_size(const struct sctp *s)
{
	size_t n = CHUNK_HEAD + ASK_HEAD + ANSWER + 2;

	list_each (at, &s->streams.all)
		n += is_asked(s, stream_all(at)) ? 2 : 0;
	return n;
}

void reconf_say(struct sctp *s, struct pack *p, size_t most, int64_t now)
{
	struct sctp_reconf *r = &s->reconf;
	bool answers = r->answers > 0 && now >= r->answer_at;
	size_t mark;

	/* As large as before, after the MTU has shrunk. */
	if ((!r->say && !answers) ||
	    (p->n > PACKET_HEAD && p->n + asked_size(s) > most))
		return;
	mark = chunk_open(p, CHUNK_RECONF, 0);
	if (answers)
		put_answer(s, p, now);
	if (r->say) {
		put_ask(s, p);
		r->due = now + rtt_patience(&s->rtt, r->tries);
		if (r->tries < UINT8_MAX)
			r->tries++;
	}
	chunk_close(p, mark);
	r->say = false;
}
