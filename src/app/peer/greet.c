/* greet - getting known: nonces, hellos, and keeping alive those whom we greeted. */
#include "app/peer/core.h"
#include "crypt/ct.h"

enum {
	MINUTE = 60 * 1000,
	OPENERS = 5, /* to an address that has never answered */
	AGAIN = 1000,
	AGAIN_MOST = 16000,
	GREETED = 10 * 1000 /* for the nonce of who said hello */
};

/* ---- nonces ---- */

static void make_nonce(const struct node *n, uint8_t to[CHAIN_SESSION],
		       const struct addr *a, int64_t minute)
{
	struct hmac h = n->nonces;
	uint8_t what[16 + 2 + 8], mac[SHA256_SIZE];

	addr_cut(what, a, 128);
	what[16] = (uint8_t)(a->port >> 8);
	what[17] = (uint8_t)a->port;
	for (unsigned i = 0; i < 8; i++)
		what[18 + i] = (uint8_t)((uint64_t)minute >> 8 * i);
	hmac_add(&h, bytes_in(SPAN(what)));
	hmac_end(&h, mac);
	memcpy(to, mac, CHAIN_SESSION);
}

static bool good_nonce(const struct heard *h)
{
	int64_t minute = h->node->now / MINUTE;
	uint8_t good[CHAIN_SESSION];

	for (int64_t m = minute; m >= minute - 1; m--) {
		make_nonce(h->node, good, h->from, m);
		if (ct_equal(bytes_in(SPAN(good)),
			     (struct bytes){ h->m->nonce, CHAIN_SESSION }))
			return true;
	}
	return false;
}

static struct chain our_nonce(const struct node *n, const struct addr *to)
{
	struct chain m = { .op = CHAIN_NONCE, .ts = n->unix };

	make_nonce(n, m.nonce, to, n->now / MINUTE);
	return m;
}

void node_offer_nonce(const struct heard *h)
{
	struct node *n = h->node;
	const struct chain m = our_nonce(n, h->from);
	uint8_t room[CHAIN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	chain_print(&f, &m);
	if (f.n > h->what.n || !node_may_addr(n, NODE_NONCE, h->from, 8, 32))
		return;
	n->counts.nonces++;
	n->ops->send(n, h->from, fmt_done(&f), 0);
}

/* ---- hellos ---- */

static void greet(struct node *n, const struct addr *to, const uint8_t *id,
		  const uint8_t *nonce)
{
	struct chain m = { .op = CHAIN_HELLO,
			   .nlan = n->nlan,
			   .nat = n->rules.public ? CHAIN_PUBLIC
						  : (uint8_t)n->rules.nat };

	if (id)
		memcpy(m.target, id, CHAIN_ID);
	memcpy(m.nonce, nonce, CHAIN_SESSION);
	memcpy(m.key, n->self->spki, CHAIN_SPKI);
	memcpy(m.lan, n->lan, sizeof m.lan);
	node_send_signed(n, to, &m);
}

/* Asks who is there for a nonce: nobody's sign of life. */
void node_open(struct node *n, const struct addr *to, unsigned hops)
{
	const struct chain m = { .op = CHAIN_KEEP };
	uint8_t room[CHAIN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	chain_print(&f, &m);
	n->ops->send(n, to, fmt_done(&f), hops);
}

static void keep(struct node *n, const struct addr *to)
{
	struct chain m = { .op = CHAIN_KEEP };

	memcpy(m.id, n->self->id, CHAIN_ID);
	node_send(n, to, &m);
}

static struct contact *dial_at(struct node *n, const struct addr *at)
{
	for (size_t i = 0; i < NODE_DIALS; i++)
		if (n->dials[i].used && node_same(&n->dials[i].at, at))
			return &n->dials[i];
	return NULL;
}

/* Of a peer that is there, at another address. */
static struct contact *dial_of(struct node *n, const struct contact *but,
			       const uint8_t id[CHAIN_ID])
{
	for (size_t i = 0; i < NODE_DIALS; i++) {
		struct contact *d = &n->dials[i];

		if (d != but && d->used && d->up && !d->lasts &&
		    !memcmp(d->id, id, CHAIN_ID))
			return d;
	}
	return NULL;
}

static struct greeted *greeted_at(struct node *n, const struct addr *at)
{
	for (size_t i = 0; i < NODE_GREETED; i++)
		if (n->greeted[i].until > n->now &&
		    node_same(&n->greeted[i].at, at))
			return &n->greeted[i];
	return NULL;
}

void take_nonce(struct heard *h)
{
	struct node *n = h->node;
	struct contact *d = dial_at(n, h->from);
	struct greeted *g = greeted_at(n, h->from);
	struct chain ours;

	if (d && d->known && !d->lasts && dial_of(n, d, d->id)) {
		d->used = false; /* one way to it is enough */
	} else if (d && n->now - d->greeted >= AGAIN / 2) {
		n->counts.moved += d->up && d->lasts && !d->afresh;
		d->afresh = false;
		d->greeted = n->now;
		greet(n, h->from, d->known ? d->id : NULL, h->m->nonce);
		ours = our_nonce(n, h->from);
		node_send(n, h->from, &ours);
		if (d->known && peers_live(&n->peers, d->id, n->now))
			reach_hurry(n, d->id); /* it was quicker */
	} else if (g) {
		g->until = 0;
		greet(n, h->from, g->id, h->m->nonce);
		reach_hurry(n, g->id);
	}
}

/* It will be told who we are once its nonce is here. */
static void owe(struct node *n, const struct peer *p)
{
	struct greeted *to = greeted_at(n, &p->at);

	for (size_t i = 0; i < NODE_GREETED && !to; i++)
		if (n->greeted[i].until <= n->now)
			to = &n->greeted[i];
	if (!to)
		return;
	to->at = p->at;
	to->until = n->now + GREETED;
	memcpy(to->id, p->id, CHAIN_ID);
}

static void become_known(struct node *n, struct contact *d, struct peer *p)
{
	bool new = !d->up, first = !d->known;

	memcpy(d->id, p->id, CHAIN_ID);
	d->up = d->known = true;
	d->tries = 0;
	d->next = n->now + PEER_KEEP;
	p->mine = true;
	if (!new)
		return;
	n->ops->up(n, d, first);
	if (d->lasts)
		seek_hurry(n);
	reach_hurry(n, p->id);
}

/* Its NAT has another address for it than before. */
static void follow(struct node *n, const struct peer *p)
{
	struct contact *d = dial_of(n, NULL, p->id);

	if (d)
		d->at = p->at;
}

/* What can be seen of a hello without RSA. */
static bool plausible(const struct heard *h, uint8_t key[CHAIN_MODULUS])
{
	static const uint8_t nobody[CHAIN_ID];
	const struct chain *m = h->m;
	const struct peer *p = peers_find(&h->node->peers, m->id);
	uint8_t id[CHAIN_ID];

	return good_nonce(h) &&
	       (node_is_me(h->node, m->target) ||
		!memcmp(m->target, nobody, CHAIN_ID)) &&
	       chain_key_parse(key, id, m->key) &&
	       !memcmp(id, m->id, CHAIN_ID) && !node_is_me(h->node, id) &&
	       (!h->node->rules.grouped ||
		chain_group_good(m, &h->node->rules.group)) &&
	       (!p || m->ts > p->hello_ts);
}

void take_hello(struct heard *h)
{
	struct node *n = h->node;
	struct contact *d = dial_at(n, h->from);
	uint8_t key[CHAIN_MODULUS];
	struct peer *p;

	if (!plausible(h, key)) {
		if (!good_nonce(h))
			node_offer_nonce(h);
		return;
	}
	if (d && d->known && memcmp(d->id, h->m->id, CHAIN_ID) != 0)
		d = NULL;
	if (d && d->found && !d->up && !seek_takes(n, d, h->m)) {
		seek_failed(n, d);
		return;
	}
	if (!node_may_addr(n, NODE_GREETING, h->from, 20, 64) ||
	    !node_believes(h, key))
		return;
	p = peers_greeted(&n->peers, h->m, h->from, n->now, n->unix);
	if (!p)
		return;
	if (d) {
		become_known(n, d, p);
	} else {
		follow(n, p);
		owe(n, p);
	}
	seek_note(n, p);
	n->ops->met(n, p);
}

/* ---- signs of life ---- */

void take_keep(struct heard *h)
{
	struct node *n = h->node;

	if (!h->who) {
		node_offer_nonce(h);
		return;
	}
	peers_heard(&n->peers, h->who, n->now);
	if (!h->who->mine)
		keep(n, h->from);
}

/* ---- dials ---- */

struct contact *node_dial(struct node *n, const struct addr *at,
			  const uint8_t *id, bool lasts)
{
	struct contact *d = at->family ? dial_at(n, at) : NULL;

	for (size_t i = 0; i < NODE_DIALS && !d; i++)
		if (!n->dials[i].used)
			d = &n->dials[i];
	if (!d || d->used)
		return d;
	*d = (struct contact){ .used = true,
			       .lasts = lasts,
			       .known = id != NULL,
			       .next = n->now,
			       .at = *at };
	if (id)
		memcpy(d->id, id, CHAIN_ID);
	return d;
}

void node_moved(struct node *n)
{
	for (size_t i = 0; i < NODE_DIALS; i++) {
		struct contact *d = &n->dials[i];

		if (!d->used || !d->up || !d->lasts)
			continue;
		d->afresh = true;
		node_open(n, &d->at, 0);
	}
}

void node_behind(struct node *n, enum chain_nat nat)
{
	if (nat == n->rules.nat)
		return;
	n->rules.nat = nat;
	node_moved(n);
}

static void still_there(struct node *n, struct contact *d)
{
	if (peers_live(&n->peers, d->id, n->now)) {
		d->next = n->now + PEER_KEEP;
		keep(n, &d->at);
		return;
	}
	d->up = false;
	d->next = n->now;
	seek_hurry(n);
	log_info(n->log, "peer", "lost a peer: silent for a minute");
}

/* Somebody is there, and has not said the hello that was asked for. */
static void warn(struct node *n, struct contact *d)
{
	char where[64];
	struct fmt f = fmt_to(SPAN(where));

	if (d->told || d->found || d->tries != 3 || d->greeted <= 0 ||
	    !d->known || n->now - d->greeted > AGAIN_MOST)
		return;
	d->told = true;
	addr_print(&f, &d->at);
	log_warn(n->log, "peer",
		 "SOMEBODY ELSE AT %s: who answers there does not have the id "
		 "that is expected. It has a new key, or somebody is in the "
		 "middle",
		 fmt_text(&f));
}

static void ask(struct node *n, struct contact *d)
{
	int64_t wait = (int64_t)AGAIN << d->tries;

	if ((!d->lasts || d->found) && d->tries >= OPENERS) {
		d->used = false;
		if (d->found)
			seek_failed(n, d);
		return;
	}
	d->next = n->now + (wait < AGAIN_MOST ? wait : AGAIN_MOST);
	warn(n, d);
	if (d->tries < 10)
		d->tries++;
	if (d->at.family)
		node_open(n, &d->at, 0);
}

void greet_tick(struct node *n)
{
	for (size_t i = 0; i < NODE_DIALS; i++) {
		struct contact *d = &n->dials[i];

		if (!d->used || d->next > n->now)
			continue;
		if (d->up)
			still_there(n, d);
		else
			ask(n, d);
	}
}

int64_t greet_due(const struct node *n)
{
	int64_t due = n->sweep;

	for (size_t i = 0; i < NODE_DIALS; i++)
		if (n->dials[i].used && n->dials[i].next < due)
			due = n->dials[i].next;
	return due;
}
