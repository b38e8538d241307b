#include "unit.h"
#include "wire/forward.h"

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define SAID "GET / HTTP/1.1\r\nHost: a\r\n"
#define FROM \
	"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\n" \
	"X-Forwarded-Host: a\r\n"
#define END "\r\n"

static void requests(void **state)
{
	static const struct {
		const char *text, *want;
		bool trusted;
	} tab[] = {
		/* clang-format off */
		{ GET END, SAID FROM END, false },
		{ "POST /x?y HTTP/1.0\r\nHost: a\r\n\r\n",
		  "POST /x?y HTTP/1.1\r\nHost: a\r\n" FROM END, false },
		{ "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", SAID FROM END, false },
		{ "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		  "OPTIONS * HTTP/1.1\r\nHost: a\r\n" FROM END, false },
		/* for the next one only */
		{ GET "A: 1\r\nConnection: close, A\r\nKeep-Alive: 1\r\nTE: x\r\n"
		  "Proxy-Connection: x\r\nproxy_authorization: x\r\nB: 2\r\n\r\n",
		  SAID "B: 2\r\n" FROM END, false },
		{ GET "Upgrade: x\r\n\r\n", SAID FROM END, false },
		{ GET "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
		  "HTTP2-Settings: x\r\n\r\n", SAID FROM END, false },
		{ GET "Upgrade: x/1, y\r\nConnection: keep-alive, Upgrade\r\n\r\n",
		  SAID FROM "Connection: upgrade\r\nUpgrade: x/1, y\r\n" END, false },
		{ GET "Upgrade: x\r\nConnection: Upgrade\r\nContent-Length: 1\r\n\r\n",
		  SAID FROM "Content-Length: 1\r\n" END, false },
		/* framing, once and in one way */
		{ GET "content-length: 007\r\n\r\n",
		  SAID FROM "Content-Length: 7\r\n" END, false },
		{ GET "Content-Length: 0\r\n\r\n",
		  SAID FROM "Content-Length: 0\r\n" END, false },
		{ GET "transfer-encoding: , Chunked\r\nTrailer: A\r\n\r\n",
		  SAID "Trailer: A\r\n" FROM "Transfer-Encoding: chunked\r\n" END,
		  false },
		{ GET "Expect: 100-CONTINUE\r\n\r\n",
		  SAID FROM "Expect: 100-continue\r\n" END, false },
		{ "GET / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
		  SAID FROM END, false },
		/* where it comes from */
		{ GET "X-Forwarded-For: 1\r\nX_FORWARDED_FOR: 2\r\nForwarded: 3\r\n"
		  "X-Forwarded-Port: 4\r\nX-Real-Ip: 5\r\nX-Forwarded-Host: 6\r\n\r\n",
		  SAID FROM END, false },
		{ GET "X-Forwarded-For: 1, 2\r\nForwarded: 3\r\n"
		  "X-Forwarded-Port: 4\r\nX-Forwarded-For: 5\r\n\r\n",
		  SAID "Forwarded: 3\r\nX-Forwarded-Port: 4\r\n"
		  "X-Forwarded-For: 1, 2, 5, 192.0.2.1\r\n"
		  "X-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n" END, true },
		{ GET "X-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n\r\n",
		  SAID "X-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n"
		  "X-Forwarded-For: 192.0.2.1\r\n" END, true },
		/* clang-format on */
	};
	static struct http1_request r;
	static const struct site none;
	uint8_t room[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct bytes in = bytes_of(tab[i].text);
		struct fmt f = fmt_to(SPAN(room));
		const struct forward_from from = { BYTES("192.0.2.1"),
						   BYTES("http"),
						   tab[i].trusted, &none };

		assert_int_equal(http1_request(&r, in), 0);
		forward_request(&f, &r, &from);
		assert_false(f.full);
		assert_true(f.n <= in.n + FORWARD_MORE);
		if (!bytes_are(fmt_done(&f), tab[i].want))
			fail_msg("%s became %.*s", tab[i].text, (int)f.n,
				 (char *)room);
	}
}

static void responses(void **state)
{
	static const struct {
		const char *text;
		unsigned minor; /* of the visitor */
		bool keeps;
		const char *want, *method;
	} tab[] = {
#define OK "HTTP/1.1 200 OK\r\n"
		/* clang-format off */
		{ OK "A: b\r\nContent-Length: 3\r\n\r\n", 1, true,
		  OK "A: b\r\nContent-Length: 3\r\n\r\n", "GET" },
		{ "HTTP/1.0 200\r\nContent-Length: 0\r\n\r\n", 1, false,
		  "HTTP/1.1 200\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		  "GET" },
		{ OK "Connection: close, A\r\nA: b\r\nKeep-Alive: 5\r\n\r\n", 1, true,
		  OK "Transfer-Encoding: chunked\r\n\r\n", "GET" },
		{ OK "Transfer-Encoding: chunked\r\n\r\n", 1, true,
		  OK "Transfer-Encoding: chunked\r\n\r\n", "GET" },
		{ OK "Transfer-Encoding: chunked\r\n\r\n", 0, false,
		  OK "Connection: close\r\n\r\n", "GET" },
		{ OK "Content-Length: 3\r\n\r\n", 0, true,
		  OK "Content-Length: 3\r\nConnection: keep-alive\r\n\r\n", "GET" },
		{ OK "Content-Length: 3\r\n\r\n", 1, true,
		  OK "Content-Length: 3\r\n\r\n", "HEAD" },
		{ OK "Transfer-Encoding: chunked\r\n\r\n", 1, true, OK END, "HEAD" },
		{ "HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n", 1, true,
		  "HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n", "GET" },
		{ "HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n", 1, true,
		  "HTTP/1.1 204 No\r\n\r\n", "GET" },
		{ "HTTP/1.1 103 Hint\r\nLink: a\r\nContent-Length: 3\r\n\r\n", 1, true,
		  "HTTP/1.1 103 Hint\r\nLink: a\r\n\r\n", "GET" },
		{ "HTTP/1.1 101 Go\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n", 1,
		  true, "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n",
		  "GET" },
		/* clang-format on */
	};
	static struct http1_response r;
	uint8_t room[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct fmt f = fmt_to(SPAN(room));
		struct forward_to to = { .minor = (uint8_t)tab[i].minor,
					 .keeps = tab[i].keeps };

		assert_int_equal(http1_response(&r, bytes_of(tab[i].text),
						bytes_of(tab[i].method)),
				 0);
		to.body = forward_body(&r, to.minor);
		forward_response(&f, &r, &to);
		if (!bytes_are(fmt_done(&f), tab[i].want))
			fail_msg("%s became %.*s", tab[i].text, (int)f.n,
				 (char *)room);
	}
}

static void hops(void **state)
{
	static const char text[] = GET "X-Forwarded-For: 1,2 ,, 3\r\nB: c\r\n"
				       "X-Forwarded-For:\r\n"
				       "x-forwarded-for: 4\r\n\r\n";
	static struct http1_request r;

	(void)state;
	assert_int_equal(http1_request(&r, bytes_of(text)), 0);
	assert_bytes_equal(forward_hop(&r, 0), BYTES("4"));
	assert_bytes_equal(forward_hop(&r, 1), BYTES("3"));
	assert_bytes_equal(forward_hop(&r, 2), BYTES("2"));
	assert_bytes_equal(forward_hop(&r, 3), BYTES("1"));
	assert_int_equal(forward_hop(&r, 4).n, 0);
}

static void tls(void **state)
{
	static const struct {
		const char *text;
		bool says;
	} tab[] = {
		{ GET END, false },
		{ GET "X-Forwarded-Proto: https\r\n\r\n", true },
		{ GET "x_forwarded_proto: HTTPS\r\n\r\n", true },
		{ GET "X-Forwarded-Proto: http\r\n\r\n", false },
		{ GET "X-Forwarded-Proto: https, http\r\n\r\n", false },
	};
	static struct http1_request r;

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		assert_int_equal(http1_request(&r, bytes_of(tab[i].text)), 0);
		assert_int_equal(forward_says_https(&r), tab[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(responses),
		cmocka_unit_test(hops),
		cmocka_unit_test(tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
