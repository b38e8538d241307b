/* proxy - data between two peers that cannot hear each other (0x121 to 0x125): the
 * one in the middle, and whom it brings data.
 */
#include "app/peer/core.h"

enum { UNASKED = 3 }; /* datagrams before the first acknowledgement */

/* ---- in the middle ---- */

void take_proxy(struct heard *h)
{
	struct node *n = h->node;
	struct peer *to = peers_live(&n->peers, h->m->target, n->now);
	struct chain m = { .op = CHAIN_PROXIED };
	struct session *s;

	if (!n->rules.public) {
		node_refuse(h, CHAIN_REFUSED);
		return;
	}
	if (!to) {
		node_refuse(h, CHAIN_UNKNOWN);
		return;
	}
	if (!node_may(n, NODE_ANSWER, (struct bytes){ h->who->id, CHAIN_ID }, 4,
		      8))
		return;
	s = sessions_begin(&n->sessions, &n->peers, h->who, to, SESSION_PROXY);
	if (!s) {
		node_refuse(h, CHAIN_BUSY);
		return;
	}
	memcpy(m.session, s->token, CHAIN_SESSION);
	memcpy(m.target, h->m->target, CHAIN_ID);
	node_send_signed(n, h->from, &m);
	n->ops->asked(n, h->who);
}

/* The other one of a session, if this is one of the two; both live. */
static struct peer *other(const struct node *n, const struct session *s,
			  const struct addr *from, bool *asked)
{
	struct peer *a = slots_find(&n->peers.rows, s->a);
	struct peer *b = slots_find(&n->peers.rows, s->b);

	if (!a || !b || !peer_lives(a, n->now) || !peer_lives(b, n->now))
		return NULL;
	*asked = node_same(&b->at, from);
	return *asked ? a : node_same(&a->at, from) ? b : NULL;
}

void take_send(struct heard *h)
{
	struct node *n = h->node;
	struct session *s = sessions_of(&n->sessions, h->m, SESSION_PROXY);
	bool asked = false;
	struct peer *to = s ? other(n, s, h->from, &asked) : NULL;
	struct chain m = *h->m;

	if (!to || memcmp(to->id, m.target, CHAIN_ID) != 0 ||
	    (!asked && !s->acked && s->sent == UNASKED))
		return;
	if (!asked && !s->acked)
		s->sent++;
	sessions_use(&n->sessions, s, n->now);
	if (!m.maced)
		n->ops->asked(n,
			      h->who); /* for a key that spares it signatures */
	m.op = CHAIN_DATA;
	n->counts.passed++;
	node_send(n, &to->at, &m);
}

void take_data_ack(struct heard *h)
{
	struct node *n = h->node;
	struct session *s = sessions_of(&n->sessions, h->m, SESSION_PROXY);
	bool asked = false;
	struct peer *to = s ? other(n, s, h->from, &asked) : NULL;

	if (!to)
		return;
	if (asked)
		s->acked = true;
	n->ops->send(n, &to->at, h->what, 0);
}

/* ---- at its end ---- */

static bool is_alive_sign(const struct chain *m)
{
	struct chain inner;

	return chain_parse(&inner, (struct bytes){ m->data, m->ndata }) == 0 &&
	       inner.op == CHAIN_KEEP && !memcmp(inner.id, m->id, CHAIN_ID);
}

static const struct hmac *key_for(struct node *n, const struct node_pass *by)
{
	const struct peer *p = node_mine(n, &by->proxy);

	return p && !n->rules.strict ? n->ops->mac(n, p->id) : NULL;
}

size_t node_pass_most(struct node *n, const struct node_pass *by)
{
	return key_for(n, by) ? CHAIN_PAYLOAD : CHAIN_SIGNED;
}

void node_pass(struct node *n, const struct node_pass *by, struct bytes data)
{
	struct chain m = { .op = CHAIN_SEND, .ndata = (uint16_t)data.n };
	const struct hmac *key = key_for(n, by);

	memcpy(m.data, data.p, data.n);
	memcpy(m.target, by->to, CHAIN_ID);
	memcpy(m.session, by->token, CHAIN_SESSION);
	if (key)
		node_send_maced(n, &by->proxy, &m, key);
	else
		node_send_signed(n, &by->proxy, &m);
}

void node_pass_alive(struct node *n, const struct node_pass *by)
{
	struct chain inner = { .op = CHAIN_KEEP };
	uint8_t room[CHAIN_PAYLOAD];
	struct fmt f = fmt_to(SPAN(room));

	memcpy(inner.id, n->self->id, CHAIN_ID);
	chain_print(&f, &inner);
	node_pass(n, by, fmt_done(&f));
}

static void acknowledge(const struct heard *h)
{
	struct chain ack = { .op = CHAIN_DATA_ACK,
			     .seq = h->m->seq,
			     .ts = h->m->ts };

	memcpy(ack.session, h->m->session, CHAIN_SESSION);
	node_send(h->node, h->from, &ack);
}

void take_data(struct heard *h)
{
	struct node *n = h->node;
	struct node_pass back = { .proxy = *h->from };
	bool ours;

	if (!node_mine(n, h->from) || !node_is_me(n, h->m->target))
		return;
	ours = reach_heard_data(h);
	if (!ours && !node_allows(n, h->m->id))
		return;
	acknowledge(h);
	memcpy(back.token, h->m->session, CHAIN_SESSION);
	memcpy(back.to, h->m->id, CHAIN_ID);
	n->ops->data(n, &back, (struct bytes){ h->m->data, h->m->ndata });
	if (!ours && is_alive_sign(h->m) &&
	    node_may(n, NODE_ANSWER, (struct bytes){ h->m->id, CHAIN_ID }, 4,
		     8))
		node_pass_alive(n, &back);
}
