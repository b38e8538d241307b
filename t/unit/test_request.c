#include "unit.h"
#include "app/admin/request.h"

#define GOOD "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct row {
	const char *text;
	int status; /* 0: more is needed */
} rows[] = {
	{ GOOD, 200 },
	{ "GET /metrics HTTP/1.0\r\n\r\n", 200 },
	{ "GET /metrics HTTP/1.0\r\nhost:\r\nA: \tb c\r\n\r\nbehind", 200 },
	{ "GET /metrics HTTP/1.1\r\nhOsT: a\r\n\r\n", 200 },
	{ "GET /metrics?a HTTP/1.0\r\n\r\n", 404 },
	{ "GET / HTTP/1.0\r\n\r\n", 404 },
	{ "HEAD /metrics HTTP/1.0\r\n\r\n", 405 },
	{ "get /metrics HTTP/1.0\r\n\r\n", 405 },
	{ "GET /metrics HTTP/1.1\r\n\r\n", 400 },
	{ "GET /metrics HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
	{ "GET /metrics HTTP/1.2\r\nHost: a\r\n\r\n", 400 },
	{ "GET /metrics HTTP/1.0 \r\n\r\n", 400 },
	{ " GET /metrics HTTP/1.0\r\n\r\n", 400 },
	{ "GET  /metrics HTTP/1.0\r\n\r\n", 400 },
	{ "GET metrics HTTP/1.0\r\n\r\n", 400 },
	{ "GET /met\trics HTTP/1.0\r\n\r\n", 400 },
	{ "GET /\x7f HTTP/1.0\r\n\r\n", 400 },
	{ "G(T /metrics HTTP/1.0\r\n\r\n", 400 },
	{ "GET /metrics\r\n\r\n", 400 },
	{ "GET\r\n", 400 },
	{ "\r\n", 400 },
	{ "\n", 400 },
	{ "GET /metrics HTTP/1.0\n", 400 },
	{ "GET /metrics HTTP/1.0\r\n\n", 400 },
	{ "GET /metrics HTTP/1.0\r\nA\r\n", 400 },
	{ "GET /metrics HTTP/1.0\r\n: b\r\n", 400 },
	{ "GET /metrics HTTP/1.0\r\nA : b\r\n", 400 },
	{ "GET /metrics HTTP/1.0\r\nA: b\r\n c\r\n", 400 },
	{ "GET /metrics HTTP/1.0\r\nA: \x01\r\n", 400 },
	{ "GET /metrics HTTP/1.0\r\nA: b\r", 0 },
	{ "GET /metrics HTTP/1.0\r", 0 },
	{ "G", 0 },
	{ "", 0 },
};

/* In memory that ends with it. */
static long parse(struct request *r, struct bytes in)
{
	static char kept[256];
	struct guard g;
	struct bytes copy = guard_bytes(&g, in);
	long n = request_parse(r, copy);

	if (n > 0) {
		memcpy(kept, copy.p, (size_t)n);
		r->method.p = (uint8_t *)kept + (r->method.p - copy.p);
		r->target.p = (uint8_t *)kept + (r->target.p - copy.p);
	}
	guard_free(&g);
	return n;
}

static void rows_by_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct request r = { .target = { NULL, 0 } };
		long n = parse(&r, bytes_of(rows[i].text));
		int status =
			n == 0 ? 0
			       : request_status(&r, n,
						n > 0 && bytes_are(r.target,
								   "/metrics"));

		if (status != rows[i].status)
			fail_msg("%s: %d", rows[i].text, status);
	}
}

/* Of a good one every part is too little. Of a bad one every part is too little,
 * or as bad.
 */
static void any_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes all = bytes_of(rows[i].text), part = all;
		struct request r;
		long n = parse(&r, all);

		for (part.n = 0; part.n < all.n; part.n++) {
			long m = parse(&r, part);

			if (n > 0 && part.n >= (size_t)n)
				assert_int_equal(m, n);
			else if (n >= 0)
				assert_int_equal(m, 0);
			else
				assert_true(m == 0 || m == n);
		}
	}
}

static void too_long(void **state)
{
	static char text[REQUEST_MOST + 100];
	struct bytes in = { (uint8_t *)text, 0 };
	size_t first = strlen(GOOD) - 2;
	struct request r;

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text, GOOD, first);
	memcpy(text + first, "A:", 2);
	in.n = REQUEST_MOST - 1;
	assert_int_equal(request_parse(&r, in), 0);
	in.n = REQUEST_MOST;
	assert_int_equal(request_parse(&r, in), -NAT_EROOM);
	memcpy(text + REQUEST_MOST - 4, "\r\n\r\n", 4);
	assert_int_equal(request_parse(&r, in), REQUEST_MOST);
	memcpy(text + REQUEST_MOST - 4, "x\r\n\r\n", 5);
	in.n++;
	assert_int_equal(request_parse(&r, in), -NAT_EROOM);
	assert_int_equal(request_status(&r, -NAT_EROOM, true), 431);
}

static void by_number_it_is_here(void **state)
{
	static const struct {
		const char *host;
		bool here;
	} hosts[] = {
		{ "127.0.0.1:9100", true },
		{ "192.0.2.1", true },
		{ "[::1]:80", true },
		{ "[2001:db8::1]", true },
		{ "localhost", true },
		{ "localhost:9100", true },
		{ "", false },
		{ "router", false },
		{ "evil.example", false },
		{ "127.0.0.1.evil.example", false },
		{ "localhost.evil", false },
		{ "[evil.example]", false },
		{ "1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct request r;
		char text[128];

		snprintf(text, sizeof text,
			 "GET / HTTP/1.1\r\nHost: \t%s \r\nA: b\r\n\r\n",
			 hosts[i].host);
		assert_true(request_parse(&r, bytes_of(text)) > 0);
		assert_true(bytes_are(r.host, hosts[i].host));
		assert_int_equal(request_is_here(&r), hosts[i].here);
	}
	assert_true(request_parse(&(struct request){ .host = { NULL, 0 } },
				  BYTES("GET / HTTP/1.0\r\n\r\n")) > 0);
}

static void answers(void **state)
{
	static const int statuses[] = { 200, 400, 404, 405, 421, 431 };

	(void)state;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		const char *text = request_answer(statuses[i]);
		char begin[32];

		snprintf(begin, sizeof begin, "HTTP/1.1 %d ", statuses[i]);
		assert_memory_equal(text, begin, strlen(begin));
		assert_string_equal(text + strlen(text) - 4, "\r\n\r\n");
		assert_non_null(strstr(text, "\r\nConnection: close\r\n"));
	}
	assert_ptr_equal(request_answer(500), request_answer(400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_by_status),
		cmocka_unit_test(any_part),
		cmocka_unit_test(too_long),
		cmocka_unit_test(by_number_it_is_here),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
