/* CONNECT and SOCKS5 as their clients speak them, against every answer there is. */
#include "unit.h"
#include "wire/proxy.h"

#define COLONS \
	"0123456789012345678901234567890123456789012345678901234567890123"
#define BYTES_256 COLONS COLONS COLONS COLONS

static const struct {
	const char *text, *host, *user, *password; /* host NULL: it is wrong */
	int kind;
	uint16_t port;
} urls[] = {
	/* clang-format off */
	{ "http://a:3128", "a", "", "", PROXY_HTTP, 3128 },
	{ "http://proxy.example", "proxy.example", "", "", PROXY_HTTP, 80 },
	{ "http://10.0.0.1:1/", "10.0.0.1", "", "", PROXY_HTTP, 1 },
	{ "http://[2001:db8::1]:3128", "2001:db8::1", "", "", PROXY_HTTP, 3128 },
	{ "http://[::1]", "::1", "", "", PROXY_HTTP, 80 },
	{ "socks5://a", "a", "", "", PROXY_SOCKS5, 1080 },
	{ "socks5://me:secret@a:9", "a", "me", "secret", PROXY_SOCKS5, 9 },
	{ "http://me:@a", "a", "me", "", PROXY_HTTP, 80 },
	{ "http://me:p:w@a", "a", "me", "p:w", PROXY_HTTP, 80 },
	{ "http://me:p@w@a", "a", "me", "p@w", PROXY_HTTP, 80 },
	{ "http://m%40e:p%25%2F%c3%a9@a", "a", "m@e", "p%/\xc3\xa9", PROXY_HTTP, 80 },
	{ "a:3128", NULL, 0, 0, 0, 0 }, { "", NULL, 0, 0, 0, 0 },
	{ "https://a", NULL, 0, 0, 0, 0 }, { "socks4://a", NULL, 0, 0, 0, 0 },
	{ "http:/", NULL, 0, 0, 0, 0 }, { "http://", NULL, 0, 0, 0, 0 },
	{ "http:///", NULL, 0, 0, 0, 0 }, { "http://:80", NULL, 0, 0, 0, 0 },
	{ "http://a:0", NULL, 0, 0, 0, 0 }, { "http://a:65536", NULL, 0, 0, 0, 0 },
	{ "http://a:x", NULL, 0, 0, 0, 0 }, { "http://a:", NULL, 0, 0, 0, 0 },
	{ "http://a/b", NULL, 0, 0, 0, 0 }, { "http://[::1", NULL, 0, 0, 0, 0 },
	{ "http://[a]", NULL, 0, 0, 0, 0 }, { "http://::1", NULL, 0, 0, 0, 0 },
	{ "http://me@a", NULL, 0, 0, 0, 0 }, { "http://:secret@a", NULL, 0, 0, 0, 0 },
	{ "http://me:%zz@a", NULL, 0, 0, 0, 0 }, { "http://me:%4@a", NULL, 0, 0, 0, 0 },
	{ "http://me:%0d%0a@a", NULL, 0, 0, 0, 0 }, { "http://me:%00@a", NULL, 0, 0, 0, 0 },
	{ "http://m%3ae:x@a", NULL, 0, 0, 0, 0 },
	{ "http://me:" BYTES_256 "@a", NULL, 0, 0, 0, 0 },
	{ "http://" BYTES_256, NULL, 0, 0, 0, 0 },
	/* clang-format on */
};

static void urls_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct proxy_conf p;
		struct guard g;
		struct bytes text = guard_bytes(&g, bytes_of(urls[i].text));
		const char *why = proxy_parse(&p, text);

		if (!why != (urls[i].host != NULL))
			fail_msg("%s: %s", urls[i].text, why ? why : "taken");
		if (urls[i].host) {
			struct bytes user = { p.user, p.user_n };
			struct bytes password = { p.password, p.password_n };

			assert_int_equal(p.kind, urls[i].kind);
			assert_int_equal(p.at.port, urls[i].port);
			assert_bytes_equal(p.at.host, bytes_of(urls[i].host));
			assert_bytes_equal(user, bytes_of(urls[i].user));
			assert_bytes_equal(password,
					   bytes_of(urls[i].password));
		} else {
			assert_int_equal(p.kind, PROXY_NONE);
		}
		guard_free(&g);
	}
}

/* ---- conversations ---- */

static struct http1_response room;

/* A talk in turns, ours and the proxy's; SOCKS5 in hex. What the last answer comes to
 * stands in end.
 */
enum { THROUGH, WAITS, BROKEN = -NAT_EPROTO, NO = -NAT_EACCESS };
static const struct talk {
	const char *url, *host;
	const char *turns[8];
	int end;
	const char *why;
} talks[] = {
/* clang-format off */
#define ASK "CONNECT a.example:8888 HTTP/1.1\r\nHost: a.example:8888\r\n"
#define BASIC "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 200 OK\r\n\r\n" }, THROUGH, NULL },
	{ "http://p", "::1", { "CONNECT [::1]:8888 HTTP/1.1\r\nHost: [::1]:8888\r\n\r\n",
	  "HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n" }, THROUGH, NULL },
	{ "http://me:secret@p", "a.example", { ASK BASIC "\r\n", "HTTP/1.1 204 \r\n\r\n" }, THROUGH, NULL },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 200\r\nContent-Length: 7\r\n\r\n" }, THROUGH, NULL },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n" }, THROUGH, NULL },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "", "HTTP/1.1 200 OK\r\n\r\n" }, THROUGH, NULL },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 5\r\n\r\n" },
	  NO, "wants a user and a password" },
	{ "http://me:secret@p", "a.example", { ASK BASIC "\r\n", "HTTP/1.1 407 Who\r\n\r\n" }, NO, "does not take our user and password" },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 403 No\r\n\r\n" }, NO, "refuses to lead there" },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 502 No\r\n\r\n" }, NO, "refuses to lead there" },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 301 No\r\nLocation: /\r\n\r\n" }, NO, "refuses to lead there" },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 101 x\r\nUpgrade: y\r\nConnection: upgrade\r\n\r\n" }, NO, "refuses to lead there" },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 200 OK\r\n" }, WAITS, NULL },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/2 200 OK\r\n\r\n" }, BROKEN, "does not speak HTTP" },
	{ "http://p", "a.example", { ASK "\r\n", "SSH-2.0-x\n" }, BROKEN, "does not speak HTTP" },
	{ "http://p", "a.example", { ASK "\r\n", "\x05" }, BROKEN, "does not speak HTTP" },
	{ "http://p", "a.example", { ASK "\r\n", "HTTP/1.1 200 OK\r\nX: " BYTES_256 }, WAITS, NULL },
#define GREET "050100"
#define NAME "0503" /* below */
#define TO_NAME "05010003 09 612e6578616d706c65 22b8"
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05000001 7f000001 1234" }, THROUGH, NULL },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05000003 03 414243 1234" }, THROUGH, NULL },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05000003 00 1234" }, THROUGH, NULL },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05000004 00000000000000000000000000000001 1234" }, THROUGH, NULL },
	{ "socks5://p", "192.0.2.1", { GREET, "0500", "05010001 c0000201 22b8", "05000001 00000000 0000" }, THROUGH, NULL },
	{ "socks5://p", "2001:db8::1", { GREET, "0500", "05010004 20010db8000000000000000000000001 22b8", "05000001 00000000 0000" }, THROUGH, NULL },
	{ "socks5://me:secret@p", "a.example", { "05020002", "0502", "01 02 6d65 06 736563726574", "0100", TO_NAME, "05000001 00000000 0000" }, THROUGH, NULL },
	{ "socks5://me:secret@p", "a.example", { "05020002", "0500", TO_NAME, "05000001 00000000 0000" }, THROUGH, NULL },
	{ "socks5://me:secret@p", "a.example", { "05020002", "0502", "01 02 6d65 06 736563726574", "0101" }, NO, "does not take our user and password" },
	{ "socks5://me:secret@p", "a.example", { "05020002", "05ff" }, NO, "wants more than a password" },
	{ "socks5://p", "a.example", { GREET, "05ff" }, NO, "wants a user and a password" },
	{ "socks5://p", "a.example", { GREET, "0502" }, NO, "wants a user and a password" },
	{ "socks5://p", "a.example", { GREET, "0501" }, NO, "wants a user and a password" },
	{ "socks5://p", "a.example", { GREET, "04" }, BROKEN, "does not speak SOCKS5" },
	{ "socks5://p", "a.example", { GREET, "48545450" }, BROKEN, "does not speak SOCKS5" },
	{ "socks5://p", "a.example", { GREET, "05" }, WAITS, NULL },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0501" }, NO, "has failed" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0502" }, NO, "may not lead there" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0503" }, NO, "cannot reach that network" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0504" }, NO, "cannot reach that host" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0505" }, NO, "is refused there" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0506" }, NO, "was too late there" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0507" }, NO, "does not lead anywhere" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "0508" }, NO, "does not know such addresses" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05ff" }, NO, "has failed" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "00000001" }, BROKEN, "does not speak SOCKS5" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05000002" }, BROKEN, "does not speak SOCKS5" },
	{ "socks5://p", "a.example", { GREET, "0500", TO_NAME, "05000003 ff 41" }, WAITS, NULL },
	/* clang-format on */
};

static bool is_hex(const struct talk *t)
{
	return t->url[0] == 's';
}

static struct bytes turn(const struct talk *t, size_t i, struct span to)
{
	return is_hex(t) ? unit_hex(to, t->turns[i]) : bytes_of(t->turns[i]);
}

/* In bytes of which so many come at a time, what is not taken again before them. */
static long hear(struct proxy *p, struct bytes all, size_t step)
{
	size_t done = 0;
	long n = 0;

	for (size_t here = min_size(step, all.n);;) {
		struct guard g;
		struct bytes in = { all.p + done, here - done };

		n = proxy_hear(p, guard_bytes(&g, in), &room);
		guard_free(&g);
		if (n < 0)
			return n;
		done += (size_t)n;
		if (n == 0 && here == all.n)
			return (long)done;
		if (n == 0)
			here = min_size(here + step, all.n);
		if (proxy_is_through(p) || done == all.n)
			return (long)done;
	}
}

/* Something stands behind the last answer, which is the host's. */
static void converse(const struct talk *t, size_t step)
{
	struct proxy_conf conf;
	struct proxy p;
	long n = 0;

	assert_null(proxy_parse(&conf, bytes_of(t->url)));
	proxy_start(&p, &conf, bytes_of(t->host), 8888);
	for (size_t i = 0; i < COUNT(t->turns) && t->turns[i]; i += 2) {
		uint8_t want[512], got[PROXY_SAID], answer[1024];
		struct fmt f = fmt_to(SPAN(got));
		struct bytes in;

		proxy_say(&p, &f);
		assert_bytes_equal(fmt_done(&f), turn(t, i, SPAN(want)));
		f.n = 0;
		proxy_say(&p, &f); /* until it has heard, nothing more */
		assert_int_equal(f.n, 0);
		in = turn(t, i + 1, SPAN(want));
		memcpy(answer, in.p, in.n);
		if (t->end == THROUGH && !t->turns[i + 2])
			memcpy(answer + in.n++, "{", 1);
		n = hear(&p, (struct bytes){ answer, in.n }, step);
		if (n >= 0 && proxy_is_through(&p))
			assert_int_equal(n, in.n - 1);
	}
	if ((t->end == THROUGH) != proxy_is_through(&p) ||
	    (n < 0 ? n : 0) != (t->end < 0 ? t->end : 0))
		fail_msg("%s %s: %ld", t->turns[1], t->turns[3], n);
	if (!t->why != !p.why || (t->why && strcmp(t->why, p.why) != 0))
		fail_msg("%s: %s", t->turns[1], p.why);
	assert_int_equal(p.status != 0, t->end == NO && !is_hex(t));
}

static void talks_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(talks); i++)
		for (size_t step = 1; step < 40; step += step < 8 ? 1 : 30)
			converse(&talks[i], step);
}

/* An answer without an end is not waited for for ever. */
static void endless(void **state)
{
	static uint8_t text[PROXY_HEAD];
	struct proxy_conf conf;
	struct proxy p;
	uint8_t said[PROXY_SAID];
	struct fmt f = fmt_to(SPAN(said));

	(void)state;
	memset(text, 'x', sizeof text);
	assert_null(proxy_parse(&conf, BYTES("http://p")));
	proxy_start(&p, &conf, BYTES("a"), 1);
	proxy_say(&p, &f);
	assert_int_equal(proxy_hear(&p, bytes_in(SPAN(text)), &room),
			 -NAT_EPROTO);
}

/* All of it as long as can be fits into what is said at a time. */
static void longest(void **state)
{
	static const char *const schemes[] = { "http", "socks5" };
	char url[1200];

	(void)state;
	for (size_t i = 0; i < COUNT(schemes); i++) {
		struct proxy_conf conf;
		struct proxy p;
		uint8_t said[PROXY_SAID];
		struct fmt f = fmt_to(SPAN(said));

		snprintf(url, sizeof url, "%s://%.255s:%.255s@p", schemes[i],
			 BYTES_256, BYTES_256);
		assert_null(proxy_parse(&conf, bytes_of(url)));
		assert_int_equal(conf.user_n, 255);
		proxy_start(&p, &conf,
			    (struct bytes){ (const uint8_t *)BYTES_256, 255 },
			    65535);
		proxy_say(&p, &f);
		if (i == 1) {
			assert_int_equal(
				proxy_hear(&p, BYTES("\x05\x02"), &room), 2);
			f.n = 0;
			proxy_say(&p, &f);
			assert_int_equal(f.n, 3 + 255 + 255);
			assert_int_equal(proxy_hear(&p, BYTES("\x01\0"), &room),
					 2);
			f.n = 0;
			proxy_say(&p, &f);
			assert_int_equal(f.n, 4 + 1 + 255 + 2);
		}
		assert_false(f.full);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_read),
		cmocka_unit_test(talks_run),
		cmocka_unit_test(endless),
		cmocka_unit_test(longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
