#include "wire/http1.h"
#include "base/cur.h"

/* What is wrong with a request, as the status that says so. */
enum {
	GOOD = 0,
	BAD = 400,
	TARGET_LONG = 414,
	UNMET = 417,
	FIELDS_LARGE = 431,
	UNKNOWN_CODING = 501,
	VERSION = 505
};

enum coding { CODING_CHUNKED = 1, CODING_KNOWN, CODING_UNKNOWN };

/* ---- bytes (RFC 9110 5.5, 5.6.2) ---- */

static bool is_text(uint8_t c)
{
	return (c >= ' ' && c != 0x7f) || c == '\t';
}

static bool is_alnum(uint8_t c)
{
	uint8_t low = c | 0x20;

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

static bool is_one_of(uint8_t c, const char *set)
{
	while (*set && (uint8_t)*set != c)
		set++;
	return *set;
}

static bool is_token(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (!is_alnum(b.p[i]) && !is_one_of(b.p[i], "-_!#$%&'*+.^`|~"))
			return false;
	return b.n > 0;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool http1_same(struct bytes a, struct bytes b)
{
	size_t i = 0;

	if (a.n != b.n)
		return false;
	while (i < a.n && lower(a.p[i]) == lower(b.p[i]))
		i++;
	return i == a.n;
}

static struct bytes trim(struct bytes b)
{
	while (b.n > 0 && (*b.p == ' ' || *b.p == '\t'))
		b = (struct bytes){ b.p + 1, b.n - 1 };
	while (b.n > 0 && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t'))
		b.n--;
	return b;
}

/* The next word of a list (RFC 9110 5.6.1); empty at the end. */
static struct bytes next_word(struct cur *c)
{
	struct bytes word = { c->p, 0 };

	while (cur_left(c) && word.n == 0)
		word = trim(cur_until(c, ','));
	return word;
}

/* ---- the end of a head ---- */

/* False: no head has this byte here. */
static bool step(struct http1_scan *s, uint8_t c)
{
	bool after_cr = s->cr;

	s->cr = c == '\r';
	if (after_cr)
		return c == '\n';
	return s->cr || is_text(c);
}

/* A line has ended at s->at. Is it the empty one at the end? One before the first
 * is left out.
 */
static bool is_last(struct http1_scan *s)
{
	bool empty = s->at - s->line == 2;

	s->line = s->at;
	if (empty && !s->lines && !s->lead) {
		s->lead = 2;
		return false;
	}
	s->lines = true;
	return empty;
}

long http1_scan(struct http1_scan *s, struct bytes in, size_t most)
{
	size_t end = min_size(in.n, most);

	while (s->at < end) {
		uint8_t c = in.p[s->at++];

		if (c >= ' ' && c < 0x7f && !s->cr) /* most of it */
			continue;
		if (!step(s, c))
			return -NAT_EPROTO;
		if (c == '\n' && is_last(s))
			return (long)s->at;
	}
	return s->at < most ? 0 : -NAT_EROOM;
}

/* The next line of a head, CRLF and all. */
static struct bytes line_of(struct cur *c)
{
	struct bytes line = { c->p, 0 };

	line.n = cur_until(c, '\n').n;
	line.n += (size_t)(c->p - line.p) > line.n;
	return line;
}

/* ---- fields ---- */

static unsigned read_host(struct http1_head *h, struct bytes value)
{
	h->authority = value;
	return ++h->hosts > 1 ? BAD : GOOD;
}

static unsigned read_length(struct http1_head *h, struct bytes value)
{
	struct cur c = cur_of(value);
	uint64_t n = 0;

	if (h->has_length || value.n == 0)
		return BAD;
	while (cur_left(&c)) {
		uint8_t digit = (uint8_t)(cur_u8(&c) - '0');

		if (digit > 9 || n > (UINT64_MAX / 2 - digit) / 10)
			return BAD;
		n = n * 10 + digit;
	}
	h->length = n;
	h->has_length = true;
	return GOOD;
}

static enum coding coding_of(struct bytes word)
{
	static const char *const known[] = { "gzip", "x-gzip", "deflate",
					     "compress", "x-compress" };

	if (http1_same(word, BYTES("chunked")))
		return CODING_CHUNKED;
	for (size_t i = 0; i < COUNT(known); i++)
		if (http1_same(word, bytes_of(known[i])))
			return CODING_KNOWN;
	return CODING_UNKNOWN;
}

static unsigned read_codings(struct http1_head *h, struct bytes value)
{
	struct cur c = cur_of(value);
	struct bytes word;

	if (!next_word(&c).n)
		return BAD;
	c = cur_of(value);
	while ((word = next_word(&c)).n) {
		h->coding = (uint8_t)coding_of(word);
		if (h->coding == CODING_CHUNKED)
			h->chunked++;
		if (h->coding == CODING_UNKNOWN || ++h->codings > 4)
			return BAD;
	}
	return GOOD;
}

static unsigned read_connection(struct http1_head *h, struct bytes value)
{
	struct cur c = cur_of(value);
	struct bytes word;

	while ((word = next_word(&c)).n) {
		if (!is_token(word) || h->noptions == HTTP1_OPTIONS)
			return BAD;
		h->options[h->noptions++] = word;
	}
	return GOOD;
}

/* HTTP/2 in the place of HTTP/1.1 would go past everything that is looked at
 * here: never asked for on behalf of others.
 */
static unsigned read_upgrade(struct http1_head *h, struct bytes value)
{
	struct cur c = cur_of(value);
	struct bytes word;

	while ((word = next_word(&c)).n) {
		if (word.n >= 2 &&
		    http1_same((struct bytes){ word.p, 2 }, BYTES("h2")))
			return GOOD;
		h->upgrades = true;
	}
	return GOOD;
}

static unsigned read_expect(struct http1_head *h, struct bytes value)
{
	h->expects = true;
	return http1_same(value, BYTES("100-continue")) ? GOOD : UNMET;
}

static const struct {
	struct bytes name;
	enum http1_how how;
} names[] = {
#define X(id, text, as) \
	[HTTP1_##id] = { { (const uint8_t *)(text), sizeof(text) - 1 }, \
			 HTTP1_AS_##as },
	HTTP1_NAMES(X)
#undef X
};

static unsigned (*const readers[])(struct http1_head *, struct bytes) = {
	[HTTP1_HOST] = read_host,
	[HTTP1_CONTENT_LENGTH] = read_length,
	[HTTP1_TRANSFER_ENCODING] = read_codings,
	[HTTP1_CONNECTION] = read_connection,
	[HTTP1_UPGRADE] = read_upgrade,
	[HTTP1_EXPECT] = read_expect,
};

/* As programs behind gateways of old see it, '_' is '-'. */
static bool is_named(struct bytes name, struct bytes want)
{
	size_t i = 0;

	if (name.n != want.n)
		return false;
	while (i < name.n &&
	       (name.p[i] == '_' ? '-' : lower(name.p[i])) == want.p[i])
		i++;
	return i == name.n;
}

static enum http1_name name_of(struct bytes name)
{
	const struct bytes prefix = BYTES("x-forwarded-");
	unsigned id = HTTP1_OTHER + 1;

	while (id < COUNT(names) && !is_named(name, names[id].name))
		id++;
	if (id < COUNT(names))
		return (enum http1_name)id;
	if (name.n > prefix.n &&
	    is_named((struct bytes){ name.p, prefix.n }, prefix))
		return HTTP1_X_FORWARDED;
	return HTTP1_OTHER;
}

bool http1_field(struct http1_field *f, struct bytes line)
{
	struct cur c = cur_of((struct bytes){ line.p, line.n - 2 });

	f->line = line;
	f->name = cur_until(&c, ':');
	f->value = trim((struct bytes){ c.p, cur_left(&c) });
	f->id = (uint8_t)name_of(f->name);
	f->how = (uint8_t)names[f->id].how;
	for (size_t i = 0; i < f->value.n; i++)
		if (!is_text(f->value.p[i]))
			return false;
	return f->name.n < line.n - 2 && is_token(f->name);
}

static unsigned read_field(struct http1_head *h, const struct http1_field *f)
{
	if (f->how != HTTP1_AS_FRAME)
		return GOOD;
	for (size_t i = 0; i < f->name.n; i++)
		if (f->name.p[i] == '_') /* Content_Length */
			return BAD;
	return readers[f->id](h, f->value);
}

/* Until the empty line. */
static unsigned read_fields(struct http1_head *h, struct cur *c)
{
	struct bytes line;

	while ((line = line_of(c)).n > 2) {
		struct http1_field *f = &h->v[h->n];
		unsigned why;

		if (h->n == HTTP1_FIELDS)
			return FIELDS_LARGE;
		if (!http1_field(f, line))
			return BAD;
		h->n++;
		why = read_field(h, f);
		if (why)
			return why;
	}
	return GOOD;
}

static bool has_option(const struct http1_head *h, struct bytes option)
{
	for (unsigned i = 0; i < h->noptions; i++)
		if (http1_same(h->options[i], option))
			return true;
	return false;
}

bool http1_is_hop(const struct http1_head *h, const struct http1_field *f)
{
	return f->how == HTTP1_AS_HOP || f->how == HTTP1_AS_FRAME ||
	       has_option(h, f->name);
}

/* RFC 9112 9.3: 1.1 stays unless told otherwise. */
static void settle_connection(struct http1_head *h)
{
	h->keeps = !has_option(h, BYTES("close")) &&
		   (h->minor || has_option(h, BYTES("keep-alive")));
	h->upgrades =
		h->upgrades && h->minor && has_option(h, BYTES("upgrade"));
	h->expects = h->expects && h->minor;
}

/* RFC 9112 6: a length or chunks, and chunks are the last coding. */
static unsigned settle_body(struct http1_head *h)
{
	if (h->codings && (h->has_length || !h->minor ||
			   h->coding != CODING_CHUNKED || h->chunked > 1))
		return BAD;
	if (h->codings > 1)
		return UNKNOWN_CODING;
	h->body = h->codings                   ? BODY_CHUNKED
		  : h->has_length && h->length ? BODY_LENGTH
					       : BODY_NONE;
	return GOOD;
}

/* "HTTP/1.0" or 1.1. */
static unsigned read_version(struct http1_head *h, struct bytes text)
{
	static const char form[] = "HTTP/";
	const uint8_t *p = text.p;

	if (text.n != 8 || memcmp(p, form, sizeof form - 1) != 0 ||
	    p[5] < '0' || p[5] > '9' || p[6] != '.' || p[7] < '0' || p[7] > '9')
		return BAD;
	h->minor = (uint8_t)(p[7] - '0');
	return p[5] == '1' && h->minor <= 1 ? GOOD : VERSION;
}

/* ---- requests ---- */

/* RFC 3986 3.2.2, without escapes: nobody's name has them. */
static bool is_host(struct bytes host)
{
	bool v6 = host.n > 2 && host.p[0] == '[';

	if (v6)
		host = host.p[host.n - 1] == ']'
			       ? (struct bytes){ host.p + 1, host.n - 2 }
			       : (struct bytes){ host.p, 0 };
	for (size_t i = 0; i < host.n; i++)
		if (!is_alnum(host.p[i]) &&
		    !is_one_of(host.p[i], v6 ? ":." : "-._"))
			return false;
	return host.n > 0 && host.n <= 255;
}

/* host [ ":" port ]; the host may be empty where all of it is. */
static bool split_authority(struct bytes *host, struct bytes text, bool *port)
{
	struct cur c;
	size_t n = text.n;
	uint32_t number;

	*port = false;
	*host = text;
	if (n == 0)
		return true;
	while (n > 0 && text.p[n - 1] >= '0' && text.p[n - 1] <= '9')
		n--;
	*port = n > 0 && n < text.n && text.p[n - 1] == ':';
	if (n > 0 && text.p[n - 1] == ':')
		host->n = n - 1;
	c = cur_of((struct bytes){ text.p + n, text.n - n });
	if (*port && (text.n - n > 5 || !cur_number(&c, UINT16_MAX, &number)))
		return false;
	return is_host(*host);
}

static bool is_target(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] <= ' ' || b.p[i] >= 0x7f || b.p[i] == '#')
			return false;
	return b.n > 0;
}

static bool begins(struct bytes b, const char *with)
{
	struct bytes w = bytes_of(with);

	return b.n >= w.n && http1_same((struct bytes){ b.p, w.n }, w);
}

/* http://host/path: the target is what is behind the host. */
static unsigned cut_absolute(struct http1_request *r, size_t scheme)
{
	struct bytes rest = { r->target.p + scheme, r->target.n - scheme };
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	r->authority = (struct bytes){ rest.p, n };
	r->target = (struct bytes){ rest.p + n, rest.n - n };
	r->slash = r->target.n == 0 || r->target.p[0] == '?';
	return n ? GOOD : BAD;
}

/* RFC 9112 3.2. */
static unsigned read_target(struct http1_request *r)
{
	bool asterisk = bytes_are(r->target, "*");

	if (!is_target(r->target))
		return BAD;
	if (bytes_are(r->method, "CONNECT")) {
		r->authority = r->target;
		r->target.n = 0;
		return GOOD;
	}
	if (r->target.p[0] == '/' ||
	    (asterisk && bytes_are(r->method, "OPTIONS")))
		return GOOD;
	if (begins(r->target, "http://"))
		return cut_absolute(r, 7);
	if (begins(r->target, "https://"))
		return cut_absolute(r, 8);
	return BAD;
}

static unsigned read_first(struct http1_request *r, struct bytes line)
{
	struct cur c = cur_of((struct bytes){ line.p, line.n - 2 });
	struct bytes version;
	unsigned why;

	r->method = cur_until(&c, ' ');
	r->target = cur_until(&c, ' ');
	version = (struct bytes){ c.p, cur_left(&c) };
	if (!is_token(r->method))
		return BAD;
	if (r->target.n > HTTP1_TARGET)
		return TARGET_LONG;
	why = read_version(&r->head, version);
	return why ? why : read_target(r);
}

/* One host, and the same in the target if it is there too (RFC 9112 3.2.2 would
 * have the target win, where others let the field).
 */
static unsigned settle_host(struct http1_request *r)
{
	const struct http1_head *h = &r->head;
	bool port;

	if (!h->hosts && h->minor)
		return BAD;
	if (!r->authority.n)
		r->authority = h->authority;
	else if (h->hosts && !http1_same(r->authority, h->authority))
		return BAD;
	if (!split_authority(&r->host, r->authority, &port))
		return BAD;
	return port || !bytes_are(r->method, "CONNECT") ? GOOD : BAD;
}

unsigned http1_request(struct http1_request *r, struct bytes head)
{
	struct cur c = cur_of(head);
	struct bytes line = line_of(&c);
	unsigned why;

	memset(r, 0, offsetof(struct http1_request, head.v));
	why = line.n > 2 ? read_first(r, line) : BAD;
	if (!why)
		why = read_fields(&r->head, &c);
	if (!why)
		why = settle_body(&r->head);
	if (!why)
		why = settle_host(r);
	settle_connection(&r->head);
	return why;
}

/* ---- responses ---- */

/* HTTP/1.1 200 OK; the reason may be left out, with its blank too. */
static bool read_status(struct http1_response *r, struct bytes line)
{
	struct cur c = cur_of((struct bytes){ line.p, line.n - 2 });
	unsigned why = read_version(&r->head, cur_until(&c, ' '));
	uint32_t status;
	struct bytes digits;

	r->line = (struct bytes){ c.p, cur_left(&c) };
	digits = cur_until(&c, ' ');
	c = cur_of(digits);
	if (why || digits.n != 3 || !cur_number(&c, 599, &status) ||
	    cur_left(&c) || status < 100)
		return false;
	r->status = status;
	return true;
}

static bool is_bodiless(const struct http1_response *r, struct bytes method)
{
	return r->status < 200 || r->status == 204 || r->status == 304 ||
	       bytes_are(method, "HEAD");
}

int http1_response(struct http1_response *r, struct bytes head,
		   struct bytes method)
{
	struct cur c = cur_of(head);
	struct bytes line = line_of(&c);
	struct http1_head *h = &r->head;

	memset(r, 0, offsetof(struct http1_response, head.v));
	if (line.n <= 2 || !read_status(r, line) || read_fields(h, &c) ||
	    settle_body(h))
		return -NAT_EPROTO;
	settle_connection(h);
	h->upgrades = r->status == 101;
	if (is_bodiless(r, method))
		h->body = BODY_NONE;
	else if (h->body == BODY_NONE && !h->has_length)
		h->body = BODY_CLOSE;
	return 0;
}
