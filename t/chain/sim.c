/* sim - a thousand signed peers behind NATs of all kinds in virtual time: they come and
 * go, their NATs forget, and ask for each other all the time. Who is asked for must be
 * reached; what it all costs a peer is said, and bounded.
 *
 * usage: sim KEYS PEERS MINUTES      KEYS as keys.py makes them
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/peer/node.h"
#include "base/base64.h"
#include "os/rand.h"

enum kind { OPEN, FULL, RESTRICTED, PORT, SYMMETRIC, KINDS };
enum { INTRODUCERS = 2, MAPPINGS = 48, NAT_LIFE = 60 * 1000 };
enum { MINUTE = 60 * 1000, ASKS = 4096, PATIENCE = 40 * 1000 };
enum { LEAST_WAY = 5, MOST_WAY = 60 };
enum { MOST_MESSAGES = 60, MOST_BYTES = 9000 }; /* of a peer in a minute */

static const int64_t EPOCH = 1700000000000;

struct mapping {
	uint16_t port; /* 0: none */
	struct addr to;
	int64_t used;
};

struct host {
	struct node node;
	struct log log;
	struct opt_list allow;
	struct chain_self self;
	struct mapping mappings[MAPPINGS];
	uint32_t number, life; /* of its process */
	enum kind kind;
	bool up;
	uint16_t next_port, own_port;
	int64_t due, joined;
	struct hmac mac;
};

enum event_what { FLIES, DUE, ASK_END };
struct event {
	int64_t at;
	uint32_t what, host, life;
	struct addr from, to;
	uint32_t n;
	uint8_t *p;
};

struct ask { /* somebody wants somebody */
	uint32_t a, b, life_a, life_b;
	int64_t begun, got; /* 0: not yet */
	uint8_t by;
};

static struct {
	struct host *hosts;
	uint32_t n;
	struct event *heap;
	size_t events, room;
	int64_t now;
	uint64_t chance;
	struct ask asks[ASKS];
	uint32_t nasks;
	uint64_t messages, bytes, lost;
	uint32_t restarts, rebindings;
} world;

static uint32_t draw(uint32_t below)
{
	world.chance ^= world.chance << 13;
	world.chance ^= world.chance >> 7;
	world.chance ^= world.chance << 17;
	return (uint32_t)(world.chance >> 32) % below;
}

/* ---- events ---- */

static void push(const struct event *e)
{
	size_t i = world.events++;

	if (i == world.room) {
		world.room = world.room ? 2 * world.room : 4096;
		world.heap =
			realloc(world.heap, world.room * sizeof *world.heap);
	}
	for (; i > 0 && world.heap[(i - 1) / 2].at > e->at; i = (i - 1) / 2)
		world.heap[i] = world.heap[(i - 1) / 2];
	world.heap[i] = *e;
}

static struct event pop(void)
{
	struct event first = world.heap[0], last = world.heap[--world.events];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < world.events) {
		if (k + 1 < world.events &&
		    world.heap[k + 1].at < world.heap[k].at)
			k++;
		if (world.heap[k].at >= last.at)
			break;
		world.heap[i] = world.heap[k];
		i = k;
	}
	world.heap[i] = last;
	return first;
}

static void wait_for(struct host *h)
{
	int64_t due = node_due(&h->node);

	if (due <= world.now)
		due = world.now + 1;
	if (due >= h->due && h->due > world.now)
		return;
	h->due = due;
	push(&(struct event){
		.at = due, .what = DUE, .host = h->number, .life = h->life });
}

/* ---- NATs ---- */

static struct addr outside(uint32_t number, uint16_t port)
{
	return (struct addr){ .family = ADDR_IP4,
			      .port = port,
			      .ip = { 20, (uint8_t)(number >> 8),
				      (uint8_t)number, 1 } };
}

static bool lives(const struct mapping *m)
{
	return m->port && world.now - m->used < NAT_LIFE;
}

/* Where a mapping may be made: a free place, or the oldest. */
static struct mapping *place(struct host *h)
{
	struct mapping *oldest = h->mappings;

	for (int i = 0; i < MAPPINGS; i++) {
		if (!lives(&h->mappings[i]))
			return &h->mappings[i];
		if (h->mappings[i].used < oldest->used)
			oldest = &h->mappings[i];
	}
	return oldest;
}

static uint16_t leave(struct host *h, const struct addr *to)
{
	uint16_t port = 0;

	if (h->kind == OPEN)
		return h->own_port;
	for (int i = 0; i < MAPPINGS; i++) {
		struct mapping *m = &h->mappings[i];

		if (!lives(m))
			continue;
		if (node_same(&m->to, to)) {
			m->used = world.now;
			return m->port;
		}
		if (h->kind != SYMMETRIC)
			port = m->port;
	}
	if (!port)
		port = h->next_port++;
	*place(h) = (struct mapping){ port, *to, world.now };
	return port;
}

static bool lets_in(struct host *h, const struct event *e)
{
	if (h->kind == OPEN)
		return e->to.port == h->own_port;
	for (int i = 0; i < MAPPINGS; i++) {
		const struct mapping *m = &h->mappings[i];

		if (!lives(m) || m->port != e->to.port)
			continue;
		if (h->kind == FULL ||
		    (h->kind == RESTRICTED && addr_same_ip(&m->to, &e->from)) ||
		    node_same(&m->to, &e->from))
			return true;
	}
	return false;
}

/* ---- what a node does ---- */

static void fly(struct node *n, const struct addr *to, struct bytes what,
		unsigned hops)
{
	struct host *h = container_of(n, struct host, node);
	struct event e = { .at = world.now + LEAST_WAY +
				 draw(MOST_WAY - LEAST_WAY),
			   .what = FLIES,
			   .host = (uint32_t)to->ip[1] << 8 | to->ip[2],
			   .from = outside(h->number, leave(h, to)),
			   .to = *to,
			   .n = (uint32_t)what.n };

	world.messages++;
	world.bytes += what.n;
	if (hops || to->ip[0] != 20 || e.host >= world.n)
		return;
	if (draw(100) == 0) { /* one of a hundred is lost */
		world.lost++;
		return;
	}
	e.p = malloc(what.n);
	memcpy(e.p, what.p, what.n);
	push(&e);
}

static void up(struct node *n, const struct contact *d, bool first)
{
	(void)n, (void)d, (void)first;
}

static void met(struct node *n, const struct peer *p)
{
	(void)n, (void)p;
}

static void data(struct node *n, const struct node_pass *from, struct bytes b)
{
	(void)n, (void)from, (void)b;
}

static const struct hmac *mac(struct node *n, const uint8_t id[CHAIN_ID])
{
	(void)n, (void)id;
	return NULL;
}

static bool trusts(struct node *n, const uint8_t id[CHAIN_ID])
{
	(void)n, (void)id;
	return false;
}

static void reached(struct node *n, const struct reach *r, int64_t trip)
{
	struct host *h = container_of(n, struct host, node);

	(void)trip;
	for (uint32_t i = 0; i < world.nasks; i++) {
		struct ask *k = &world.asks[i];

		if (k->a != h->number || k->life_a != h->life || !r->by ||
		    memcmp(world.hosts[k->b].self.id, r->id, CHAIN_ID) != 0)
			continue;
		if (!k->got)
			k->got = world.now;
		k->by = r->by;
	}
}

static const struct node_ops ops = { .send = fly,
				     .up = up,
				     .reached = reached,
				     .met = met,
				     .asked = met,
				     .data = data,
				     .trusts = trusts,
				     .mac = mac };

static void hear_log(struct log *log, enum log_level level, struct bytes line)
{
	(void)log, (void)level, (void)line;
}

/* ---- peers ---- */

static void begin(struct host *h)
{
	struct node_limits most = { 64, 64, 1000 };

	if (h->number < INTRODUCERS)
		most = (struct node_limits){ 2 * world.n, 4096, 1000 };
	h->node = (struct node){
		.ops = &ops, .log = &h->log, .self = &h->self, .now = world.now
	};
	h->log = (struct log){ hear_log, LOG_ERR };
	h->node.rules.allow = &h->allow;
	h->node.rules.rate = 200;
	h->node.rules.public = h->number < INTRODUCERS;
	h->own_port =
		h->number < INTRODUCERS ? 1000 : (uint16_t)(2000 + h->life);
	h->life++;
	h->up = true;
	h->due = 0;
	h->joined = world.now;
	if (node_start(&h->node, &most) < 0)
		exit(2);
	for (uint32_t i = 0; i < INTRODUCERS; i++) {
		const struct addr at = outside(i, 1000);

		if (i != h->number)
			(void)node_dial(&h->node, &at, world.hosts[i].self.id,
					true);
	}
	wait_for(h);
}

static void end(struct host *h)
{
	h->up = false;
	node_stop(&h->node);
}

static void load(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[4096];

	for (uint32_t i = 0; i < world.n; i++) {
		struct host *h = &world.hosts[i];
		char text[4096 + 64];
		struct key k;

		if (!f || !fgets(line, sizeof line, f))
			exit(2);
		snprintf(text, sizeof text,
			 "-----BEGIN PRIVATE KEY-----\n%s"
			 "-----END PRIVATE KEY-----\n",
			 line);
		if (key_load(&k, bytes_of(text), rand_fill) < 0 ||
		    chain_self_init(&h->self, &k) < 0)
			exit(2);
		h->number = i;
		h->kind = i < INTRODUCERS ? OPEN : (enum kind)(i % KINDS);
		h->next_port = 20000;
	}
	fclose(f);
}

/* ---- what happens ---- */

static void take(const struct event *e)
{
	struct host *h = &world.hosts[e->host];

	if (e->what == FLIES) {
		if (h->up && lets_in(h, e)) {
			node_hear(&h->node, &e->from,
				  (struct bytes){ e->p, e->n }, world.now,
				  EPOCH + world.now);
			wait_for(h);
		}
		free(e->p);
	} else if (h->up && e->life == h->life && e->at == h->due) {
		h->due = 0;
		node_tick(&h->node, world.now, EPOCH + world.now);
		wait_for(h);
	}
}

static void run_until(int64_t until)
{
	while (world.events && world.heap[0].at <= until) {
		struct event e = pop();

		world.now = e.at;
		take(&e);
	}
	world.now = until;
}

/* One who has been there for a moment. */
static struct host *somebody(void)
{
	for (;;) {
		struct host *h =
			&world.hosts[INTRODUCERS + draw(world.n - INTRODUCERS)];

		if (h->up && world.now - h->joined > 5000)
			return h;
	}
}

static void ask(void)
{
	struct host *a = somebody(), *b = somebody();
	struct ask *k = &world.asks[world.nasks];

	if (a == b || world.nasks == ASKS)
		return;
	*k = (struct ask){ a->number, b->number, a->life, b->life,
			   world.now, 0,         0 };
	world.nasks++;
	a->node.now = world.now;
	(void)!node_reach(&a->node, b->self.id, REACH_ALL);
	wait_for(a);
}

static void churn(void)
{
	struct host *h = somebody();

	end(h);
	begin(h);
	world.restarts++;
	h = somebody();
	memset(h->mappings, 0, sizeof h->mappings);
	world.rebindings++;
}

/* ---- what came of it ---- */

static bool is_gone(const struct ask *k)
{
	return world.hosts[k->a].life != k->life_a ||
	       world.hosts[k->b].life != k->life_b;
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool say_asks(void)
{
	static int64_t took[ASKS];
	uint32_t n = 0, gone = 0, straight = 0, late = 0;

	for (uint32_t i = 0; i < world.nasks; i++) {
		const struct ask *k = &world.asks[i];

		if (!k->got && is_gone(k)) {
			gone++;
			continue;
		}
		late += !k->got || k->got - k->begun > PATIENCE;
		straight += k->got && k->by != REACH_PROXY;
		took[n++] = k->got ? k->got - k->begun : INT64_MAX / 2;
	}
	qsort(took, n, sizeof *took, by_time);
	printf("asked for %u pairs: %u have one of them begin anew first, %u"
	       " not reached in %d s\n",
	       world.nasks, gone, late, PATIENCE / 1000);
	printf("straight %u of %u; to the first path: half in %lld ms, 99 of"
	       " 100 in %lld ms, all in %lld ms\n",
	       straight, n, (long long)took[n / 2],
	       (long long)took[n * 99 / 100], (long long)took[n - 1]);
	return late == 0;
}

static bool say_cost(unsigned minutes)
{
	double each = (double)world.n * minutes;
	double messages = (double)world.messages / each;
	double bytes = (double)world.bytes / each;

	printf("%u peers, %u minutes, %u begun anew, %u new mappings, %llu of"
	       " %llu messages lost\n",
	       world.n, minutes, world.restarts, world.rebindings,
	       (unsigned long long)world.lost,
	       (unsigned long long)world.messages);
	printf("of a peer in a minute, all who answer counted: %.1f messages"
	       " (at most %d), %.0f bytes (at most %d)\n",
	       messages, MOST_MESSAGES, bytes, MOST_BYTES);
	return messages <= MOST_MESSAGES && bytes <= MOST_BYTES;
}

int main(int argc, char **argv)
{
	unsigned minutes = argc > 3 ? (unsigned)atoi(argv[3]) : 0;
	bool good;

	if (!minutes)
		return 2;
	world.n = (uint32_t)atoi(argv[2]);
	world.chance = 42;
	world.now = 1000;
	world.hosts = calloc(world.n, sizeof *world.hosts);
	load(argv[1]);
	for (uint32_t i = 0; i < world.n; i++) {
		begin(&world.hosts[i]);
		if (i >= INTRODUCERS)
			run_until(world.now + 20);
	}
	run_until(world.now + MINUTE);
	world.messages = world.bytes = world.lost = 0;
	for (uint32_t i = 0; i < minutes * 60; i++) {
		if (i + 60 < minutes * 60)
			ask();
		if (i % 2 == 0)
			churn();
		run_until(world.now + 1000);
	}
	good = say_asks();
	good = say_cost(minutes) && good;
	return good ? 0 : 1;
}
