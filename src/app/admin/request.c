#include "app/admin/request.h"
#include "base/addr.h"
#include "base/cur.h"

/* RFC 9110 5.6.2. */
static bool is_token(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i], low = c | 0x20;

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    !(c && strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return b.n > 0;
}

/* No control characters, but for tabs if blanks is set; else no spaces. */
static bool is_text(struct bytes b, bool blanks)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];

		if (c == 0x7f || (c < ' ' && !(blanks && c == '\t')) ||
		    (c == ' ' && !blanks))
			return false;
	}
	return true;
}

/* A line without its CRLF; p NULL: its end is not there, bad: no CR before LF. */
static struct bytes line_of(struct cur *c)
{
	struct bytes b = { NULL, 0 };

	if (cur_left(c) && memchr(c->p, '\n', cur_left(c))) {
		b = cur_until(c, '\n');
		c->bad = c->bad || b.n == 0 || b.p[b.n - 1] != '\r';
		b.n -= b.n > 0;
	}
	return b;
}

/* Section 3. */
static bool parse_first(struct request *r, struct bytes line, bool *host)
{
	struct cur c = cur_of(line);

	r->method = cur_until(&c, ' ');
	r->target = cur_until(&c, ' ');
	*host = cur_left(&c) && c.end[-1] == '1';
	line = cur_until(&c, ' ');
	return is_token(r->method) && r->target.n > 0 &&
	       r->target.p[0] == '/' && is_text(r->target, false) &&
	       (bytes_are(line, "HTTP/1.0") || bytes_are(line, "HTTP/1.1")) &&
	       c.p == line.p + line.n;
}

static bool is_host(struct bytes name)
{
	static const char host[] = "host";
	size_t i = 0;

	while (i < name.n && i < sizeof host - 1 &&
	       (name.p[i] | 0x20) == host[i])
		i++;
	return i == name.n && i == sizeof host - 1;
}

/* Section 5. False: it is none. */
static bool parse_field(struct request *r, struct bytes line, unsigned *hosts)
{
	struct cur c = cur_of(line);
	struct bytes name = cur_until(&c, ':');
	struct bytes value = { c.p, cur_left(&c) };

	*hosts += is_host(name);
	if (is_host(name))
		r->host = cur_word(&c);
	return name.n < line.n && is_token(name) && is_text(value, true);
}

long request_parse(struct request *r, struct bytes in)
{
	struct cur c = cur_of(in);
	struct bytes line = line_of(&c);
	bool needs_host = false;
	unsigned hosts = 0;

	r->host = (struct bytes){ NULL, 0 };
	if (line.p && (c.bad || !parse_first(r, line, &needs_host)))
		return -NAT_EPROTO;
	while (line.p) {
		line = line_of(&c);
		if (c.bad)
			return -NAT_EPROTO;
		if (line.p && line.n == 0)
			break;
		if (line.p && !parse_field(r, line, &hosts))
			return -NAT_EPROTO;
	}
	if (!line.p)
		return in.n >= REQUEST_MOST ? -NAT_EROOM : 0;
	if (in.n - cur_left(&c) > REQUEST_MOST)
		return -NAT_EROOM;
	if (hosts > 1 || hosts < needs_host)
		return -NAT_EPROTO;
	return (long)(in.n - cur_left(&c));
}

bool request_is_here(const struct request *r)
{
	struct cur c = cur_of(r->host);
	bool six = cur_eat(&c, '[');
	struct bytes name = cur_until(&c, six ? ']' : ':');
	struct addr a;

	return addr_parse_ip(&a, name) == 0 || bytes_are(name, "localhost");
}

int request_status(const struct request *r, long parsed, bool there)
{
	if (parsed < 0)
		return parsed == -NAT_EROOM ? 431 : 400;
	if (!there)
		return 404;
	return bytes_are(r->method, "GET") ? 200 : 405;
}

#define END "Connection: close\r\nContent-Length: 0\r\n\r\n"

const char *request_answer(int status)
{
	static const struct {
		int status;
		const char *text;
	} rows[] = {
		{ 200, "HTTP/1.1 200 OK\r\nConnection: close\r\n"
		       "Content-Type: text/plain; version=0.0.4; "
		       "charset=utf-8\r\n\r\n" },
		{ 404, "HTTP/1.1 404 Not Found\r\n" END },
		{ 405,
		  "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n" END },
		{ 421, "HTTP/1.1 421 Misdirected Request\r\n" END },
		{ 431, "HTTP/1.1 431 Request Header Fields Too Large\r\n" END },
		{ 400, "HTTP/1.1 400 Bad Request\r\n" END },
	};
	size_t i = 0;

	while (rows[i].status != status && i < COUNT(rows) - 1)
		i++;
	return rows[i].text;
}
