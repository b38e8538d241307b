#include "wire/json.h"
#include "base/cur.h"
#include "base/utf8.h"
#include <assert.h>

enum { LEVELS = 1024 }; /* the deepest that any caller may allow */

static struct bytes rest_of(const struct cur *c)
{
	return (struct bytes){ c->p, cur_left(c) };
}

/* ---- characters ---- */

static void put_utf8(struct fmt *f, uint32_t code)
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	uint8_t out[4];
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
	out[0] = (uint8_t)(lead[n] | code);
	fmt_bytes(f, (struct bytes){ out, n });
}

/* Escapes of one letter: the letter and the byte it stands for. */
static const char escapes[][2] = {
	{ '"', '"' },  { '\\', '\\' }, { 'b', '\b' }, { 'f', '\f' },
	{ 'n', '\n' }, { 'r', '\r' },  { 't', '\t' },
};

static int byte_of_letter(uint8_t letter)
{
	for (size_t i = 0; i < COUNT(escapes); i++) {
		if ((uint8_t)escapes[i][0] == letter)
			return escapes[i][1];
	}
	return letter == '/' ? '/' : -1;
}

static int letter_of_byte(uint8_t byte)
{
	for (size_t i = 0; i < COUNT(escapes); i++) {
		if ((uint8_t)escapes[i][1] == byte)
			return escapes[i][0];
	}
	return -1;
}

/* The next four hex digits; -1 when they are not there. */
static int32_t read_hex4(struct cur *c)
{
	int32_t code = 0;

	for (int i = 0; i < 4; i++) {
		uint8_t digit = cur_u8(c);

		if (digit >= '0' && digit <= '9')
			code = code * 16 + digit - '0';
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			code = code * 16 + (digit | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return code;
}

/* ---- finding objects ---- */

static bool is_white(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void scan_string(struct json_scan *s, uint8_t byte)
{
	if (s->escaped)
		s->escaped = false;
	else if (byte == '\\')
		s->escaped = true;
	else if (byte == '"')
		s->in_string = false;
}

/* false: no object begins like this. */
static bool scan_byte(struct json_scan *s, uint8_t byte)
{
	if (s->in_string) {
		scan_string(s, byte);
	} else if (byte == '{') {
		if (s->depth == UINT16_MAX)
			return false;
		s->depth++;
	} else if (s->depth == 0) {
		return is_white(byte);
	} else if (byte == '}') {
		s->depth--;
	} else if (byte == '"') {
		s->in_string = true;
	}
	return true;
}

long json_scan(struct json_scan *s, struct bytes in, size_t most)
{
	size_t end = min_size(in.n, most);

	while (s->at < end) {
		uint8_t byte = in.p[s->at];

		if (!scan_byte(s, byte))
			return -NAT_EPROTO;
		s->at++;
		if (byte == '}' && s->depth == 0) {
			long n = (long)s->at;

			*s = (struct json_scan){ .at = 0 };
			return n;
		}
	}
	return end == most ? -NAT_EROOM : 0;
}

/* ---- parsing: RFC 8259, without recursion ---- */

/* The arrays and objects that are open: a bit each, set for an object. */
struct nest {
	unsigned depth, most;
	uint8_t object[LEVELS / 8];
};

static bool in_object(const struct nest *n)
{
	unsigned top = n->depth - 1;

	return n->object[top / 8] >> top % 8 & 1;
}

static bool nest_push(struct nest *n, bool object)
{
	unsigned bit = 1u << n->depth % 8;
	uint8_t *byte = &n->object[n->depth / 8];

	if (n->depth == n->most)
		return false;
	*byte = (uint8_t)(object ? *byte | bit : *byte & ~bit);
	n->depth++;
	return true;
}

static void skip_white(struct cur *c)
{
	while (is_white(cur_peek(c)))
		cur_u8(c);
}

/* Section 7; the opening quote has been read. */
static bool read_string(struct cur *c, struct bytes *text)
{
	struct bytes all = rest_of(c);

	while (!cur_eat(c, '"')) {
		if (cur_peek(c) < 0x20)
			return false;
		if (cur_eat(c, '\\')) {
			uint8_t letter = cur_u8(c);

			if (letter == 'u' ? read_hex4(c) < 0
					  : byte_of_letter(letter) < 0)
				return false;
		} else if (cur_bytes(c, utf8_size(rest_of(c))).n == 0) {
			return false;
		}
	}
	*text = (struct bytes){ all.p, all.n - cur_left(c) - 1 };
	return true;
}

static bool read_digits(struct cur *c)
{
	bool any = false;

	while (cur_peek(c) >= '0' && cur_peek(c) <= '9') {
		cur_u8(c);
		any = true;
	}
	return any;
}

/* Section 6. */
static bool read_number(struct cur *c)
{
	cur_eat(c, '-');
	if (!cur_eat(c, '0') && !read_digits(c))
		return false;
	if (cur_eat(c, '.') && !read_digits(c))
		return false;
	if (!cur_eat(c, 'e') && !cur_eat(c, 'E'))
		return true;
	if (!cur_eat(c, '+'))
		cur_eat(c, '-');
	return read_digits(c);
}

static enum json_type type_of(int first)
{
	switch (first) {
	case 'n':
		return JSON_NULL;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case '"':
		return JSON_STRING;
	case '[':
		return JSON_ARRAY;
	case '{':
		return JSON_OBJECT;
	default:
		return JSON_NUMBER;
	}
}

static bool read_scalar(struct cur *c, enum json_type type)
{
	static const char *const words[] = {
		[JSON_NULL] = "null",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
	};
	struct bytes text;

	if (type == JSON_STRING)
		return cur_eat(c, '"') && read_string(c, &text);
	if (type == JSON_NUMBER)
		return read_number(c);
	return bytes_are(cur_bytes(c, strlen(words[type])), words[type]);
}

/* A key and its colon. */
static bool read_key(struct cur *c, struct bytes *key)
{
	skip_white(c);
	if (!cur_eat(c, '"') || !read_string(c, key))
		return false;
	skip_white(c);
	return cur_eat(c, ':');
}

/* From behind an opening bracket to the first value within, or past the closing
 * bracket of an empty one.
 */
static bool read_open(struct cur *c, struct nest *n, bool *empty)
{
	bool object = cur_u8(c) == '{';
	struct bytes key;

	if (!nest_push(n, object))
		return false;
	skip_white(c);
	*empty = cur_eat(c, object ? '}' : ']');
	if (*empty)
		n->depth--;
	return *empty || !object || read_key(c, &key);
}

/* From behind a value to the next one, or past the end of all that is open. */
static bool read_on(struct cur *c, struct nest *n)
{
	struct bytes key;

	while (n->depth > 0) {
		skip_white(c);
		if (cur_eat(c, ','))
			return !in_object(n) || read_key(c, &key);
		if (!cur_eat(c, in_object(n) ? '}' : ']'))
			return false;
		n->depth--;
	}
	return true;
}

static bool read_tokens(struct cur *c, struct nest *n)
{
	do {
		enum json_type type;
		bool whole = true;

		skip_white(c);
		type = type_of(cur_peek(c));
		if (type == JSON_ARRAY || type == JSON_OBJECT) {
			if (!read_open(c, n, &whole))
				return false;
		} else if (!read_scalar(c, type)) {
			return false;
		}
		if (whole && !read_on(c, n))
			return false;
	} while (n->depth > 0);
	return true;
}

static bool read_value(struct cur *c, struct json *v, unsigned depth)
{
	struct nest n = { .most = depth };
	struct bytes text;

	skip_white(c);
	text = rest_of(c);
	v->type = type_of(cur_peek(c));
	if (!read_tokens(c, &n))
		return false;
	text.n -= cur_left(c);
	if (v->type == JSON_STRING)
		text = (struct bytes){ text.p + 1, text.n - 2 };
	v->text = text;
	return true;
}

int json_parse(struct json *v, struct bytes text, unsigned depth)
{
	struct cur c = cur_of(text);
	struct json got;

	assert(depth <= LEVELS);
	if (!read_value(&c, &got, depth))
		return -NAT_EPROTO;
	skip_white(&c);
	if (cur_left(&c) > 0)
		return -NAT_EPROTO;
	*v = got;
	return 0;
}

/* To behind the comma, or the bracket, that the next one follows. */
static struct cur next_of(const struct json *v, const struct json_member *m)
{
	struct cur c = cur_of(v->text);

	cur_bytes(&c, m->at > 0 ? m->at : 1);
	skip_white(&c);
	cur_eat(&c, ',');
	return c;
}

bool json_next(const struct json *object, struct json_member *m)
{
	struct cur c = next_of(object, m);

	assert(object->type == JSON_OBJECT);
	if (!read_key(&c, &m->key) || !read_value(&c, &m->value, LEVELS))
		return false;
	m->at = object->text.n - cur_left(&c);
	return true;
}

bool json_next_value(const struct json *array, struct json_member *m)
{
	struct cur c = next_of(array, m);

	assert(array->type == JSON_ARRAY);
	skip_white(&c);
	if (cur_peek(&c) == ']' || !read_value(&c, &m->value, LEVELS))
		return false;
	m->at = array->text.n - cur_left(&c);
	return true;
}

/* ---- values ---- */

/* What stands behind \u: one unit, or two when they are a pair. */
static uint32_t read_code(struct cur *c)
{
	uint32_t code = (uint32_t)read_hex4(c);
	struct cur ahead = *c;
	uint32_t low = 0;

	if (code < 0xd800 || code > 0xdfff)
		return code;
	if (cur_eat(&ahead, '\\') && cur_eat(&ahead, 'u'))
		low = (uint32_t)read_hex4(&ahead);
	if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*c = ahead;
	return 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
}

int json_string(struct fmt *to, const struct json *v)
{
	struct cur c = cur_of(v->text);

	if (v->type != JSON_STRING)
		return -NAT_EINVAL;
	while (cur_left(&c) > 0) {
		uint8_t byte = cur_u8(&c);

		if (byte == '\\') {
			byte = cur_u8(&c);
			if (byte == 'u') {
				put_utf8(to, read_code(&c));
				continue;
			}
			byte = (uint8_t)byte_of_letter(byte);
		}
		fmt_bytes(to, (struct bytes){ &byte, 1 });
	}
	return to->full ? -NAT_EROOM : 0;
}

int json_uint(const struct json *v, uint64_t max, uint64_t *n)
{
	struct cur c = cur_of(v->text);
	uint64_t sum = 0;

	if ((v->type != JSON_NUMBER && v->type != JSON_STRING) ||
	    v->text.n == 0)
		return -NAT_EINVAL;
	while (cur_left(&c) > 0) {
		uint8_t digit = (uint8_t)(cur_u8(&c) - '0');

		if (digit > 9 || sum > max / 10 || digit > max - sum * 10)
			return -NAT_EINVAL;
		sum = sum * 10 + digit;
	}
	*n = sum;
	return 0;
}

/* ---- printing ---- */

static void put_char(struct fmt *f, struct cur *c)
{
	size_t n = utf8_size(rest_of(c));
	struct bytes one = cur_bytes(c, n > 0 ? n : 1);
	int letter = letter_of_byte(*one.p);

	if (n == 0)
		put_utf8(f, 0xfffd);
	else if (letter >= 0)
		fmt_put(f, "\\%c", letter);
	else if (*one.p < 0x20)
		fmt_put(f, "\\u%04x", (unsigned)*one.p);
	else
		fmt_bytes(f, one);
}

void json_put_string(struct fmt *f, struct bytes text)
{
	struct cur c = cur_of(text);

	fmt_bytes(f, BYTES("\""));
	while (cur_left(&c) > 0)
		put_char(f, &c);
	fmt_bytes(f, BYTES("\""));
}
