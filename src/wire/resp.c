#include "wire/resp.h"

enum { DIGITS = 19 };

/* The text before \r\n, which are taken; false: they are not here. */
static bool take_line(struct cur *c, struct bytes *line)
{
	const uint8_t *p = c->p;

	for (; c->end - p >= 2; p++) {
		if (p[0] != '\r' || p[1] != '\n')
			continue;
		*line = (struct bytes){ c->p, (size_t)(p - c->p) };
		c->p = p + 2;
		return true;
	}
	return false;
}

static bool number_of(struct bytes text, int64_t *n)
{
	struct cur c = cur_of(text);
	bool minus = cur_eat(&c, '-');
	size_t digits = cur_left(&c);
	uint64_t sum = 0;

	if (digits == 0 || digits >= DIGITS)
		return false;
	while (cur_left(&c)) {
		unsigned d = cur_u8(&c) - (unsigned)'0';

		if (d > 9)
			return false;
		sum = 10 * sum + d;
	}
	*n = minus ? -(int64_t)sum : (int64_t)sum;
	return true;
}

/* -1: there is nothing; else its bytes and \r\n. */
static int take_bulk(struct resp *r, struct cur *c)
{
	if (r->number == -1) {
		*r = (struct resp){ .kind = RESP_NONE };
		return 1;
	}
	if (r->number < 0)
		return -NAT_EPROTO;
	if (r->number > RESP_BULK)
		return -NAT_EROOM;
	if (cur_left(c) < (size_t)r->number + 2)
		return 0;
	r->kind = RESP_TEXT;
	r->text = cur_bytes(c, (size_t)r->number);
	return cur_eat(c, '\r') && cur_eat(c, '\n') ? 1 : -NAT_EPROTO;
}

static int take_array(struct resp *r)
{
	r->kind = r->number == -1 ? RESP_NONE : RESP_ARRAY;
	if (r->number > RESP_ELEMENTS)
		return -NAT_EROOM;
	return r->number < -1 ? -NAT_EPROTO : 1;
}

static int take_rest(struct resp *r, struct cur *c, int sort)
{
	bool counts = sort == ':' || sort == '$' || sort == '*';

	if (counts && !number_of(r->text, &r->number))
		return -NAT_EPROTO;
	if (sort == '$')
		return take_bulk(r, c);
	if (sort == '*')
		return take_array(r);
	r->kind = sort == '+'   ? RESP_TEXT
		  : sort == '-' ? RESP_ERROR
				: RESP_NUMBER;
	return 1;
}

int resp_take(struct resp *r, struct bytes in)
{
	struct cur c = cur_of(in);
	int sort = cur_left(&c) ? cur_u8(&c) : '+', rc;

	if (!bytes_have(BYTES("+-:$*"), (uint8_t)sort))
		return -NAT_EPROTO;
	*r = (struct resp){ .kind = RESP_TEXT };
	if (!take_line(&c, &r->text))
		return in.n >= RESP_LINE ? -NAT_EROOM : 0;
	if (c.p - in.p > RESP_LINE)
		return -NAT_EROOM;
	rc = take_rest(r, &c, sort);
	return rc > 0 ? (int)(c.p - in.p) : rc;
}

static void put_count(struct fmt *f, char sort, size_t n)
{
	fmt_put(f, "%c%zu\r\n", sort, n);
}

void resp_command(struct fmt *f, size_t n)
{
	put_count(f, '*', n);
}

void resp_word(struct fmt *f, struct bytes word)
{
	put_count(f, '$', word.n);
	fmt_bytes(f, word);
	fmt_put(f, "\r\n");
}
