/* What comes: pieces by TSN until a message is whole, then by stream until it is its
 * turn (RFC 9260 6.5, 6.9), then to be fetched.
 */
#include "wire/sctp/assoc.h"

/* ---- whole messages ---- */

static struct piece *next_of(struct list *pieces, struct piece *p)
{
	return p->node.next == pieces ? NULL : piece_at(p->node.next);
}

/* Both are of one message, and the second follows the first. */
static bool continues(const struct piece *p, const struct piece *q)
{
	return q->tsn == p->tsn + 1 && q->sid == p->sid &&
	       !((q->flags ^ p->flags) & DATA_UNORDERED) &&
	       (q->ssn == p->ssn || q->flags & DATA_UNORDERED) &&
	       !(q->flags & DATA_BEGIN) && !(p->flags & DATA_END);
}

static struct piece *last_of(struct sctp *s, struct piece *p)
{
	while (!(p->flags & DATA_END)) {
		struct piece *q = next_of(&s->in.pieces, p);

		if (!q || !continues(p, q))
			return NULL;
		p = q;
	}
	return p;
}

static struct piece *first_of(struct sctp *s, struct piece *p, uint32_t *bytes)
{
	*bytes = p->n;
	while (!(p->flags & DATA_BEGIN)) {
		struct piece *q = piece_at(p->node.prev);

		if (p->node.prev == &s->in.pieces || !continues(q, p))
			return NULL;
		p = q;
		*bytes += p->n;
	}
	return p;
}

/* The pieces first..last leave their list for the end of another. */
static void move_run(struct list *to, struct piece *first, struct piece *last)
{
	first->node.prev->next = last->node.next;
	last->node.next->prev = first->node.prev;
	first->node.prev = to->prev;
	to->prev->next = &first->node;
	last->node.next = to;
	to->prev = &last->node;
}

static struct piece *end_of(struct piece *p)
{
	while (!(p->flags & DATA_END))
		p = piece_at(p->node.next);
	return p;
}

static void be_ready(struct sctp *s, struct sctp_stream *x, struct piece *first,
		     struct piece *last)
{
	move_run(&x->ready, first, last);
	assoc_tell(s, x, SCTP_MESSAGE_IN);
}

/* Those of early whose turn it is. When all that was sent before has come, it is,
 * whatever its number: a peer that counts on after a reset would hold the window.
 */
static void catch_up(struct sctp *s, struct sctp_stream *x)
{
	while (!list_alone(&x->early)) {
		struct piece *first = piece_at(x->early.next);

		if (first->ssn != x->ssn_in &&
		    tsn_after(first->tsn, s->in.tsns.cum))
			return;
		x->ssn_in = (uint16_t)(first->ssn + 1);
		be_ready(s, x, first, end_of(first));
	}
}

/* Before the first message that comes later. */
static void be_early(struct sctp_stream *x, struct piece *first,
		     struct piece *last)
{
	struct list *at = x->early.prev;

	while (at != &x->early && ssn_after(piece_at(at)->ssn, first->ssn))
		at = at->prev;
	move_run(at->next, first, last);
}

static void drop_run(struct sctp *s, struct piece *first, struct piece *last)
{
	struct list gone;

	list_init(&gone);
	move_run(&gone, first, last);
	store_drop(&s->in.store, &gone);
}

static void deliver(struct sctp *s, struct piece *first, struct piece *last)
{
	struct sctp_stream *x = streams_find(&s->streams, first->sid);

	if (!x)
		drop_run(s, first, last);
	else if (first->flags & DATA_UNORDERED)
		be_ready(s, x, first, last);
	else if (ssn_after(x->ssn_in, first->ssn))
		drop_run(s, first, last);
	else
		be_early(x, first, last);
	if (x)
		catch_up(s, x);
}

/* Is a message whole by p? */
static void complete(struct sctp *s, struct piece *p)
{
	struct piece *last = last_of(s, p), *first;
	uint32_t before, all;

	if (!last)
		return;
	first = first_of(s, p, &before);
	if (!first)
		return;
	all = before;
	for (const struct piece *q = p; q != last;) {
		q = piece_at(q->node.next);
		all += q->n;
	}
	if (all > s->conf->message) {
		assoc_fail(s, -NAT_ELIMIT, CAUSE_MEMORY);
		return;
	}
	first->whole = all;
	deliver(s, first, last);
}

/* ---- pieces ---- */

static void insert(struct sctp *s, struct piece *p)
{
	struct list *at = s->in.pieces.prev;

	while (at != &s->in.pieces && tsn_after(piece_at(at)->tsn, p->tsn))
		at = at->prev;
	list_append(at->next, &p->node);
}

static void note_dup(struct sctp_in *in, uint32_t tsn)
{
	in->sack = true;
	if (in->ndups < SACK_DUPS)
		in->dups[in->ndups++] = tsn;
}

/* The message that is not whole at cum is longer than any may be. */
static bool is_endless(struct sctp *s)
{
	struct list *at = &s->in.pieces;
	uint32_t bytes = 0;

	while (at->next != &s->in.pieces &&
	       !tsn_after(piece_at(at->next)->tsn, s->in.tsns.cum))
		at = at->next;
	for (; at != &s->in.pieces; at = at->prev) {
		bytes += piece_at(at)->n;
		if (piece_at(at)->flags & DATA_BEGIN)
			break;
	}
	return bytes > s->conf->message;
}

/* What all else waits for may use a reserve. */
static bool has_room(struct sctp *s, const struct chunk_data *d)
{
	uint32_t after = s->in.store.held + piece_cost(d->text.n);

	if (after <= s->in.window)
		return true;
	if (d->tsn != s->in.tsns.cum + 1)
		return false;
	if (is_endless(s))
		assoc_fail(s, -NAT_ELIMIT, CAUSE_MEMORY);
	return after <= s->in.window + s->in.window / 4;
}

static bool take_in(struct sctp *s, const struct chunk *c,
		    const struct chunk_data *d)
{
	struct piece *p = store_get(&s->in.store, d->text.n);

	if (!p)
		return false;
	p->tsn = d->tsn;
	p->sid = d->sid;
	p->ssn = d->ssn;
	p->ppid = d->ppid;
	p->flags = c->flags;
	memcpy(p->data, d->text.p, d->text.n);
	tsns_add(&s->in.tsns, d->tsn);
	insert(s, p);
	complete(s, p);
	return true;
}

/* One that is over both ways may begin again in the packet that says so, before our
 * owner has heard of the reset: that word is dropped with the old one.
 */
static struct sctp_stream *stream_for(struct sctp *s, uint16_t sid)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);

	if (x && x->told_end && x->reset[RESET_OUT] == RESET_OVER &&
	    !(x->events & SCTP_ENDED))
		streams_drop(&s->streams, x);
	return streams_need(&s->streams, sid);
}

/* A stream beyond the limit: what comes on it is acknowledged and dropped. */
static void refuse_stream(struct sctp *s, const struct chunk_data *d)
{
	uint8_t info[4] = { (uint8_t)(d->sid >> 8), (uint8_t)d->sid };

	tsns_add(&s->in.tsns, d->tsn);
	s->counts.dropped++;
	reply_error(s, CAUSE_STREAM, (struct bytes){ info, 4 });
}

void in_data(struct sctp *s, const struct chunk *c, int64_t now)
{
	struct chunk_data d;
	enum tsns_news news;

	if (s->state == SCTP_COOKIE_ECHOED)
		setup_on_cookie_ack(s, now); /* which was lost */
	if (!chunk_data_read(c, &d) || d.text.n == 0) {
		assoc_fail(s, -NAT_EPROTO, CAUSE_NO_DATA);
		return;
	}
	if (c->flags & DATA_NOW)
		s->in.sack = true;
	reconf_settle(s);
	news = d.text.n <= 2048 ? tsns_ask(&s->in.tsns, d.tsn) : TSNS_REFUSED;
	if (news == TSNS_KNOWN)
		note_dup(&s->in, d.tsn);
	else if (news == TSNS_REFUSED || !has_room(s, &d))
		s->counts.dropped++;
	else if (!stream_for(s, d.sid))
		refuse_stream(s, &d);
	else if (!take_in(s, c, &d))
		s->counts.dropped++;
}

/* ---- skipping (RFC 3758 3.6) ---- */

static void skip_ssn(struct sctp *s, uint16_t sid, uint16_t ssn)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);

	if (!x)
		x = streams_need(&s->streams, sid);
	if (!x)
		return;
	/* What is whole and comes before is given out all the same. */
	while (!list_alone(&x->early)) {
		struct piece *first = piece_at(x->early.next);

		if (ssn_after(first->ssn, ssn))
			break;
		be_ready(s, x, first, end_of(first));
	}
	if (!ssn_after(x->ssn_in, ssn))
		x->ssn_in = (uint16_t)(ssn + 1);
	catch_up(s, x);
}

void in_forward(struct sctp *s, const struct chunk *c)
{
	struct cur in = cur_of(c->body);
	uint32_t cum = cur_u32(&in);

	if (in.bad || cur_left(&in) % 4 != 0) {
		assoc_fail(s, -NAT_EPROTO, CAUSE_PROTOCOL);
		return;
	}
	s->in.sack = true;
	if (!tsn_after(cum, s->in.tsns.cum) ||
	    cum - s->in.tsns.cum > TSNS_WINDOW)
		return;
	tsns_forward(&s->in.tsns, cum);
	list_each (at, &s->in.pieces) {
		struct piece *p = piece_at(at);

		if (tsn_after(p->tsn, cum))
			break;
		store_put(&s->in.store, p);
	}
	while (cur_left(&in) > 0) {
		uint16_t sid = cur_u16(&in);

		skip_ssn(s, sid, cur_u16(&in));
	}
}

/* ---- resetting, fetching ---- */

static void end_stream(struct sctp *s, struct sctp_stream *x)
{
	store_drop(&s->in.store, &x->early);
	x->ssn_in = 0;
	x->ended = true;
	assoc_settle(s, x);
}

/* One that nothing has come on ends too: our direction of it may be in use. */
void in_reset(struct sctp *s, struct bytes sids)
{
	struct cur c = cur_of(sids);

	if (sids.n == 0)
		list_each (at, &s->streams.all)
			end_stream(s, stream_all(at));
	while (cur_left(&c) >= 2) {
		struct sctp_stream *x = streams_need(&s->streams, cur_u16(&c));

		if (x)
			end_stream(s, x);
	}
}

size_t sctp_waits(const struct sctp *s, uint16_t sid)
{
	const struct sctp_stream *x = streams_find(&s->streams, sid);

	return x && !list_alone(&x->ready) ? piece_at(x->ready.next)->whole : 0;
}

size_t sctp_recv(struct sctp *s, uint16_t sid, struct span to,
		 struct sctp_message *m)
{
	struct sctp_stream *x = streams_find(&s->streams, sid);
	struct piece *p = NULL;
	size_t n = 0;
	bool last = false;

	if (!x || list_alone(&x->ready))
		return 0;
	p = piece_at(x->ready.next);
	if (p->whole > to.n)
		return 0;
	*m = (struct sctp_message){ .ppid = p->ppid,
				    .unordered = p->flags & DATA_UNORDERED };
	while (!last) {
		p = piece_at(x->ready.next);
		last = p->flags & DATA_END;
		memcpy(to.p + n, p->data, p->n);
		n += p->n;
		store_put(&s->in.store, p);
	}
	s->in.taken += (uint32_t)n;
	sack_opened(s);
	assoc_settle(s, x);
	return n;
}
