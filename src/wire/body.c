#include "wire/body.h"
#include "base/cur.h"
#include "wire/http1.h"

enum { SIZE_DIGITS = 15 }; /* of a chunk: less than 2^60 */

void body_start(struct body *b, enum body_kind kind, uint64_t length)
{
	static const uint8_t first[] = {
		[BODY_NONE] = BODY_OVER,
		[BODY_LENGTH] = BODY_DATA,
		[BODY_CHUNKED] = BODY_SIZE,
		[BODY_CLOSE] = BODY_DATA,
	};

	*b = (struct body){ .kind = (uint8_t)kind, .state = first[kind] };
	b->left = kind == BODY_CLOSE ? UINT64_MAX : length;
	if (kind == BODY_LENGTH && length == 0)
		b->state = BODY_OVER;
}

/* ---- lines ---- */

/* The next line with its CRLF; n 0: it is not all here. False: no line has such
 * bytes, or so many of them.
 */
static bool next_line(struct bytes *line, struct bytes in, size_t most)
{
	size_t n = 0;

	while (n < in.n && n < most && in.p[n] != '\n')
		n++;
	*line = (struct bytes){ in.p, 0 };
	if (n == in.n && n < most)
		return true;
	if (n == most || n == 0 || in.p[n - 1] != '\r')
		return false;
	line->n = n + 1;
	return true;
}

static int digit_of(uint8_t c)
{
	uint8_t low = c | 0x20;

	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* RFC 9112 7.1.1: what the other side means by it is not known to be the same
 * here, so it goes no further.
 */
static bool is_extension(struct cur *c)
{
	bool ok = cur_eat(c, ';') ? cur_left(c) > 2 : cur_peek(c) == '\r';

	while (ok && cur_left(c) > 2) {
		uint8_t byte = cur_u8(c);

		ok = (byte >= ' ' && byte != 0x7f) || byte == '\t';
	}
	return ok && cur_eat(c, '\r');
}

static bool read_size(uint64_t *size, struct bytes line)
{
	struct cur c = cur_of(line);
	uint64_t n = 0;
	int digits = 0, digit;

	while ((digit = cur_left(&c) ? digit_of(*c.p) : -1) >= 0) {
		cur_u8(&c);
		n = n << 4 | (unsigned)digit;
		if (++digits > SIZE_DIGITS)
			return false;
	}
	*size = n;
	return digits > 0 && is_extension(&c);
}

/* ---- reading ---- */

/* The steps answer: 1, go on behind what was skipped; 0, part says what; less,
 * it is wrong.
 */
static int step_size(struct body *b, struct bytes in, struct body_part *part)
{
	struct bytes line;

	if (!next_line(&line, in, BODY_LINE))
		return -NAT_EPROTO;
	if (line.n == 0)
		return 0;
	if (!read_size(&b->left, line))
		return -NAT_EPROTO;
	part->skip += line.n;
	b->state = b->left ? BODY_DATA : BODY_TRAILER;
	return 1;
}

static int step_data(struct body *b, struct bytes in, struct body_part *part)
{
	if (in.n == 0)
		return 0;
	part->what = BODY_SOME;
	part->data = in;
	if (part->data.n > b->left)
		part->data.n = (size_t)b->left;
	return 0;
}

static int step_crlf(struct body *b, struct bytes in, struct body_part *part)
{
	if (in.n > 0 && in.p[0] != '\r')
		return -NAT_EPROTO;
	if (in.n < 2)
		return 0;
	if (in.p[1] != '\n')
		return -NAT_EPROTO;
	part->skip += 2;
	b->state = BODY_SIZE;
	return 1;
}

static int step_trailer(struct body *b, struct bytes in, struct body_part *part)
{
	struct http1_field f;
	struct bytes line;

	if (!next_line(&line, in, BODY_TRAILERS - b->trailers))
		return -NAT_EPROTO;
	if (line.n == 0)
		return 0;
	if (line.n == 2) {
		part->skip += 2;
		b->state = BODY_OVER;
		return 1;
	}
	if (!http1_field(&f, line) || f.how != HTTP1_AS_PLAIN)
		return -NAT_EPROTO;
	part->what = BODY_FIELD;
	part->data = line;
	return 0;
}

static int step_over(struct body *b, struct bytes in, struct body_part *part)
{
	(void)b;
	(void)in;
	part->what = BODY_END;
	return 0;
}

int body_next(struct body *b, struct bytes in, struct body_part *part)
{
	static int (*const steps[])(struct body *, struct bytes,
				    struct body_part *) = {
		[BODY_SIZE] = step_size,       [BODY_DATA] = step_data,
		[BODY_CRLF] = step_crlf,       [BODY_OVER] = step_over,
		[BODY_TRAILER] = step_trailer,
	};
	int rc;

	*part = (struct body_part){ .what = BODY_MORE };
	do {
		struct cur c = cur_of(in);

		cur_bytes(&c, part->skip);
		rc = steps[b->state](b, (struct bytes){ c.p, cur_left(&c) },
				     part);
	} while (rc > 0);
	return rc;
}

void body_took(struct body *b, size_t n)
{
	if (b->state == BODY_TRAILER) {
		b->trailers = (uint16_t)(b->trailers + n);
		return;
	}
	if (b->state != BODY_DATA)
		return;
	if (b->kind != BODY_CLOSE)
		b->left -= n;
	if (b->left == 0)
		b->state = b->kind == BODY_CHUNKED ? BODY_CRLF : BODY_OVER;
}

/* ---- writing ---- */

size_t body_put(struct span to, enum body_kind kind, struct bytes data,
		size_t *used)
{
	struct fmt f = fmt_to(to);
	size_t frame = kind == BODY_CHUNKED ? BODY_FRAME : 0;

	if (to.n <= frame)
		data.n = 0;
	data.n = min_size(data.n, to.n - min_size(to.n, frame));
	if (frame && data.n)
		fmt_put(&f, "%x\r\n", (unsigned)data.n);
	fmt_bytes(&f, data);
	if (frame && data.n)
		fmt_put(&f, "\r\n");
	*used = f.n;
	return data.n;
}
