/* node: three peers in virtual time behind every kind of NAT, one of them public:
 * which path there is and how soon, what a new mapping costs, who is forgotten
 * when, and what floods cost.
 */
#include "unit.h"
#include "app/peer/core.h"
#include "base/base64.h"
#include "base/cur.h"
#include "os/rand.h"

#define VECTORS "docs/protocol/showchain.txt"

enum kind { OPEN, FULL, RESTRICTED, PORT, SYMMETRIC, KINDS };
enum {
	HOSTS = 4,
	T = 0,
	A = 1,
	B = 2,
	U = 3,
	MAPPINGS = 16,
	QUEUE = 256,
	WAY = 20
};
static const int64_t EPOCH = 1700000000000;

/* What a NAT remembers: a port outside, of whom it was opened for. */
struct mapping {
	bool used;
	uint16_t port;
	struct addr to;
};

struct host {
	struct node node;
	struct log log;
	struct opt_list allow;
	struct chain_self *self;
	enum kind kind;
	unsigned number;
	uint16_t next_port;
	struct mapping mappings[MAPPINGS];
	int64_t ahead; /* of its clock, ms */
	unsigned sent, warned;
	enum reach_path by; /* how it has reached who was wanted */
	int64_t reached, by_proxy;
	unsigned lost;         /* paths */
	struct bytes heard;    /* data by a proxy, */
	struct node_pass back; /* and how to answer */
	const struct hmac *mac;
	const uint8_t *trusted; /* an id; NULL: none */
};

struct flying {
	struct addr from, to;
	int64_t at;
	size_t n;
	uint8_t p[CHAIN_MOST];
};

static struct {
	int64_t now;
	struct host hosts[HOSTS];
	struct flying queue[QUEUE];
	unsigned n;
	struct chain_self keys[HOSTS];
	bool keyed;
	bool apart; /* A and B cannot hear each other */
} world;

static void hear(struct log *log, enum log_level level, struct bytes line)
{
	(void)line;
	if (level <= LOG_WARN)
		container_of(log, struct host, log)->warned++;
}

/* ---- NATs ---- */

static struct addr outside(const struct host *h, uint16_t port)
{
	return (struct addr){ .family = ADDR_IP4,
			      .port = port,
			      .ip = { 192, 0, 2, (uint8_t)(1 + h->number) } };
}

static bool goes_with(const struct host *h, const struct mapping *m,
		      const struct addr *to)
{
	return h->kind != SYMMETRIC || node_same(&m->to, to);
}

/* The port that a datagram to `to` leaves from; it is let back in from there. */
static uint16_t leave(struct host *h, const struct addr *to)
{
	uint16_t port = 0;
	size_t i;

	for (i = 0; i < MAPPINGS && h->mappings[i].used; i++)
		if (goes_with(h, &h->mappings[i], to)) {
			port = h->mappings[i].port;
			if (node_same(&h->mappings[i].to, to))
				return port;
		}
	assert_true(i < MAPPINGS);
	h->mappings[i] =
		(struct mapping){ true, port ? port : h->next_port++, *to };
	return h->mappings[i].port;
}

static bool lets_in(const struct host *h, const struct flying *f)
{
	for (size_t i = 0; i < MAPPINGS && h->mappings[i].used; i++) {
		const struct mapping *m = &h->mappings[i];

		if (m->port != f->to.port)
			continue;
		if (h->kind == FULL ||
		    (h->kind == RESTRICTED && addr_same_ip(&m->to, &f->from)) ||
		    node_same(&m->to, &f->from))
			return true;
	}
	return h->kind == OPEN && f->to.port == 1000;
}

static void fly(struct node *n, const struct addr *to, struct bytes what,
		unsigned hops)
{
	struct host *h = container_of(n, struct host, node);
	uint16_t port = h->kind == OPEN ? 1000 : leave(h, to);
	struct flying *f = &world.queue[world.n];

	h->sent++;
	if (hops || (world.apart && h->number != T && to->ip[3] != 1 + T))
		return;
	assert_true(world.n < QUEUE);
	world.n++;
	*f = (struct flying){ .from = outside(h, port),
			      .to = *to,
			      .at = world.now + WAY,
			      .n = what.n };
	memcpy(f->p, what.p, what.n);
}

/* ---- time ---- */

static int64_t clock_of(const struct host *h)
{
	return EPOCH + world.now + h->ahead;
}

static void land(const struct flying *f)
{
	unsigned number = f->to.ip[3] - 1U;

	if (f->to.ip[2] == 2 && number < HOSTS && world.hosts[number].self &&
	    lets_in(&world.hosts[number], f))
		node_hear(&world.hosts[number].node, &f->from,
			  (struct bytes){ f->p, f->n }, world.now,
			  clock_of(&world.hosts[number]));
}

static bool land_next(void)
{
	for (unsigned i = 0; i < world.n; i++)
		if (world.queue[i].at <= world.now) {
			struct flying f = world.queue[i];

			world.n--;
			memmove(&world.queue[i], &world.queue[i + 1],
				(world.n - i) * sizeof f);
			land(&f);
			return true;
		}
	return false;
}

/* When something is to happen, after now. */
static int64_t next_of(int64_t until)
{
	int64_t at = until, due;

	for (unsigned i = 0; i < world.n; i++)
		at = world.queue[i].at < at ? world.queue[i].at : at;
	for (unsigned i = 0; i < HOSTS; i++) {
		if (!world.hosts[i].self)
			continue;
		due = node_due(&world.hosts[i].node);
		at = due < at ? due : at;
	}
	return at > world.now ? at : world.now + 1;
}

static void run_for(int64_t ms)
{
	int64_t until = world.now + ms;

	for (; world.now < until; world.now = next_of(until)) {
		while (land_next())
			;
		for (unsigned i = 0; i < HOSTS; i++)
			if (world.hosts[i].self &&
			    node_due(&world.hosts[i].node) <= world.now)
				node_tick(&world.hosts[i].node, world.now,
					  clock_of(&world.hosts[i]));
	}
}

/* ---- peers ---- */

static void up(struct node *n, const struct contact *d, bool first)
{
	(void)n;
	assert_true(!first || d->found);
}

static void reached(struct node *n, const struct reach *r, int64_t trip)
{
	struct host *h = container_of(n, struct host, node);

	h->by = (enum reach_path)r->by;
	h->reached = world.now;
	h->lost += r->by == 0;
	if (r->by == REACH_PROXY)
		h->by_proxy = world.now;
	assert_true(trip >= 2 * WAY || !r->by);
}

static void met(struct node *n, const struct peer *p)
{
	(void)n, (void)p;
}

static void data(struct node *n, const struct node_pass *from, struct bytes b)
{
	struct host *h = container_of(n, struct host, node);

	h->heard = b;
	h->back = *from;
}

static const struct hmac *mac(struct node *n, const uint8_t id[CHAIN_ID])
{
	(void)id;
	return container_of(n, struct host, node)->mac;
}

static bool trusts(struct node *n, const uint8_t id[CHAIN_ID])
{
	const struct host *h = container_of(n, struct host, node);

	return h->trusted && !memcmp(h->trusted, id, CHAIN_ID);
}

static const struct node_ops ops = {
	.send = fly,
	.up = up,
	.reached = reached,
	.met = met,
	.asked = met,
	.data = data,
	.trusts = trusts,
	.mac = mac,
};

/* Two keys of the vectors, and one more. */
static void load_keys(void)
{
	struct span all = unit_file(VECTORS);
	struct cur c = cur_of(bytes_in(all));
	unsigned n = 0;
	struct key k;

	while (cur_left(&c)) {
		struct cur line = cur_of(cur_until(&c, '\n'));
		char text[4096];
		struct fmt f = fmt_to(SPAN(text));

		if (!bytes_are(cur_word(&line), "key"))
			continue;
		cur_word(&line);
		fmt_put(&f, "-----BEGIN PRIVATE KEY-----\n");
		fmt_bytes(&f, cur_word(&line));
		fmt_put(&f, "\n-----END PRIVATE KEY-----\n");
		assert_int_equal(key_load(&k, fmt_done(&f), rand_fill), 0);
		assert_int_equal(chain_self_init(&world.keys[++n], &k), 0);
	}
	free(all.p);
	for (unsigned i = T; i < HOSTS; i += U) {
		key_make_rsa(&k, 2048, rand_fill);
		assert_int_equal(chain_self_init(&world.keys[i], &k), 0);
	}
	world.keyed = true;
}

static void begin(unsigned number, enum kind kind)
{
	static const struct node_limits most = { 64, 64, 16 };
	struct host *h = &world.hosts[number];

	*h = (struct host){ .log = { hear, LOG_WARN },
			    .self = &world.keys[number],
			    .kind = kind,
			    .number = number,
			    .next_port = 2000 };
	h->node.ops = &ops;
	h->node.log = &h->log;
	h->node.self = h->self;
	h->node.rules.allow = &h->allow;
	h->node.rules.rate = 100;
	h->node.rules.public = number == T || number == U;
	h->node.now = world.now;
	assert_int_equal(node_start(&h->node, &most), 0);
}

static void knows_introducer(unsigned number)
{
	const struct addr at = outside(&world.hosts[T], 1000);

	assert_non_null(node_dial(&world.hosts[number].node, &at,
				  world.keys[T].id, true));
}

static int setup(void **state)
{
	(void)state;
	if (!world.keyed)
		load_keys();
	world.now = 1000;
	world.n = 0;
	world.apart = false;
	memset(world.hosts, 0, sizeof world.hosts);
	begin(T, OPEN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HOSTS; i++)
		if (world.hosts[i].self)
			node_stop(&world.hosts[i].node);
	return 0;
}

static void all_behind(enum kind a, enum kind b)
{
	begin(A, a);
	begin(B, b);
	knows_introducer(A);
	knows_introducer(B);
	run_for(1500);
}

/* By the best there is, within a time that is enough for it. */
static int64_t reach(unsigned paths)
{
	struct host *a = &world.hosts[A];
	int64_t from = world.now;

	a->by = 0;
	a->by_proxy = 0;
	assert_non_null(node_reach(&a->node, world.keys[B].id, paths));
	for (int i = 0; i < 50 && !(a->by & REACH_STRAIGHT); i++)
		run_for(100);
	return a->reached - from;
}

/* ---- tests ---- */

enum { ANY = REACH_ALL };

/* Straight wherever the textbook has a way: a symmetric NAT and one that looks at
 * ports have none. Never no path.
 */
static void every_pair(void **state)
{
	for (int a = FULL; a < KINDS; a++)
		for (int b = FULL; b < KINDS; b++) {
			bool none = (a == SYMMETRIC && b >= PORT) ||
				    (b == SYMMETRIC && a >= PORT);
			int64_t took;

			all_behind((enum kind)a, (enum kind)b);
			took = reach(ANY);
			assert_int_equal(world.hosts[A].by,
					 none ? REACH_PROXY : REACH_INTRODUCED);
			assert_true(took <= 20 * WAY);
			assert_true(world.hosts[A].by_proxy > 0);
			teardown(state);
			setup(state);
		}
}

static void through_the_proxy(void **state)
{
	(void)state;
	all_behind(SYMMETRIC, SYMMETRIC);
	assert_true(reach(REACH_PROXY) <= 6 * WAY);
	assert_int_equal(world.hosts[A].by, REACH_PROXY);
}

/* A straight path that dies is a proxy's until there is another one. */
static void there_and_back(void **state)
{
	struct host *a = &world.hosts[A];

	(void)state;
	all_behind(PORT, PORT);
	reach(ANY);
	assert_int_equal(a->by, REACH_INTRODUCED);
	assert_int_equal(a->lost, 0);
	world.apart = true;
	run_for(PEER_DEAD + PEER_KEEP + 2000);
	assert_int_equal(a->lost, 1);
	assert_int_equal(a->by, REACH_PROXY);
	run_for(300 * 1000); /* the session is kept alive */
	assert_int_equal(a->lost, 1);
	world.apart = false;
	run_for(70 * 1000);
	assert_int_equal(a->by, REACH_INTRODUCED);
	assert_int_equal(a->lost, 1);
}

/* What stands before both is said in their hellos: who introduces does not send them
 * to each other in vain, and they do not wait for it. It may become another.
 */
static void kept_apart(void **state)
{
	struct host *a = &world.hosts[A], *b = &world.hosts[B];
	uint64_t passed;
	struct reach *r;

	(void)state;
	all_behind(SYMMETRIC, PORT);
	node_behind(&a->node, CHAIN_T4);
	node_behind(&b->node, CHAIN_T3);
	run_for(1000);
	assert_int_equal(a->node.counts.moved, 0);
	passed = world.hosts[T].node.counts.passed;
	r = node_reach(&a->node, world.keys[B].id, REACH_INTRODUCED);
	run_for(10 * 1000);
	assert_true(r->apart);
	assert_int_equal(r->by, 0);
	assert_int_equal(world.hosts[T].node.counts.passed, passed);
	node_behind(&b->node, CHAIN_T2);
	b->kind = RESTRICTED;
	run_for(10 * 1000);
	assert_int_equal(r->by, REACH_INTRODUCED);
}

/* An introducer that has us at another address says so by a nonce. */
static void moves(void **state)
{
	struct host *a = &world.hosts[A];

	(void)state;
	all_behind(PORT, PORT);
	memset(a->mappings, 0, sizeof a->mappings);
	run_for(PEER_KEEP + 1000);
	assert_int_equal(a->node.counts.moved, 1);
	memset(a->mappings, 0, sizeof a->mappings);
	node_moved(&a->node); /* the network has changed: at once */
	run_for(100);
	assert_int_equal(a->node.counts.moved, 1);
	assert_int_equal(peers_live(&world.hosts[T].node.peers,
				    world.keys[A].id, world.now)
				 ->at.port,
			 a->next_port - 1);
}

/* Two peers who have no path but the proxy's; how A sends. */
static struct node_pass by_proxy(void)
{
	struct reach *r;

	all_behind(SYMMETRIC, SYMMETRIC);
	r = node_reach(&world.hosts[A].node, world.keys[B].id, REACH_PROXY);
	run_for(1000);
	assert_int_equal(r->by, REACH_PROXY);
	return r->by_proxy;
}

static bool passes(struct node_pass *by, const char *text)
{
	struct host *b = &world.hosts[B];

	b->heard = (struct bytes){ NULL, 0 };
	node_pass(&world.hosts[A].node, by, bytes_of(text));
	run_for(200);
	return b->heard.n > 0;
}

/* Data is signed, or has the MAC of a key that the proxy knows too, and then costs
 * no signature. It comes with the way back.
 */
static void data_by_proxy(void **state)
{
	struct host *a = &world.hosts[A], *t = &world.hosts[T];
	struct node_pass by = by_proxy();
	struct hmac key, other;
	uint64_t checked;

	(void)state;
	hmac_init(&key, &hash_sha256, BYTES("a key"));
	hmac_init(&other, &hash_sha256, BYTES("another one"));
	assert_int_equal(node_pass_most(&a->node, &by), CHAIN_SIGNED);
	assert_true(passes(&by, "signed"));
	assert_memory_equal(world.hosts[B].back.to, world.keys[A].id, CHAIN_ID);
	assert_memory_equal(world.hosts[B].back.token, by.token, CHAIN_SESSION);
	a->mac = &key;
	assert_int_equal(node_pass_most(&a->node, &by), CHAIN_PAYLOAD);
	checked = t->node.counts.checked;
	assert_false(passes(&by, "the proxy has no key"));
	t->mac = &other;
	assert_false(passes(&by, "the proxy has another key"));
	t->mac = &key;
	assert_true(passes(&by, "with a MAC"));
	t->node.rules.strict = true;
	assert_false(passes(&by, "signatures are wanted"));
	assert_int_equal(t->node.counts.checked, checked);
	a->node.rules.strict = true;
	assert_true(passes(&by, "signed again"));
	assert_int_equal(t->node.counts.checked, checked + 1);
}

/* A peer that is somewhere else now is found there at once. */
static void reached_again(void **state)
{
	struct host *b = &world.hosts[B];
	struct reach *r;

	(void)state;
	all_behind(PORT, FULL);
	reach(ANY);
	r = node_reach(&world.hosts[A].node, world.keys[B].id, ANY);
	run_for(1000);
	assert_int_equal(r->by, REACH_DIRECT);
	node_stop(&b->node);
	begin(B, PORT);
	b->next_port = 7000;
	knows_introducer(B);
	run_for(1500);
	node_reach_again(&world.hosts[A].node, r);
	assert_int_equal(r->by, 0);
	run_for(5000);
	assert_true(r->by & REACH_STRAIGHT);
	assert_true(peers_live(&world.hosts[A].node.peers, world.keys[B].id,
			       world.now)
			    ->at.port >= 7000);
}

/* Whoever can make it say hello once more does not make it another process. */
static void another_process(void **state)
{
	struct host *a = &world.hosts[A];
	struct peers *ps = &world.hosts[T].node.peers;
	uint32_t run;

	(void)state;
	all_behind(PORT, PORT);
	run = peers_live(ps, world.keys[A].id, world.now)->run;
	assert_true(run != 0);
	node_turn(&a->node, world.now, clock_of(a));
	node_moved(&a->node);
	run_for(1000);
	assert_int_equal(a->node.counts.moved, 0);
	assert_int_equal(peers_live(ps, world.keys[A].id, world.now)->run, run);
	a->node.seq ^= UINT32_C(1) << 31; /* as one that begins at random */
	node_moved(&a->node);
	run_for(1000);
	assert_true(peers_live(ps, world.keys[A].id, world.now)->run != run);
}

/* The NAT forgets: the next sign of life draws a nonce, and all is well. */
static void new_mapping(void **state)
{
	struct host *b = &world.hosts[B];
	struct peer *p;

	(void)state;
	all_behind(PORT, PORT);
	memset(b->mappings, 0, sizeof b->mappings);
	run_for(PEER_KEEP + 1000);
	p = peers_live(&world.hosts[T].node.peers, world.keys[B].id, world.now);
	assert_non_null(p);
	assert_int_equal(p->at.port, b->next_port - 1);
	assert_true(reach(ANY) <= 13 * WAY);
	assert_int_equal(world.hosts[A].by, REACH_INTRODUCED);
}

/* An hour costs a datagram each way in 15 s, and no signature. */
static void keeping(void **state)
{
	unsigned before, checked;

	(void)state;
	all_behind(PORT, PORT);
	before = world.hosts[B].sent;
	checked = (unsigned)world.hosts[T].node.counts.checked;
	run_for(3600 * 1000);
	assert_int_equal(world.hosts[B].sent - before, 240);
	assert_int_equal(world.hosts[T].node.counts.checked, checked);
}

static void death(void **state)
{
	struct peers *ps = &world.hosts[T].node.peers;

	(void)state;
	all_behind(PORT, PORT);
	world.hosts[B].self = NULL; /* it does nothing any more */
	run_for(PEER_DEAD);
	assert_null(peers_live(ps, world.keys[B].id, world.now));
	assert_non_null(peers_find(ps, world.keys[B].id));
	reach(ANY);
	assert_int_equal(world.hosts[A].by, 0);
	run_for(PEER_FORGET);
	assert_null(peers_find(ps, world.keys[B].id));
	assert_non_null(peers_live(ps, world.keys[A].id, world.now));
	node_stop(&world.hosts[B].node);
}

/* The introducer starts anew and knows nobody: everybody is back soon. */
static void introducer_anew(void **state)
{
	(void)state;
	all_behind(PORT, FULL);
	node_stop(&world.hosts[T].node);
	begin(T, OPEN);
	run_for(PEER_KEEP + 1000);
	assert_true(reach(ANY) <= 13 * WAY);
}

static void clocks(void **state)
{
	(void)state;
	begin(A, PORT);
	begin(B, PORT);
	world.hosts[A].ahead = -EPOCH + 5000; /* a router at 1970 */
	world.hosts[B].ahead = 86400 * 1000;
	knows_introducer(A);
	knows_introducer(B);
	run_for(1500);
	assert_true(reach(ANY) <= 13 * WAY);
	assert_int_equal(world.hosts[A].by, REACH_INTRODUCED);
}

/* Nobody hears more than five datagrams from who got no answer. */
static void unproven(void **state)
{
	const struct addr nobody = { .family = ADDR_IP4,
				     .port = 7,
				     .ip = { 192, 0, 9, 9 } };
	unsigned before;

	(void)state;
	begin(A, OPEN);
	before = world.hosts[A].sent;
	assert_non_null(node_dial(&world.hosts[A].node, &nobody,
				  world.keys[B].id, false));
	run_for(120 * 1000);
	assert_int_equal(world.hosts[A].sent - before, 5);
}

/* A warning that somebody else is there is for when somebody is. */
static void somebody_else(void **state)
{
	const struct addr t = outside(&world.hosts[T], 1000);
	struct addr nobody = t;

	nobody.ip[3] = 3;
	(void)state;
	begin(A, OPEN);
	assert_non_null(node_dial(&world.hosts[A].node, &nobody,
				  world.keys[B].id, true));
	run_for(60 * 1000);
	assert_int_equal(world.hosts[A].warned, 0);
	assert_non_null(
		node_dial(&world.hosts[A].node, &t, world.keys[B].id, true));
	run_for(60 * 1000);
	assert_int_equal(world.hosts[A].warned, 1);
	assert_false(world.hosts[A].node.dials[1].up);
}

static void flood(struct chain *m, unsigned n)
{
	const struct addr from = world.hosts[A].node.peers.rows.used
					 ? outside(&world.hosts[A], 2000)
					 : outside(&world.hosts[A], 9);
	struct node *t = &world.hosts[T].node;

	for (unsigned i = 0; i < n; i++) {
		char room[CHAIN_MOST];
		struct fmt f = fmt_to(SPAN(room));

		m->seq++;
		chain_print(&f, m);
		node_hear(t, &from, fmt_done(&f), world.now,
			  clock_of(&world.hosts[T]));
		world.n = 0;
	}
}

static void floods(void **state)
{
	struct chain m = { .op = CHAIN_CONNECT };
	struct node *t = &world.hosts[T].node;
	uint64_t before;

	(void)state;
	all_behind(PORT, PORT);
	memcpy(m.id, world.keys[A].id, CHAIN_ID);
	memcpy(m.target, world.keys[T].id, CHAIN_ID);
	m.seq = world.hosts[A].node.seq;
	m.ts = clock_of(&world.hosts[A]);
	before = t->counts.checked;
	flood(&m, 1000);
	assert_int_equal(t->counts.checked - before, 8);
	assert_int_equal(t->counts.wrong, 8);
	run_for(31 * 1000);
	assert_true(reach(ANY) <= 13 * WAY); /* it is heard again */
	m.op = CHAIN_HELLO;
	before = t->counts.checked;
	flood(&m, 1000); /* no nonce of ours in them */
	assert_int_equal(t->counts.checked, before);
}

/* As many as there is room for, and of an address no more than its share. */
static void room(void **state)
{
	struct peers *ps = &world.hosts[T].node.peers;
	struct chain m = { .op = CHAIN_HELLO, .ts = 1 };
	struct addr from = outside(&world.hosts[A], 1);

	(void)state;
	memcpy(m.key, world.keys[A].spki, CHAIN_SPKI);
	for (unsigned i = 0; i < 200; i++) {
		bool fits = i % 20 < 16 && i < 64 + 16;

		m.id[0] = (uint8_t)i;
		from.ip[2] = (uint8_t)(i / 20);
		from.port++;
		assert_int_equal(!!peers_greeted(ps, &m, &from, 1000, 1000),
				 fits);
	}
	assert_int_equal(ps->rows.used, 64);
	from.ip[2] = 77;
	assert_null(peers_greeted(ps, &m, &from, 1000, 1000));
	assert_non_null(peers_greeted(ps, &m, &from, 1000 + PEER_DEAD, 1000));
	assert_int_equal(ps->rows.used, 64);
}

static bool take(struct peer *p, uint32_t seq)
{
	const struct chain m = { .seq = seq, .ts = 5 };
	bool fresh = peer_fresh(p, &m, 0);

	if (fresh)
		peer_note(p, seq);
	return fresh;
}

static void window(void **state)
{
	struct peer p = { .top = UINT32_MAX - 1, .window = 1 };
	struct chain m = { .seq = 100, .ts = 60001 };

	(void)state;
	assert_false(take(&p, UINT32_MAX - 1));
	assert_true(take(&p, UINT32_MAX - 3));
	assert_false(take(&p, UINT32_MAX - 3));
	assert_true(take(&p, UINT32_MAX));
	assert_true(take(&p, 1)); /* it wraps */
	assert_false(take(&p, UINT32_MAX));
	assert_false(take(&p, UINT32_MAX - 3));
	assert_true(take(&p, UINT32_MAX - 2));
	assert_true(take(&p, 64));
	assert_false(take(&p, UINT32_MAX)); /* too old to tell */
	assert_false(take(&p, 1));
	assert_true(take(&p, 2));
	assert_true(take(&p, 1000));
	assert_false(take(&p, 64));
	m.seq = 2000;
	assert_false(peer_fresh(&p, &m, 0)); /* a minute ahead */
	m.ts = 60000;
	assert_true(peer_fresh(&p, &m, 0));
	assert_false(peer_fresh(&p, &m, 120001));
}

/* ---- introducers that nobody has named ---- */

static struct addr told(unsigned number, unsigned from)
{
	struct addr at = outside(&world.hosts[number], 1000);

	node_turn(&world.hosts[from].node, world.now,
		  clock_of(&world.hosts[from]));
	node_told(&world.hosts[from].node, &at, NULL);
	return at;
}

static void seeker(unsigned number, enum kind kind)
{
	begin(number, kind);
	world.hosts[number].node.rules.seeks = true;
}

/* Whoever a tracker names is one if it is trusted, and public. */
static void found(void **state)
{
	struct host *a = &world.hosts[A];

	(void)state;
	seeker(A, PORT);
	begin(B, OPEN);
	told(T, A);
	run_for(1000);
	assert_int_equal(node_introducers(&a->node), 0); /* not trusted */
	assert_false(a->node.dials[0].used);
	a->trusted = world.keys[T].id;
	told(T, A);
	run_for(1000);
	assert_int_equal(node_introducers(&a->node), 0); /* so soon again */
	run_for(601 * 1000);
	told(T, A);
	run_for(1000);
	assert_int_equal(node_introducers(&a->node), 1);
	told(T, A); /* it is known */
	a->trusted = world.keys[B].id;
	told(B, A);
	run_for(1000);
	assert_int_equal(node_introducers(&a->node), 1); /* it is not public */
	assert_false(a->node.dials[1].used);
}

/* What a liar at the tracker costs those to whom it points. */
static void lying_tracker(void **state)
{
	struct host *a = &world.hosts[A];
	unsigned before;

	(void)state;
	seeker(A, OPEN);
	before = a->sent;
	for (unsigned i = 0; i < 500; i++) {
		struct addr at = { .family = ADDR_IP4,
				   .port = (uint16_t)(1 + i % 20),
				   .ip = { 192, 0, 9, 9 } };

		node_turn(&a->node, world.now, clock_of(a));
		node_told(&a->node, &at, NULL);
		run_for(1000);
	}
	assert_int_equal(a->sent - before, 20 * 5);
	run_for(100 * 1000);
	assert_int_equal(a->sent - before, 20 * 5);
}

/* A finds U by T alone; and when T is gone, and comes back, it is found by U. */
static void from_each_other(void **state)
{
	struct host *a = &world.hosts[A];

	(void)state;
	begin(U, OPEN);
	knows_introducer(U);
	run_for(1000);
	seeker(A, SYMMETRIC);
	a->trusted = world.keys[U].id;
	knows_introducer(A);
	run_for(2000);
	assert_int_equal(node_introducers(&a->node), 2);
	assert_non_null(
		peers_live(&a->node.peers, world.keys[U].id, world.now));
	assert_false(world.hosts[T].node.sessions.rows.used);
	world.hosts[U].self = NULL; /* it is dead, and is let go */
	run_for(2 * PEER_DEAD + 60 * 1000);
	assert_int_equal(node_introducers(&a->node), 1);
	assert_false(a->node.dials[1].used);
	node_stop(&world.hosts[U].node);
}

/* Who is not trusted is not called, whoever vouches for it. */
static void told_of_nobody(void **state)
{
	struct host *a = &world.hosts[A];
	unsigned before;

	(void)state;
	begin(U, OPEN);
	knows_introducer(U);
	run_for(1000);
	seeker(A, OPEN);
	knows_introducer(A);
	run_for(2000);
	before = a->sent;
	assert_false(a->node.dials[1].used);
	run_for(3600 * 1000);
	/* and it is asked for ever less often: doubled up to ten minutes */
	assert_in_range(a->sent - before, 240 + 5, 240 + 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_pair, setup, teardown),
		cmocka_unit_test_setup_teardown(through_the_proxy, setup,
						teardown),
		cmocka_unit_test_setup_teardown(there_and_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(kept_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(moves, setup, teardown),
		cmocka_unit_test_setup_teardown(another_process, setup,
						teardown),
		cmocka_unit_test_setup_teardown(data_by_proxy, setup, teardown),
		cmocka_unit_test_setup_teardown(reached_again, setup, teardown),
		cmocka_unit_test_setup_teardown(new_mapping, setup, teardown),
		cmocka_unit_test_setup_teardown(keeping, setup, teardown),
		cmocka_unit_test_setup_teardown(death, setup, teardown),
		cmocka_unit_test_setup_teardown(introducer_anew, setup,
						teardown),
		cmocka_unit_test_setup_teardown(clocks, setup, teardown),
		cmocka_unit_test_setup_teardown(unproven, setup, teardown),
		cmocka_unit_test_setup_teardown(somebody_else, setup, teardown),
		cmocka_unit_test_setup_teardown(floods, setup, teardown),
		cmocka_unit_test_setup_teardown(room, setup, teardown),
		cmocka_unit_test_setup_teardown(found, setup, teardown),
		cmocka_unit_test_setup_teardown(lying_tracker, setup, teardown),
		cmocka_unit_test_setup_teardown(from_each_other, setup,
						teardown),
		cmocka_unit_test_setup_teardown(told_of_nobody, setup,
						teardown),
		cmocka_unit_test(window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
