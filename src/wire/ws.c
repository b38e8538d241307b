#include "wire/ws.h"
#include "base/cur.h"

enum { FIN = 0x80, RESERVED = 0x70, OP = 0x0f, MASK = 0x80, CONTROL = 8 };
enum { LENGTH = 0x7f, LENGTH_16 = 126, LENGTH_64 = 127 };

static bool is_control(unsigned op)
{
	return op & CONTROL;
}

static long broken(struct ws_in *w, enum ws_code code)
{
	w->code = (uint16_t)code;
	return -NAT_EPROTO;
}

/* ---- masks (RFC 6455 5.3) ---- */

/* Eight bytes at a time; what is left, and what stands before, one by one. */
static void mask(struct span data, const uint8_t key[4], uint8_t *phase)
{
	uint8_t turned[8];
	uint64_t by, eight;
	size_t i = 0;

	for (size_t k = 0; k < sizeof turned; k++)
		turned[k] = key[(*phase + k) & 3];
	memcpy(&by, turned, sizeof by);
	for (; data.n - i >= sizeof by; i += sizeof by) {
		memcpy(&eight, data.p + i, sizeof eight);
		eight ^= by;
		memcpy(data.p + i, &eight, sizeof eight);
	}
	for (; i < data.n; i++)
		data.p[i] ^= turned[i & 7];
	*phase = (*phase + data.n) & 3;
}

/* ---- heads (RFC 6455 5.2) ---- */

struct head {
	uint8_t op;
	bool fin;
	size_t n; /* bytes of it */
	uint64_t length;
	uint8_t key[4];
};

static bool is_known(unsigned op)
{
	return op <= WS_BINARY || (op >= WS_CLOSE && op <= WS_PONG);
}

/* May a frame begin so, here? */
static enum ws_code judge_first(const struct ws_in *w, uint8_t first)
{
	unsigned op = first & OP;

	if ((first & RESERVED) || !is_known(op))
		return WS_BROKEN;
	if (is_control(op))
		return first & FIN ? WS_FINE : WS_BROKEN;
	if ((op == WS_MORE) != (w->op != WS_MORE))
		return WS_BROKEN;
	return op == WS_TEXT && !w->texts ? WS_UNWANTED : WS_FINE;
}

/* Clients mask, servers do not (5.1); control frames are short (5.5). */
static enum ws_code judge_second(const struct ws_in *w, const uint8_t *in)
{
	bool masked = in[1] & MASK;

	if (masked != (w->role == WS_SERVER))
		return WS_BROKEN;
	return is_control(in[0] & OP) && (in[1] & LENGTH) > WS_CONTROL
		       ? WS_BROKEN
		       : WS_FINE;
}

static uint64_t long_length(struct cur *c)
{
	uint64_t high = cur_u32(c);

	return high << 32 | cur_u32(c);
}

/* In as few bytes as it takes, below 2^63. */
static bool read_length(uint64_t *n, struct cur *c, unsigned said)
{
	uint64_t least = 0;

	*n = said;
	if (said == LENGTH_16) {
		*n = cur_u16(c);
		least = LENGTH_16;
	} else if (said == LENGTH_64) {
		*n = long_length(c);
		least = UINT16_MAX + 1;
	}
	return c->bad || (*n >= least && !(*n >> 63));
}

/* 1; 0: more of it is to come. */
static int read_head(struct ws_in *w, struct bytes in, struct head *h)
{
	struct cur c = cur_of(in);
	uint8_t first = cur_u8(&c), second = cur_u8(&c);
	enum ws_code why = in.n > 0 ? judge_first(w, first) : WS_FINE;
	struct bytes key;

	if (!why && in.n > 1)
		why = judge_second(w, in.p);
	if (why)
		return (int)broken(w, why);
	if (c.bad)
		return 0;
	h->op = first & OP;
	h->fin = first & FIN;
	if (!read_length(&h->length, &c, second & LENGTH))
		return (int)broken(w, WS_BROKEN);
	key = cur_bytes(&c, second & MASK ? sizeof h->key : 0);
	if (c.bad)
		return 0;
	memset(h->key, 0, sizeof h->key);
	if (key.n)
		memcpy(h->key, key.p, sizeof h->key);
	h->n = in.n - cur_left(&c);
	return 1;
}

/* ---- control frames ---- */

/* RFC 6455 7.4, and what IANA has since registered. */
static bool may_be_said(unsigned code)
{
	return (code >= 1000 && code <= 1003) ||
	       (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

static long hear_close(struct ws_in *w, struct ws_part *part)
{
	struct cur c = cur_of(bytes_in(part->data));
	struct utf8 reason = { .more = 0 };

	part->code = WS_NONE;
	w->closed = true;
	if (part->data.n == 0)
		return 0;
	part->code = cur_u16(&c);
	if (c.bad || !may_be_said(part->code))
		return broken(w, WS_BROKEN);
	part->data.p += 2;
	part->data.n -= 2;
	if (!utf8_hear(&reason, bytes_in(part->data)) || !utf8_whole(&reason))
		return broken(w, WS_NO_TEXT);
	return 0;
}

/* Whole, or not yet. */
static long hear_control(struct ws_in *w, struct span in, const struct head *h,
			 struct ws_part *part)
{
	size_t all = h->n + (size_t)h->length;
	uint8_t phase = 0;

	if (in.n < all)
		return 0;
	*part = (struct ws_part){
		.op = h->op,
		.ends = true,
		.data = { in.p + h->n, (size_t)h->length },
	};
	mask(part->data, h->key, &phase);
	if (h->op == WS_CLOSE && hear_close(w, part) < 0)
		return -NAT_EPROTO;
	return (long)all;
}

/* ---- messages ---- */

static long begin_frame(struct ws_in *w, const struct head *h)
{
	if (h->op != WS_MORE) {
		w->op = h->op;
		w->had = 0;
		w->text = (struct utf8){ .more = 0 };
	}
	if (h->length > w->most - w->had)
		return broken(w, WS_TOO_LONG);
	w->had += h->length;
	w->left = h->length;
	w->last = h->fin;
	w->in_frame = true;
	w->phase = 0;
	memcpy(w->key, h->key, sizeof w->key);
	return 0;
}

/* What is here of the frame at hand; all of it, if it is empty. */
static long hear_data(struct ws_in *w, struct span in, struct ws_part *part)
{
	struct span data = { in.p, in.n };

	if (data.n > w->left)
		data.n = (size_t)w->left;
	mask(data, w->key, &w->phase);
	w->left -= data.n;
	w->in_frame = w->left > 0;
	*part = (struct ws_part){ .op = w->op,
				  .ends = w->last && !w->in_frame,
				  .data = data };
	if (w->op == WS_TEXT && (!utf8_hear(&w->text, bytes_in(data)) ||
				 (part->ends && !utf8_whole(&w->text))))
		return broken(w, WS_NO_TEXT);
	if (part->ends)
		w->op = WS_MORE;
	else if (data.n == 0)
		part->op = WS_MORE;
	return (long)data.n;
}

static long hear_frame(struct ws_in *w, struct span in, struct ws_part *part)
{
	struct head h;
	int rc = read_head(w, bytes_in(in), &h);
	long n;

	if (rc <= 0)
		return rc;
	if (is_control(h.op))
		return hear_control(w, in, &h, part);
	if (begin_frame(w, &h) < 0)
		return -NAT_EPROTO;
	n = hear_data(w, (struct span){ in.p + h.n, in.n - h.n }, part);
	return n < 0 ? n : (long)h.n + n;
}

long ws_hear(struct ws_in *w, struct span in, struct ws_part *part)
{
	*part = (struct ws_part){ .op = WS_MORE };
	if (w->code)
		return -NAT_EPROTO;
	if (w->closed)
		return (long)in.n;
	if (in.n == 0)
		return 0;
	return w->in_frame ? hear_data(w, in, part) : hear_frame(w, in, part);
}

/* ---- saying ---- */

static size_t length_size(uint64_t n)
{
	return n < LENGTH_16 ? 0 : n <= UINT16_MAX ? 2 : 8;
}

size_t ws_head_size(enum ws_role role, uint64_t n)
{
	return 2 + length_size(n) + (role == WS_CLIENT ? 4 : 0);
}

void ws_seal(uint8_t *to, const struct ws_frame *f)
{
	size_t size = length_size(f->n);
	uint8_t phase = 0;

	*to++ = (uint8_t)(FIN | f->op);
	*to++ = (uint8_t)((f->role == WS_CLIENT ? MASK : 0) |
			  (size == 0   ? f->n
			   : size == 2 ? LENGTH_16
				       : LENGTH_64));
	for (size_t i = size; i-- > 0;)
		*to++ = (uint8_t)((uint64_t)f->n >> (8 * i));
	if (f->role == WS_SERVER)
		return;
	memcpy(to, f->key, sizeof f->key);
	mask((struct span){ to + sizeof f->key, f->n }, f->key, &phase);
}

size_t ws_close(uint8_t to[2], uint16_t code)
{
	to[0] = (uint8_t)(code >> 8);
	to[1] = (uint8_t)code;
	return code == WS_NONE ? 0 : 2;
}
