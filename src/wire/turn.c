#include "wire/turn.h"
#include "base/cur.h"
#include "wire/turn_tasks.h"

enum {
	RTO = 250, /* ms, doubled each time */
	RTO_MOST = 4000,
	SENDS = 8,     /* over UDP: 250 ms, 0.5, 1, 2, 4, 4, 4, 4 s */
	REPLY = 15000, /* ms that one over TCP may take */
	EARLY = 60,    /* s before the end of a lifetime */
	LIFETIME = 600,
	KEEP = 15000,         /* ms of silence that a NAT is trusted with */
	FAMILY_IP6 = 2 << 24, /* RFC 8656 18.6, as it stands there */
	INDICATION = 0x0011,  /* Binding, without an answer */
	CHANNEL_LEAST = 0x40, /* the first byte of what goes by a channel */
	CHANNEL_MOST = 0x4f
};

/* ---- tasks ---- */

void turn_ask(struct turn *t, struct turn_task *task, unsigned method,
	      int64_t now)
{
	*task = (struct turn_task){ .next = now,
				    .serial = t->serial++,
				    .method = (uint16_t)method };
}

bool turn_gave_up(const struct turn *t, const struct turn_task *task,
		  int64_t now)
{
	return task->method && task->next <= now &&
	       task->sends >= (t->framed ? 1 : SENDS);
}

static int64_t wait_of(const struct turn *t, const struct turn_task *task)
{
	int64_t wait = (int64_t)RTO << task->sends;

	if (t->framed)
		return REPLY;
	return wait < RTO_MOST ? wait : RTO_MOST;
}

bool turn_say(struct turn *t, struct turn_task *task, struct stun *m,
	      struct fmt *f, int64_t now)
{
	if (!task->method || task->next > now)
		return false;
	m->type = task->method;
	memcpy(m->id, t->salt, sizeof t->salt);
	memcpy(m->id + sizeof t->salt, &task->serial, sizeof task->serial);
	stun_print_as(f, m, &t->user, &t->challenge);
	task->next = now + wait_of(t, task);
	task->sends++;
	return true;
}

/* Others may have taken that nonce in the meantime: then it is only asked again. */
int turn_challenged(struct turn *t, struct turn_task *task,
		    const struct stun *m, int64_t now)
{
	struct stun_challenge *c = &t->challenge;
	uint8_t rounds = task->rounds;
	int rc;

	if (m->error != STUN_UNAUTHENTICATED && m->error != STUN_STALE_NONCE)
		return -NAT_EPROTO;
	c->rounds = rounds;
	rc = t->user.name.n ? stun_challenged(c, m) : -NAT_EAUTH;
	if (rc < 0)
		return rc;
	turn_ask(t, task, task->method, now);
	task->rounds = (uint8_t)(rounds + 1);
	return 0;
}

/* ---- the allocation ---- */

static void end(struct turn *t, int err)
{
	t->state = TURN_OVER;
	t->err = (int8_t)err;
	t->task.method = 0;
	turn_forget_peers(t);
}

void turn_again(struct turn *t, int64_t now)
{
	t->state = TURN_ASKING;
	t->err = 0;
	t->error = 0;
	t->relayed.family = t->also.family = t->mapped.family = ADDR_NONE;
	t->challenge = (struct stun_challenge){ .rounds = 0 };
	turn_forget_peers(t);
	turn_ask(t, &t->task, STUN_ALLOCATE, now);
}

void turn_init(struct turn *t, const struct turn_conf *conf, int64_t now)
{
	*t = (struct turn){ .server = conf->server,
			    .user = conf->user,
			    .family = conf->family,
			    .framed = conf->framed };
	memcpy(t->salt, conf->seed.p, sizeof t->salt);
	memcpy(&t->serial, conf->seed.p + sizeof t->salt, sizeof t->serial);
	turn_again(t, now);
}

void turn_doubt(struct turn *t, int64_t now)
{
	if (t->state == TURN_READY && !t->task.method)
		turn_ask(t, &t->task, STUN_REFRESH, now);
}

void turn_close(struct turn *t, int64_t now)
{
	if (t->state != TURN_READY) {
		end(t, -NAT_ECLOSED);
		return;
	}
	t->state = TURN_CLOSING;
	turn_forget_peers(t);
	turn_ask(t, &t->task, STUN_REFRESH, now);
}

static uint32_t lifetime_of(const struct stun_more *more)
{
	struct cur c = cur_of(more->lifetime);

	return more->lifetime.n ? cur_u32(&c) : LIFETIME;
}

static void granted(struct turn *t, const struct stun *m, int64_t now)
{
	uint32_t s = lifetime_of(m->more);
	int64_t early = s > 2 * EARLY ? EARLY : s / 2;

	t->lifetime = s;
	t->expires = now + (int64_t)s * 1000;
	t->task = (struct turn_task){ .next = t->expires - early * 1000 };
}

/* What it has not is left out, or, by coturn, told as 0.0.0.0:0. */
static void take_relayed(struct turn *t, const struct addr *a)
{
	if (!a->port)
		return;
	if (!t->relayed.family)
		t->relayed = *a;
	else if (addr_is_ip4(a) != addr_is_ip4(&t->relayed))
		t->also = *a;
}

static void hear_allocate(struct turn *t, const struct stun *m, int64_t now)
{
	take_relayed(t, &m->more->relayed);
	take_relayed(t, &m->more->also);
	if (!t->relayed.family) {
		end(t, -NAT_EPROTO);
		return;
	}
	t->mapped = m->mapped;
	t->state = TURN_READY;
	granted(t, m, now);
}

/* ---- refusals: RFC 8656 7.4, p2p's checklist ---- */

static int meaning(unsigned error)
{
	static const struct {
		uint16_t code;
		int8_t err;
	} rows[] = {
		{ STUN_FORBIDDEN, -NAT_EACCESS },
		{ STUN_UNAUTHENTICATED, -NAT_EAUTH },
		{ STUN_MISMATCH, -NAT_EAGAIN },
		{ STUN_FAMILY, -NAT_ENOTSUP },
		{ STUN_OTHER_USER, -NAT_EAUTH },
		{ STUN_TRANSPORT, -NAT_ENOTSUP },
		{ STUN_PEER_FAMILY, -NAT_ENOTSUP },
		{ STUN_QUOTA, -NAT_ELIMIT },
		{ STUN_FULL, -NAT_ELIMIT },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].code == error)
			return rows[i].err;
	return -NAT_EPROTO;
}

/* RFC 8489 10: once, to where it says. */
static bool is_sent_on(struct turn *t, const struct stun *m)
{
	const struct addr *to = &m->more->alternate;

	if (m->error != STUN_TRY_ALTERNATE || t->moved || !to->family ||
	    !to->port || t->state != TURN_ASKING)
		return false;
	t->server = *to;
	t->moved = true;
	t->state = TURN_MOVED;
	t->task.method = 0;
	return true;
}

static void hear_refusal(struct turn *t, const struct stun *m, int64_t now)
{
	int rc;

	if (is_sent_on(t, m))
		return;
	rc = turn_challenged(t, &t->task, m, now);
	if (rc == 0)
		return;
	t->error = m->error;
	if (t->state == TURN_CLOSING)
		end(t, -NAT_ECLOSED);
	else
		end(t, rc == -NAT_EAUTH ? rc : meaning(m->error));
}

static void hear_own(struct turn *t, const struct stun *m, int64_t now)
{
	uint16_t method = t->task.method;

	if (m->type == (method | STUN_FAILED))
		hear_refusal(t, m, now);
	else if (t->state == TURN_CLOSING)
		end(t, -NAT_ECLOSED);
	else if (method == STUN_ALLOCATE)
		hear_allocate(t, m, now);
	else
		granted(t, m, now);
}

/* ---- what comes ---- */

static int hear_data(const struct stun *m, struct turn_data *got)
{
	if (!m->more->peer.family || !m->more->data.p)
		return 0;
	*got = (struct turn_data){ m->more->peer, m->more->data };
	return 1;
}

/* Which request is it an answer to? Of all but errors only if they are signed. */
static void hear_answer(struct turn *t, const struct stun *m, struct bytes in,
			int64_t now)
{
	uint16_t method = m->type & (uint16_t)~STUN_FAILED;
	struct turn_peer *p;
	uint32_t serial;

	memcpy(&serial, m->id + sizeof t->salt, sizeof serial);
	if (memcmp(m->id, t->salt, sizeof t->salt) != 0 ||
	    (m->type == (method | STUN_OK) &&
	     !stun_is_theirs(m, in, &t->user, &t->challenge)))
		return;
	p = turn_asked_by(t, serial);
	if (t->task.method == method && t->task.serial == serial)
		hear_own(t, m, now);
	else if (p && p->task.method == method)
		turn_hear_peer(t, p, m, now);
}

int turn_input(struct turn *t, struct bytes in, int64_t now,
	       struct turn_data *got)
{
	struct stun_more more;
	struct stun m;

	if (in.n < 4 || t->state == TURN_OVER)
		return 0;
	if (in.p[0] >= CHANNEL_LEAST && in.p[0] <= CHANNEL_MOST)
		return turn_hear_channel(t, in, got);
	if (in.p[0] > 3 || stun_parse_more(&m, &more, in) < 0)
		return 0;
	if (m.type == STUN_DATA)
		return hear_data(&m, got);
	hear_answer(t, &m, in, now);
	return 0;
}

int turn_frame(struct bytes in)
{
	size_t n;

	if (in.n < 4)
		return 0;
	n = (size_t)in.p[2] << 8 | in.p[3];
	if (in.p[0] >= CHANNEL_LEAST && in.p[0] <= CHANNEL_MOST)
		n = 4 + ((n + 3) & ~(size_t)3);
	else if (in.p[0] <= 3 && n % 4 == 0)
		n += STUN_HEAD;
	else
		return -NAT_EPROTO;
	return in.n < n ? 0 : (int)n;
}

/* ---- what goes ---- */

static bool say_own(struct turn *t, struct fmt *f, int64_t now)
{
	static const uint8_t zero[4];
	struct stun_more more = { .priority = 0 };
	struct stun m = { .more = &more };

	if (t->state == TURN_READY && !t->task.method && t->task.next <= now)
		turn_ask(t, &t->task, STUN_REFRESH, now);
	if (t->task.method == STUN_ALLOCATE) {
		more.transport = TURN_UDP;
		if (t->family == ADDR_IP6)
			more.family = FAMILY_IP6;
		else if (t->family == ADDR_NONE)
			more.additional = FAMILY_IP6;
	} else if (t->state == TURN_CLOSING) {
		more.lifetime = (struct bytes){ zero, sizeof zero };
	}
	return turn_say(t, &t->task, &m, f, now);
}

/* RFC 8656 3.8 leaves it to us how the way to the server stays open. */
static bool say_hello(struct turn *t, struct fmt *f, int64_t now)
{
	const struct stun m = { .type = INDICATION };

	if (t->state != TURN_READY || now - t->said < KEEP)
		return false;
	stun_print(f, &m);
	return true;
}

static bool say(struct turn *t, struct fmt *f, int64_t now)
{
	if (t->state == TURN_OVER || t->state == TURN_MOVED)
		return false;
	return say_own(t, f, now) || turn_say_peer(t, f, now) ||
	       say_hello(t, f, now);
}

bool turn_output(struct turn *t, struct fmt *f, int64_t now)
{
	if (turn_gave_up(t, &t->task, now) ||
	    (t->state == TURN_READY && now >= t->expires))
		end(t, t->state == TURN_CLOSING ? -NAT_ECLOSED : -NAT_ETIMEOUT);
	if (!say(t, f, now))
		return false;
	t->said = now;
	return true;
}

int64_t turn_due(const struct turn *t)
{
	int64_t due = turn_peers_due(t);

	if (t->state == TURN_OVER || t->state == TURN_MOVED)
		return INT64_MAX;
	if (t->state == TURN_READY && t->said + KEEP < due)
		due = t->said + KEEP;
	return t->task.next < due ? t->task.next : due;
}
