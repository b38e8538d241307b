#include "sctp_pair.h"
#include "unit.h"

uint32_t pair_rand(struct pair *p, uint32_t below)
{
	return unit_rand(&p->seed) % below;
}

/* Kept from one pair to the next: what was touched costs nothing again. */
static struct pair_packet *packets;
static uint8_t *mem[2];

static void start(struct pair *p, unsigned i)
{
	uint8_t random[SCTP_RANDOM];

	for (size_t k = 0; k < sizeof random; k++)
		random[k] = (uint8_t)pair_rand(p, 256);
	if (!mem[i])
		mem[i] = aligned_alloc(4096, (size_t)PAIR_SLABS * POOL_SLAB);
	p->mem[i] = mem[i];
	pool_init(&p->pool[i],
		  (struct span){ p->mem[i], (size_t)PAIR_SLABS * POOL_SLAB },
		  p->slabs[i], PAIR_SLABS);
	p->conf[i] = (struct sctp_conf){ .pool = &p->pool[i],
					 .port = 5000,
					 .peer = 5000,
					 .mtu = 1191,
					 .streams = 1024,
					 .message = SCTP_MESSAGE,
					 .in = 1 << 20,
					 .out = 1 << 20 };
	sctp_init(&p->ends[i], &p->conf[i], random);
}

struct pair *pair_new(uint64_t seed, const struct pair_wire *wire)
{
	struct pair *p = calloc(1, sizeof *p);

	p->seed = (seed + 1) * 0x9e3779b97f4a7c15;
	for (int i = 0; i < 8; i++)
		unit_rand(&p->seed);
	p->wire = *wire;
	p->now = 1000;
	if (!packets)
		packets = malloc(PAIR_PACKETS * sizeof *packets);
	list_init(&p->wire_list);
	list_init(&p->free);
	start(p, 0);
	start(p, 1);
	return p;
}

void pair_free(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		sctp_stop(&p->ends[i]);
		assert_int_equal(p->pool[i].out, 0);
		assert_int_equal(p->ends[i].in.store.held, 0);
		assert_int_equal(p->ends[i].out.store.held, 0);
	}
	free(p);
}

/* When it arrives: behind what the rate has to carry before, and some delay. */
static int64_t arrival(struct pair *p, unsigned to, size_t n)
{
	const struct pair_wire *w = &p->wire;
	int64_t at = p->now;

	if (w->rate) {
		int64_t start = p->now * 1000;

		if (p->busy[to] > start)
			start = p->busy[to];
		if (w->queue && (start - p->now * 1000) * w->rate / 1000 >
					(int64_t)w->queue)
			return -1;
		p->busy[to] = start + (int64_t)n * 1000 / w->rate;
		at = p->busy[to] / 1000;
	}
	at += w->least + pair_rand(p, w->most - w->least + 1);
	if (!w->overtakes && at < p->last[to])
		at = p->last[to];
	p->last[to] = at;
	return at;
}

static struct pair_packet *packet(struct pair *p)
{
	struct list *node = p->free.next;

	if (node == &p->free) {
		assert_true(p->high < PAIR_PACKETS);
		return &packets[p->high++];
	}
	list_remove(node);
	return container_of(node, struct pair_packet, node);
}

static void put(struct pair *p, unsigned to, struct bytes b)
{
	int64_t at = arrival(p, to, b.n);
	struct pair_packet *x;
	struct list *after;

	if (at < 0 || pair_rand(p, 1000) < p->wire.lost) {
		p->lost++;
		return;
	}
	x = packet(p);
	memcpy(x->b, b.p, b.n);
	x->n = b.n;
	x->to = to;
	x->at = at;
	after = p->wire_list.prev;
	while (after != &p->wire_list &&
	       container_of(after, struct pair_packet, node)->at > at)
		after = after->prev;
	list_append(after->next, &x->node);
}

static bool say(struct pair *p, unsigned from)
{
	uint8_t room[SCTP_MTU_MOST];
	struct span b = SPAN(room);

	b.n = sctp_output(&p->ends[from], b, p->now);
	if (b.n == 0)
		return false;
	p->carried[from] += b.n;
	if (b.n > p->big[from])
		p->big[from] = b.n;
	if (p->look && !p->look(p, !from, b))
		return true;
	put(p, !from, bytes_in(b));
	if (pair_rand(p, 1000) < p->wire.doubled)
		put(p, !from, bytes_in(b));
	return true;
}

void pair_flush(struct pair *p)
{
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; say(p, i); k++)
			assert_true(k < 20000);
}

static void arrive(struct pair *p, struct pair_packet *x)
{
	struct bytes b = { x->b, x->n };

	list_remove(&x->node);
	sctp_input(&p->ends[x->to], b, p->now);
	list_append(&p->free, &x->node);
}

bool pair_step(struct pair *p, int64_t end)
{
	struct pair_packet *x = NULL;
	int64_t at = -1;

	pair_flush(p);
	if (!list_alone(&p->wire_list)) {
		x = container_of(p->wire_list.next, struct pair_packet, node);
		at = x->at;
	}
	for (int i = 0; i < 2; i++) {
		int64_t due = sctp_due(&p->ends[i]);

		if (due >= 0 && (at < 0 || due < at)) {
			at = due;
			x = NULL;
		}
	}
	if (at < 0 || at > end)
		return false;
	if (at > p->now)
		p->now = at;
	if (x)
		arrive(p, x);
	return true;
}

void pair_until(struct pair *p, int64_t ms)
{
	int64_t end = p->now + ms;

	while (pair_step(p, end))
		;
	p->now = end;
	pair_flush(p);
}

const struct pair_wire pair_quick = { .least = 20, .most = 20 };

struct pair *pair_opened(void)
{
	struct pair *p = pair_new(1, &pair_quick);

	sctp_connect(&p->ends[0], 40, p->now);
	pair_until(p, 100);
	assert_int_equal(p->ends[0].state, SCTP_OPEN);
	assert_int_equal(p->ends[1].state, SCTP_OPEN);
	return p;
}

void pair_hear(struct pair *p, const char *hex)
{
	struct sctp *s = &p->ends[0];
	uint8_t room[256];
	struct pack to = pack_to(SPAN(room));
	struct bytes chunk =
		unit_hex((struct span){ room + PACKET_HEAD, 200 }, hex);
	struct span b = { room, PACKET_HEAD + chunk.n };
	struct guard g;

	pack_u16(&to, 5000);
	pack_u16(&to, 5000);
	pack_u32(&to, chunk.p[0] == CHUNK_INIT ? 0 : s->own.tag);
	packet_seal(b);
	sctp_input(s, guard_bytes(&g, bytes_in(b)), p->now);
	guard_free(&g);
}
