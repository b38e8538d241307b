#include "wire/mux.h"
#include "base/cur.h"

/* By kind: the least and the most bytes of a payload. */
static const struct {
	uint32_t least, most;
} sizes[] = {
	[MUX_OPEN] = { 0, 0 },   [MUX_DATA] = { 1, MUX_WINDOW },
	[MUX_CREDIT] = { 4, 4 }, [MUX_END] = { 0, 0 },
	[MUX_RESET] = { 0, 0 },
};

static long told(struct mux_in *m, struct span data, struct mux_part *p)
{
	data.n = min_size(data.n, m->left);
	m->left -= (uint32_t)data.n;
	p->strand = m->strand;
	p->data = data;
	p->kind = data.n ? MUX_DATA : MUX_MORE;
	return (long)data.n;
}

static bool read_head(struct cur *c, struct mux_part *p, uint32_t *n)
{
	p->kind = (enum mux_kind)cur_u8(c);
	*n = cur_u24(c);
	p->strand = cur_u32(c);
	return p->kind > MUX_MORE && p->kind <= MUX_RESET && p->strand &&
	       *n >= sizes[p->kind].least && *n <= sizes[p->kind].most;
}

long mux_hear(struct mux_in *m, struct span in, struct mux_part *p)
{
	struct cur c = cur_of(bytes_in(in));
	uint32_t n;

	*p = (struct mux_part){ .kind = MUX_MORE };
	if (m->left)
		return told(m, in, p);
	if (in.n < MUX_HEAD)
		return 0;
	if (!read_head(&c, p, &n))
		return -NAT_EPROTO;
	if (p->kind == MUX_DATA) {
		*m = (struct mux_in){ p->strand, n };
		return MUX_HEAD +
		       told(m,
			    (struct span){ in.p + MUX_HEAD, in.n - MUX_HEAD },
			    p);
	}
	if (in.n < MUX_HEAD + n) {
		p->kind = MUX_MORE;
		return 0;
	}
	if (p->kind == MUX_CREDIT) {
		p->more = cur_u32(&c);
		if (!p->more || p->more > MUX_WINDOW)
			return -NAT_EPROTO;
	}
	return MUX_HEAD + (long)n;
}

static void put_u32(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (24 - 8 * i));
}

void mux_head(uint8_t to[MUX_HEAD], enum mux_kind kind, uint32_t strand,
	      size_t n)
{
	put_u32(to, (uint32_t)kind << 24 | (uint32_t)n);
	put_u32(to + 4, strand);
}

void mux_credit(uint8_t to[MUX_CREDIT_FRAME], uint32_t strand, uint32_t more)
{
	mux_head(to, MUX_CREDIT, strand, 4);
	put_u32(to + MUX_HEAD, more);
}
