#include "app/peer/links.h"
#include "app/peer/allow.h"
#include "crypt/cert.h"
#include "crypt/ct.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"

enum {
	PART_MORE = 64, /* first byte of a piece of a datagram, */
	PART_LAST = 65, /* second: which, from 0 */
	PART_HEAD = 2,
	SWEEP = 5000,
	EXPECTED = 60 * 1000,  /* ms for a ClientHello */
	SILENCE = 120 * 1000,  /* of one that came by a proxy */
	DEAF = 10 * 1000,      /* while it lives, and answers nothing */
	UNPROVED = 600 * 1000, /* for one process in 4,096 taken for the last */
	DEAF_SAID = 4,
	UDP_IDLE = 60 * 1000
};

/* ---- who there is ---- */

static struct link *find(struct links *ls, const uint8_t id[CHAIN_ID])
{
	slots_each (struct link, k, &ls->rows)
		if (!memcmp(k.it->id, id, CHAIN_ID))
			return k.it;
	return NULL;
}

static struct link *find_at(struct links *ls, const struct addr *at)
{
	slots_each (struct link, k, &ls->rows)
		if (node_same(&k.it->at, at))
			return k.it;
	return NULL;
}

static void forget(struct link *k)
{
	ties_end(&k->ties);
	assoc_stop(&k->assoc);
	soon_stop(&k->end);
	slots_put(&k->of->rows, k);
}

static void end_soon(struct soon *s)
{
	struct link *k = container_of(s, struct link, end);
	struct link_ear *ear = k->ear;
	const char *why = k->why;

	forget(k);
	if (ear)
		ear->over(ear, why);
}

static void end(struct link *k, const char *why)
{
	k->why = why;
	soon_start(&k->end, k->of->net->loop);
}

/* The one who has waited longest for somebody who does not come gives way. */
static struct link *make_room(struct links *ls)
{
	struct link *oldest = NULL;

	slots_each (struct link, k, &ls->rows)
		if (!k.it->assoc.state && !k.it->ear &&
		    (!oldest || k.it->seen < oldest->seen))
			oldest = k.it;
	if (!oldest)
		return NULL;
	forget(oldest);
	return slots_get(&ls->rows);
}

static void name(struct link *k)
{
	struct fmt f = fmt_to(SPAN(k->name));

	fmt_hex(&f, (struct bytes){ k->id, LINK_NAME / 2 });
}

static struct link *expect(struct links *ls, const uint8_t id[CHAIN_ID])
{
	struct link *k = find(ls, id);

	if (!k) {
		k = slots_get(&ls->rows);
		k = k ? k : make_room(ls);
		if (!k)
			return NULL;
		k->of = ls;
		memcpy(k->id, id, CHAIN_ID);
		name(k);
		ties_init(&k->ties, &ls->tables, &k->assoc,
			  (struct bytes){ k->name, sizeof k->name });
		soon_init(&k->end, end_soon);
	}
	k->seen = ls->net->loop->now;
	return k;
}

/* ---- ways ---- */

static void find_straight(struct link *k, const struct peer *p)
{
	k->at = k->to = p->at;
	if (k->of->udp->at.family == ADDR_IP6)
		k->to = addr_mapped(&p->at);
}

static void pass(const struct link *k, struct bytes b)
{
	uint8_t room[CHAIN_PAYLOAD];
	size_t most = node_pass_most(k->of->node, &k->pass) - PART_HEAD;
	uint8_t which = 0;

	if (b.n <= most + PART_HEAD) {
		node_pass(k->of->node, &k->pass, b);
		return;
	}
	while (b.n) {
		size_t n = min_size(b.n, most);

		room[0] = n < b.n ? PART_MORE : PART_LAST;
		room[1] = which++;
		memcpy(room + PART_HEAD, b.p, n);
		node_pass(k->of->node, &k->pass,
			  (struct bytes){ room, PART_HEAD + n });
		b.p += n;
		b.n -= n;
	}
}

static void say(struct assoc *a, struct bytes b)
{
	struct link *k = container_of(a, struct link, assoc);
	const struct udp_to to = { &k->to, NULL };

	if (k->unheard++ == 0)
		k->heard = k->of->net->loop->now;
	if (k->way == LINK_STRAIGHT)
		udp_send(k->of->udp, &to, BYTES(""), b);
	else if (k->way == LINK_PROXY)
		pass(k, b);
}

static void flush(struct assoc *a)
{
	udp_flush(a->of->net);
}

/* Pieces are for what was sealed before the path shrank. */
static void fit_path(struct link *k, enum link_way way)
{
	size_t most =
		way == LINK_PROXY ? node_pass_most(k->of->node, &k->pass) : 0;

	assoc_mtu(&k->assoc, (uint16_t)most);
}

static void go(struct link *k, enum link_way way, uint16_t rtt)
{
	if (way != LINK_NOWHERE)
		fit_path(k, way);
	if (way == LINK_NOWHERE)
		assoc_wait(&k->assoc);
	else
		assoc_path(&k->assoc, rtt);
	k->way = (uint8_t)way;
}

/* ---- services ---- */

/* What spares proxies and those who use them a signature for each datagram. */
static void make_key(struct link *k)
{
	uint8_t key[SHA256_SIZE];

	k->keyed = dtls_export(&k->assoc.dtls, "EXPORTER-nat-0x123",
			       (struct bytes){ NULL, 0 }, SPAN(key));
	hmac_init(&k->mac, &hash_sha256, bytes_in(SPAN(key)));
	ct_wipe(key, sizeof key);
}

const struct hmac *links_mac(struct links *ls, const uint8_t id[CHAIN_ID])
{
	const struct link *k = find(ls, id);

	return k && k->keyed ? &k->mac : NULL;
}

static void opened(struct assoc *a)
{
	struct link *k = container_of(a, struct link, assoc);

	make_key(k);
	if (k->ear)
		k->ear->open(k->ear, k);
}

static const struct p2p_service *service(const struct link *k,
					 struct bytes name)
{
	const struct links_conf *c = k->of->conf;

	if (!allow_opens(k->of->node->rules.allow, k->id, name))
		return NULL;
	for (uint32_t i = 0; i < c->nservices; i++)
		if (bytes_equal(c->services[i].name, name))
			return &c->services[i];
	return NULL;
}

static void come(struct assoc *a, uint16_t sid, const struct dcep_open *o)
{
	struct link *k = container_of(a, struct link, assoc);
	const struct p2p_service *s = service(k, o->protocol);

	if (s && s->udp)
		(void)!flow_come(&k->ties, sid, s);
	else if (s)
		(void)!joint_come(&k->ties, sid, s);
}

static void over(struct assoc *a, const char *why)
{
	end(container_of(a, struct link, assoc), why);
}

static const struct assoc_ops ops = { say, flush, opened, come, over };

/* ---- beginning ---- */

static bool begin(struct link *k, enum tls_role role)
{
	struct fingerprint f = { .alg = &hash_sha256, .of_key = true };
	const struct assoc_ask ask = { .ops = &ops,
				       .role = role,
				       .id = &k->of->own,
				       .believed = &f,
				       .nbelieved = 1,
				       .verify = role == TLS_SERVER };
	const struct peer *p = peers_find(&k->of->node->peers, k->id);

	memcpy(f.digest, k->id, CHAIN_ID);
	ties_end(&k->ties);
	soon_stop(&k->end);
	assoc_stop(&k->assoc);
	memset(&k->assoc, 0, sizeof k->assoc);
	k->serves = role == TLS_SERVER;
	k->proved = k->of->net->loop->now;
	k->run = p ? p->run : 0;
	k->unheard = 0;
	k->keyed = false;
	return assoc_start(&k->assoc, k->of->rtc, &ask) == 0;
}

static bool is_hello(struct bytes b)
{
	enum { HANDSHAKE = 22, CLIENT_HELLO = 1, EPOCH_AT = 3 };

	return b.n > EPOCH_HEAD && b.p[0] == HANDSHAKE && b.p[EPOCH_AT] == 0 &&
	       b.p[EPOCH_AT + 1] == 0 && b.p[EPOCH_HEAD] == CLIENT_HELLO;
}

/* Whether the peer may have begun anew. A ClientHello alone anybody could forge, and
 * whoever is near can make it say hello once more. So: it has said hello as another
 * process, or nothing of it was genuine for long; or, while it is there by proxies
 * alone, it has another session of one.
 */
static bool is_anew(const struct link *k, const struct node_pass *by)
{
	const struct node *n = k->of->node;
	const struct peer *p = peers_find(&n->peers, k->id);
	bool far = k->way == LINK_PROXY || !p || !peer_lives(p, n->now);

	if (by && far && memcmp(by->token, k->pass.token, CHAIN_SESSION) != 0)
		return true;
	return (p && p->run != k->run) ||
	       k->of->net->loop->now - k->proved > UNPROVED;
}

/* False: it is not to be heard. Where both call, the lower id stays a client. */
static bool answer(struct link *k, const struct node_pass *by)
{
	const uint8_t *own = k->of->node->self->id;

	if (k->assoc.state == ASSOC_OPEN)
		return is_anew(k, by) && begin(k, TLS_SERVER);
	if (k->assoc.state == ASSOC_SHAKES)
		return k->serves || (memcmp(own, k->id, CHAIN_ID) > 0 &&
				     begin(k, TLS_SERVER));
	return !k->assoc.state && begin(k, TLS_SERVER);
}

/* ---- proxies ---- */

static void quiet_open(struct link_ear *ear, struct link *k)
{
	(void)ear, (void)k;
}

static void quiet_over(struct link_ear *ear, const char *why)
{
	(void)ear, (void)why;
}

/* For a key. */
static void call_proxy(struct links *ls, const struct addr *at)
{
	const struct peer *p = node_mine(ls->node, at);
	struct link *k;

	if (!p || ls->node->rules.strict)
		return;
	k = expect(ls, p->id);
	if (!k || k->assoc.state)
		return;
	k->ear = &ls->quiet;
	find_straight(k, p);
	if (begin(k, TLS_CLIENT))
		go(k, LINK_STRAIGHT, 0);
	else
		forget(k);
}

/* ---- hearing ---- */

static void follow(struct link *k, const struct node_pass *by)
{
	if (by)
		k->pass = *by;
	go(k, by ? LINK_PROXY : LINK_STRAIGHT, 0);
}

static void prove(struct link *k, const struct node_pass *by)
{
	const struct peer *p = peers_find(&k->of->node->peers, k->id);

	k->unheard = 0;
	k->proved = k->of->net->loop->now;
	if (!k->run && !by && p)
		k->run = p->run; /* they had met by a proxy */
}

static void hear(struct link *k, const struct node_pass *by, struct span b)
{
	uint64_t top = k->assoc.dtls.window.top;
	bool newer;

	k->seen = k->of->net->loop->now;
	if (is_hello(bytes_in(b)) && !answer(k, by))
		return;
	if (!k->assoc.state)
		return;
	assoc_hear(&k->assoc, b);
	newer = k->assoc.dtls.window.top != top;
	if (newer)
		prove(k, by);
	if (!k->ear && (newer || k->assoc.state == ASSOC_SHAKES))
		follow(k, by);
}

void links_hear(struct links *ls, const struct addr *from, struct span b)
{
	struct link *k = find_at(ls, from);

	if (k)
		hear(k, NULL, b);
	else
		node_stranger(ls->node, from, bytes_in(b));
}

/* Pieces that do not follow each other are of no use. */
static bool put_together(struct link *k, struct bytes b)
{
	size_t n = b.n - PART_HEAD;

	if (b.p[1] == 0)
		k->nwhole = k->pieces = 0;
	if (b.p[1] != k->pieces || n > LINK_WHOLE - k->nwhole) {
		k->pieces = UINT8_MAX;
		return false;
	}
	memcpy(k->whole + k->nwhole, b.p + PART_HEAD, n);
	k->nwhole += n;
	k->pieces++;
	return b.p[0] == PART_LAST;
}

/* It lives, by a proxy: is it there straight no more? */
static void hear_of(struct link *k, const struct node_pass *from)
{
	struct node *n = k->of->node;

	k->seen = k->of->net->loop->now;
	if (!k->ear && k->way == LINK_STRAIGHT &&
	    !peers_live(&n->peers, k->id, n->now))
		follow(k, from);
}

void links_data(struct links *ls, const struct node_pass *from,
		struct bytes data)
{
	uint8_t first = data.n > PART_HEAD ? data.p[0] : 0;
	bool piece = first == PART_MORE || first == PART_LAST;
	struct link *k = find(ls, from->to);

	if (k)
		hear_of(k, from);
	if (!piece && !assoc_wants(first))
		return;
	k = k ? k : expect(ls, from->to);
	call_proxy(ls, &from->proxy);
	if (!k || (piece && !put_together(k, data)))
		return;
	if (!piece) {
		k->nwhole = data.n;
		memcpy(k->whole, data.p, data.n);
	}
	hear(k, from, (struct span){ k->whole, k->nwhole });
}

void links_asked(struct links *ls, const struct peer *p)
{
	struct link *k = expect(ls, p->id);

	if (!k)
		return;
	find_straight(k, p);
	if (!k->ear && k->assoc.state)
		go(k, LINK_STRAIGHT, 0);
}

void links_met(struct links *ls, const struct peer *p)
{
	struct link *k = find(ls, p->id);

	if (k)
		find_straight(k, p);
}

static enum link_way way_of(const struct reach *r)
{
	return !r->by                 ? LINK_NOWHERE
	       : r->by == REACH_PROXY ? LINK_PROXY
				      : LINK_STRAIGHT;
}

struct link *links_go(struct links *ls, const struct reach *r, int64_t trip,
		      struct link_ear *ear)
{
	struct link *k = expect(ls, r->id);
	const struct peer *p = peers_find(&ls->node->peers, r->id);

	if (!k)
		return NULL;
	k->ear = ear;
	if (r->by == REACH_PROXY) {
		k->pass = r->by_proxy;
		call_proxy(ls, &r->by_proxy.proxy);
	} else if (r->by && p)
		find_straight(k, p);
	if (!k->assoc.state && !begin(k, TLS_CLIENT)) {
		forget(k);
		return NULL;
	}
	go(k, way_of(r), (uint16_t)min_size((size_t)trip, UINT16_MAX));
	return k;
}

/* ---- silence ---- */

/* It says that it lives, and nothing that we say is answered: it has begun anew, and
 * knows nothing of us.
 */
static bool is_deaf(const struct link *k, const struct peer *p)
{
	int64_t lives = k->way == LINK_PROXY ? k->seen : p ? p->seen : 0;

	return k->assoc.state == ASSOC_OPEN && k->unheard >= DEAF_SAID &&
	       lives - k->heard > DEAF;
}

static const char *trouble(const struct link *k, int64_t now)
{
	struct node *n = k->of->node;
	const struct peer *p = peers_live(&n->peers, k->id, now);
	int64_t most = k->assoc.state ? SILENCE : EXPECTED;

	if (is_deaf(k, p))
		return "it does not know us any more";
	if (!k->ear && !p && now - k->seen > most)
		return "it is silent";
	return !k->assoc.state && now - k->seen > most ? "nobody came" : NULL;
}

static void sweep(struct timer *t)
{
	struct links *ls = container_of(t, struct links, sweep);
	int64_t now = ls->net->loop->now;

	slots_each (struct link, k, &ls->rows) {
		const char *why = trouble(k.it, now);

		if (why)
			end(k.it, why);
	}
	timer_start(t, ls->net->loop, now + SWEEP);
}

/* ---- life ---- */

/* Our key in a certificate of its own: nothing but the key counts. */
static int certify(struct links *ls)
{
	static const int64_t until = 2524607999; /* 2049-12-31 */
	struct cert_wish wish = {
		.common = BYTES("nat"), .from = 0, .until = until, .bare = true
	};
	struct bytes der = cert_make(SPAN(ls->der), &ls->node->self->key, &wish,
				     rand_fill);

	if (!der.n || x509_parse(&ls->cert, der) < 0)
		return -NAT_EIO;
	ls->own = (struct tls_identity){ &ls->node->self->key, &ls->cert, 1 };
	return 0;
}

int links_start(struct links *ls, struct node *node, struct udp *udp,
		const struct links_conf *conf)
{
	const struct part parts[] = {
		PART_SLOTS(&ls->rows, struct link, conf->max_links),
	};
	int rc;

	ls->node = node;
	ls->udp = udp;
	ls->conf = conf;
	ls->quiet = (struct link_ear){ quiet_open, quiet_over };
	rc = certify(ls);
	if (rc == 0)
		rc = parts_reserve(&ls->memory, parts, COUNT(parts));
	ls->tables.role = "peer";
	ls->tables.udp_idle = UDP_IDLE;
	if (rc == 0)
		rc = tables_start(&ls->tables, ls->net, conf->max_joints);
	if (rc == 0)
		rc = rtc_start(&ls->rtc, ls->net);
	timer_init(&ls->sweep, sweep);
	if (rc == 0)
		timer_start(&ls->sweep, ls->net->loop,
			    ls->net->loop->now + SWEEP);
	return rc;
}

void links_stop(struct links *ls)
{
	if (ls->memory.p) {
		slots_each (struct link, k, &ls->rows)
			forget(k.it);
		timer_stop(&ls->sweep, ls->net->loop);
		tables_stop(&ls->tables);
		mem_release(ls->memory);
	}
	rtc_stop(ls->rtc);
}
