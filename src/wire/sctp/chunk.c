#include "wire/sctp/chunk.h"
#include "crypt/crc.h"

/* A length counts its own head of four bytes, and not the padding. */
static bool body_of(struct cur *c, size_t length, struct bytes *body)
{
	size_t n = length - CHUNK_HEAD;

	if (length < CHUNK_HEAD || cur_left(c) < n) {
		c->bad = true;
		return false;
	}
	*body = cur_bytes(c, n);
	cur_bytes(c, min_size(-n & 3, cur_left(c)));
	return true;
}

bool chunk_next(struct cur *c, struct chunk *out)
{
	if (cur_left(c) == 0 || c->bad)
		return false;
	out->type = cur_u8(c);
	out->flags = cur_u8(c);
	return body_of(c, cur_u16(c), &out->body) && !c->bad;
}

bool param_next(struct cur *c, struct param *out)
{
	if (cur_left(c) == 0 || c->bad)
		return false;
	out->type = cur_u16(c);
	return body_of(c, cur_u16(c), &out->body) && !c->bad;
}

bool packet_head(struct cur *c, struct packet *out)
{
	struct bytes sum;

	out->from = cur_u16(c);
	out->to = cur_u16(c);
	out->tag = cur_u32(c);
	sum = cur_bytes(c, 4);
	if (c->bad)
		return false;
	out->sum = sum.p[0] | (uint32_t)sum.p[1] << 8 |
		   (uint32_t)sum.p[2] << 16 | (uint32_t)sum.p[3] << 24;
	return true;
}

uint32_t packet_sum(struct bytes b)
{
	uint32_t sum = crc32c(0, (struct bytes){ b.p, SUM_AT });

	sum = crc32c(sum, BYTES("\0\0\0\0"));
	return crc32c(sum,
		      (struct bytes){ b.p + PACKET_HEAD, b.n - PACKET_HEAD });
}

void packet_seal(struct span b)
{
	uint32_t sum = packet_sum(bytes_in(b));

	for (size_t i = 0; i < 4; i++)
		b.p[SUM_AT + i] = (uint8_t)(sum >> 8 * i);
}

bool chunk_init_read(struct cur *c, struct chunk_init *out)
{
	out->tag = cur_u32(c);
	out->window = cur_u32(c);
	out->out = cur_u16(c);
	out->in = cur_u16(c);
	out->tsn = cur_u32(c);
	return !c->bad;
}

bool chunk_data_read(const struct chunk *chunk, struct chunk_data *out)
{
	struct cur c = cur_of(chunk->body);

	out->tsn = cur_u32(&c);
	out->sid = cur_u16(&c);
	out->ssn = cur_u16(&c);
	out->ppid = cur_u32(&c);
	out->text = (struct bytes){ c.p, cur_left(&c) };
	return !c.bad;
}

size_t chunk_open(struct pack *p, uint8_t type, uint8_t flags)
{
	size_t mark = p->n;

	pack_u8(p, type);
	pack_u8(p, flags);
	pack_u16(p, 0);
	return mark;
}

size_t param_open(struct pack *p, uint16_t type)
{
	size_t mark;

	pack_uint(p, 0, -p->n & 3);
	mark = p->n;
	pack_u16(p, type);
	pack_u16(p, 0);
	return mark;
}

void param_close(struct pack *p, size_t mark)
{
	struct pack head;

	if (p->full)
		return;
	head = pack_to((struct span){ p->room.p + mark + 2, 2 });
	pack_u16(&head, (uint16_t)(p->n - mark));
}

void chunk_close(struct pack *p, size_t mark)
{
	param_close(p, mark);
	pack_uint(p, 0, -p->n & 3);
}
