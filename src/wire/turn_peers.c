#include "base/cur.h"
#include "wire/turn.h"
#include "wire/turn_tasks.h"

enum {
	CHANNEL = 0x4000, /* the first; RFC 8656 12 */
	CHANNELS = 0x1000,
	PERMISSION =
		240000, /* ms, of 300 s; a channel's is made anew with it */
	LATER = 10000,  /* ms behind a refusal, or silence */
	CHANNEL_HEAD = 4
};

void turn_forget_peers(struct turn *t)
{
	memset(t->peers, 0, sizeof t->peers);
}

/* ---- peers ---- */

static struct turn_peer *find(struct turn *t, const struct addr *to)
{
	for (unsigned i = 0; i < TURN_PEERS; i++) {
		struct turn_peer *p = &t->peers[i];

		if (p->addr.family && p->addr.port == to->port &&
		    addr_same_ip(&p->addr, to))
			return p;
	}
	return NULL;
}

/* Permissions are for an ip: one of those who share it keeps it. */
static const struct turn_peer *keeper(const struct turn *t,
				      const struct addr *to)
{
	for (unsigned i = 0; i < TURN_PEERS; i++)
		if (t->peers[i].addr.family &&
		    addr_same_ip(&t->peers[i].addr, to))
			return &t->peers[i];
	return NULL;
}

static struct turn_peer *add(struct turn *t, const struct addr *to, int64_t now)
{
	const struct turn_peer *shared = keeper(t, to);

	for (unsigned i = 0; i < TURN_PEERS; i++) {
		struct turn_peer *p = &t->peers[i];

		if (p->addr.family)
			continue;
		*p = (struct turn_peer){ .addr = *to, .refresh = INT64_MAX };
		p->addr.scope = 0;
		if (!shared)
			turn_ask(t, &p->task, STUN_PERMISSION, now);
		return p;
	}
	return NULL;
}

/* Have we an address of its family? */
static bool reaches(const struct turn *t, const struct addr *to)
{
	bool four = addr_is_ip4(to);

	return addr_is_ip4(&t->relayed) == four ||
	       (t->also.family && addr_is_ip4(&t->also) == four);
}

static int peer_of(struct turn *t, const struct addr *to, int64_t now,
		   struct turn_peer **found)
{
	if (t->state != TURN_READY)
		return -NAT_EAGAIN;
	if (!reaches(t, to))
		return -NAT_ENOTSUP;
	*found = find(t, to);
	if (!*found)
		*found = add(t, to, now);
	return *found ? 0 : -NAT_ELIMIT;
}

int turn_peer(struct turn *t, const struct addr *to, int64_t now)
{
	struct turn_peer *p;

	return peer_of(t, to, now, &p);
}

int turn_bind(struct turn *t, const struct addr *to, int64_t now)
{
	struct turn_peer *p;
	int rc = peer_of(t, to, now, &p);

	if (rc < 0 || p->channel)
		return rc;
	if (t->channels == CHANNELS)
		return -NAT_ELIMIT;
	p->channel = (uint16_t)(CHANNEL + t->channels++);
	turn_ask(t, &p->task, STUN_CHANNEL, now);
	return 0;
}

/* ---- requests ---- */

struct turn_peer *turn_asked_by(struct turn *t, uint32_t serial)
{
	for (unsigned i = 0; i < TURN_PEERS; i++)
		if (t->peers[i].addr.family && t->peers[i].task.method &&
		    t->peers[i].task.serial == serial)
			return &t->peers[i];
	return NULL;
}

static void later(struct turn_peer *p, int64_t when)
{
	p->task.method = 0;
	p->refresh = when;
}

static void granted(struct turn_peer *p, int64_t now)
{
	p->bound = p->task.method == STUN_CHANNEL;
	later(p, now + (p->channel && !p->bound ? LATER : PERMISSION));
}

/* Without a channel it goes too. */
static void refused(struct turn *t, struct turn_peer *p, int64_t now)
{
	p->bound = false;
	if (p->task.method == STUN_CHANNEL)
		turn_ask(t, &p->task, STUN_PERMISSION, now);
	else
		later(p, now + LATER);
}

/* RFC 8656 12.1: who binds a channel has permission by that. */
void turn_hear_peer(struct turn *t, struct turn_peer *p, const struct stun *m,
		    int64_t now)
{
	if (m->type == (p->task.method | STUN_OK)) {
		granted(p, now);
		return;
	}
	if (turn_challenged(t, &p->task, m, now) == 0)
		return;
	if (m->error != STUN_FORBIDDEN)
		turn_doubt(t, now);
	refused(t, p, now);
}

static void renew(struct turn *t, struct turn_peer *p, int64_t now)
{
	if (turn_gave_up(t, &p->task, now)) {
		p->bound = false;
		later(p, now + LATER);
		turn_doubt(t, now);
	}
	if (!p->task.method && p->refresh <= now)
		turn_ask(t, &p->task,
			 p->channel ? STUN_CHANNEL : STUN_PERMISSION, now);
}

bool turn_say_peer(struct turn *t, struct fmt *f, int64_t now)
{
	for (unsigned i = 0; i < TURN_PEERS; i++) {
		struct turn_peer *p = &t->peers[i];
		struct stun_more more = { .peer = p->addr };
		struct stun m = { .more = &more };

		if (!p->addr.family)
			continue;
		renew(t, p, now);
		if (p->task.method == STUN_CHANNEL)
			more.channel = p->channel;
		if (turn_say(t, &p->task, &m, f, now))
			return true;
	}
	return false;
}

int64_t turn_peers_due(const struct turn *t)
{
	int64_t due = INT64_MAX;

	for (unsigned i = 0; i < TURN_PEERS; i++) {
		const struct turn_peer *p = &t->peers[i];
		int64_t at = p->task.method ? p->task.next : p->refresh;

		if (p->addr.family && at < due)
			due = at;
	}
	return due;
}

/* ---- data ---- */

int turn_hear_channel(struct turn *t, struct bytes in, struct turn_data *got)
{
	struct cur c = cur_of(in);
	uint16_t channel = cur_u16(&c);
	struct bytes data = cur_bytes(&c, cur_u16(&c));

	for (unsigned i = 0; i < TURN_PEERS && !c.bad; i++) {
		if (!t->peers[i].addr.family || t->peers[i].channel != channel)
			continue;
		*got = (struct turn_data){ t->peers[i].addr, data };
		return 1;
	}
	return 0;
}

static void put_channel(const struct turn *t, const struct turn_peer *p,
			struct bytes data, struct fmt *f)
{
	const uint8_t head[CHANNEL_HEAD] = { (uint8_t)(p->channel >> 8),
					     (uint8_t)p->channel,
					     (uint8_t)(data.n >> 8),
					     (uint8_t)data.n };
	static const uint8_t zeros[TURN_PAD];

	fmt_bytes(f, (struct bytes){ head, sizeof head });
	fmt_bytes(f, data);
	if (t->framed)
		fmt_bytes(f, (struct bytes){ zeros, -data.n & 3 });
}

static void put_indication(struct turn *t, const struct turn_peer *p,
			   struct bytes data, struct fmt *f)
{
	struct stun_more more = { .peer = p->addr, .data = data };
	struct stun m = { .type = STUN_SEND, .more = &more };
	uint32_t serial = t->serial++;

	memcpy(m.id, t->salt, sizeof t->salt);
	memcpy(m.id + sizeof t->salt, &serial, sizeof serial);
	stun_print(f, &m);
}

int turn_wrap(struct turn *t, const struct addr *to, struct bytes data,
	      struct fmt *f, int64_t now)
{
	struct turn_peer *p;
	int rc = peer_of(t, to, now, &p);

	if (rc < 0)
		return rc;
	if (data.n == 0 || data.n > UINT16_MAX - TURN_HEAD)
		return -NAT_EROOM;
	t->said = now;
	if (p->bound)
		put_channel(t, p, data, f);
	else
		put_indication(t, p, data, f);
	return f->full ? -NAT_EROOM : 0;
}
