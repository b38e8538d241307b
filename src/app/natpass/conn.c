#include "app/natpass/pass.h"
#include "base/addr.h"
#include "net/sealed.h"
#include "os/clock.h"
#include "os/sock.h"

enum { TURN = 32 }; /* messages of one connection before others go on */

static int64_t now_of(const struct pass_conn *c)
{
	return c->server->net->loop->now;
}

static void leave_knocking(struct pass_conn *c)
{
	if (!list_alone(&c->knock))
		c->server->nknocking--;
	list_remove(&c->knock);
}

/* Who waited for room here goes on, and finds that it is gone. */
static void release(struct pass_conn *c)
{
	while (!list_alone(&c->slow)) {
		struct pass_conn *w =
			container_of(c->slow.next, struct pass_conn, wait);

		list_remove(&w->wait);
		soon_start(&w->more, c->server->net->loop);
	}
}

void pass_drop(struct pass_conn *c, const char *why)
{
	struct natpass_server *s = c->server;

	if (c->up) {
		log_info(s->net->log, "natpass", "%.*s is gone: %s",
			 (int)c->id_n, (const char *)c->id, why);
		map_remove(&s->by_id, &c->node);
	}
	leave_knocking(c);
	list_remove(&c->wait);
	soon_stop(&c->more);
	timer_stop(&c->timer, s->net->loop);
	release(c);
	soon_stop(&c->more); /* it may have waited for itself */
	pass_close_links(c);
	inlet_stop(&c->inlet);
	stream_stop(&c->tcp.stream, false);
	slots_put(&s->conns, c);
}

struct span pass_room(struct pass_conn *c, size_t n)
{
	struct span room = stream_reserve(&c->tcp.stream, n);

	if (room.p)
		c->moved = now_of(c);
	return room;
}

/* ---- the handshake ---- */

static void from_text(struct fmt *f, const struct pass_conn *c)
{
	addr_print(f, &c->from);
	fmt_text(f);
}

static void complain(struct pass_conn *c, const char *why)
{
	struct natpass_server *s = c->server;
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	from_text(&f, c);
	log_seldom(s->net->log, log_at(&s->rate, now_of(c)), "natpass",
		   "%s is turned away: %s", from, why);
}

static bool proves(const struct pass_conn *c, const struct natpass *m)
{
	const struct natpass_server *s = c->server;
	bool by_md5 = s->conf->md5 || sealed_of(&c->tcp);
	struct passfile_line line;

	return m->payload == NATPASS_PROOF &&
	       passfile_find(&line, s->secrets, m->from) &&
	       natpass_proven(m->proof, line.secret,
			      (uint64_t)clock_unix() / NATPASS_MINUTE, by_md5);
}

/* One that has the same id and index gives way. */
static void take_over(struct natpass_server *s, uint32_t hash, struct bytes id,
		      uint32_t idx)
{
	struct map_node *at = NULL;

	while ((at = map_find(&s->by_id, hash, at)) != NULL) {
		struct pass_conn *c = container_of(at, struct pass_conn, node);

		if (c->idx == idx && bytes_equal(pass_id(c), id)) {
			pass_drop(c, "another has come with its id");
			return;
		}
	}
}

static void let_in(struct pass_conn *c, const struct natpass *m)
{
	struct natpass_server *s = c->server;
	uint32_t hash = map_mix(&s->seed, m->from);
	char from[64];
	struct fmt f = fmt_to(SPAN(from));

	take_over(s, hash, m->from, m->from_idx);
	c->idx = m->from_idx;
	c->id_n = (uint8_t)m->from.n;
	if (c->id_n > 0)
		memcpy(c->id, m->from.p, c->id_n);
	c->up = true;
	leave_knocking(c);
	map_put(&s->by_id, &c->node, hash);
	timer_start(&c->timer, s->net->loop, now_of(c) + PASS_KEEPALIVE_MS);
	from_text(&f, c);
	log_info(s->net->log, "natpass", "%.*s: %s logged in", (int)c->id_n,
		 (const char *)c->id, from);
}

static enum pass_step shake(struct pass_conn *c, struct bytes message)
{
	struct natpass m;
	uint8_t key[16];
	struct bytes who = { key, sizeof key };

	if (natpass_read(&m, message) < 0 || m.kind != NATPASS_HANDSHAKE)
		return ++c->tries < PASS_TRIES ? PASS_DONE : PASS_WRONG;
	addr_host(key, &c->from);
	if (m.from.n > NATPASS_ID || !proves(c, &m)) {
		bans_failed(&c->server->bans, who, now_of(c));
		complain(c, "wrong secret, clock or id");
		return PASS_WRONG;
	}
	bans_forgive(&c->server->bans, who);
	let_in(c, &m);
	return PASS_DONE;
}

/* ---- hearing ---- */

/* 0: one message is dealt with; 1: no more for now; less: c is to be closed. */
static int hear_one(struct pass_conn *c)
{
	size_t most = c->up ? NATPASS_FRAME : PASS_HANDSHAKE;
	struct bytes message, none = { NULL, 0 };
	enum pass_step step;
	int rc = inlet_next(&c->inlet, most, &message);

	if (rc == 0)
		return 1;
	if (rc < 0 && (c->up || rc != -NAT_EPROTO))
		return rc;
	if (c->up)
		step = pass_on(c, message);
	else
		step = shake(c, rc < 0 ? none : message); /* it is counted */
	if (step == PASS_WRONG)
		return -NAT_EPROTO;
	if (step == PASS_WAITS)
		return 1;
	inlet_take(&c->inlet, message);
	c->heard = now_of(c);
	return 0;
}

static void memory(struct buf_wait *w)
{
	struct pass_conn *c = container_of(w, struct pass_conn, inlet.wait);

	soon_start(&c->more, c->server->net->loop);
}

static void work(struct pass_conn *c)
{
	struct stream *s = &c->tcp.stream;
	int rc = 0;

	if (!list_alone(&c->wait))
		return;
	if (!c->up && !secure_answer(c->server->secure, &c->tcp,
				     !c->server->conf->plain)) {
		complain(c, "TLS alone is spoken here");
		pass_drop(c, "no TLS");
		return;
	}
	for (int i = 0; i < TURN && rc == 0; i++)
		rc = hear_one(c);
	if (rc < 0)
		pass_drop(c, err_text(rc));
	else if (rc == 0)
		soon_start(&c->more, c->server->net->loop);
	else if (s->ended && list_alone(&c->wait))
		pass_drop(c, "it has closed");
}

static void more(struct soon *at)
{
	work(container_of(at, struct pass_conn, more));
}

static void wake(struct waker *w, unsigned what)
{
	struct pass_conn *c = container_of(w, struct pass_conn, waker);

	if (c->tcp.stream.err) {
		net_count(c->server->net, c->tcp.stream.err);
		pass_drop(c, err_text(c->tcp.stream.err));
		return;
	}
	if (what & STREAM_OUT) {
		pass_tell(c);
		release(c);
	}
	work(c);
}

/* ---- time ---- */

static void keep_alive(struct pass_conn *c)
{
	const struct natpass m = { .kind = NATPASS_KEEPALIVE,
				   .from = BYTES("server"),
				   .to = pass_id(c),
				   .to_idx = c->idx };
	struct span room = pass_room(c, NATPASS_HEAD + NATPASS_ID + 32);
	struct fmt f = fmt_to(room);

	if (!room.p)
		return;
	natpass_put(&f, &m);
	stream_commit(&c->tcp.stream, f.n);
}

static void tick(struct timer *t)
{
	struct pass_conn *c = container_of(t, struct pass_conn, timer);
	bool owes = !list_alone(&c->slow) || !list_alone(&c->owed);

	if (!c->up) {
		complain(c, "no handshake in 10 s");
		pass_drop(c, "too late");
		return;
	}
	if (now_of(c) - c->heard > PASS_IDLE_MS) {
		pass_drop(c, "nothing heard for ten minutes");
		return;
	}
	if (owes && now_of(c) - c->moved > PASS_STUCK_MS) {
		pass_drop(c, "it does not take what it is sent");
		return;
	}
	keep_alive(c);
	timer_start(t, c->server->net->loop, now_of(c) + PASS_KEEPALIVE_MS);
}

/* ---- coming ---- */

static struct pass_conn *take_slot(struct natpass_server *s)
{
	if (s->conns.used == s->conns.limit && !list_alone(&s->knocking))
		pass_drop(
			container_of(s->knocking.next, struct pass_conn, knock),
			"others knock");
	return slots_get(&s->conns);
}

static bool welcome(struct natpass_server *s, const struct addr *from)
{
	uint8_t key[16];

	addr_host(key, from);
	return bans_left(&s->bans, (struct bytes){ key, sizeof key },
			 s->net->loop->now) <= 0;
}

static void begin(struct natpass_server *s, int fd, const struct addr *from)
{
	struct pass_conn *c = welcome(s, from) ? take_slot(s) : NULL;

	if (!c) {
		sock_close(fd, true);
		return;
	}
	c->server = s;
	c->from = *from;
	c->waker.wake = wake;
	c->since = c->heard = c->moved = s->net->loop->now;
	list_init(&c->ends);
	list_init(&c->owed);
	list_init(&c->slow);
	list_init(&c->wait);
	list_init(&c->knock);
	list_append(&s->knocking, &c->knock);
	s->nknocking++;
	soon_init(&c->more, more);
	timer_init(&c->timer, tick);
	inlet_start(&c->inlet, s->net, &c->tcp.stream, memory);
	tcp_start(&c->tcp, s->net, fd, &c->waker);
	timer_start(&c->timer, s->net->loop, now_of(c) + PASS_HEAR_MS);
}

void pass_come(struct listener *l)
{
	struct pass_port *p = container_of(l, struct pass_port, listener);
	struct addr from;

	for (int i = 0; i < LISTENER_BATCH; i++) {
		int fd = listener_accept(l, &from);

		if (fd < 0)
			return;
		begin(p->server, fd, &from);
	}
}
