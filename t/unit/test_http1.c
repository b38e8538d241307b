#include "unit.h"
#include "wire/http1.h"
#include "base/fmt.h"

enum { MOST = 2048, MORE = 0, GOOD = 200 };

#define HOST "Host: a\r\n"
#define GET "GET / HTTP/1.1\r\n" HOST
#define POST "POST / HTTP/1.1\r\n" HOST
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define END "\r\n"

static const struct row {
	const char *text;
	unsigned status; /* GOOD, MORE, or what it is answered by */
} rows[] = {
	/* clang-format off */
	/* ---- the end of a head: lines end in CRLF, and in nothing else ---- */
	{ GET END, GOOD },
	{ "\r\n" GET END, GOOD },
	{ "\r\n\r\n" GET END, 400 },
	{ "\n" GET END, 400 },
	{ "\r" GET END, 400 },
	{ " " GET END, 400 },
	{ "GET / HTTP/1.1\nHost: a\n\n", 400 },
	{ "GET / HTTP/1.1\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\n\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\rHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r X: b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\n\r", MORE },
	{ "GET / HTTP/1.1\r\nHost: a\r\n", MORE },
	{ "GET / HTTP/1.1\r\nHost: a", MORE },
	{ "GET", MORE },
	{ "\r", MORE },
	{ "\r\n", MORE },
	{ "", MORE },
	/* ---- bytes that no head has ---- */
	{ "\x16\x03\x01", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nX: \x0b" "b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nX: \x0c" "b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[0m\r\n\r\n", 400 },
	{ "GET /\x08 HTTP/1.1\r\n" HOST END, 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nX: \xff\xc3\xa9\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: a\r\nX:\tb\tc\t\r\n\r\n", GOOD },
	/* ---- the request line ---- */
	{ "GET / HTTP/1.0\r\n\r\n", GOOD },
	{ "GET / HTTP/1.0\r\nHost: a\r\n\r\n", GOOD },
	{ "M-SEARCH / HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET /\r\n\r\n", 400 },
	{ "GET / \r\n\r\n", 400 },
	{ "GET\r\n\r\n", 400 },
	{ "/\r\n\r\n", 400 },
	{ "GET  / HTTP/1.1\r\n" HOST END, 400 },
	{ "GET /  HTTP/1.1\r\n" HOST END, 400 },
	{ "GET / HTTP/1.1 \r\n" HOST END, 400 },
	{ "GET\t/ HTTP/1.1\r\n" HOST END, 400 },
	{ "GET /\tHTTP/1.1\r\n" HOST END, 400 },
	{ "GET / a HTTP/1.1\r\n" HOST END, 400 },
	{ "G(T / HTTP/1.1\r\n" HOST END, 400 },
	{ "G@T / HTTP/1.1\r\n" HOST END, 400 },
	{ "\"GET\" / HTTP/1.1\r\n" HOST END, 400 },
	{ "G\xc3\x8bT / HTTP/1.1\r\n" HOST END, 400 },
	{ "GET / http/1.1\r\n" HOST END, 400 },
	{ "GET / HTTP/1.1.1\r\n" HOST END, 400 },
	{ "GET / HTTP/1\r\n" HOST END, 400 },
	{ "GET / HTTP/1.\r\n" HOST END, 400 },
	{ "GET / HTTP/.1\r\n" HOST END, 400 },
	{ "GET / HTTP/11\r\n" HOST END, 400 },
	{ "GET / HTTP/1.10\r\n" HOST END, 400 },
	{ "GET / HTTP/+1.1\r\n" HOST END, 400 },
	{ "GET / HTTP /1.1\r\n" HOST END, 400 },
	{ "GET / HTTPS/1.1\r\n" HOST END, 400 },
	{ "GET / ICAP/1.0\r\n" HOST END, 400 },
	{ "GET / HTTP/0.9\r\n" HOST END, 505 },
	{ "GET / HTTP/1.2\r\n" HOST END, 505 },
	{ "GET / HTTP/2.0\r\n" HOST END, 505 },
	{ "GET / HTTP/3.0\r\n" HOST END, 505 },
	{ "PRI * HTTP/2.0\r\n\r\n", 505 },
	/* ---- the target ---- */
	{ "GET /a?b=c&d|e{f}\"g\\h^ HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET //a/../b HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET /%00%0d%0a HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET a HTTP/1.1\r\n" HOST END, 400 },
	{ "GET ?a HTTP/1.1\r\n" HOST END, 400 },
	{ "GET . HTTP/1.1\r\n" HOST END, 400 },
	{ "GET /#a HTTP/1.1\r\n" HOST END, 400 },
	{ "GET /\xc3\xa9 HTTP/1.1\r\n" HOST END, 400 },
	{ "GET * HTTP/1.1\r\n" HOST END, 400 },
	{ "OPTIONS * HTTP/1.1\r\n" HOST END, GOOD },
	{ "OPTIONS ** HTTP/1.1\r\n" HOST END, 400 },
	{ "GET a:80 HTTP/1.1\r\n" HOST END, 400 },
	{ "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", GOOD },
	{ "CONNECT a HTTP/1.1\r\n" HOST END, 400 },
	{ "CONNECT a: HTTP/1.1\r\nHost: a:\r\n\r\n", 400 },
	{ "CONNECT / HTTP/1.1\r\n" HOST END, 400 },
	{ "CONNECT a:80 HTTP/1.1\r\nHost: b:80\r\n\r\n", 400 },
	{ "GET http://a/ HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET HTTP://A/b HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET https://a HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET http://a?b HTTP/1.1\r\n" HOST END, GOOD },
	{ "GET http://a:80/ HTTP/1.1\r\nHost: a:80\r\n\r\n", GOOD },
	{ "GET http://a/ HTTP/1.0\r\n\r\n", GOOD },
	{ "GET http://b/ HTTP/1.1\r\n" HOST END, 400 },
	{ "GET http://a:80/ HTTP/1.1\r\n" HOST END, 400 },
	{ "GET http://a/ HTTP/1.1\r\n\r\n", 400 },
	{ "GET http:/// HTTP/1.1\r\n" HOST END, 400 },
	{ "GET http://?a HTTP/1.1\r\n" HOST END, 400 },
	{ "GET http:/a HTTP/1.1\r\n" HOST END, 400 },
	{ "GET http:a HTTP/1.1\r\n" HOST END, 400 },
	{ "GET http://u@a/ HTTP/1.1\r\nHost: u@a\r\n\r\n", 400 },
	{ "GET ftp://a/ HTTP/1.1\r\n" HOST END, 400 },
	{ "GET file:///etc/passwd HTTP/1.1\r\n" HOST END, 400 },
	/* ---- the host (RFC 9112 3.2) ---- */
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nhOST:\r\n\r\n", 400 },
	{ "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: a.:8080\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n", GOOD },
	{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a%2eb\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a:000080\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", 400 },
	/* ---- fields ---- */
	{ GET "A:\r\n\r\n", GOOD },
	{ GET "!#$%&'*+-.^_`|~1a: b\r\n\r\n", GOOD },
	{ GET "A\r\n\r\n", 400 },
	{ GET ": b\r\n\r\n", 400 },
	{ GET "A : b\r\n\r\n", 400 },
	{ GET "A\t: b\r\n\r\n", 400 },
	{ GET "A b: c\r\n\r\n", 400 },
	{ GET "A(b: c\r\n\r\n", 400 },
	{ GET "A[0]: c\r\n\r\n", 400 },
	{ GET "A/b: c\r\n\r\n", 400 },
	{ GET "A\xc3\xa9: c\r\n\r\n", 400 },
	{ GET "A: b\r\n c\r\n\r\n", 400 },
	{ GET "A: b\r\n\tc\r\n\r\n", 400 },
	{ GET " A: b\r\n\r\n", 400 },
	{ GET "A: b\r\n \r\n\r\n", 400 },
	{ GET "A:\r\n b\r\n\r\n", 400 },
	{ GET "Foo: bar\r\n" " Transfer-Encoding: chunked\r\n\r\n", 400 },
	/* ---- Content-Length (RFC 9112 6.3) ---- */
	{ POST "Content-Length: 0\r\n\r\n", GOOD },
	{ POST "Content-Length: 5\r\n\r\nhello", GOOD },
	{ POST "content-LENGTH:5\r\n\r\nhello", GOOD },
	{ POST "Content-Length: 0005 \r\n\r\nhello", GOOD },
	{ POST "Content-Length: 9223372036854775807\r\n\r\n", GOOD },
	{ POST "Content-Length: 9223372036854775808\r\n\r\n", 400 },
	{ POST "Content-Length: 18446744073709551617\r\n\r\n", 400 },
	{ POST "Content-Length: 99999999999999999999999\r\n\r\n", 400 },
	{ POST "Content-Length:\r\n\r\n", 400 },
	{ POST "Content-Length: -1\r\n\r\n", 400 },
	{ POST "Content-Length: +5\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5.0\r\n\r\nhello", 400 },
	{ POST "Content-Length: 0x5\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5a\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5 5\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5,5\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5, 6\r\n\r\nhello", 400 },
	{ POST "Content-Length: \"5\"\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5;\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400 },
	{ POST "Content-Length: 5\r\ncontent-length: 0\r\n\r\nhello", 400 },
	{ POST "Content-Length : 5\r\n\r\nhello", 400 },
	{ POST "Content_Length: 5\r\n\r\nhello", 400 },
	{ POST "Content-Length: 1\r\n 2\r\n\r\n", 400 },
	{ GET "Content-Length: 5\r\n\r\nhello", GOOD },
	/* ---- Transfer-Encoding (RFC 9112 6.1, 6.3) ---- */
	{ POST CHUNKED END, GOOD },
	{ POST "Transfer-Encoding: Chunked\r\n\r\n", GOOD },
	{ POST "Transfer-Encoding:\tchunked\t\r\n\r\n", GOOD },
	{ POST "Transfer-Encoding: , chunked,\r\n\r\n", GOOD },
	{ POST CHUNKED "Content-Length: 5\r\n\r\n", 400 },
	{ POST "Content-Length: 5\r\n" CHUNKED END, 400 },
	{ POST "Content-Length: 0\r\n" CHUNKED END, 400 },
	{ POST CHUNKED CHUNKED END, 400 },
	{ POST CHUNKED "Transfer-Encoding: identity\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: identity\r\n" CHUNKED END, 400 },
	{ POST "Transfer-Encoding: chunked, chunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chunked, gzip\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: gzip\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: gzip\r\n" CHUNKED END, 501 },
	{ POST "Transfer-Encoding: identity\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: identity, chunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding:\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: ,\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: xchunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chunked x\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: \"chunked\"\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chunked;q=1\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chun\r\n ked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: \x0b" "chunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding : chunked\r\n\r\n", 400 },
	{ POST "Transfer_Encoding: chunked\r\n\r\n", 400 },
	{ POST " Transfer-Encoding: chunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding\r\n : chunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding chunked\r\n\r\n", 400 },
	{ POST "X: y\rTransfer-Encoding: chunked\r\n\r\n", 400 },
	{ POST "X: y\nTransfer-Encoding: chunked\r\n\r\n", 400 },
	{ "POST / HTTP/1.0\r\n" HOST CHUNKED END, 400 },
	/* ---- Connection, Expect, Upgrade ---- */
	{ GET "Connection: close\r\n\r\n", GOOD },
	{ GET "Connection: a,b , c\r\nConnection: d\r\n\r\n", GOOD },
	{ GET "Connection:\r\n\r\n", GOOD },
	{ GET "Connection: a b\r\n\r\n", 400 },
	{ GET "Connection: \"close\"\r\n\r\n", 400 },
	{ GET "Connection: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\r\n\r\n", 400 },
	{ GET "Expect: 100-continue\r\n\r\n", GOOD },
	{ GET "Expect: 100-Continue\r\n\r\n", GOOD },
	{ GET "Expect: 200-ok\r\n\r\n", 417 },
	{ GET "Expect:\r\n\r\n", 417 },
	{ GET "Expect: 100-continue, x\r\n\r\n", 417 },
	{ GET "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n", GOOD },
	{ GET "Connection_: upgrade\r\n\r\n", GOOD },
	/* clang-format on */
};

/* As it arrives: all that there is so far. */
static unsigned verdict(struct http1_scan *s, struct http1_request *r,
			struct bytes in)
{
	long n = http1_scan(s, in, MOST);
	unsigned why;

	if (n <= 0)
		return n == 0 ? MORE : n == -NAT_EROOM ? 431 : 400;
	assert_true((size_t)n <= in.n && s->lead < n);
	why = http1_request(r, bytes_tail(bytes_head(in, (size_t)n), s->lead));
	return why ? why : GOOD;
}

static unsigned at_once(struct http1_request *r, struct bytes in)
{
	struct http1_scan s = { .at = 0 };

	return verdict(&s, r, in);
}

static unsigned byte_by_byte(struct http1_request *r, struct bytes in)
{
	struct http1_scan s = { .at = 0 };
	unsigned got = MORE;

	for (size_t n = 0; n <= in.n && got == MORE; n++)
		got = verdict(&s, r, bytes_head(in, n));
	return got;
}

static void verdicts(void **state)
{
	static struct http1_request r;
	unsigned refused = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(rows[i].text));
		unsigned once = at_once(&r, in), bytes = byte_by_byte(&r, in);

		if (once != rows[i].status || bytes != once)
			fail_msg("%u and %u, not %u: %s", once, bytes,
				 rows[i].status, rows[i].text);
		refused += once >= 400;
		guard_free(&g);
	}
	assert_true(refused >= 120);
}

/* A byte of 0 ends no C string. */
static void zeros(void **state)
{
	static struct http1_request r;
	const struct bytes in = BYTES(GET "X: a\0b\r\n\r\n");

	(void)state;
	assert_int_equal(at_once(&r, in), 400);
	assert_int_equal(byte_by_byte(&r, in), 400);
}

static void parts(void **state)
{
	static struct http1_request r;
	static const char text[] =
		"\r\nPUT http://Blog.Example:80?a HTTP/1.1\r\n"
		"host: blog.example:80\r\nA: \t b c\t \r\n"
		"Connection: Keep-Alive, X-Own , upgrade\r\n"
		"Upgrade: websocket\r\nX-Own: 1\r\nX_Forwarded_For: 2\r\n"
		"X-Forwarded-Port: 3\r\nTE: trailers\r\n"
		"Expect: 100-continue\r\nContent-Length: 12\r\n\r\nrest";
	static const struct {
		const char *name, *value;
		unsigned id;
		bool hop;
	} want[] = {
		{ "host", "blog.example:80", HTTP1_HOST, true },
		{ "A", "b c", HTTP1_OTHER, false },
		{ "Connection", "Keep-Alive, X-Own , upgrade", HTTP1_CONNECTION,
		  true },
		{ "Upgrade", "websocket", HTTP1_UPGRADE, true },
		{ "X-Own", "1", HTTP1_OTHER, true },
		{ "X_Forwarded_For", "2", HTTP1_X_FORWARDED_FOR, false },
		{ "X-Forwarded-Port", "3", HTTP1_X_FORWARDED, false },
		{ "TE", "trailers", HTTP1_TE, true },
		{ "Expect", "100-continue", HTTP1_EXPECT, true },
		{ "Content-Length", "12", HTTP1_CONTENT_LENGTH, true },
	};

	(void)state;
	assert_int_equal(at_once(&r, bytes_of(text)), GOOD);
	assert_bytes_equal(r.method, BYTES("PUT"));
	assert_bytes_equal(r.target, BYTES("?a"));
	assert_bytes_equal(r.authority, BYTES("Blog.Example:80"));
	assert_bytes_equal(r.host, BYTES("Blog.Example"));
	assert_true(r.slash && r.head.keeps && r.head.upgrades);
	assert_true(r.head.expects && r.head.minor == 1);
	assert_int_equal(r.head.body, BODY_LENGTH);
	assert_int_equal(r.head.length, 12);
	assert_int_equal(r.head.n, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		const struct http1_field *f = &r.head.v[i];

		assert_bytes_equal(f->name, bytes_of(want[i].name));
		assert_bytes_equal(f->value, bytes_of(want[i].value));
		assert_int_equal(f->id, want[i].id);
		assert_int_equal(http1_is_hop(&r.head, f), want[i].hop);
	}
}

/* Does the connection stay, is another protocol asked for, is there a body? */
static void meanings(void **state)
{
	static const struct {
		const char *text;
		bool keeps, upgrades;
		enum body_kind body;
	} tab[] = {
		{ GET END, true, false, BODY_NONE },
		{ GET "Connection: Close\r\n\r\n", false, false, BODY_NONE },
		{ GET "Connection: a, close\r\n\r\n", false, false, BODY_NONE },
		{ "GET / HTTP/1.0\r\n\r\n", false, false, BODY_NONE },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true,
		  false, BODY_NONE },
		{ "GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n",
		  false, false, BODY_NONE },
		{ GET "Upgrade: a\r\n\r\n", true, false, BODY_NONE },
		{ GET "Connection: upgrade\r\n\r\n", true, false, BODY_NONE },
		{ GET "Upgrade: a\r\nConnection: Upgrade\r\n\r\n", true, true,
		  BODY_NONE },
		{ GET "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", true,
		  false, BODY_NONE },
		{ "GET / HTTP/1.0\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
		  false, false, BODY_NONE },
		{ POST CHUNKED END, true, false, BODY_CHUNKED },
		{ POST "Content-Length: 0\r\n\r\n", true, false, BODY_NONE },
		{ POST "Content-Length: 1\r\n\r\n", true, false, BODY_LENGTH },
	};
	static struct http1_request r;

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		assert_int_equal(at_once(&r, bytes_of(tab[i].text)), GOOD);
		if (r.head.keeps != tab[i].keeps ||
		    r.head.upgrades != tab[i].upgrades ||
		    r.head.body != tab[i].body)
			fail_msg("%s", tab[i].text);
	}
}

/* ---- limits ---- */

static void long_ones(void **state)
{
	static char text[3 * HTTP1_TARGET];
	static struct http1_request r;
	struct http1_scan s = { .at = 0 };
	size_t n = 0;

	(void)state;
	n = (size_t)snprintf(text, sizeof text,
			     "GET /%0*d HTTP/1.1\r\n" HOST END, HTTP1_TARGET,
			     0);
	assert_true(http1_scan(&s, (struct bytes){ (uint8_t *)text, n },
			       sizeof text) == (long)n);
	assert_int_equal(
		http1_request(&r, (struct bytes){ (uint8_t *)text, n }), 414);
	assert_int_equal(at_once(&r, (struct bytes){ (uint8_t *)text, n }),
			 431);
	assert_int_equal(byte_by_byte(&r, (struct bytes){ (uint8_t *)text, n }),
			 431);
}

static void many_fields(void **state)
{
	static char text[MOST];
	static struct http1_request r;

	(void)state;
	for (int most = HTTP1_FIELDS; most <= HTTP1_FIELDS + 1; most++) {
		struct fmt f = fmt_to(SPAN(text));

		fmt_put(&f, GET);
		for (int i = 1; i < most; i++)
			fmt_put(&f, "a:%d\r\n", i);
		fmt_put(&f, END);
		assert_int_equal(at_once(&r, fmt_done(&f)),
				 most == HTTP1_FIELDS ? GOOD : 431);
	}
}

/* One more byte than may be is too long, also when the end is just there. */
static void edge(void **state)
{
	const struct bytes in = BYTES(GET END);

	(void)state;
	for (size_t most = 1; most <= in.n + 1; most++) {
		struct http1_scan s = { .at = 0 };
		long want = most < in.n ? -NAT_EROOM : (long)in.n;

		assert_int_equal(http1_scan(&s, in, most), want);
	}
}

/* ---- responses ---- */

static void responses(void **state)
{
	static const struct {
		const char *text, *method;
		int status; /* 0: wrong */
		bool keeps;
		enum body_kind body;
	} tab[] = {
	/* clang-format off */
#define OK "HTTP/1.1 200 OK\r\n"
		{ OK END, "GET", 200, true, BODY_CLOSE },
		{ OK "Content-Length: 3\r\n\r\n", "GET", 200, true, BODY_LENGTH },
		{ OK "Content-Length: 0\r\n\r\n", "GET", 200, true, BODY_NONE },
		{ OK CHUNKED END, "GET", 200, true, BODY_CHUNKED },
		{ OK CHUNKED END, "HEAD", 200, true, BODY_NONE },
		{ OK "Content-Length: 3\r\n\r\n", "HEAD", 200, true, BODY_NONE },
		{ OK END, "HEAD", 200, true, BODY_NONE },
		{ OK "Connection: close\r\n\r\n", "GET", 200, false, BODY_CLOSE },
		{ "HTTP/1.0 200 OK\r\n\r\n", "GET", 200, false, BODY_CLOSE },
		{ "HTTP/1.1 200\r\n\r\n", "GET", 200, true, BODY_CLOSE },
		{ "HTTP/1.1 200 \r\n\r\n", "GET", 200, true, BODY_CLOSE },
		{ "HTTP/1.1 100 Continue\r\n\r\n", "POST", 100, true, BODY_NONE },
		{ "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", "GET", 103, true, BODY_NONE },
		{ "HTTP/1.1 101 Switching Protocols\r\n\r\n", "GET", 101, true, BODY_NONE },
		{ "HTTP/1.1 204 No\r\n\r\n", "GET", 204, true, BODY_NONE },
		{ "HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n", "GET", 304, true, BODY_NONE },
		{ "HTTP/1.1 599 No\r\n\r\n", "GET", 599, true, BODY_CLOSE },
		{ "HTTP/1.1 600 No\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/1.1 099 No\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/1.1 20 OK\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/1.1 2000 OK\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/1.1 2x0 OK\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/1.1  200 OK\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/2.0 200 OK\r\n\r\n", "GET", 0, false, 0 },
		{ "ICY 200 OK\r\n\r\n", "GET", 0, false, 0 },
		{ "\r\n", "GET", 0, false, 0 },
		{ OK CHUNKED "Content-Length: 3\r\n\r\n", "GET", 0, false, 0 },
		{ OK "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", "GET", 0, false, 0 },
		{ OK "Content-Length: -3\r\n\r\n", "GET", 0, false, 0 },
		{ OK "Transfer-Encoding: gzip\r\n\r\n", "GET", 0, false, 0 },
		{ "HTTP/1.0 200 OK\r\n" CHUNKED END, "GET", 0, false, 0 },
		{ OK "A: b\r\n c\r\n\r\n", "GET", 0, false, 0 },
		{ OK "A : b\r\n\r\n", "GET", 0, false, 0 },
		{ OK "A\r\n\r\n", "GET", 0, false, 0 },
		/* clang-format on */
	};
	static struct http1_response r;

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(tab[i].text));
		int rc = http1_response(&r, in, bytes_of(tab[i].method));

		if ((rc == 0) != (tab[i].status != 0) ||
		    (rc == 0 && ((int)r.status != tab[i].status ||
				 r.head.keeps != tab[i].keeps ||
				 r.head.body != tab[i].body)))
			fail_msg("%s %s", tab[i].method, tab[i].text);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),  cmocka_unit_test(zeros),
		cmocka_unit_test(parts),     cmocka_unit_test(meanings),
		cmocka_unit_test(long_ones), cmocka_unit_test(many_fields),
		cmocka_unit_test(edge),      cmocka_unit_test(responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
