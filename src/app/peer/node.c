#include "app/peer/node.h"
#include "app/peer/allow.h"
#include "app/peer/core.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"

/* ---- questions ---- */

bool node_same(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_same_ip(a, b);
}

bool node_is_me(const struct node *n, const uint8_t id[CHAIN_ID])
{
	return !memcmp(id, n->self->id, CHAIN_ID);
}

bool node_allows(const struct node *n, const uint8_t id[CHAIN_ID])
{
	return allow_answers(n->rules.allow, id);
}

struct peer *node_mine(const struct node *n, const struct addr *at)
{
	for (size_t i = 0; i < NODE_DIALS; i++) {
		const struct contact *d = &n->dials[i];

		if (d->used && d->up && node_same(&d->at, at))
			return peers_live(&n->peers, d->id, n->now);
	}
	return NULL;
}

bool node_may(struct node *n, enum node_what what, struct bytes key,
	      uint32_t rate, uint32_t burst)
{
	uint8_t room[1 + CHAIN_ID] = { (uint8_t)what };
	const struct limit_rate r = { rate, burst };

	memcpy(room + 1, key.p, min_size(key.n, CHAIN_ID));
	return limit_take(&n->limits,
			  (struct bytes){ room, 1 + min_size(key.n, CHAIN_ID) },
			  &r, n->now);
}

bool node_may_addr(struct node *n, enum node_what what, const struct addr *a,
		   uint32_t rate, uint32_t burst)
{
	uint8_t host[16];

	addr_host(host, a);
	return node_may(n, what, bytes_in(SPAN(host)), rate, burst);
}

/* ---- sending ---- */

void node_send(struct node *n, const struct addr *to, const struct chain *m)
{
	uint8_t room[CHAIN_MOST];
	struct fmt f = fmt_to(SPAN(room));

	chain_print(&f, m);
	if (!f.full)
		n->ops->send(n, to, fmt_done(&f), 0);
}

static void number(struct node *n, struct chain *m)
{
	n->seq = n->seq == UINT32_MAX ? 1 : n->seq + 1;
	memcpy(m->id, n->self->id, CHAIN_ID);
	m->seq = n->seq;
	m->ts = n->unix;
}

void node_send_maced(struct node *n, const struct addr *to, struct chain *m,
		     const struct hmac *key)
{
	number(n, m);
	chain_mac(m, key);
	node_send(n, to, m);
}

void node_send_signed(struct node *n, const struct addr *to, struct chain *m)
{
	number(n, m);
	if (m->op == CHAIN_HELLO && n->rules.grouped)
		chain_group(m, &n->rules.group);
	if (chain_sign(m, n->self))
		node_send(n, to, m);
}

void node_refuse(const struct heard *h, enum chain_code code)
{
	const struct chain m = { .op = CHAIN_NO, .code = (uint16_t)code };

	node_send(h->node, h->from, &m);
}

/* ---- hearing ---- */

bool node_believes(const struct heard *h, const uint8_t key[CHAIN_MODULUS])
{
	struct node *n = h->node;
	uint8_t host[16];

	addr_host(host, h->from);
	if (bans_left(&n->wrong, bytes_in(SPAN(host)), n->now))
		return false;
	n->counts.checked++;
	if (chain_verify(h->m, key))
		return true;
	n->counts.wrong++;
	if (bans_failed(&n->wrong, bytes_in(SPAN(host)), n->now))
		log_seldom(n->log, log_at(&n->loud, n->now), "peer",
			   "an address sends wrong signatures: not heard");
	return false;
}

/* By its key, or that which DTLS between us has made: so many of those as may
 * come.
 */
static bool proven(const struct heard *h, const struct peer *p)
{
	struct node *n = h->node;
	const struct hmac *key = h->m->maced ? n->ops->mac(n, p->id) : NULL;

	if (h->m->maced)
		return key && !n->rules.strict && chain_mac_good(h->m, key);
	return node_may(n, NODE_SIGNED, (struct bytes){ p->id, CHAIN_ID },
			n->rules.rate, 2 * n->rules.rate) &&
	       node_believes(h, p->n);
}

/* Signed by a live peer, at its address, and new. */
static bool genuine(const struct heard *h)
{
	struct node *n = h->node;
	struct peer *p = h->who;

	if (!p) {
		node_offer_nonce(h);
		return false;
	}
	if (!peer_fresh(p, h->m, n->unix) || !proven(h, p))
		return false;
	peer_note(p, h->m->seq);
	peers_heard(&n->peers, p, n->now);
	return true;
}

static const struct {
	uint16_t op;
	bool by_peer; /* taken when it is genuine */
	void (*take)(struct heard *h);
} takers[] = {
	{ CHAIN_KEEP, false, take_keep },
	{ CHAIN_CONNECT, true, take_connect },
	{ CHAIN_CONNECTED, true, take_connected },
	{ CHAIN_REQUEST, true, take_request },
	{ CHAIN_PASS_REQUEST, false, take_pass_request },
	{ CHAIN_SAME_NAT, false, take_same_nat },
	{ CHAIN_ACK, true, take_ack },
	{ CHAIN_PASS_ACK, false, take_pass_ack },
	{ CHAIN_PROXY, true, take_proxy },
	{ CHAIN_PROXIED, false, take_proxied },
	{ CHAIN_SEND, true, take_send },
	{ CHAIN_DATA, false, take_data },
	{ CHAIN_DATA_ACK, false, take_data_ack },
	{ CHAIN_HELLO, false, take_hello },
	{ CHAIN_NONCE, false, take_nonce },
	{ CHAIN_NO, false, take_no },
};

void node_hear(struct node *n, const struct addr *from, struct bytes what,
	       int64_t now, int64_t unix)
{
	struct chain m;
	struct heard h = { n, from, &m, what, NULL };

	node_turn(n, now, unix);
	if (chain_parse(&m, what) < 0)
		return;
	h.who = peers_live(&n->peers, m.id, now);
	if (h.who && !node_same(&h.who->at, from))
		h.who = NULL;
	for (size_t i = 0; i < COUNT(takers); i++)
		if (takers[i].op == m.op && (!takers[i].by_peer || genuine(&h)))
			takers[i].take(&h);
}

void node_turn(struct node *n, int64_t now, int64_t unix)
{
	n->now = now;
	n->unix = unix;
}

void node_stranger(struct node *n, const struct addr *from, struct bytes what)
{
	const struct heard h = { n, from, NULL, what, NULL };

	node_offer_nonce(&h);
}

/* ---- time ---- */

void node_tick(struct node *n, int64_t now, int64_t unix)
{
	node_turn(n, now, unix);
	n->sweep = now + PEER_KEEP;
	peers_expire(&n->peers, now);
	sessions_expire(&n->sessions, &n->peers, now);
	greet_tick(n);
	reach_tick(n);
	seek_tick(n);
}

int64_t node_due(const struct node *n)
{
	const int64_t dues[] = { greet_due(n), reach_due(n), seek_due(n) };
	int64_t first = dues[0];

	for (size_t i = 1; i < COUNT(dues); i++)
		first = dues[i] < first ? dues[i] : first;
	return first;
}

/* ---- life ---- */

enum { BANS = 1024 };

int node_start(struct node *n, const struct node_limits *most)
{
	static const struct ban_rule rule = { 8, 30 * 1000 };
	uint32_t counts = map_buckets(2 * most->peers);
	struct map_seed seed;
	struct span crowd, bans, limits;
	uint8_t key[SHA256_SIZE];
	/* clang-format off */
	const struct part parts[] = {
		PART_SLOTS(&n->peers.rows, struct peer, most->peers),
		PART_MAP(&n->peers.by_id, most->peers),
		PART_SLOTS(&n->sessions.rows, struct session, most->sessions),
		PART_MAP(&n->sessions.by_token, most->sessions),
		PART_MEM(&crowd, uint16_t[2], counts),
		PART_MEM(&bans, struct ban_row, BANS),
		PART_MEM(&limits, struct limit_row, NODE_LIMITS),
	};
	/* clang-format on */
	int rc = parts_reserve(&n->memory, parts, COUNT(parts));

	if (rc < 0)
		return rc;
	rand_fill((struct span){ (uint8_t *)&seed, sizeof seed });
	rand_fill(SPAN(key));
	rand_fill((struct span){ (uint8_t *)&n->seq, sizeof n->seq });
	n->sweep = n->now;
	hmac_init(&n->nonces, &hash_sha256, bytes_in(SPAN(key)));
	peers_init(&n->peers, most->address, &seed);
	sketch_init(&n->peers.crowd, crowd, counts, &seed);
	sessions_init(&n->sessions, &seed);
	bans_init(&n->wrong, bans, &rule, &seed);
	limit_init(&n->limits, limits, &seed);
	return 0;
}

void node_stop(struct node *n)
{
	if (n->memory.p)
		mem_release(n->memory);
	n->memory.p = NULL;
}
