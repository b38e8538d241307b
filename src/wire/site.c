#include "wire/site.h"
#include "base/base64.h"
#include "base/cur.h"
#include "crypt/ct.h"

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int byte_of(struct cur *c)
{
	int high = digit_of(cur_u8(c)), low = digit_of(cur_u8(c));

	return c->bad || high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* ---- values ---- */

/* Prints what value stands for; false: it stands for nothing a field may have. */
static bool put_value(struct fmt *f, struct bytes value)
{
	struct cur c = cur_of(value);

	while (cur_left(&c)) {
		int byte = cur_u8(&c);
		uint8_t one;

		if (byte == '%')
			byte = byte_of(&c);
		if (byte < ' ' || byte == 0x7f)
			return false;
		one = (uint8_t)byte;
		fmt_bytes(f, (struct bytes){ &one, 1 });
	}
	return true;
}

/* ---- words ---- */

static const char *read_auth(struct site *s, struct bytes value)
{
	struct cur c = cur_of(value);

	for (size_t i = 0; i < sizeof s->auth; i++) {
		int byte = byte_of(&c);

		if (byte < 0)
			return "auth is no SHA-256";
		s->auth[i] = (uint8_t)byte;
	}
	s->has_auth = true;
	return cur_left(&c) ? "auth is no SHA-256" : NULL;
}

static const char *read_body(struct site *s, struct bytes value)
{
	struct cur c = cur_of(value);

	s->has_most = true;
	s->most = 0;
	while (cur_left(&c)) {
		uint8_t digit = (uint8_t)(cur_u8(&c) - '0');

		if (digit > 9 || s->most > UINT64_MAX / 16)
			return "body is no number of bytes";
		s->most = s->most * 10 + digit;
	}
	return value.n ? NULL : "body is no number of bytes";
}

static const char *read_host(struct site *s, struct bytes value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] >= 0x7f ||
		    value.p[i] == '/' || value.p[i] == '@')
			return "host is no host";
	s->host = value;
	return value.n && value.n <= 255 ? NULL : "host is no host";
}

static const char *read_page(struct site *s, struct bytes value)
{
	struct cur c = cur_of(value);

	s->page = value;
	while (cur_left(&c))
		if (cur_u8(&c) == '%' && byte_of(&c) < 0)
			return "page is not text with %XX in it";
	return NULL;
}

static const char *read_https(struct site *s, struct bytes value)
{
	s->https = true;
	return bytes_are(value, "1") ? NULL : "https is 1 or not there";
}

static const char *read_apart(struct site *s, struct bytes value)
{
	s->apart = true;
	return bytes_are(value, "1") ? NULL : "apart is 1 or not there";
}

/* Framing and the way it came are not for others to say. */
static const char *read_edit(struct site *s, struct bytes value, bool answers)
{
	struct site_edit *e = &s->v[s->n];
	struct cur c = cur_of(value);
	uint8_t room[300];
	struct fmt f = fmt_to(SPAN(room));
	struct http1_field field;

	if (s->n == SITE_EDITS)
		return "more than 16 fields are set or removed";
	e->answers = answers;
	e->drops = cur_eat(&c, '-');
	e->name = cur_until(&c, ':');
	e->value = (struct bytes){ c.p, cur_left(&c) };
	fmt_bytes(&f, e->name);
	fmt_bytes(&f, BYTES(":"));
	if (!put_value(&f, e->value) ||
	    e->drops == (e->name.n + e->drops < value.n))
		return "a field is not NAME:VALUE or -NAME";
	fmt_bytes(&f, BYTES("\r\n"));
	if (f.full || !http1_field(&field, fmt_done(&f)))
		return "a field is not NAME:VALUE or -NAME, or too long";
	if (field.how != HTTP1_AS_PLAIN)
		return "a field is one that the relay says itself";
	s->n++;
	return NULL;
}

static const char *read_ask(struct site *s, struct bytes value)
{
	return read_edit(s, value, false);
}

static const char *read_say(struct site *s, struct bytes value)
{
	return read_edit(s, value, true);
}

static const char *read_word(struct site *s, struct bytes word)
{
	static const struct {
		const char *key;
		const char *(*read)(struct site *s, struct bytes value);
	} rows[] = {
		{ "auth", read_auth }, { "body", read_body },
		{ "host", read_host }, { "ask", read_ask },
		{ "say", read_say },   { "https", read_https },
		{ "page", read_page }, { "apart", read_apart },
	};
	struct cur c = cur_of(word);
	struct bytes key = cur_until(&c, '=');

	for (size_t i = 0; key.n < word.n && i < COUNT(rows); i++)
		if (bytes_are(key, rows[i].key))
			return rows[i].read(
				s, (struct bytes){ c.p, cur_left(&c) });
	return "behind the name stands a word that is unknown";
}

const char *site_parse(struct site *s, struct bytes words)
{
	struct cur c = cur_of(words);
	const char *why = NULL;
	struct bytes word;

	*s = (struct site){ .n = 0 };
	while (!why && (word = cur_word(&c)).n)
		why = read_word(s, word);
	return why;
}

/* ---- requests and answers ---- */

static void hash(uint8_t out[SHA256_SIZE], struct bytes b)
{
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, b);
	hash_end(&h, out);
}

bool site_admits(const struct site *s, const struct http1_request *r)
{
	const struct http1_head *h = &r->head;
	uint8_t said[SHA256_SIZE];

	for (uint32_t i = 0; s->has_auth && i < h->n; i++) {
		struct cur c = cur_of(h->v[i].value);

		if (h->v[i].id != HTTP1_AUTHORIZATION ||
		    !http1_same(cur_word(&c), BYTES("Basic")))
			continue;
		hash(said, cur_word(&c));
		return ct_equal((struct bytes){ said, sizeof said },
				(struct bytes){ s->auth, sizeof s->auth });
	}
	return !s->has_auth;
}

bool site_drops(const struct site *s, const struct http1_field *f, bool answers)
{
	if (s->has_auth && !answers && f->id == HTTP1_AUTHORIZATION)
		return true;
	for (uint32_t i = 0; i < s->n; i++)
		if (s->v[i].answers == answers &&
		    http1_same(s->v[i].name, f->name))
			return true;
	return false;
}

void site_put(struct fmt *f, const struct site *s, bool answers)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct site_edit *e = &s->v[i];

		if (e->answers != answers || e->drops)
			continue;
		fmt_bytes(f, e->name);
		fmt_bytes(f, BYTES(": "));
		put_value(f, e->value);
		fmt_bytes(f, BYTES("\r\n"));
	}
}

static bool eat_place(struct cur *c)
{
	static const char place[] = "{{status}}";
	const size_t n = sizeof place - 1;

	if (cur_left(c) < n || memcmp(c->p, place, n) != 0)
		return false;
	c->p += n;
	return true;
}

void site_put_page(struct fmt *f, struct bytes page, bool coded,
		   const char *status)
{
	struct cur c = cur_of(page);

	while (cur_left(&c)) {
		uint8_t byte;

		if (eat_place(&c)) {
			fmt_put(f, "%s", status);
			continue;
		}
		byte = cur_u8(&c);
		if (coded && byte == '%')
			byte = (uint8_t)byte_of(&c);
		fmt_bytes(f, (struct bytes){ &byte, 1 });
	}
}

/* ---- writing ---- */

void site_put_auth(struct fmt *f, struct bytes login)
{
	uint8_t room[384], sum[SHA256_SIZE];
	struct fmt text = fmt_to(SPAN(room));

	base64_put(&text, login, 0);
	hash(sum, fmt_done(&text));
	ct_wipe(room, sizeof room);
	fmt_put(f, " auth=");
	fmt_hex(f, (struct bytes){ sum, sizeof sum });
	f->full = f->full || text.full;
}

/* What a word cannot have, or a JSON string not as it is. */
static void put_coded(struct fmt *f, struct cur *c)
{
	while (cur_left(c)) {
		uint8_t byte = cur_u8(c);

		if (byte <= ' ' || byte >= 0x7f || byte == '%' || byte == '"' ||
		    byte == '\\')
			fmt_put(f, "%%%02x", (unsigned)byte);
		else
			fmt_bytes(f, (struct bytes){ &byte, 1 });
	}
}

void site_put_edit(struct fmt *f, const char *word, struct bytes edit)
{
	struct cur c = cur_of(edit);
	struct bytes name = cur_until(&c, ':');

	fmt_put(f, " %s=", word);
	fmt_bytes(f, name);
	if (name.n < edit.n)
		fmt_put(f, ":");
	while (cur_eat(&c, ' '))
		;
	put_coded(f, &c);
}

void site_put_page_word(struct fmt *f, struct bytes page)
{
	struct cur c = cur_of(page);

	fmt_put(f, " page=");
	put_coded(f, &c);
}
