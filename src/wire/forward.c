#include "wire/forward.h"
#include "base/cur.h"

static void put(struct fmt *f, const char *name, struct bytes value)
{
	fmt_bytes(f, bytes_of(name));
	fmt_bytes(f, BYTES(": "));
	fmt_bytes(f, value);
	fmt_bytes(f, BYTES("\r\n"));
}

/* ---- where it comes from ---- */

static bool has(const struct http1_head *h, enum http1_name id)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (h->v[i].id == id)
			return true;
	return false;
}

/* Those before it, and itself. */
static void put_for(struct fmt *f, const struct http1_head *h,
		    const struct forward_from *from)
{
	fmt_bytes(f, BYTES("X-Forwarded-For: "));
	for (uint32_t i = 0; from->trusted && i < h->n; i++) {
		if (h->v[i].id != HTTP1_X_FORWARDED_FOR || !h->v[i].value.n)
			continue;
		fmt_bytes(f, h->v[i].value);
		fmt_bytes(f, BYTES(", "));
	}
	fmt_bytes(f, from->addr);
	fmt_bytes(f, BYTES("\r\n"));
}

static void put_from(struct fmt *f, const struct http1_request *r,
		     const struct forward_from *from)
{
	const struct http1_head *h = &r->head;

	put_for(f, h, from);
	if (!from->trusted || !has(h, HTTP1_X_FORWARDED_PROTO))
		put(f, "X-Forwarded-Proto", from->proto);
	if (!from->trusted || !has(h, HTTP1_X_FORWARDED_HOST))
		put(f, "X-Forwarded-Host", r->authority);
}

bool forward_says_https(const struct http1_request *r)
{
	const struct http1_head *h = &r->head;

	for (uint32_t i = 0; i < h->n; i++)
		if (h->v[i].id == HTTP1_X_FORWARDED_PROTO)
			return http1_same(h->v[i].value, BYTES("https"));
	return false;
}

static uint32_t count_words(struct bytes value)
{
	struct cur c = cur_of(value);
	uint32_t n = 0;

	while (cur_left(&c))
		n += cur_until(&c, ',').n > 0;
	return n;
}

static struct bytes word_at(struct bytes value, uint32_t at)
{
	struct cur c = cur_of(value);
	struct bytes word = { c.p, 0 };

	for (uint32_t n = 0; cur_left(&c) && n <= at; n += word.n > 0)
		word = cur_until(&c, ',');
	c = cur_of(word);
	return cur_word(&c);
}

struct bytes forward_hop(const struct http1_request *r, uint32_t back)
{
	const struct http1_head *h = &r->head;

	for (uint32_t i = h->n; i > 0; i--) {
		const struct http1_field *f = &h->v[i - 1];
		uint32_t n;

		if (f->id != HTTP1_X_FORWARDED_FOR)
			continue;
		n = count_words(f->value);
		if (back < n)
			return word_at(f->value, n - 1 - back);
		back -= n;
	}
	return (struct bytes){ NULL, 0 };
}

/* ---- requests ---- */

static bool goes_on(const struct http1_head *h, const struct http1_field *f,
		    const struct forward_from *from)
{
	if (http1_is_hop(h, f) || site_drops(from->site, f, false))
		return false;
	return f->how == HTTP1_AS_PLAIN ||
	       (from->trusted && f->id != HTTP1_X_FORWARDED_FOR);
}

static void put_upgrade(struct fmt *f, const struct http1_head *h)
{
	put(f, "Connection", BYTES("upgrade"));
	for (uint32_t i = 0; i < h->n; i++)
		if (h->v[i].id == HTTP1_UPGRADE)
			fmt_bytes(f, h->v[i].line);
}

static void put_length(struct fmt *f, const struct http1_head *h)
{
	fmt_put(f, "Content-Length: %llu\r\n", (unsigned long long)h->length);
}

static void put_chunked(struct fmt *f)
{
	put(f, "Transfer-Encoding", BYTES("chunked"));
}

void forward_request(struct fmt *f, const struct http1_request *r,
		     const struct forward_from *from)
{
	const struct http1_head *h = &r->head;

	fmt_bytes(f, r->method);
	fmt_bytes(f, r->slash ? BYTES(" /") : BYTES(" "));
	fmt_bytes(f, r->target);
	fmt_bytes(f, BYTES(" HTTP/1.1\r\n"));
	put(f, "Host", from->site->host.n ? from->site->host : r->authority);
	for (uint32_t i = 0; i < h->n; i++)
		if (goes_on(h, &h->v[i], from))
			fmt_bytes(f, h->v[i].line);
	site_put(f, from->site, false);
	put_from(f, r, from);
	if (h->body == BODY_CHUNKED)
		put_chunked(f);
	else if (h->has_length)
		put_length(f, h);
	if (h->expects)
		put(f, "Expect", BYTES("100-continue"));
	if (h->upgrades && h->body == BODY_NONE)
		put_upgrade(f, h);
	fmt_bytes(f, BYTES("\r\n"));
}

/* ---- responses ---- */

enum body_kind forward_body(const struct http1_response *r, unsigned minor)
{
	uint8_t body = r->head.body;

	if (body != BODY_CHUNKED && body != BODY_CLOSE)
		return (enum body_kind)body;
	return minor ? BODY_CHUNKED : BODY_CLOSE;
}

/* To HEAD, and with 304, what would be said of a body that is not there. */
static void put_framing(struct fmt *f, const struct http1_response *r,
			const struct forward_to *to)
{
	if (to->body == BODY_CHUNKED)
		put_chunked(f);
	else if (to->body == BODY_LENGTH ||
		 (to->body == BODY_NONE && r->head.has_length &&
		  r->status != 204))
		put_length(f, &r->head);
}

static void put_connection(struct fmt *f, const struct forward_to *to)
{
	if (!to->keeps)
		put(f, "Connection", BYTES("close"));
	else if (to->minor == 0)
		put(f, "Connection", BYTES("keep-alive"));
}

void forward_response(struct fmt *f, const struct http1_response *r,
		      const struct forward_to *to)
{
	const struct http1_head *h = &r->head;

	fmt_bytes(f, BYTES("HTTP/1.1 "));
	fmt_bytes(f, r->line);
	fmt_bytes(f, BYTES("\r\n"));
	for (uint32_t i = 0; i < h->n; i++)
		if (!http1_is_hop(h, &h->v[i]) &&
		    !(to->site && site_drops(to->site, &h->v[i], true)))
			fmt_bytes(f, h->v[i].line);
	if (r->status == 101)
		put_upgrade(f, h);
	if (to->site)
		site_put(f, to->site, true);
	if (r->status >= 200) {
		put_framing(f, r, to);
		put_connection(f, to);
	}
	fmt_bytes(f, BYTES("\r\n"));
}
