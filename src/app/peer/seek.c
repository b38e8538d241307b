#include "app/peer/seek.h"
#include "app/peer/core.h"

enum { TRIED = 10 * 60 * 1000, ANSWER = 10 * 1000 };

static const uint8_t nobody[CHAIN_ID];

/* ---- how many there are ---- */

unsigned node_introducers(const struct node *n)
{
	unsigned up = 0;

	for (size_t i = 0; i < NODE_DIALS; i++) {
		const struct contact *d = &n->dials[i];

		up += d->used && d->lasts && d->up;
	}
	return up;
}

bool node_seeks(const struct node *n)
{
	return n->rules.seeks && node_introducers(n) < SEEK_ENOUGH;
}

/* ---- addresses that are told ---- */

static bool is_tried(const struct node *n, const struct addr *at)
{
	for (size_t i = 0; i < SEEK_TRIED; i++)
		if (n->seek.tried[i].until > n->now &&
		    node_same(&n->seek.tried[i].at, at))
			return true;
	return false;
}

void seek_failed(struct node *n, struct contact *d)
{
	struct seek_tried *t = &n->seek.tried[n->seek.ntried++ % SEEK_TRIED];

	*t = (struct seek_tried){ d->at, n->now + TRIED };
	d->used = false;
}

/* Somebody is called there, or too many are. */
static bool is_full(const struct node *n, const struct addr *at)
{
	unsigned trying = 0;

	for (size_t i = 0; i < NODE_DIALS; i++) {
		const struct contact *d = &n->dials[i];

		if (d->used && node_same(&d->at, at))
			return true;
		trying += d->used && d->found && !d->up;
	}
	return trying >= SEEK_TRYING;
}

void node_told(struct node *n, const struct addr *at, const uint8_t *id)
{
	struct contact *d;

	if (!node_seeks(n) || !at->port || is_full(n, at) || is_tried(n, at))
		return;
	d = node_dial(n, at, id, true);
	if (d)
		d->found = true;
}

/* ---- who is there ---- */

static bool is_introducer(const struct node *n, const struct contact *but,
			  const uint8_t id[CHAIN_ID])
{
	for (size_t i = 0; i < NODE_DIALS; i++) {
		const struct contact *d = &n->dials[i];

		if (d != but && d->used && d->lasts && d->up &&
		    !memcmp(d->id, id, CHAIN_ID))
			return true;
	}
	return false;
}

bool seek_takes(struct node *n, const struct contact *d, const struct chain *m)
{
	return m->nat == CHAIN_PUBLIC && !is_introducer(n, d, m->id) &&
	       n->ops->trusts(n, m->id);
}

/* A place of one that is dead, or none. */
void seek_note(struct node *n, const struct peer *p)
{
	uint8_t *place = NULL;

	if (p->nat != CHAIN_PUBLIC)
		return;
	for (size_t i = 0; i < SEEK_PUBLICS; i++) {
		uint8_t *id = n->seek.publics[i];

		if (!memcmp(id, p->id, CHAIN_ID))
			return;
		if (!place && !peers_live(&n->peers, id, n->now))
			place = id;
	}
	if (place)
		memcpy(place, p->id, CHAIN_ID);
}

/* ---- introducers tell of each other ---- */

bool seek_is_any(const struct chain *m)
{
	return !memcmp(m->target, nobody, CHAIN_ID);
}

struct peer *seek_other(struct node *n, const struct peer *than)
{
	for (unsigned i = 0; i < SEEK_PUBLICS; i++) {
		const uint8_t *id =
			n->seek.publics[n->seek.turn++ % SEEK_PUBLICS];
		struct peer *p = peers_live(&n->peers, id, n->now);

		if (p && p != than && p->nat == CHAIN_PUBLIC)
			return p;
	}
	return NULL;
}

static struct contact *next_introducer(struct node *n)
{
	for (unsigned i = 0; i < NODE_DIALS; i++) {
		struct contact *d = &n->dials[n->seek.turn++ % NODE_DIALS];

		if (d->used && d->lasts && d->up)
			return d;
	}
	return NULL;
}

static void ask_for_others(struct node *n)
{
	const struct contact *d = next_introducer(n);
	struct chain m = { .op = CHAIN_REQUEST };

	if (!d)
		return;
	n->seek.asked = d->at;
	n->seek.until = n->now + ANSWER;
	n->seek.wait = n->seek.wait ? 2 * n->seek.wait : SEEK_AGAIN;
	if (n->seek.wait > SEEK_SELDOM)
		n->seek.wait = SEEK_SELDOM;
	node_send_signed(n, &d->at, &m);
}

void seek_hurry(struct node *n)
{
	n->seek.wait = 0;
	n->seek.next = n->now;
}

void seek_told(struct heard *h)
{
	struct node *n = h->node;
	uint8_t key[CHAIN_MODULUS], id[CHAIN_ID];

	if (n->now >= n->seek.until || !node_same(&n->seek.asked, h->from) ||
	    !chain_key_parse(key, id, h->m->key) ||
	    memcmp(id, h->m->id, CHAIN_ID) != 0 || node_is_me(n, id) ||
	    is_introducer(n, NULL, id) || !n->ops->trusts(n, id) ||
	    !node_believes(h, key))
		return;
	n->seek.until = 0;
	node_told(n, &h->m->at, id);
	greet_tick(n);
}

void seek_tick(struct node *n)
{
	if (!n->rules.seeks || n->seek.next > n->now)
		return;
	if (node_seeks(n))
		ask_for_others(n);
	n->seek.next = n->now + (n->seek.wait ? n->seek.wait : SEEK_AGAIN);
}

int64_t seek_due(const struct node *n)
{
	return n->rules.seeks ? n->seek.next : INT64_MAX;
}
