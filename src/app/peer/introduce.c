/* introduce - a peer tells two others of each other (0x111 to 0x115), and what the
 * one does that is asked for.
 */
#include "app/peer/core.h"

enum {
	INTRODUCTION = 30 * 1000, /* ms that an answer may take */
	OPENED = 150,             /* ms from the opener to the call */
	PASSING = 16              /* most calls at once */
};

/* ---- who is asked directly ---- */

static bool may_answer(struct heard *h)
{
	return node_may(h->node, NODE_ANSWER,
			(struct bytes){ h->who->id, CHAIN_ID }, 4, 8);
}

void take_connect(struct heard *h)
{
	struct chain m = { .op = CHAIN_CONNECTED };

	if (!node_is_me(h->node, h->m->target))
		return;
	if (!node_allows(h->node, h->m->id))
		node_refuse(h, CHAIN_REFUSED);
	else if (may_answer(h)) {
		node_send_signed(h->node, h->from, &m);
		h->node->ops->asked(h->node, h->who);
	}
}

/* ---- who introduces ---- */

static void pass_request(const struct heard *h, const struct peer *to,
			 const struct session *s)
{
	struct chain m = *h->m;

	m.op = CHAIN_PASS_REQUEST;
	m.at = h->who->at;
	memcpy(m.session, s->token, CHAIN_SESSION);
	chain_key_print(m.key, h->who->n);
	m.nlan = 0;
	if (addr_same_ip(&h->who->at, &to->at)) {
		m.nlan = h->who->nlan;
		memcpy(m.lan, h->who->lan, sizeof m.lan);
	}
	h->node->counts.passed++;
	node_send(h->node, &to->at, &m);
}

/* A symmetric NAT has another port for each, which one that looks at ports does not
 * let in.
 */
static bool are_apart(const struct peer *a, const struct peer *b)
{
	bool either = a->nat == CHAIN_T4 || b->nat == CHAIN_T4;
	bool strict = a->nat >= CHAIN_T3 && b->nat >= CHAIN_T3;

	return either && strict && a->nat != CHAIN_PUBLIC &&
	       b->nat != CHAIN_PUBLIC && !addr_same_ip(&a->at, &b->at);
}

void take_request(struct heard *h)
{
	struct node *n = h->node;
	bool any = seek_is_any(h->m);
	struct peer *to = any ? seek_other(n, h->who)
			      : peers_live(&n->peers, h->m->target, n->now);
	struct session *s;

	if (any && !to)
		return;
	if (!n->rules.public) {
		node_refuse(h, CHAIN_REFUSED);
		return;
	}
	if (!to) {
		node_refuse(h, CHAIN_UNKNOWN);
		return;
	}
	if (are_apart(h->who, to)) {
		node_refuse(h, CHAIN_APART);
		return;
	}
	s = sessions_begin(&n->sessions, &n->peers, h->who, to,
			   SESSION_INTRODUCED);
	if (s)
		pass_request(h, to, s);
	else
		node_refuse(h, CHAIN_BUSY);
}

void take_ack(struct heard *h)
{
	struct node *n = h->node;
	struct session *s = sessions_of(&n->sessions, h->m, SESSION_INTRODUCED);
	struct peer *a = s ? slots_find(&n->peers.rows, s->a) : NULL;
	struct chain m = *h->m;

	if (!a || slots_find(&n->peers.rows, s->b) != h->who ||
	    n->now - s->used > INTRODUCTION || !peer_lives(a, n->now))
		return;
	sessions_end(&n->sessions, &n->peers, s);
	m.op = CHAIN_PASS_ACK;
	m.at = h->who->at;
	chain_key_print(m.key, h->who->n);
	n->counts.passed++;
	node_send(n, &a->at, &m);
}

/* A copy that is to be passed on to who shares its address, or our own. */
void take_same_nat(struct heard *h)
{
	struct node *n = h->node;
	struct peer *to = peers_live(&n->peers, h->m->target, n->now);

	if (node_is_me(n, h->m->target)) {
		reach_told_lan(h);
		return;
	}
	if (!h->who || !to || !addr_same_ip(&to->at, h->from) ||
	    !node_may(n, NODE_ANSWER, (struct bytes){ h->who->id, CHAIN_ID }, 4,
		      8))
		return;
	n->counts.passed++;
	n->ops->send(n, &to->at, h->what, 0);
}

/* ---- who is introduced ---- */

static void tell_lan(const struct heard *h)
{
	struct node *n = h->node;
	struct chain m = { .op = CHAIN_SAME_NAT, .nlan = n->nlan };

	memcpy(m.target, h->m->id, CHAIN_ID);
	memcpy(m.key, n->self->spki, CHAIN_SPKI);
	memcpy(m.lan, n->lan, sizeof m.lan);
	node_send_signed(n, &h->m->at, &m);
	node_send(n, h->from, &m);
}

/* Us, or any introducer. */
static bool wants_us(const struct node *n, const struct chain *m)
{
	return node_is_me(n, m->target) || (n->rules.public && seek_is_any(m));
}

/* Nothing in it is worth a signature to us unless an introducer sends it. */
static bool worth_it(const struct heard *h, uint8_t key[CHAIN_MODULUS])
{
	const struct chain *m = h->m;
	struct node *n = h->node;
	uint8_t id[CHAIN_ID];

	return node_mine(n, h->from) && wants_us(n, m) && m->at.port &&
	       chain_key_parse(key, id, m->key) &&
	       !memcmp(id, m->id, CHAIN_ID) && node_allows(n, id) &&
	       node_may_addr(n, NODE_ANSWER, h->from, 8, 16) &&
	       node_may_addr(n, NODE_UNPROVEN, &m->at, 1, 4) &&
	       node_believes(h, key);
}

/* From another port than the introducer sees, where our NAT has one for each: so
 * it is called, and may call.
 */
static void call_back(const struct heard *h)
{
	struct node *n = h->node;
	unsigned passing = 0;
	struct contact *d;

	for (size_t i = 0; i < NODE_DIALS; i++)
		passing += n->dials[i].used && !n->dials[i].lasts &&
			   !n->dials[i].up;
	if (passing >= PASSING)
		return;
	d = node_dial(n, &h->m->at, h->m->id, false);
	if (!d || d->up || d->tries)
		return;
	d->tries = 1; /* the opener was one */
	d->next = n->now + OPENED;
}

void take_pass_request(struct heard *h)
{
	struct chain m = { .op = CHAIN_ACK };
	bool any = seek_is_any(h->m);
	uint8_t key[CHAIN_MODULUS];

	if (!worth_it(h, key))
		return;
	if (!any)
		node_open(h->node, &h->m->at, NODE_OPENER_HOPS);
	memcpy(m.session, h->m->session, CHAIN_SESSION);
	node_send_signed(h->node, h->from, &m);
	if (any)
		return; /* it comes by itself, and is let in */
	call_back(h);
	if (h->m->nlan)
		tell_lan(h);
}
