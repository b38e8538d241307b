/* reach - peers that are wanted: straight, known or introduced, and by a proxy
 * meanwhile, all at once. What is straight takes the place of a proxy; where it is
 * lost, all begins anew.
 */
#include "app/peer/core.h"

enum {
	AGAIN = 1000,
	INTRODUCTIONS = 4,
	PROXIES = 8,
	SOON = 5000, /* ms until one more is asked for, without a path, */
	AFRESH = 60 * 1000, /* and by a proxy */
	UNHEARD = 40 * 1000 /* a session that brings nothing is none */
};

static struct reach *wanted(struct node *n, const uint8_t *id)
{
	for (size_t i = 0; i < NODE_REACHES; i++) {
		struct reach *r = &n->reaches[i];

		if (r->used && !memcmp(r->id, id, CHAIN_ID))
			return r;
	}
	return NULL;
}

static bool is_straight(const struct reach *r)
{
	return r->by & REACH_STRAIGHT;
}

/* ---- asking ---- */

/* Of two questions under way the first one counts. */
static void note_asked(const struct node *n, struct reach *r)
{
	if (!r->asked || n->now - r->asked >= AGAIN)
		r->asked = n->now;
}

static void ask_directly(struct node *n, struct reach *r, const struct peer *p)
{
	struct chain m = { .op = CHAIN_CONNECT };

	memcpy(m.target, p->id, CHAIN_ID);
	note_asked(n, r);
	node_send_signed(n, &p->at, &m);
}

/* Of every introducer that is up; how many. */
static unsigned ask_others(struct node *n, const struct reach *r, uint16_t op)
{
	unsigned asked = 0;

	for (size_t i = 0; i < NODE_DIALS; i++) {
		const struct contact *d = &n->dials[i];
		struct chain m = { .op = op };

		if (!d->used || !d->up || !d->lasts ||
		    !memcmp(d->id, r->id, CHAIN_ID))
			continue;
		memcpy(m.target, r->id, CHAIN_ID);
		node_send_signed(n, &d->at, &m);
		asked++;
	}
	return asked;
}

static void try_introduction(struct node *n, struct reach *r)
{
	if (r->tries < INTRODUCTIONS && ask_others(n, r, CHAIN_REQUEST))
		r->tries++;
}

static void send_alive(struct node *n, struct reach *r)
{
	note_asked(n, r);
	node_pass_alive(n, &r->by_proxy);
}

static void try_proxy(struct node *n, struct reach *r)
{
	if (r->session && r->by != REACH_PROXY)
		send_alive(n, r);
	else if (r->session && n->now - r->asked >= PEER_KEEP)
		send_alive(n, r);
	else if (!r->session && r->proxies < PROXIES &&
		 ask_others(n, r, CHAIN_PROXY))
		r->proxies++;
}

/* ---- what becomes of it ---- */

static void arrive(struct node *n, struct reach *r, enum reach_path by)
{
	if (is_straight(r) || r->by == by)
		return;
	r->doubt = false;
	r->by = (uint8_t)by;
	n->ops->reached(n, r, n->now - r->asked);
}

static void lose(struct node *n, struct reach *r)
{
	r->by = 0;
	r->session = r->punched = r->apart = false;
	r->tries = r->proxies = 0;
	n->ops->reached(n, r, 0);
}

static void check(struct node *n, struct reach *r)
{
	bool lives = peers_live(&n->peers, r->id, n->now) != NULL;

	if (r->session && n->now - r->heard >= UNHEARD)
		r->session = false;
	if ((is_straight(r) && !lives) || (r->by == REACH_PROXY && !r->session))
		lose(n, r);
	if (n->now >= r->afresh) {
		r->afresh = n->now + (r->by ? AFRESH : SOON);
		if (r->tries == INTRODUCTIONS)
			r->tries--;
		if (r->proxies == PROXIES)
			r->proxies--;
	}
}

static void tick(struct node *n, struct reach *r)
{
	struct peer *p;

	check(n, r);
	r->next = n->now + AGAIN;
	if (is_straight(r))
		return;
	p = peers_live(&n->peers, r->id, n->now);
	if (p && r->paths & REACH_STRAIGHT)
		ask_directly(n, r, p);
	if ((!p || r->doubt) && r->paths & REACH_INTRODUCED)
		try_introduction(n, r);
	if (r->paths & REACH_PROXY)
		try_proxy(n, r);
}

void reach_tick(struct node *n)
{
	for (size_t i = 0; i < NODE_REACHES; i++)
		if (n->reaches[i].used && n->reaches[i].next <= n->now)
			tick(n, &n->reaches[i]);
}

int64_t reach_due(const struct node *n)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < NODE_REACHES; i++)
		if (n->reaches[i].used && n->reaches[i].next < due)
			due = n->reaches[i].next;
	return due;
}

static bool introduces(const struct node *n, const uint8_t *id)
{
	for (size_t i = 0; i < NODE_DIALS; i++)
		if (n->dials[i].used && n->dials[i].lasts &&
		    !memcmp(n->dials[i].id, id, CHAIN_ID))
			return true;
	return false;
}

void reach_hurry(struct node *n, const uint8_t id[CHAIN_ID])
{
	bool any = introduces(n, id);

	for (size_t i = 0; i < NODE_REACHES; i++) {
		struct reach *r = &n->reaches[i];

		if (r->used && (any || !memcmp(r->id, id, CHAIN_ID)))
			tick(n, r);
	}
}

struct reach *node_reach(struct node *n, const uint8_t id[CHAIN_ID],
			 unsigned paths)
{
	struct reach *r = wanted(n, id);

	for (size_t i = 0; i < NODE_REACHES && !r; i++)
		if (!n->reaches[i].used)
			r = &n->reaches[i];
	if (!r)
		return NULL;
	*r = (struct reach){ .used = true,
			     .paths = (uint8_t)paths,
			     .afresh = n->now + SOON,
			     .next = n->now };
	memcpy(r->id, id, CHAIN_ID);
	return r;
}

void node_reach_again(struct node *n, struct reach *r)
{
	for (size_t i = 0; i < NODE_DIALS; i++) {
		struct contact *d = &n->dials[i];

		if (d->used && !d->lasts && !memcmp(d->id, r->id, CHAIN_ID))
			d->used = false;
	}
	r->doubt = true;
	r->next = n->now;
	lose(n, r);
}

/* ---- hearing ---- */

void take_connected(struct heard *h)
{
	struct reach *r = wanted(h->node, h->m->id);

	if (r && r->asked)
		arrive(h->node, r,
		       r->punched ? REACH_INTRODUCED : REACH_DIRECT);
}

/* Signed by who is wanted, with its key beside it. */
static struct reach *of_wanted(const struct heard *h)
{
	struct reach *r = wanted(h->node, h->m->id);
	uint8_t key[CHAIN_MODULUS], id[CHAIN_ID];

	return r && r->paths & REACH_INTRODUCED && !is_straight(r) &&
			       chain_key_parse(key, id, h->m->key) &&
			       !memcmp(id, h->m->id, CHAIN_ID) &&
			       node_believes(h, key)
		       ? r
		       : NULL;
}

static void dial_wanted(struct node *n, struct reach *r, const struct addr *at)
{
	if (at->port && !node_dial(n, at, r->id, false))
		log_debug(n->log, "peer", "too many addresses are tried");
	r->punched = true;
	greet_tick(n);
}

void take_pass_ack(struct heard *h)
{
	struct reach *r = node_mine(h->node, h->from) ? of_wanted(h) : NULL;

	if (r)
		dial_wanted(h->node, r, &h->m->at);
	else
		seek_told(h);
}

/* Comes from the introducer, or straight: what it says is tried either way. */
void reach_told_lan(struct heard *h)
{
	struct reach *r = of_wanted(h);

	for (uint8_t i = 0; r && i < h->m->nlan; i++)
		dial_wanted(h->node, r, &h->m->lan[i]);
}

void take_proxied(struct heard *h)
{
	struct node *n = h->node;
	struct reach *r = wanted(n, h->m->target);
	struct peer *proxy = node_mine(n, h->from);

	if (!proxy || !r || r->session || is_straight(r) || !r->proxies ||
	    !peer_fresh(proxy, h->m, n->unix) || !node_believes(h, proxy->n))
		return;
	peer_note(proxy, h->m->seq);
	r->session = true;
	r->heard = n->now;
	r->by_proxy.proxy = *h->from;
	memcpy(r->by_proxy.token, h->m->session, CHAIN_SESSION);
	memcpy(r->by_proxy.to, r->id, CHAIN_ID);
	send_alive(n, r);
}

bool reach_heard_data(struct heard *h)
{
	struct node *n = h->node;
	struct reach *r = wanted(n, h->m->id);

	if (!r || !r->session || !node_same(&r->by_proxy.proxy, h->from) ||
	    memcmp(r->by_proxy.token, h->m->session, CHAIN_SESSION) != 0)
		return false;
	r->heard = n->now;
	arrive(n, r, REACH_PROXY);
	return true;
}

/* It does not say whom it means: who has asked of late, and asks once more later. */
static void note_apart(struct node *n)
{
	for (size_t i = 0; i < NODE_REACHES; i++) {
		struct reach *r = &n->reaches[i];

		if (!r->used || !r->tries || r->punched || is_straight(r))
			continue;
		r->apart = true;
		r->tries = INTRODUCTIONS;
	}
}

void take_no(struct heard *h)
{
	static const char *const why[] = {
		[0] = "no",
		[CHAIN_UNKNOWN] = "does not know whom we want",
		[CHAIN_REFUSED] = "is not allowed to us",
		[CHAIN_BUSY] = "is busy",
		[CHAIN_APART] = "says that NATs keep us apart",
	};
	uint16_t code = h->m->code;

	if (!node_mine(h->node, h->from))
		return;
	if (code == CHAIN_APART)
		note_apart(h->node);
	log_seldom(h->node->log, log_at(&h->node->loud, h->node->now), "peer",
		   "an introducer %s", why[code < COUNT(why) ? code : 0]);
}
