#include "dtls_pair.h"
#include <assert.h>

struct self dpair_self[2];
static uint64_t chance = 77;

static uint32_t draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 32);
}

void dpair_fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)draw(&chance);
}

void dpair_setup(void)
{
	for (int i = 0; i < 2 && dpair_self[1].n == 0; i++)
		if (!self_make(&dpair_self[i], dpair_fill))
			assert(!"a certificate");
}

void dpair_show(struct dtls_pair *p, enum tls_role who,
		const struct tls_identity *id)
{
	p->conf[who].ids = id;
	p->conf[who].ids_n = 1;
	fingerprint_make(&p->known[!who], &hash_sha256, id->chain[0].der);
	p->known_n[!who] = 1;
}

void dpair_init(struct dtls_pair *p, uint64_t seed)
{
	dpair_setup();
	memset(p, 0, sizeof *p);
	p->chance = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	chance = p->chance;
	p->now = 1000;
	for (int i = 0; i < 2; i++) {
		p->conf[i].role = (enum tls_role)i;
		p->conf[i].fill = dpair_fill;
		p->ask[i].conf = &p->conf[i];
		p->ask[i].hs = &p->hs[i];
		dpair_show(p, (enum tls_role)i, &dpair_self[i].id);
	}
}

void dpair_start(struct dtls_pair *p)
{
	for (int i = 0; i < 2; i++) {
		dtls_start(&p->ends[i], &p->ask[i], p->now);
		dtls_believe(&p->ends[i], &p->known[i], p->known_n[i]);
	}
}

/* ---- the road ---- */

static bool happens(struct dtls_pair *p, unsigned of_thousand)
{
	return draw(&p->chance) % 1000 < of_thousand;
}

static void enqueue(struct dtls_pair *p, enum tls_role to, struct bytes b)
{
	struct dpair_letter *l = &p->queue[p->queued];

	assert(b.n <= sizeof l->b);
	if (p->queued == DPAIR_QUEUE || happens(p, p->road.loss)) {
		p->lost++;
		return;
	}
	p->queued++;
	*l = (struct dpair_letter){ .to = (uint8_t)to, .n = b.n };
	l->when = p->now + p->road.delay;
	if (p->road.more)
		l->when += draw(&p->chance) % (p->road.more + 1);
	memcpy(l->b, b.p, b.n);
}

static void post(struct dtls_pair *p, enum tls_role from, struct bytes b)
{
	p->sent[from]++;
	enqueue(p, (enum tls_role) !from, b);
	if (happens(p, p->road.twice))
		enqueue(p, (enum tls_role) !from, b);
}

/* ---- ends ---- */

static void note(struct dtls_pair *p, enum tls_role who, struct span text)
{
	uint64_t bit = UINT64_C(1) << (text.p[0] & 63);

	assert(text.n == 2 && text.p[0] == text.p[1]);
	p->copies += (p->heard[who] & bit) != 0;
	p->heard[who] |= bit;
}

static bool say_all(struct dtls_pair *p, enum tls_role who)
{
	struct dtls *d = &p->ends[who];
	uint8_t room[DPAIR_MTU];
	bool any = false;
	size_t n;

	while ((n = dtls_output(d, SPAN(room), p->now)) > 0) {
		assert(n <= d->mtu);
		post(p, who, (struct bytes){ room, n });
		any = true;
	}
	if (d->open && p->opened[who] == 0)
		p->opened[who] = p->now;
	if (d->err && p->over[who] == 0)
		p->over[who] = p->now;
	return any;
}

void dpair_tell(struct dtls_pair *p, enum tls_role to, struct span datagram)
{
	struct span text;

	while ((text = dtls_input(&p->ends[to], &datagram, p->now)).p)
		note(p, to, text);
	say_all(p, to);
}

void dpair_say(struct dtls_pair *p, enum tls_role from, unsigned n)
{
	uint8_t room[64];
	struct span text = dtls_room(&p->ends[from], SPAN(room));

	assert(text.n >= 2);
	text.p[0] = text.p[1] = (uint8_t)n;
	n = (unsigned)dtls_seal(&p->ends[from], SPAN(room), 2);
	post(p, from, (struct bytes){ room, n });
}

/* ---- time ---- */

/* The letter that comes first; queued: there is none. */
static size_t first_letter(const struct dtls_pair *p)
{
	size_t first = p->queued;

	for (size_t i = 0; i < p->queued; i++)
		if (first == p->queued ||
		    p->queue[i].when < p->queue[first].when)
			first = i;
	return first;
}

static void deliver(struct dtls_pair *p, size_t i)
{
	struct dpair_letter l = p->queue[i];

	p->queue[i] = p->queue[--p->queued];
	if (!p->meddle || p->meddle(p, &l))
		dpair_tell(p, (enum tls_role)l.to, (struct span){ l.b, l.n });
}

bool dpair_step(struct dtls_pair *p, int64_t until)
{
	size_t i = first_letter(p);
	int64_t next = i < p->queued ? p->queue[i].when : DTLS_NEVER;

	for (int k = 0; k < 2; k++)
		if (dtls_due(&p->ends[k]) < next) {
			next = dtls_due(&p->ends[k]);
			i = p->queued;
		}
	if (next > until)
		return false;
	p->now = next > p->now ? next : p->now;
	if (i < p->queued) {
		deliver(p, i);
		return true;
	}
	say_all(p, TLS_CLIENT);
	say_all(p, TLS_SERVER);
	return true;
}

void dpair_go_on(struct dtls_pair *p, int64_t ms)
{
	int64_t until = p->now + ms;

	for (unsigned i = 0; dpair_step(p, until); i++)
		assert(i < DPAIR_TURNS);
	p->now = p->now < until && (p->queued || !dpair_open(p)) ? until
								 : p->now;
}

void dpair_run(struct dtls_pair *p, int64_t ms)
{
	dpair_start(p);
	dpair_go_on(p, ms);
}

bool dpair_open(const struct dtls_pair *p)
{
	for (int i = 0; i < 2; i++)
		if (!p->ends[i].open || p->ends[i].err || p->ends[i].hs)
			return false;
	return true;
}
