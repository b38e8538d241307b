#include "link.h"

enum { US = 1000 };

void link_init(struct link *l, const struct link_conf *conf)
{
	*l = (struct link){ .conf = *conf, .chance = conf->seed };
}

static uint32_t draw(struct link *l)
{
	l->chance ^= l->chance << 13;
	l->chance ^= l->chance >> 7;
	l->chance ^= l->chance << 17;
	return (uint32_t)(l->chance >> 32);
}

/* How long the line is busy with it, from when. */
static int64_t sent_at(struct link *l, int64_t now, size_t n)
{
	int64_t from = l->idle > now * US ? l->idle : now * US;

	if (l->conf.rate)
		from += (int64_t)(n * 1000000 / l->conf.rate);
	l->idle = from;
	return from;
}

bool link_put(struct link *l, int64_t now, int way, struct bytes packet)
{
	struct link_packet *idle = NULL;

	for (int i = 0; i < LINK_WAITING && !idle; i++)
		if (l->waiting[i].n == 0)
			idle = &l->waiting[i];
	if (draw(l) % 1000 < l->conf.loss || !idle || packet.n == 0 ||
	    packet.n > LINK_PACKET)
		return false;
	idle->at = sent_at(l, now, packet.n) + l->conf.delay * US;
	if (l->conf.reorder)
		idle->at += draw(l) % (uint32_t)(l->conf.reorder * US);
	idle->number = l->count++;
	idle->n = packet.n;
	idle->way = way;
	memcpy(idle->bytes, packet.p, packet.n);
	return true;
}

static const struct link_packet *first(const struct link *l)
{
	const struct link_packet *best = NULL;

	for (int i = 0; i < LINK_WAITING; i++) {
		const struct link_packet *p = &l->waiting[i];

		if (p->n && (!best || p->at < best->at ||
			     (p->at == best->at && p->number < best->number)))
			best = p;
	}
	return best;
}

struct span link_get(struct link *l, int64_t now, int *way)
{
	const struct link_packet *p = first(l);
	struct link_packet *mine;
	struct span b;

	if (!p || p->at > now * US)
		return (struct span){ NULL, 0 };
	mine = &l->waiting[p - l->waiting];
	*way = mine->way;
	b = (struct span){ mine->bytes, mine->n };
	mine->n = 0;
	return b;
}

int64_t link_due(const struct link *l)
{
	const struct link_packet *p = first(l);

	return p ? (p->at + US - 1) / US : -1;
}
