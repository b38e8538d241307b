#include "wire/proxy.h"
#include "base/base64.h"
#include "base/cur.h"
#include "crypt/ct.h"
#include <assert.h>

/* ---- as it is written ---- */

static const struct {
	const char *mark;
	enum proxy_kind kind;
	uint16_t port;
} kinds[] = {
	{ "http://", PROXY_HTTP, 80 },
	{ "socks5://", PROXY_SOCKS5, 1080 },
};

static int digit(uint8_t c)
{
	uint8_t low = c | 0x20;

	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* RFC 3986 2.1. False: it is too long, or no escape. */
static bool unescape(uint8_t *n, uint8_t to[PROXY_SECRET], struct bytes text)
{
	struct cur c = cur_of(text);

	for (*n = 0; cur_left(&c); (*n)++) {
		int byte = cur_u8(&c);

		if (byte == '%') {
			int high = digit(cur_u8(&c)), low = digit(cur_u8(&c));

			byte = high < 0 || low < 0 ? 0 : high << 4 | low;
		}
		if (byte < ' ' || *n == PROXY_SECRET)
			return false;
		to[*n] = (uint8_t)byte;
	}
	return true;
}

/* USER:PASSWORD; in a name that goes by Basic there is no colon (RFC 7617 2). */
static bool read_user(struct proxy_conf *p, struct bytes text)
{
	struct cur c = cur_of(text);
	struct bytes user = cur_until(&c, ':');
	struct bytes password = { c.p, cur_left(&c) };

	return user.n > 0 && user.n < text.n &&
	       unescape(&p->user_n, p->user, user) &&
	       unescape(&p->password_n, p->password, password) &&
	       !bytes_have((struct bytes){ p->user, p->user_n }, ':');
}

/* HOST[:PORT], [v6][:PORT]. */
static bool read_place(struct hostport *at, struct bytes text, uint16_t port)
{
	struct addr a;
	bool v6 = text.n > 2 && *text.p == '[' && text.p[text.n - 1] == ']';
	struct bytes within = { text.p + v6, text.n - 2 * v6 };

	if (hostport_parse(at, text) == 0)
		return at->host.n > 0 && at->port > 0;
	*at = (struct hostport){ within, port };
	if (v6)
		return addr_parse_ip(&a, within) == 0;
	return text.n > 0 && text.n < 256 && !bytes_have(text, ':') &&
	       !bytes_have(text, '/') && !bytes_have(text, '%');
}

const char *proxy_parse(struct proxy_conf *p, struct bytes text)
{
	size_t i = 0, n, user;
	bool good = true;

	*p = (struct proxy_conf){ .kind = PROXY_NONE };
	while (i < COUNT(kinds) &&
	       (text.n < strlen(kinds[i].mark) ||
		memcmp(text.p, kinds[i].mark, strlen(kinds[i].mark)) != 0))
		i++;
	if (i == COUNT(kinds))
		return "is neither http:// nor socks5://";
	n = strlen(kinds[i].mark);
	text = (struct bytes){ text.p + n, text.n - n };
	if (text.n && text.p[text.n - 1] == '/')
		text.n--;
	for (user = text.n; user > 0 && text.p[user - 1] != '@';)
		user--;
	if (user)
		good = read_user(p, (struct bytes){ text.p, user - 1 });
	text = (struct bytes){ text.p + user, text.n - user };
	if (!good)
		return "has no user and password before its @";
	if (!read_place(&p->at, text, kinds[i].port))
		return "is not http://[USER:PASSWORD@]HOST:PORT, nor socks5://";
	p->kind = (uint8_t)kinds[i].kind;
	return NULL;
}

/* ---- HTTP ---- */

static long no(struct proxy *p, int err, const char *why)
{
	p->why = why;
	return err;
}

static void put_authority(struct fmt *f, const struct proxy *p)
{
	bool v6 = bytes_have(p->host, ':');

	fmt_put(f, v6 ? "[" : "");
	fmt_bytes(f, p->host);
	fmt_put(f, v6 ? "]:%u" : ":%u", (unsigned)p->port);
}

static struct bytes user_of(const struct proxy_conf *c)
{
	return (struct bytes){ c->user, c->user_n };
}

static struct bytes password_of(const struct proxy_conf *c)
{
	return (struct bytes){ c->password, c->password_n };
}

static void put_basic(struct fmt *f, const struct proxy_conf *c)
{
	uint8_t both[2 * PROXY_SECRET + 1];
	struct fmt b = fmt_to(SPAN(both));

	fmt_bytes(&b, user_of(c));
	fmt_put(&b, ":");
	fmt_bytes(&b, password_of(c));
	fmt_put(f, "Proxy-Authorization: Basic ");
	base64_put(f, fmt_done(&b), 0);
	fmt_put(f, "\r\n");
	ct_wipe(both, sizeof both);
}

static void ask(struct proxy *p, struct fmt *f)
{
	fmt_put(f, "CONNECT ");
	put_authority(f, p);
	fmt_put(f, " HTTP/1.1\r\nHost: ");
	put_authority(f, p);
	fmt_put(f, "\r\n");
	if (p->conf->user_n)
		put_basic(f, p->conf);
	fmt_put(f, "\r\n");
}

static long refused(struct proxy *p, unsigned status)
{
	p->status = (uint16_t)status;
	if (status != 407)
		return no(p, -NAT_EACCESS, "refuses to lead there");
	return no(p, -NAT_EACCESS,
		  p->conf->user_n ? "does not take our user and password"
				  : "wants a user and a password");
}

/* What 1xx says is for others; whatever a 2xx says of a body, there is none. */
static long hear_head(struct proxy *p, struct bytes in,
		      struct http1_response *r)
{
	long n = http1_scan(&p->scan, in, PROXY_HEAD);
	struct bytes head = { in.p + p->scan.lead, (size_t)n - p->scan.lead };

	if (n == 0)
		return 0;
	if (n < 0 || http1_response(r, head, BYTES("CONNECT")) < 0)
		return no(p, -NAT_EPROTO, "does not speak HTTP");
	p->scan = (struct http1_scan){ .at = 0 };
	if (r->status >= 300 || r->status == 101)
		return refused(p, r->status);
	if (r->status >= 200)
		p->state = PROXY_THROUGH;
	return n;
}

/* ---- SOCKS5 ---- */

enum { VERSION = 5, LOGIN_VERSION = 1, CONNECT = 1 };
enum { METHOD_NONE = 0, METHOD_USER = 2 };
enum { TO_IP4 = 1, TO_NAME = 3, TO_IP6 = 4 };

static void put_u8(struct fmt *f, unsigned v)
{
	const uint8_t byte = (uint8_t)v;

	fmt_bytes(f, (struct bytes){ &byte, 1 });
}

static void put_counted(struct fmt *f, struct bytes b)
{
	put_u8(f, (unsigned)b.n);
	fmt_bytes(f, b);
}

static void greet(struct proxy *p, struct fmt *f)
{
	bool user = p->conf->user_n;

	put_u8(f, VERSION);
	put_u8(f, user ? 2 : 1);
	put_u8(f, METHOD_NONE);
	if (user)
		put_u8(f, METHOD_USER);
}

static void log_in(struct proxy *p, struct fmt *f)
{
	put_u8(f, LOGIN_VERSION);
	put_counted(f, user_of(p->conf));
	put_counted(f, password_of(p->conf));
}

static void request(struct proxy *p, struct fmt *f)
{
	struct addr a;

	put_u8(f, VERSION);
	put_u8(f, CONNECT);
	put_u8(f, 0);
	if (addr_parse_ip(&a, p->host) < 0) {
		put_u8(f, TO_NAME);
		put_counted(f, p->host);
	} else {
		bool four = a.family == ADDR_IP4;

		put_u8(f, four ? TO_IP4 : TO_IP6);
		fmt_bytes(f, (struct bytes){ a.ip, four ? 4 : 16 });
	}
	put_u8(f, p->port >> 8);
	put_u8(f, p->port);
}

static long hear_method(struct proxy *p, struct bytes in,
			struct http1_response *room)
{
	(void)room;
	if (in.n > 0 && in.p[0] != VERSION)
		return no(p, -NAT_EPROTO, "does not speak SOCKS5");
	if (in.n < 2)
		return 0;
	if (in.p[1] == METHOD_USER && p->conf->user_n)
		p->state = PROXY_LOGIN;
	else if (in.p[1] == METHOD_NONE)
		p->state = PROXY_REQUEST;
	else
		return no(p, -NAT_EACCESS,
			  p->conf->user_n ? "wants more than a password"
					  : "wants a user and a password");
	return 2;
}

static long hear_welcome(struct proxy *p, struct bytes in,
			 struct http1_response *room)
{
	(void)room;
	if (in.n < 2)
		return 0;
	if (in.p[1] != 0)
		return no(p, -NAT_EACCESS,
			  "does not take our user and password");
	p->state = PROXY_REQUEST;
	return 2;
}

/* RFC 1928 6. */
static const char *const replies[] = {
	NULL,
	"has failed",
	"may not lead there",
	"cannot reach that network",
	"cannot reach that host",
	"is refused there",
	"was too late there",
	"does not lead anywhere",
	"does not know such addresses",
};

/* The address behind a yes is as long as its type says. */
static long hear_reply(struct proxy *p, struct bytes in,
		       struct http1_response *room)
{
	struct cur c = cur_of(in);
	uint8_t version = cur_u8(&c), code = cur_u8(&c), type;

	(void)room;
	if (in.n > 0 && version != VERSION)
		return no(p, -NAT_EPROTO, "does not speak SOCKS5");
	if (in.n > 1 && code)
		return no(p, -NAT_EACCESS,
			  replies[code < COUNT(replies) ? code : 1]);
	cur_u8(&c);
	type = cur_u8(&c);
	if (!c.bad && type != TO_IP4 && type != TO_NAME && type != TO_IP6)
		return no(p, -NAT_EPROTO, "does not speak SOCKS5");
	cur_bytes(&c, type == TO_IP4 ? 4 : type == TO_IP6 ? 16 : cur_u8(&c));
	cur_u16(&c);
	if (c.bad)
		return 0;
	p->state = PROXY_THROUGH;
	return (long)(in.n - cur_left(&c));
}

/* ---- by turns ---- */

static const struct {
	void (*say)(struct proxy *p, struct fmt *f); /* NULL: it is to hear */
	uint8_t then; /* enum proxy_state, when that is said */
	long (*hear)(struct proxy *p, struct bytes in,
		     struct http1_response *room);
} states[] = {
	[PROXY_ASK] = { .say = ask, .then = PROXY_HEAD_OF },
	[PROXY_HEAD_OF] = { .hear = hear_head },
	[PROXY_GREET] = { .say = greet, .then = PROXY_METHOD },
	[PROXY_METHOD] = { .hear = hear_method },
	[PROXY_LOGIN] = { .say = log_in, .then = PROXY_WELCOME },
	[PROXY_WELCOME] = { .hear = hear_welcome },
	[PROXY_REQUEST] = { .say = request, .then = PROXY_REPLY },
	[PROXY_REPLY] = { .hear = hear_reply },
	[PROXY_THROUGH] = { .say = NULL },
};

void proxy_start(struct proxy *p, const struct proxy_conf *conf,
		 struct bytes host, uint16_t port)
{
	*p = (struct proxy){
		.conf = conf,
		.host = host,
		.port = port,
		.state = conf->kind == PROXY_HTTP ? PROXY_ASK : PROXY_GREET,
	};
}

void proxy_say(struct proxy *p, struct fmt *f)
{
	if (!states[p->state].say)
		return;
	states[p->state].say(p, f);
	assert(!f->full);
	p->state = states[p->state].then;
}

long proxy_hear(struct proxy *p, struct bytes in, struct http1_response *room)
{
	return states[p->state].hear ? states[p->state].hear(p, in, room) : 0;
}
