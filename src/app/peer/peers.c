#include "app/peer/peers.h"

enum { SLACK = 60 * 1000, WINDOW = 64, RUN = 1 << 20 }; /* ms; numbers */

_Static_assert(sizeof(struct peer) + 2 * sizeof(void *) +
			       2 * sizeof(uint16_t[2]) <=
		       PEER_BYTES,
	       "a peer takes too much");

void peers_init(struct peers *ps, uint32_t address, const struct map_seed *seed)
{
	list_init(&ps->idle);
	ps->seed = *seed;
	ps->address = address;
}

static uint32_t hash(const struct peers *ps, const uint8_t id[CHAIN_ID])
{
	return map_mix(&ps->seed, (struct bytes){ id, CHAIN_ID });
}

struct peer *peers_find(const struct peers *ps, const uint8_t id[CHAIN_ID])
{
	uint32_t h = hash(ps, id);
	struct map_node *at = NULL;

	while ((at = map_find(&ps->by_id, h, at))) {
		struct peer *p = container_of(at, struct peer, node);

		if (!memcmp(p->id, id, CHAIN_ID))
			return p;
	}
	return NULL;
}

bool peer_lives(const struct peer *p, int64_t now)
{
	return now - p->seen < PEER_DEAD;
}

struct peer *peers_live(const struct peers *ps, const uint8_t id[CHAIN_ID],
			int64_t now)
{
	struct peer *p = peers_find(ps, id);

	return p && peer_lives(p, now) ? p : NULL;
}

static void count(struct peers *ps, const struct addr *a, int by)
{
	uint8_t host[16];
	struct bytes key = { host, sizeof host };

	addr_host(host, a);
	if (by > 0)
		sketch_add(&ps->crowd, key);
	else
		sketch_drop(&ps->crowd, key);
}

static bool crowded(const struct peers *ps, const struct addr *a)
{
	uint8_t host[16];

	addr_host(host, a);
	return sketch_of(&ps->crowd, (struct bytes){ host, sizeof host }) >=
	       ps->address;
}

static void forget(struct peers *ps, struct peer *p)
{
	count(ps, &p->at, -1);
	map_remove(&ps->by_id, &p->node);
	list_remove(&p->idle);
	slots_put(&ps->rows, p);
}

static struct peer *longest_silent(const struct peers *ps)
{
	return list_alone(&ps->idle)
		       ? NULL
		       : container_of(ps->idle.next, struct peer, idle);
}

void peers_expire(struct peers *ps, int64_t now)
{
	struct peer *p;

	while ((p = longest_silent(ps)) && now - p->seen >= PEER_FORGET)
		forget(ps, p);
}

static struct peer *add(struct peers *ps, const uint8_t id[CHAIN_ID],
			int64_t now)
{
	struct peer *oldest = longest_silent(ps), *p;

	if (ps->rows.used == ps->rows.limit && oldest &&
	    !peer_lives(oldest, now))
		forget(ps, oldest);
	p = slots_get(&ps->rows);
	if (!p)
		return NULL;
	memcpy(p->id, id, CHAIN_ID);
	map_put(&ps->by_id, &p->node, hash(ps, id));
	list_init(&p->idle);
	return p;
}

void peers_heard(struct peers *ps, struct peer *p, int64_t now)
{
	p->seen = now;
	list_remove(&p->idle);
	list_append(&ps->idle, &p->idle);
}

struct peer *peers_greeted(struct peers *ps, const struct chain *m,
			   const struct addr *from, int64_t now, int64_t unix)
{
	struct peer *p = peers_find(ps, m->id);
	uint8_t id[CHAIN_ID];
	bool moves = !p || !addr_same_ip(&p->at, from);

	if (moves && crowded(ps, from))
		return NULL;
	if (p && moves)
		count(ps, &p->at, -1);
	p = p ? p : add(ps, m->id, now);
	if (!p || !chain_key_parse(p->n, id, m->key))
		return NULL;
	if (moves)
		count(ps, from, 1);
	if (!p->run || m->seq - p->top > RUN) /* it begins at random */
		p->run = (uint32_t)m->ts | 1;
	p->at = *from;
	p->skew = m->ts - unix;
	p->hello_ts = m->ts;
	p->top = m->seq;
	p->window = 1;
	p->nlan = m->nlan;
	p->nat = m->nat;
	memcpy(p->lan, m->lan, sizeof p->lan);
	peers_heard(ps, p, now);
	return p;
}

bool peer_fresh(const struct peer *p, const struct chain *m, int64_t unix)
{
	int64_t off = m->ts - (unix + p->skew);
	uint32_t behind = p->top - m->seq;

	if (off > SLACK || off < -SLACK)
		return false;
	if (behind > UINT32_MAX / 2)
		return true;
	return behind < WINDOW && !(p->window >> behind & 1);
}

void peer_note(struct peer *p, uint32_t seq)
{
	uint32_t ahead = seq - p->top;

	if (ahead > UINT32_MAX / 2) {
		p->window |= (uint64_t)1 << (p->top - seq);
		return;
	}
	p->window = ahead < WINDOW ? p->window << ahead | 1 : 1;
	p->top = seq;
}
