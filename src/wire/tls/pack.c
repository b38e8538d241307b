#include "wire/tls/pack.h"

struct span pack_room(struct pack *p, size_t n)
{
	struct span to = { p->room.p + p->n, n };

	if (p->full || p->room.n - p->n < n) {
		p->full = true;
		return (struct span){ NULL, 0 };
	}
	p->n += n;
	return to;
}

static void store(uint8_t *to, uint64_t n, size_t width)
{
	while (width-- > 0) {
		to[width] = (uint8_t)n;
		n >>= 8;
	}
}

void pack_uint(struct pack *p, uint64_t n, size_t width)
{
	struct span to = pack_room(p, width);

	if (to.p)
		store(to.p, n, width);
}

void pack_bytes(struct pack *p, struct bytes b)
{
	struct span to = pack_room(p, b.n);

	if (to.p && b.n > 0)
		memcpy(to.p, b.p, b.n);
}

size_t pack_open(struct pack *p, size_t width)
{
	size_t mark = p->n;

	pack_room(p, width);
	return mark;
}

void pack_close(struct pack *p, size_t mark, size_t width)
{
	size_t n;

	if (p->full)
		return;
	n = p->n - mark - width;
	p->full = (uint64_t)n >> 8 * width != 0;
	store(p->room.p + mark, n, width);
}

void pack_vector(struct pack *p, struct bytes b, size_t width)
{
	size_t mark = pack_open(p, width);

	pack_bytes(p, b);
	pack_close(p, mark, width);
}
