#include "wire/dtls/gather.h"

struct fragment {
	uint8_t type;
	uint16_t seq;
	uint32_t n, at; /* of the message; of this in it */
	struct bytes part;
};

/* ---- heads ---- */

static void put24(uint8_t *to, size_t n)
{
	to[0] = (uint8_t)(n >> 16);
	to[1] = (uint8_t)(n >> 8);
	to[2] = (uint8_t)n;
}

void gather_head(uint8_t to[GATHER_HEAD], uint8_t type, uint16_t seq, size_t n)
{
	to[0] = type;
	put24(to + 1, n);
	to[4] = (uint8_t)(seq >> 8);
	to[5] = (uint8_t)seq;
	gather_cut(to, 0, n);
}

void gather_cut(uint8_t head[GATHER_HEAD], size_t at, size_t n)
{
	put24(head + 6, at);
	put24(head + 9, n);
}

static bool read_fragment(struct fragment *f, struct cur *c)
{
	f->type = cur_u8(c);
	f->n = cur_u24(c);
	f->seq = cur_u16(c);
	f->at = cur_u24(c);
	f->part = cur_bytes(c, cur_u24(c));
	return !c->bad && f->at + f->part.n <= f->n;
}

/* ---- the room ---- */

void gather_start(struct gather *g, struct span room)
{
	*g = (struct gather){ .room = room };
}

static struct gather_message *slot(struct gather *g, uint16_t seq)
{
	return &g->ahead[seq % GATHER_AHEAD];
}

/* Head, body, a bit for each byte of it. */
static size_t extent(uint32_t n)
{
	return GATHER_HEAD + (size_t)n + (n + 7) / 8;
}

/* Gives its room back; what stands behind it moves up. */
static void forget(struct gather *g, struct gather_message *m)
{
	size_t n = extent(m->n);

	if (!m->there)
		return;
	memmove(g->room.p + m->at, g->room.p + m->at + n, g->used - m->at - n);
	g->used -= n;
	for (size_t i = 0; i < GATHER_AHEAD; i++)
		if (g->ahead[i].there && g->ahead[i].at > m->at)
			g->ahead[i].at -= (uint32_t)n;
	m->there = false;
}

/* The next message goes before those behind it. */
static bool make_room(struct gather *g, const struct fragment *f)
{
	size_t n = extent(f->n);

	if (g->room.n - g->used >= n)
		return true;
	if (f->seq != g->next || g->room.n < n)
		return false;
	for (size_t i = 0; i < GATHER_AHEAD; i++)
		g->ahead[i].there = false;
	g->used = 0;
	return true;
}

static bool begin(struct gather *g, const struct fragment *f, uint8_t epoch)
{
	struct gather_message *m = slot(g, f->seq);

	if (!make_room(g, f))
		return false;
	*m = (struct gather_message){ true, f->type, epoch, (uint32_t)g->used,
				      f->n, f->n };
	gather_head(g->room.p + m->at, f->type, f->seq, f->n);
	memset(g->room.p + m->at + GATHER_HEAD, 0, extent(f->n) - GATHER_HEAD);
	g->used += extent(f->n);
	return true;
}

static void fill(struct gather *g, struct gather_message *m,
		 const struct fragment *f)
{
	uint8_t *body = g->room.p + m->at + GATHER_HEAD, *bits = body + m->n;

	for (size_t i = 0; i < f->part.n; i++) {
		size_t at = f->at + i;
		uint8_t bit = (uint8_t)(1 << at % 8);

		if (bits[at / 8] & bit)
			continue;
		bits[at / 8] |= bit;
		body[at] = f->part.p[i];
		m->missing--;
	}
}

enum gather_said gather_add(struct gather *g, struct cur *c, uint8_t epoch)
{
	struct gather_message *m;
	struct fragment f;
	uint16_t ahead;

	if (!read_fragment(&f, c))
		return GATHER_REFUSED;
	ahead = (uint16_t)(f.seq - g->next);
	if (ahead >= 0x8000)
		return GATHER_OLD;
	if (ahead >= GATHER_AHEAD)
		return GATHER_REFUSED;
	m = slot(g, f.seq);
	if (m->epoch < epoch)
		forget(g, m);
	if (!m->there && !begin(g, &f, epoch))
		return GATHER_REFUSED;
	if (m->type != f.type || m->n != f.n || m->epoch != epoch)
		return GATHER_REFUSED;
	fill(g, m, &f);
	return GATHER_TAKEN;
}

/* ---- the next one ---- */

struct bytes gather_peek(const struct gather *g)
{
	const struct gather_message *m = &g->ahead[g->next % GATHER_AHEAD];

	if (!m->there || m->missing > 0)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ g->room.p + m->at, GATHER_HEAD + (size_t)m->n };
}

uint8_t gather_epoch(const struct gather *g)
{
	return g->ahead[g->next % GATHER_AHEAD].epoch;
}

void gather_drop(struct gather *g)
{
	forget(g, slot(g, g->next));
}

void gather_take(struct gather *g)
{
	gather_drop(g);
	g->next++;
}
