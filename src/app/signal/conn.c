#include "app/signal/core.h"
#include "base/addr.h"
#include "os/sock.h"

enum { TURN = 32 }; /* messages of one connection before others go on */

static int64_t now_of(const struct signal_conn *c)
{
	return c->of->net->loop->now;
}

static void wait_for(struct signal_conn *c, int64_t ms)
{
	timer_start(&c->timer, c->of->net->loop, now_of(c) + ms);
}

void signal_enter(struct signal_conn *c, enum signal_state state)
{
	static const int64_t waits[] = {
		[SIGNAL_HEAD] = SIGNAL_HEAR,     [SIGNAL_FIRST] = SIGNAL_HEAR,
		[SIGNAL_HOST] = SIGNAL_PING,     [SIGNAL_CLIENT] = SIGNAL_PING,
		[SIGNAL_LEAVES] = SIGNAL_LINGER,
	};

	c->state = (uint8_t)state;
	c->since = now_of(c);
	if (state == SIGNAL_HOST || state == SIGNAL_CLIENT)
		list_remove(&c->knock);
	wait_for(c, waits[state]);
}

/* ---- the end ---- */

static void give_back(struct signal_conn *c)
{
	uint8_t key[TALLY_KEY];

	addr_host(key, &c->from);
	tally_drop(&c->of->gate.tally, key, 0);
}

void signal_drop(struct signal_conn *c, const char *why)
{
	struct signal *s = c->of;

	if (c->state == SIGNAL_HOST)
		log_info(s->net->log, "signal", "host %.*s is gone: %s",
			 (int)c->id.n, (const char *)c->id.p, why);
	signal_forget(c);
	list_remove(&c->knock);
	soon_stop(&c->more);
	timer_stop(&c->timer, s->net->loop);
	give_back(c);
	if (c->ws.tcp)
		wstext_close(&c->ws, WS_AWAY);
	tcp_push(&c->tcp);
	stream_stop(&c->tcp.stream, false);
	slots_put(&s->who.conns, c);
}

void signal_leave(struct signal_conn *c, const char *why)
{
	struct signal *s = c->of;

	if (c->state == SIGNAL_HOST)
		log_info(s->net->log, "signal", "host %.*s leaves: %s",
			 (int)c->id.n, (const char *)c->id.p, why);
	signal_forget(c);
	if (list_alone(&c->knock))
		list_append(&s->who.knocking, &c->knock);
	signal_enter(c, SIGNAL_LEAVES);
	if (c->ws.tcp)
		wstext_close(&c->ws, WS_NORMAL);
	tcp_push(&c->tcp);
	stream_finish(&c->tcp.stream);
	soon_start(&c->more, s->net->loop);
}

void signal_complain(struct signal_conn *c, const char *why)
{
	struct signal *s = c->of;
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	addr_print(&f, &c->from);
	s->counts[SIGNAL_WRONG]++;
	log_seldom(s->net->log, log_at(&s->rate, now_of(c)), "signal",
		   "%s is turned away: %s", fmt_text(&f), why);
}

/* ---- hearing ---- */

/* More than its address may say: it waits, in its own socket. */
static bool too_fast(struct signal_conn *c)
{
	struct signal *s = c->of;
	const struct limit_rate rate = { s->conf->rate, 10 * s->conf->rate };
	uint8_t key[TALLY_KEY];

	addr_host(key, &c->from);
	return !limit_take(&s->gate.limit, (struct bytes){ key, sizeof key },
			   &rate, now_of(c));
}

/* False: there is nothing more now, or c is gone, or leaves. */
static bool hear_one(struct signal_conn *c)
{
	struct bytes message;
	int rc = wstext_hear(&c->ws, &message);

	if (rc == -NAT_ECLOSED)
		signal_drop(c, "it has closed"); /* first: RFC 6455 7.1.1 */
	else if (rc < 0)
		signal_leave(c, "it breaks WebSocket");
	if (rc <= 0)
		return false;
	if (too_fast(c)) {
		signal_complain(c, "too many messages");
		signal_leave(c, "too many messages");
		return false;
	}
	return signal_take(c, message);
}

/* 1: another message, or what else it says, is thrown away; 0: there is none now;
 * less: it has closed.
 */
static int discard_one(struct signal_conn *c)
{
	struct stream *s = &c->tcp.stream;
	struct bytes message;
	struct span in;
	int rc = c->ws.tcp ? wstext_hear(&c->ws, &message) : -NAT_EPROTO;

	if (rc == 1)
		wstext_take(&c->ws);
	if (rc != -NAT_EPROTO)
		return rc;
	c->ws.tcp = NULL; /* no frames, from here on */
	in = stream_peek(s, 1);
	if (in.p)
		stream_take(s, in.n);
	return in.p ? 1 : s->ended ? -NAT_ECLOSED : 0;
}

static void discard(struct signal_conn *c)
{
	int rc = 1;

	for (int i = 0; i < TURN && rc == 1; i++)
		rc = discard_one(c);
	if (rc < 0)
		signal_drop(c, "it has closed");
	else if (rc == 1)
		soon_start(&c->more, c->of->net->loop);
}

static void work(struct signal_conn *c)
{
	struct signal *s = c->of;
	struct slot_name name = slots_name(&s->who.conns, c);

	if (c->state == SIGNAL_HEAD && !signal_open(c))
		return;
	if (c->state == SIGNAL_LEAVES) {
		discard(c);
		return;
	}
	if (c->state == SIGNAL_HEAD)
		return;
	for (int i = 0; i < TURN; i++)
		if (!hear_one(c))
			return;
	if (slots_find(&s->who.conns, name))
		soon_start(&c->more, s->net->loop);
}

static void more(struct soon *at)
{
	work(container_of(at, struct signal_conn, more));
}

static void wake(struct waker *w, unsigned what)
{
	struct signal_conn *c = container_of(w, struct signal_conn, waker);

	if (c->tcp.stream.err) {
		net_count(c->of->net, c->tcp.stream.err);
		signal_drop(c, err_text(c->tcp.stream.err));
		return;
	}
	if (what & STREAM_IN) {
		c->heard = now_of(c);
		c->doubted = false;
	}
	if (what & STREAM_OUT && c->ws.tcp)
		wstext_settle(&c->ws);
	work(c);
}

/* ---- time ---- */

static void tick(struct timer *t)
{
	struct signal_conn *c = container_of(t, struct signal_conn, timer);

	if (c->state < SIGNAL_HOST) {
		signal_complain(c, "nothing whole in 10 s");
		signal_drop(c, "too late");
	} else if (c->state == SIGNAL_LEAVES) {
		signal_drop(c, "it does not end");
	} else if (c->doubted || now_of(c) - c->heard >= SIGNAL_SILENCE) {
		signal_drop(c, "nothing is heard of it");
	} else {
		(void)!wstext_ping(
			&c->ws); /* what waits there is read, or not */
		wait_for(c, SIGNAL_PING);
	}
}

/* ---- coming ---- */

static struct signal_conn *take_slot(struct signal *s)
{
	struct slots *t = &s->who.conns;

	if (t->used == t->limit && !list_alone(&s->who.knocking))
		signal_drop(container_of(s->who.knocking.next,
					 struct signal_conn, knock),
			    "others knock");
	return slots_get(t);
}

static bool welcome(struct signal *s, const struct addr *from)
{
	uint8_t key[TALLY_KEY];

	addr_host(key, from);
	return bans_left(&s->gate.bans, (struct bytes){ key, sizeof key },
			 s->net->loop->now) <= 0 &&
	       tally_of(&s->gate.tally, key, 0) < s->conf->max_address;
}

static void begin(struct signal_port *p, int fd, const struct addr *from)
{
	struct signal *s = p->of;
	struct signal_conn *c = welcome(s, from) ? take_slot(s) : NULL;
	uint8_t key[TALLY_KEY];

	if (!c) {
		s->counts[SIGNAL_DENIED]++;
		sock_close(fd, true);
		return;
	}
	addr_host(key, from);
	tally_add(&s->gate.tally, key, 0);
	c->of = s;
	c->from = *from;
	c->tls = p->tls;
	c->waker.wake = wake;
	c->heard = s->net->loop->now;
	list_init(&c->knock);
	list_append(&s->who.knocking, &c->knock);
	soon_init(&c->more, more);
	timer_init(&c->timer, tick);
	tcp_start(&c->tcp, s->net, fd, &c->waker);
	signal_enter(c, SIGNAL_HEAD);
}

void signal_come(struct listener *l)
{
	struct signal_port *p = container_of(l, struct signal_port, listener);
	struct addr from;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		int fd = listener_accept(l, &from);

		if (fd < 0)
			return;
		begin(p, fd, &from);
	}
}
