#include "app/natpass/trunk.h"
#include "app/natpass/inner.h"
#include "crypt/ct.h"
#include "net/straight.h"
#include "net/veil.h"
#include "os/clock.h"
#include "os/rand.h"
#include "os/sock.h"
#include "wire/passfile.h"

enum {
	TURN = 32,  /* messages before others go on */
	PUSHES = 8, /* large ones that leave at once */
	PATIENCE = 5000,
	UNACKED_MS = 20000,
	DOUBT_MS = 3000, /* for a sign of life when the network changed */
	MINUTES = 3
};

static const int minutes[MINUTES] = { 0, -1, 1 };

static int64_t now_of(const struct trunk *t)
{
	return t->net->loop->now;
}

static void enter(struct trunk *t, enum trunk_state state);
static void work(struct trunk *t);

static void put_server(struct fmt *f, const struct trunk *t)
{
	fmt_put(f, "%s", t->agent->conf->server);
}

/* ---- trouble ---- */

/* Who asks once hears why there is no way. */
static void give_up(struct trunk *t, int why, const char *text)
{
	slots_each (struct vlink, l, &t->links.table) {
		if (l.it->state > VLINK_ASKED)
			continue;
		vlink_why(l.it, text);
		vlink_fail(l.it, why);
	}
}

/* Once, until something else is wrong or all is well. */
static void explain(struct trunk *t, int why)
{
	char text[LOG_LINE];
	struct fmt f = fmt_to(SPAN(text));
	uint32_t hash;

	put_server(&f, t);
	fmt_put(&f, ": ");
	if (t->state == TRUNK_SHAKE)
		fmt_put(&f, "closes at once: wrong secret or clock, or another "
			    "has this id");
	else if (!tcp_runs(&t->tcp) ||
		 !secure_explain(t->agent->secure, &t->tcp, &f))
		fmt_put(&f, "%s", err_text(why));
	if (t->agent->conf->once)
		give_up(t, why, fmt_text(&f));
	hash = map_hash(fmt_done(&f)) | 1;
	if (hash == t->trouble)
		return;
	t->trouble = hash;
	log_warn(t->net->log, "natpass", "%s", fmt_text(&f));
}

static void hang_up(struct trunk *t)
{
	timer_stop(&t->timer, t->net->loop);
	soon_stop(&t->more);
	buf_wait_stop(&t->memory);
	inlet_stop(&t->inlet);
	t->head = (struct trunk_head){ .link = NULL };
	t->links.serving = false;
	if (tcp_runs(&t->tcp))
		stream_stop(&t->tcp.stream, false);
	else if (t->state == TRUNK_DIAL)
		dial_stop(&t->dial);
}

static void lose_links(struct trunk *t)
{
	slots_each (struct vlink, l, &t->links.table)
		vlink_lost(l.it);
}

/* Another minute is tried at once. */
static bool tries_again(struct trunk *t)
{
	if (t->state != TRUNK_SHAKE || t->agent->conf->md5)
		return false;
	t->minute = (t->minute + 1) % MINUTES;
	return t->minute != 0;
}

static void lose(struct trunk *t, int why)
{
	bool again = tries_again(t);

	net_count(t->net, why);
	if (!again)
		explain(t, why);
	if (t->state == TRUNK_UP && now_of(t) - t->since >= TRUNK_STEADY_MS)
		t->backoff = (struct backoff){ 0 };
	hang_up(t);
	t->state = TRUNK_WAIT;
	lose_links(t);
	enter(t, again ? TRUNK_DIAL : TRUNK_WAIT);
}

/* ---- saying ---- */

bool trunk_say(struct trunk *t, const struct natpass *m)
{
	size_t n = natpass_length(m);
	struct span room;
	struct fmt f;

	if (n > t->tcp.stream.most_out)
		return true; /* nobody could hear it */
	room = stream_reserve(&t->tcp.stream, n);
	if (!room.p)
		return false;
	f = fmt_to(room);
	natpass_put(&f, m);
	stream_commit(&t->tcp.stream, f.n);
	t->said = now_of(t);
	return true;
}

static void say_keepalive(struct trunk *t)
{
	struct natpass m = agent_says(t->agent, NATPASS_KEEPALIVE);

	m.to = BYTES("server");
	trunk_say(t, &m);
}

/* True: all of it has been said. */
static bool speak(struct trunk *t)
{
	while (!list_alone(&t->links.owing))
		if (!vlink_speak(container_of(t->links.owing.next, struct vlink,
					      owing)))
			return false;
	return true;
}

void trunk_owes(struct trunk *t, struct vlink *l)
{
	bool first = list_alone(&t->links.owing);

	if (list_alone(&l->owing))
		list_append(&t->links.owing, &l->owing);
	if (first && trunk_is_up(t))
		speak(t);
}

bool trunk_may(struct trunk *t, struct vlink *l)
{
	if (!trunk_is_up(t) || !list_alone(&l->wanting))
		return false;
	if (t->links.serving ||
	    (list_alone(&t->links.wanting) && list_alone(&t->links.owing)))
		return true;
	list_append(&t->links.wanting, &l->wanting);
	return false;
}

struct span trunk_room(struct trunk *t, size_t n)
{
	t->out.room = stream_reserve(&t->tcp.stream, n);
	return t->out.room;
}

void trunk_wrap(struct trunk *t, const struct natpass *m, size_t before,
		size_t n)
{
	stream_commit(&t->tcp.stream, natpass_wrap(t->out.room, before, m, n));
	t->said = now_of(t);
	if (n >= STRAIGHT_LEAST && t->out.pushed < PUSHES) {
		t->out.pushed++;
		tcp_push(&t->tcp);
	}
}

/* Words first, then data, of each link in its turn: who still finds no room is
 * the last next time.
 */
static void serve(struct trunk *t)
{
	struct list *last;

	if (!speak(t))
		return;
	last = t->links.wanting.prev;
	t->links.serving = true;
	while (!list_alone(&t->links.wanting)) {
		struct list *at = t->links.wanting.next;
		struct vlink *l = container_of(at, struct vlink, wanting);

		list_remove(at);
		vlink_wake(l, STREAM_OUT);
		if (at == last || t->links.wanting.prev == at)
			break;
	}
	t->links.serving = false;
}

/* ---- hearing ---- */

static struct vlink *find(const struct trunk *t, struct bytes id)
{
	uint32_t hash = map_mix(&t->links.seed, id);
	struct map_node *n = NULL;

	while ((n = map_find(&t->links.by_id, hash, n)) != NULL) {
		struct vlink *l = container_of(n, struct vlink, node);

		if (bytes_equal(vlink_id(l), id))
			return l;
	}
	return NULL;
}

/* Only its other end, or the server, has a say in a link. */
static bool may_say(const struct vlink *l, const struct natpass *m)
{
	return bytes_equal(m->from, vlink_peer(l)) ||
	       (m->kind == NATPASS_DISCONNECT && bytes_are(m->from, "server"));
}

static enum vlink_step refuse(struct trunk *t, const struct natpass *m,
			      const char *why)
{
	struct natpass no = agent_says(t->agent, NATPASS_CONNECT_REP);

	no.to = m->from;
	no.to_idx = m->from_idx;
	no.link = m->link;
	no.payload = NATPASS_RESPONSE;
	no.response.msg = bytes_of(why);
	return trunk_say(t, &no) ? VLINK_DONE : VLINK_WAITS;
}

static enum vlink_step hear_request(struct trunk *t, const struct natpass *m)
{
	const char *why = NULL;
	struct vlink *l;

	if (m->from.n > NATPASS_ID || m->link.n == 0 ||
	    m->link.n > NATPASS_LINK || m->payload != NATPASS_REQUEST)
		return VLINK_DONE;
	if (find(t, m->link))
		return refuse(t, m, "there is a link of that id");
	why = agent_objects(t->agent, m);
	if (why)
		return refuse(t, m, why);
	l = vlink_begin(t, m);
	if (!l)
		return refuse(t, m, "too many links (--max-links)");
	agent_asked(t->agent, l, &m->request);
	return VLINK_DONE;
}

static enum vlink_step hear_message(struct trunk *t, const struct natpass *m)
{
	struct vlink *l;

	if (m->kind == NATPASS_CONNECT_REQ)
		return hear_request(t, m);
	l = find(t, m->link);
	return l && may_say(l, m) ? vlink_hear(l, m) : VLINK_DONE;
}

/* It is heard again when there is room, or memory, or somebody has read. */
static void wait_with(struct trunk *t, struct vlink *l)
{
	t->head.waits = l;
	if (!t->head.since)
		t->head.since = now_of(t);
	bufs_wait(t->net, &t->memory);
}

/* 0: one message is dealt with; 1: no more for now; less: it is the end. */
static int hear_one(struct trunk *t)
{
	struct bytes message;
	struct natpass m;
	int rc = inlet_next(&t->inlet, NATPASS_FRAME, &message);

	if (rc == 0)
		return 1;
	if (rc > 0)
		rc = natpass_read(&m, message);
	if (rc < 0)
		return rc;
	t->heard = now_of(t);
	if (hear_message(t, &m) == VLINK_WAITS) {
		wait_with(t, t->head.link);
		t->head.link = NULL;
		return 1;
	}
	t->head = (struct trunk_head){ .link = NULL };
	buf_wait_stop(&t->memory);
	inlet_take(&t->inlet, message);
	return 0;
}

static void hear(struct trunk *t)
{
	struct stream *s = &t->tcp.stream;
	int rc = 0;

	t->kept = false;
	for (int i = 0; i < TURN && rc == 0 && !t->kept; i++)
		rc = hear_one(t);
	if (rc < 0)
		lose(t, rc);
	else if (rc == 0)
		soon_start(&t->more, t->net->loop);
	else if (s->ended && !t->head.since)
		lose(t, -NAT_ECLOSED);
	else if (t->state == TRUNK_SHAKE && t->heard >= t->since)
		enter(t, TRUNK_UP);
}

void trunk_look(struct trunk *t)
{
	if (t->head.since)
		soon_start(&t->more, t->net->loop);
}

void trunk_leave(struct trunk *t, const struct vlink *l)
{
	if (t->head.link == l)
		t->head.link = NULL;
	if (t->head.waits != l)
		return;
	t->head.waits = NULL;
	trunk_look(t);
}

/* ---- the handshake ---- */

static void say_echo(struct trunk *t)
{
	struct natpass m = agent_says(t->agent, NATPASS_ECHO);

	m.to = agent_id(t->agent);
	m.to_idx = m.from_idx;
	trunk_say(t, &m);
}

static bool say_proof(struct trunk *t)
{
	struct natpass m = agent_says(t->agent, NATPASS_HANDSHAKE);
	uint64_t minute =
		(uint64_t)(clock_unix() / NATPASS_MINUTE + minutes[t->minute]);
	struct passfile_line line;
	uint8_t proof[SHA512_SIZE];
	bool said;

	if (!passfile_find(&line, t->agent->secrets, agent_id(t->agent)))
		return false;
	m.to = BYTES("server");
	m.payload = NATPASS_PROOF;
	m.proof = (struct bytes){ proof, sizeof proof };
	if (t->agent->conf->md5)
		m.proof.n = MD5_SIZE;
	if (t->agent->conf->md5)
		natpass_prove_by_md5(proof, line.secret);
	else
		natpass_prove(proof, line.secret, minute);
	said = trunk_say(t, &m);
	ct_wipe(proof, sizeof proof);
	return said;
}

static void work(struct trunk *t)
{
	if (t->state == TRUNK_DIAL && !veil_waits(&t->tcp) && say_proof(t)) {
		say_echo(t);
		enter(t, TRUNK_SHAKE);
	}
	if (t->state >= TRUNK_SHAKE)
		hear(t);
}

static void more(struct soon *at)
{
	work(container_of(at, struct trunk, more));
}

static void memory(struct buf_wait *w)
{
	trunk_look(container_of(w, struct trunk, memory));
}

static void memory_again(struct buf_wait *w)
{
	struct trunk *t = container_of(w, struct trunk, inlet.wait);

	soon_start(&t->more, t->net->loop);
}

static void wake(struct waker *w, unsigned what)
{
	struct trunk *t = container_of(w, struct trunk, waker);

	t->out.pushed = 0;
	if (t->tcp.stream.err) {
		lose(t, t->tcp.stream.err);
		return;
	}
	if (what & STREAM_OUT && trunk_is_up(t))
		serve(t);
	work(t);
}

static void dialled(struct dial *d, int fd)
{
	struct trunk *t = container_of(d, struct trunk, dial);

	if (fd < 0) {
		lose(t, fd);
		return;
	}
	sock_user_timeout(fd, UNACKED_MS);
	tcp_start(&t->tcp, t->net, fd, &t->waker);
	if (t->agent->secure &&
	    !secure_call(t->agent->secure, &t->tcp, t->agent->server.host))
		lose(t, -NAT_ELIMIT);
	else
		work(t);
}

/* ---- states ---- */

static void begin(struct trunk *t)
{
	timer_start(&t->timer, t->net->loop, now_of(t) + TRUNK_ARRIVE_MS);
	dial_start(&t->dial, t->net, &t->agent->server, PATIENCE, dialled);
}

static void too_late(struct trunk *t)
{
	lose(t, -NAT_ETIMEOUT);
}

static void shake(struct trunk *t)
{
	t->since = now_of(t);
	t->heard = t->since - 1;
	timer_start(&t->timer, t->net->loop, t->since + TRUNK_SHAKE_MS);
}

static void settle(struct trunk *t)
{
	enter(t, TRUNK_UP);
}

static void arrive(struct trunk *t)
{
	log_info(t->net->log, "natpass", "logged in at %s as %.*s",
		 t->agent->conf->server, (int)t->agent->id_n,
		 (const char *)t->agent->id);
	t->since = t->heard = now_of(t);
	t->trouble = 0;
	timer_start(&t->timer, t->net->loop, now_of(t) + TRUNK_TICK_MS);
	serve(t);
}

/* Who holds up all others, too long. */
static void look_at_waiting(struct trunk *t)
{
	struct vlink *l = t->head.waits;

	if (!l || now_of(t) - t->head.since < VLINK_STUCK_MS)
		return;
	log_warn(t->net->log, "natpass",
		 "a link of %.*s is not read and holds up others: it is closed",
		 (int)l->peer.id_n, (const char *)l->peer.id);
	vlink_fail(l, -NAT_ETIMEOUT);
}

static void tick(struct trunk *t)
{
	if (now_of(t) - t->heard > TRUNK_SILENT_MS && !t->head.since) {
		lose(t, -NAT_ETIMEOUT);
		return;
	}
	look_at_waiting(t);
	if (now_of(t) - t->said >= TRUNK_KEEPALIVE_MS - TRUNK_TICK_MS)
		say_keepalive(t);
	timer_start(&t->timer, t->net->loop, now_of(t) + TRUNK_TICK_MS);
}

static void wait(struct trunk *t)
{
	uint32_t chance;
	int64_t ms;

	rand_fill((struct span){ (uint8_t *)&chance, sizeof chance });
	ms = backoff_next(&t->backoff, now_of(t), 0, chance);
	timer_start(&t->timer, t->net->loop, now_of(t) + ms);
}

static void try_again(struct trunk *t)
{
	enter(t, TRUNK_DIAL);
}

static const struct {
	const char *name;
	void (*entered)(struct trunk *t);
	void (*late)(struct trunk *t);
} states[] = {
#define X(name, entered, late) { #name, entered, late },
	TRUNK_STATES(X)
#undef X
};

static void enter(struct trunk *t, enum trunk_state state)
{
	log_debug(t->net->log, "natpass", "trunk %s", states[state].name);
	t->state = state;
	states[state].entered(t);
}

static void time_is_up(struct timer *timer)
{
	struct trunk *t = container_of(timer, struct trunk, timer);

	states[t->state].late(t);
}

/* ---- life ---- */

void trunk_start(struct trunk *t, struct agent *a)
{
	t->agent = a;
	t->net = a->net;
	t->waker.wake = wake;
	list_init(&t->links.owing);
	list_init(&t->links.wanting);
	timer_init(&t->timer, time_is_up);
	soon_init(&t->more, more);
	buf_wait_init(&t->memory, memory);
	inlet_start(&t->inlet, t->net, &t->tcp.stream, memory_again);
	enter(t, TRUNK_DIAL);
}

void trunk_stop(struct trunk *t)
{
	if (trunk_is_up(t))
		tcp_push(&t->tcp);
	hang_up(t);
	t->state = TRUNK_WAIT;
	lose_links(t);
}

void trunk_retry(struct trunk *t, bool sure)
{
	t->backoff = (struct backoff){ 0 };
	if (trunk_is_up(t) && !sure) {
		t->heard = now_of(t) - TRUNK_SILENT_MS + DOUBT_MS;
		say_echo(t);
		timer_start(&t->timer, t->net->loop, now_of(t) + DOUBT_MS + 1);
		return;
	}
	if (t->state != TRUNK_WAIT && !sure)
		return;
	hang_up(t);
	t->state = TRUNK_WAIT;
	lose_links(t);
	enter(t, TRUNK_DIAL);
}
