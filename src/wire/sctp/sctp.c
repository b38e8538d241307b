#include "wire/sctp/sctp.h"
#include "wire/sctp/assoc.h"
#include <assert.h>

static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

void sctp_init(struct sctp *s, const struct sctp_conf *conf,
	       const uint8_t *random)
{
	assert(conf->in >= 2 * conf->message && conf->out >= conf->message);
	memset(s, 0, sizeof *s);
	s->conf = conf;
	s->own.tag = word(random) | 1; /* not 0 */
	s->own.tsn = word(random + 4);
	memcpy(s->key, random + 8, sizeof s->key);
	store_init(&s->in.store, conf->pool, POOL_IN);
	store_init(&s->out.store, conf->pool, POOL_OUT);
	s->in.tsns.pool = conf->pool;
	list_init(&s->in.pieces);
	list_init(&s->out.turns);
	list_init(&s->out.flight.pieces);
	list_init(&s->replies.pieces);
	list_init(&s->news);
	streams_init(&s->streams, conf->pool, conf->streams);
	s->in.window = conf->in < SCTP_WINDOW ? conf->in : SCTP_WINDOW;
	s->in.sack_due = s->setup.due = s->reconf.due = -1;
	s->out.flight.due = s->out.flight.late = -1;
	cubic_init(&s->cubic, conf->mtu);
	s->probe.most = conf->mtu;
	probe_begin(s);
	flight_begin(s);
	reconf_start(s);
}

void sctp_connect(struct sctp *s, uint32_t rtt, int64_t now)
{
	s->setup.rtt = rtt;
	if (s->state == SCTP_CLOSED)
		assoc_enter(s, SCTP_COOKIE_WAIT, now);
}

void assoc_enter(struct sctp *s, enum sctp_state state, int64_t now)
{
	s->state = state;
	s->setup.tries = 0;
	s->setup.due = -1;
	s->setup.at = now;
	s->setup.say = state == SCTP_COOKIE_WAIT ||
		       state == SCTP_COOKIE_ECHOED || state == SCTP_SENT ||
		       state == SCTP_ACK_SENT;
	if (state == SCTP_OPEN)
		s->events |= SCTP_UP;
	if (state == SCTP_DOWN)
		s->events |= SCTP_OVER;
}

void assoc_fail(struct sctp *s, int err, uint16_t cause)
{
	if (s->state == SCTP_DOWN)
		return;
	s->err = err;
	s->setup.abort = s->peer.tag ? cause : 0;
	assoc_enter(s, SCTP_DOWN, s->setup.at);
}

void assoc_tell(struct sctp *s, struct sctp_stream *x, uint8_t what)
{
	x->events |= what;
	if (list_alone(&x->news))
		list_append(&s->news, &x->news);
}

bool assoc_sends(const struct sctp *s)
{
	return s->state < SCTP_PENDING;
}

bool assoc_hears(const struct sctp *s)
{
	return s->state >= SCTP_COOKIE_ECHOED && s->state <= SCTP_SENT;
}

void assoc_settle(struct sctp *s, struct sctp_stream *x)
{
	if (x->ended && !x->told_end && list_alone(&x->ready)) {
		x->told_end = true;
		assoc_tell(s, x, SCTP_ENDED);
	}
	if (x->told_end && x->reset[RESET_OUT] == RESET_OVER && x->events == 0)
		streams_drop(&s->streams, x);
}

bool sctp_event(struct sctp *s, struct sctp_event *e)
{
	uint8_t *from = &s->events;
	struct sctp_stream *x = NULL;

	if (!s->events && list_alone(&s->news))
		return false;
	*e = (struct sctp_event){ 0 };
	if (!s->events) {
		x = container_of(s->news.next, struct sctp_stream, news);
		from = &x->events;
		e->sid = x->sid;
	}
	e->what = (uint8_t)(*from & -*from);
	*from = (uint8_t)(*from & ~e->what);
	if (x && x->events == 0) {
		list_remove(&x->news);
		assoc_settle(s, x);
	}
	return true;
}

static void earlier(int64_t *due, int64_t at)
{
	if (at >= 0 && (*due < 0 || at < *due))
		*due = at;
}

int64_t sctp_due(const struct sctp *s)
{
	const struct sctp_flight *f = &s->out.flight;
	int64_t due = s->setup.due;

	if (s->state == SCTP_DOWN)
		return -1;
	earlier(&due, s->in.sack_due);
	earlier(&due, s->reconf.due);
	if (s->reconf.answers > 0)
		earlier(&due, s->reconf.answer_at);
	earlier(&due, f->due);
	earlier(&due, f->late);
	earlier(&due, probe_due(s));
	if (s->pace.credit <= 0 && (f->again || !list_alone(&s->out.turns)) &&
	    f->flying < s->cubic.window)
		earlier(&due, pace_due(&s->pace, &s->cubic, &s->rtt));
	return due;
}

void sctp_set_mtu(struct sctp *s, uint16_t mtu)
{
	assert(mtu >= SCTP_MTU_LEAST && mtu <= SCTP_MTU_MOST);
	s->probe.most = mtu;
	probe_begin(s);
}

void sctp_stop(struct sctp *s)
{
	store_drop(&s->in.store, &s->replies.pieces);
	store_drop(&s->in.store, &s->in.pieces);
	store_drop(&s->out.store, &s->out.flight.pieces);
	list_each (at, &s->streams.all) {
		struct sctp_stream *x = stream_all(at);

		store_drop(&s->in.store, &x->ready);
		store_drop(&s->in.store, &x->early);
		store_drop(&s->out.store, &x->out);
	}
	if (s->setup.cookie)
		store_put(&s->in.store, s->setup.cookie);
	if (s->reconf.kept)
		store_put(&s->in.store, s->reconf.kept);
	s->setup.cookie = s->reconf.kept = NULL;
	tsns_clear(&s->in.tsns);
	streams_clear(&s->streams);
	s->state = SCTP_DOWN;
}
