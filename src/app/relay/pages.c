#include "app/relay/pages.h"
#include "app/relay/published.h"
#include "os/file.h"

enum { PAGE_HEAD = 512, HTTPS_PORT = 443 };

static const struct {
	unsigned status;
	const char *text;
} names[] = {
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

static const char *name_of(unsigned status)
{
	size_t i = 0;

	while (names[i].status != status && i < COUNT(names) - 1)
		i++;
	return names[i].text;
}

/* The same target of the same host, where TLS is. */
static void put_location(struct fmt *f, const struct web_conn *c)
{
	const struct http1_request *r = &c->web->request;
	unsigned port = c->web->https;

	fmt_put(f, "Location: https://");
	fmt_bytes(f, r->host);
	if (port && port != HTTPS_PORT)
		fmt_put(f, ":%u", port);
	if (r->slash || bytes_are(r->target, "*"))
		fmt_put(f, "/");
	if (!bytes_are(r->target, "*"))
		fmt_bytes(f, r->target);
	fmt_put(f, "\r\n");
}

/* What a status needs beside its page. */
static void put_more(struct fmt *f, const struct web_conn *c, unsigned status)
{
	if (status == 308)
		put_location(f, c);
	if (status == 401)
		fmt_put(f, "WWW-Authenticate: Basic realm=\"nat\", "
			   "charset=\"UTF-8\"\r\n");
	if (status == 405)
		fmt_put(f, "Allow: GET, HEAD, POST\r\n");
	if (status == 429) /* by then there is one more, whatever the rate */
		fmt_put(f, "Retry-After: 1\r\n");
}

/* What the owner of the service has said of its being away. */
static struct bytes page_of_service(const struct web_conn *c, unsigned status)
{
	const struct published *p =
		slots_find(&c->web->relay->published, c->of);

	if (status < 502 || status > 504 || !p || !p->route)
		return (struct bytes){ NULL, 0 };
	return p->route->site.page;
}

/* Is it HTML? */
static bool put_body(struct fmt *f, const struct web_conn *c, unsigned status)
{
	struct bytes theirs = page_of_service(c, status);
	struct bytes ours = { c->web->page.text, c->web->page.n };
	char text[64];
	struct fmt words = fmt_to(SPAN(text));

	fmt_put(&words, "%u %s", status, name_of(status));
	if (theirs.n)
		site_put_page(f, theirs, true, fmt_text(&words));
	else if (ours.n)
		site_put_page(f, ours, false, fmt_text(&words));
	else
		fmt_put(f, "%s\n", fmt_text(&words));
	return theirs.n || ours.n;
}

size_t pages_say(struct web_conn *c, unsigned status)
{
	struct stream *s = &c->tcp.stream;
	struct fmt f, body = fmt_to(SPAN(c->web->body));
	bool html = put_body(&body, c, status);
	size_t more = status == 308 ? c->ask.head : 0;
	struct span room = stream_reserve(s, PAGE_HEAD + more + body.n);

	if (!room.p)
		return 0;
	f = fmt_to(room);
	fmt_put(&f, "HTTP/1.1 %u %s\r\n", status, name_of(status));
	fmt_put(&f, "Content-Type: text/%s; charset=utf-8\r\n",
		html ? "html" : "plain");
	fmt_put(&f, "Content-Length: %zu\r\n", body.n);
	put_more(&f, c, status);
	fmt_put(&f, "Connection: close\r\n\r\n");
	if (c->state <= WEB_HEAD || !c->ask.bodiless)
		fmt_bytes(&f, fmt_done(&body));
	stream_commit(s, f.n);
	return f.n;
}

int pages_read(struct web_page *page, const struct relay_conf *conf,
	       struct diag *d)
{
	const char *path = conf->web.page;
	long n = path ? file_read(path, SPAN(page->text)) : 0;

	page->n = n > 0 ? (size_t)n : 0;
	if (n < 0)
		diag_put(d, "error-page %s: %s", path, err_text((int)n));
	return n < 0 ? -NAT_ECONF : 0;
}
