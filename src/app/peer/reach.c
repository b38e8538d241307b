/* reach - one peer is wanted: directly, introduced, or through a proxy, tried in
 * this order and a little apart.
 */
#include "app/peer/core.h"

enum {
	AGAIN = 1000,
	INTRODUCTIONS = 4,
	PROXY_AFTER = 3000, /* ms for the other paths */
	PROXIES = 8
};

static bool is_wanted(const struct node *n, const uint8_t *id)
{
	return n->reach.wanted && !memcmp(n->reach.id, id, CHAIN_ID);
}

static void arrive(struct node *n, enum reach_path by)
{
	n->reach.wanted = false;
	n->reached(n, by, n->now - n->reach.asked);
}

/* ---- asking ---- */

static void ask_directly(struct node *n, const struct peer *p)
{
	struct chain m = { .op = CHAIN_CONNECT };

	memcpy(m.target, p->id, CHAIN_ID);
	n->reach.asked = n->now;
	node_send_signed(n, &p->at, &m);
}

/* Of every introducer that is up; how many. */
static unsigned ask_others(struct node *n, uint16_t op)
{
	unsigned asked = 0;

	for (size_t i = 0; i < NODE_DIALS; i++) {
		const struct dial *d = &n->dials[i];
		struct chain m = { .op = op };

		if (!d->used || !d->up || !d->lasts || is_wanted(n, d->id))
			continue;
		memcpy(m.target, n->reach.id, CHAIN_ID);
		node_send_signed(n, &d->at, &m);
		asked++;
	}
	return asked;
}

static void send_alive(struct node *n)
{
	struct reach *r = &n->reach;
	struct chain m = { .op = CHAIN_SEND }, inner = { .op = CHAIN_KEEP };
	struct fmt f = fmt_to(SPAN(m.data));

	memcpy(inner.id, n->self->id, CHAIN_ID);
	chain_print(&f, &inner);
	m.ndata = (uint16_t)f.n;
	memcpy(m.target, r->id, CHAIN_ID);
	memcpy(m.session, r->token, CHAIN_SESSION);
	r->asked = n->now;
	node_send_signed(n, &r->proxy, &m);
}

static void try_proxy(struct node *n)
{
	struct reach *r = &n->reach;

	if (r->session)
		send_alive(n);
	else if (r->proxies < PROXIES && ask_others(n, CHAIN_PROXY))
		r->proxies++;
}

void reach_tick(struct node *n)
{
	struct reach *r = &n->reach;
	struct peer *p;
	bool others;

	if (!r->wanted)
		return;
	p = peers_live(&n->peers, r->id, n->now);
	others = r->paths == REACH_PROXY || n->now - r->begun >= PROXY_AFTER;
	r->next = n->now + AGAIN;
	if (p && r->paths & (REACH_DIRECT | REACH_INTRODUCED))
		ask_directly(n, p);
	else if (r->paths & REACH_INTRODUCED && r->tries < INTRODUCTIONS &&
		 ask_others(n, CHAIN_REQUEST))
		r->tries++;
	if (r->paths & REACH_PROXY && others)
		try_proxy(n);
}

void node_reach(struct node *n, const uint8_t id[CHAIN_ID], unsigned paths)
{
	n->reach = (struct reach){ .wanted = true,
				   .paths = (uint8_t)paths,
				   .begun = n->now,
				   .next = n->now };
	memcpy(n->reach.id, id, CHAIN_ID);
}

/* ---- hearing ---- */

void take_connected(struct heard *h)
{
	struct node *n = h->node;

	if (is_wanted(n, h->m->id) && n->reach.asked)
		arrive(n, n->reach.punched ? REACH_INTRODUCED : REACH_DIRECT);
}

/* Signed by who is wanted, with its key beside it. */
static bool of_wanted(const struct heard *h)
{
	uint8_t key[CHAIN_MODULUS], id[CHAIN_ID];

	return is_wanted(h->node, h->m->id) &&
	       h->node->reach.paths & REACH_INTRODUCED &&
	       chain_key_parse(key, id, h->m->key) &&
	       !memcmp(id, h->m->id, CHAIN_ID) && node_believes(h, key);
}

static void dial_wanted(struct node *n, const struct addr *at)
{
	if (at->port && !node_dial(n, at, n->reach.id, false))
		log_debug(n->log, "peer", "too many addresses are tried");
	n->reach.punched = true;
	greet_tick(n);
}

void take_pass_ack(struct heard *h)
{
	if (node_mine(h->node, h->from) && of_wanted(h))
		dial_wanted(h->node, &h->m->at);
}

/* Comes from the introducer, or straight: what it says is tried either way. */
void reach_told_lan(struct heard *h)
{
	if (!of_wanted(h))
		return;
	for (uint8_t i = 0; i < h->m->nlan; i++)
		dial_wanted(h->node, &h->m->lan[i]);
}

void take_proxied(struct heard *h)
{
	struct node *n = h->node;
	struct reach *r = &n->reach;
	struct peer *proxy = node_mine(n, h->from);

	if (!proxy || r->session || !is_wanted(n, h->m->target) ||
	    !r->proxies || !peer_fresh(proxy, h->m, n->unix) ||
	    !node_believes(h, proxy->n))
		return;
	peer_note(proxy, h->m->seq);
	r->session = true;
	r->proxy = *h->from;
	memcpy(r->token, h->m->session, CHAIN_SESSION);
	send_alive(n);
}

bool reach_heard_data(struct heard *h)
{
	struct node *n = h->node;
	struct reach *r = &n->reach;

	if (!is_wanted(n, h->m->id) || !r->session ||
	    !node_same(&r->proxy, h->from) ||
	    memcmp(r->token, h->m->session, CHAIN_SESSION) != 0)
		return false;
	arrive(n, REACH_PROXY);
	return true;
}

void take_no(struct heard *h)
{
	static const char *const why[] = {
		[0] = "no",
		[CHAIN_UNKNOWN] = "does not know whom we want",
		[CHAIN_REFUSED] = "is not allowed to us",
		[CHAIN_BUSY] = "is busy",
	};
	uint16_t code = h->m->code;

	if (node_mine(h->node, h->from))
		log_info(h->node->log, "peer", "an introducer %s",
			 why[code < COUNT(why) ? code : 0]);
}
