#include "wire/pb.h"
#include "base/cur.h"
#include "base/utf8.h"

/* How a value is framed; the rest of a tag is the number. */
enum frame { VARINT, FIXED64, LENGTH, GROUP, GROUP_END, FIXED32 };
enum { NUMBER_MOST = (1 << 29) - 1, VARINT_MOST = 10 };

static const uint8_t frames[] = {
	[PB_UINT] = VARINT,    [PB_INT] = VARINT,   [PB_BOOL] = VARINT,
	[PB_TEXT] = LENGTH,    [PB_BYTES] = LENGTH, [PB_LIST] = LENGTH,
	[PB_MESSAGE] = LENGTH,
};
static const uint16_t sizes[] = {
	[PB_UINT] = sizeof(uint32_t),      [PB_INT] = sizeof(int32_t),
	[PB_BOOL] = sizeof(bool),          [PB_TEXT] = sizeof(struct bytes),
	[PB_BYTES] = sizeof(struct bytes), [PB_LIST] = sizeof(struct pb_texts),
};

/* ---- what lies in the bytes ---- */

static uint64_t read_varint(struct cur *c)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < VARINT_MOST; i++) {
		uint8_t byte = cur_u8(c);

		if (i == VARINT_MOST - 1 && byte > 1)
			break;
		sum |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (byte < 0x80)
			return sum;
	}
	c->bad = true;
	return 0;
}

struct token { /* one field, as it stands there */
	uint32_t number;
	uint8_t frame;
	uint64_t value;     /* VARINT */
	struct bytes text;  /* LENGTH */
	struct bytes whole; /* tag and all */
};

static void skip_group(struct cur *c, uint32_t number, unsigned depth);

static void read_value(struct cur *c, struct token *t, unsigned depth)
{
	uint64_t n;

	switch (t->frame) {
	case VARINT:
		t->value = read_varint(c);
		return;
	case FIXED64:
		cur_bytes(c, sizeof(uint64_t));
		return;
	case LENGTH:
		n = read_varint(c);
		t->text = cur_bytes(c, n > cur_left(c) ? SIZE_MAX : (size_t)n);
		return;
	case GROUP:
		skip_group(c, t->number, depth);
		return;
	case FIXED32:
		cur_bytes(c, sizeof(uint32_t));
		return;
	default:
		c->bad = true;
	}
}

/* False: a group ends here, or all is over; *t has its number. */
static bool read_tag(struct cur *c, struct token *t)
{
	uint64_t tag;

	*t = (struct token){ .whole = { c->p, 0 } };
	if (cur_left(c) == 0)
		return false;
	tag = read_varint(c);
	t->frame = tag & 7;
	t->number = (uint32_t)(tag >> 3);
	if (tag >> 3 == 0 || tag >> 3 > NUMBER_MOST)
		c->bad = true;
	return !c->bad && t->frame != GROUP_END;
}

static void skip_group(struct cur *c, uint32_t number, unsigned depth)
{
	struct token t;

	if (depth == PB_GROUPS) {
		c->bad = true;
		return;
	}
	while (read_tag(c, &t))
		read_value(c, &t, depth + 1);
	if (t.frame != GROUP_END || t.number != number)
		c->bad = true;
}

/* False at the end, or when it is bad. */
static bool next(struct cur *c, struct token *t)
{
	if (!read_tag(c, t)) {
		c->bad = c->bad || t->frame == GROUP_END;
		return false;
	}
	read_value(c, t, 0);
	t->whole.n = (size_t)(c->p - t->whole.p);
	return !c->bad;
}

/* ---- reading ---- */

/* NULL: it is not known, or not as that. */
static const struct pb_field *field_of(const struct pb_type *t,
				       const struct token *token)
{
	for (unsigned i = 0; i < t->nfields; i++) {
		const struct pb_field *f = &t->fields[i];

		if (f->number == token->number)
			return frames[f->kind] == token->frame ? f : NULL;
	}
	return NULL;
}

/* Another member of the oneof was there before, perhaps. */
static void choose(const struct pb_type *t, const struct pb_field *f, void *to)
{
	uint32_t *chosen = (void *)((char *)to + t->chosen);

	if (!f->one || *chosen == f->number)
		return;
	*chosen = f->number;
	memset((char *)to + f->at, 0,
	       f->kind == PB_MESSAGE ? f->of->size : sizes[f->kind]);
}

static int add(struct pb_texts *to, struct bytes text)
{
	if (to->n == PB_TEXTS)
		return -NAT_ELIMIT;
	to->v[to->n++] = text;
	return 0;
}

static int take(const struct pb_field *f, void *at, const struct token *token)
{
	if ((f->kind == PB_TEXT || f->kind == PB_LIST) &&
	    !utf8_good(token->text))
		return -NAT_EPROTO;
	switch ((enum pb_kind)f->kind) {
	case PB_UINT:
		*(uint32_t *)at = (uint32_t)token->value;
		return 0;
	case PB_INT:
		*(int32_t *)at = (int32_t)(uint32_t)token->value;
		return 0;
	case PB_BOOL:
		*(bool *)at = token->value != 0;
		return 0;
	case PB_TEXT:
	case PB_BYTES:
		*(struct bytes *)at = token->text;
		return 0;
	case PB_LIST:
		return add(at, token->text);
	case PB_MESSAGE:
		return pb_read(f->of, at, token->text);
	}
	return -NAT_EPROTO;
}

int pb_read(const struct pb_type *t, void *to, struct bytes msg)
{
	struct cur c = cur_of(msg);
	struct token token;

	while (next(&c, &token)) {
		const struct pb_field *f = field_of(t, &token);
		int rc;

		if (!f)
			continue;
		choose(t, f, to);
		rc = take(f, (char *)to + f->at, &token);
		if (rc < 0)
			return rc;
	}
	return c.bad ? -NAT_EPROTO : 0;
}

void pb_rest(struct fmt *f, const struct pb_type *t, struct bytes msg)
{
	struct cur c = cur_of(msg);
	struct token token;

	while (next(&c, &token)) {
		if (!field_of(t, &token))
			fmt_bytes(f, token.whole);
	}
}

size_t pb_rest_size(const struct pb_type *t, struct bytes msg)
{
	struct cur c = cur_of(msg);
	struct token token;
	size_t sum = 0;

	while (next(&c, &token))
		sum += field_of(t, &token) ? 0 : token.whole.n;
	return sum;
}

/* ---- printing ---- */

size_t pb_varint_size(uint64_t v)
{
	size_t n = 1;

	while (v >>= 7)
		n++;
	return n;
}

void pb_varint(struct fmt *f, uint64_t v)
{
	uint8_t out[VARINT_MOST];
	size_t n = 0;

	do {
		out[n] = (uint8_t)(v & 0x7f);
		v >>= 7;
		out[n++] |= v ? 0x80 : 0;
	} while (v);
	fmt_bytes(f, (struct bytes){ out, n });
}

/* Numbers as varints: one that is less than 0 has all 64 bits. */
static uint64_t number_at(const struct pb_field *f, const void *at)
{
	if (f->kind == PB_INT)
		return (uint64_t)(int64_t) * (const int32_t *)at;
	return f->kind == PB_BOOL ? *(const bool *)at : *(const uint32_t *)at;
}

static uint64_t tag_of(const struct pb_field *f)
{
	return (uint64_t)f->number << 3 | frames[f->kind];
}

/* What the i-th value of a field is long, without tag and length. */
static size_t length_of(const struct pb_field *f, const void *at, uint32_t i)
{
	const struct pb_texts *list = at;
	const struct bytes *text = at;

	if (f->kind == PB_MESSAGE)
		return pb_size(f->of, at);
	return f->kind == PB_LIST ? list->v[i].n : text->n;
}

/* How many values of a field there are to print. */
static uint32_t values_of(const struct pb_type *t, const struct pb_field *f,
			  const void *from)
{
	const char *at = (const char *)from + f->at;
	const uint32_t *chosen = (const void *)((const char *)from + t->chosen);

	if (f->one)
		return *chosen == f->number;
	if (f->kind == PB_LIST)
		return ((const struct pb_texts *)(const void *)at)->n;
	if (frames[f->kind] == VARINT)
		return number_at(f, at) != 0;
	return length_of(f, at, 0) != 0;
}

static void put_value(struct fmt *f, const struct pb_field *row, const void *at,
		      uint32_t i)
{
	pb_varint(f, tag_of(row));
	if (frames[row->kind] == VARINT) {
		pb_varint(f, number_at(row, at));
		return;
	}
	pb_varint(f, length_of(row, at, i));
	if (row->kind == PB_MESSAGE)
		pb_put(f, row->of, at);
	else if (row->kind == PB_LIST)
		fmt_bytes(f, ((const struct pb_texts *)at)->v[i]);
	else
		fmt_bytes(f, *(const struct bytes *)at);
}

void pb_put(struct fmt *f, const struct pb_type *t, const void *from)
{
	for (unsigned n = 0; n < t->nfields; n++) {
		const struct pb_field *row = &t->fields[n];

		for (uint32_t i = 0; i < values_of(t, row, from); i++)
			put_value(f, row, (const char *)from + row->at, i);
	}
}

size_t pb_size(const struct pb_type *t, const void *from)
{
	size_t sum = 0;

	for (unsigned n = 0; n < t->nfields; n++) {
		const struct pb_field *row = &t->fields[n];
		const char *at = (const char *)from + row->at;

		for (uint32_t i = 0; i < values_of(t, row, from); i++) {
			size_t length;

			sum += pb_varint_size(tag_of(row));
			if (frames[row->kind] == VARINT) {
				sum += pb_varint_size(number_at(row, at));
				continue;
			}
			length = length_of(row, at, i);
			sum += pb_varint_size(length) + length;
		}
	}
	return sum;
}
