#include "dtls.h"

enum { STAGES = 10, KINDS = 2, SEALED = 1, MORE = 2, LATER = 4 };

static struct dtls_pair now;

static bool count(struct dtls_pair *p, struct dpair_letter *l)
{
	(void)l;
	p->count++;
	return true;
}

/* So many datagrams have been heard. */
static void keep(struct dtls_pair *kept, unsigned kind, unsigned stage)
{
	dpair_init(&now, 1 + kind);
	now.ask[TLS_SERVER].verify = kind == 1;
	now.ask[TLS_CLIENT].mtu = 300;
	now.road.delay = 1;
	dpair_start(&now);
	now.meddle = count;
	while (now.count < stage && dpair_step(&now, 5000))
		;
	now.queued = 0;
	*kept = now;
}

static void look(const struct dtls *d, struct span text, struct span in)
{
	const struct early *e = d->hs ? &d->hs->early : NULL;

	assert(d->open);
	assert((text.p >= in.p && text.p + text.n <= in.p + in.n) ||
	       (e && text.p >= e->room && text.p < e->room + EARLY_ROOM));
}

static void hear(struct dtls *d, struct span datagram)
{
	uint8_t room[DPAIR_MTU];
	struct span all = datagram;
	struct span text;
	int i = 0;

	while ((text = dtls_input(d, &datagram, now.now)).p)
		look(d, text, all);
	for (size_t n = 1; n > 0; assert(i++ < 100)) {
		n = dtls_output(d, SPAN(room), now.now);
		assert(n <= d->mtu);
	}
	assert(!d->err || (!d->hs && d->why && !d->open));
	assert(dtls_due(d) > now.now);
}

/* A record at to; its length. */
static size_t put(struct dtls *d, uint8_t flags, struct cur *in, uint8_t *to)
{
	static struct epoch plain;
	struct epoch *way = flags & SEALED && d->in.suite ? &d->in : &plain;
	uint8_t type = cur_u8(in);
	struct bytes said =
		cur_bytes(in, min_size(cur_u16(in) % 1024, cur_left(in)));

	memcpy(to + (type ? epoch_front(way) : 0), said.p, said.n);
	if (type == 0)
		return said.n;
	if (way == &d->in)
		way->seq = d->window.top + 1 + d->window.top % 3;
	return epoch_seal(way, to, said.n, type);
}

void fuzz_dtls(struct cur *in, enum tls_role to)
{
	static struct dtls_pair kept[KINDS][STAGES];
	static bool ready;
	unsigned kind = cur_u8(in) % KINDS, stage = cur_u8(in) % STAGES;
	uint8_t datagram[4 * DPAIR_MTU];
	size_t n = 0;

	for (unsigned i = 0; !ready && i < KINDS * STAGES; i++)
		keep(&kept[i / STAGES][i % STAGES], i / STAGES, i % STAGES);
	ready = true;
	now = kept[kind][stage];
	while (cur_left(in) > 3) {
		uint8_t flags = cur_u8(in);

		now.now += flags & LATER ? 500 : 1;
		n = flags & MORE && n < DPAIR_MTU ? n : 0;
		n += put(&now.ends[to], flags, in, datagram + n);
		if (cur_left(in) <= 3 || !(*in->p & MORE) || n >= DPAIR_MTU)
			hear(&now.ends[to], (struct span){ datagram, n });
	}
}
