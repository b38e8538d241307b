/* The opening handshake: RFC 6455 4, and what breaks it. */
#include "unit.h"
#include "wire/upgrade.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* of RFC 6455 1.3 */
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define GET "GET /nat HTTP/1.1\r\nHost: a\r\n"
#define UP "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEYED "Sec-WebSocket-Key: " KEY "\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: nat\r\n"
#define END "\r\n"

static struct http1_request request;
static struct http1_response response;

static unsigned answer(const char *text, char *said, size_t n)
{
	struct fmt f = fmt_to((struct span){ (uint8_t *)said, n });
	unsigned status;

	if (http1_request(&request, bytes_of(text)) != 0)
		fail_msg("no request: %s", text);
	status = upgrade_answer(&f, &request, BYTES("nat"));
	fmt_text(&f);
	assert_false(f.full);
	return status;
}

static const struct {
	const char *text;
	unsigned status;
} requests[] = {
	/* clang-format off */
	{ GET UP VERSION KEYED PROTOCOL END, 0 },
	{ GET "upgrade: WebSocket\r\nconnection: keep-alive, UPGRADE\r\n" VERSION KEYED
	  "sec-websocket-protocol: chat\r\nsec-websocket-protocol: other, nat\r\n" END, 0 },
	{ GET UP VERSION KEYED PROTOCOL "Sec-WebSocket-Extensions: permessage-deflate\r\n" END, 0 },
	{ GET UP VERSION KEYED PROTOCOL "Origin: http://other.example\r\n" END, 0 },
	{ "POST /nat HTTP/1.1\r\nHost: a\r\n" UP VERSION KEYED PROTOCOL END, 405 },
	{ "HEAD /nat HTTP/1.1\r\nHost: a\r\n" UP VERSION KEYED PROTOCOL END, 405 },
	{ GET END, 426 },
	{ GET "Upgrade: websocket\r\n" VERSION KEYED PROTOCOL END, 426 },
	{ GET "Connection: Upgrade\r\n" VERSION KEYED PROTOCOL END, 426 },
	{ GET "Upgrade: h2c\r\nConnection: Upgrade\r\n" VERSION KEYED PROTOCOL END, 426 },
	{ GET "Upgrade: websockets\r\nConnection: Upgrade\r\n" VERSION KEYED PROTOCOL END, 426 },
	{ "GET /nat HTTP/1.0\r\nHost: a\r\n" UP VERSION KEYED PROTOCOL END, 426 },
	{ GET UP "Sec-WebSocket-Version: 8\r\n" KEYED PROTOCOL END, 426 },
	{ GET UP "Sec-WebSocket-Version: 013\r\n" KEYED PROTOCOL END, 426 },
	{ GET UP "Sec-WebSocket-Version: 13, 8\r\n" KEYED PROTOCOL END, 426 },
	{ GET UP KEYED PROTOCOL END, 400 },
	{ GET UP VERSION VERSION KEYED PROTOCOL END, 400 },
	{ GET UP VERSION PROTOCOL END, 400 },
	{ GET UP VERSION KEYED KEYED PROTOCOL END, 400 },
	{ GET UP VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n" PROTOCOL END, 400 },
	{ GET UP VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n" PROTOCOL END, 400 },
	{ GET UP VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n" PROTOCOL END, 400 },
	{ GET UP VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\r\n" PROTOCOL END, 400 },
	{ GET UP VERSION "Sec-WebSocket-Key: dGhlIHNh\tbXBsZSBub25jZQ=\r\n" PROTOCOL END, 400 },
	{ GET UP VERSION "Sec-WebSocket-Key: \r\n" PROTOCOL END, 400 },
	{ GET UP VERSION KEYED END, 400 },
	{ GET UP VERSION KEYED "Sec-WebSocket-Protocol: nate\r\n" END, 400 },
	{ GET UP VERSION KEYED PROTOCOL "Content-Length: 1\r\n" END, 400 },
	{ GET UP VERSION KEYED PROTOCOL "Transfer-Encoding: chunked\r\n" END, 400 },
	/* clang-format on */
};

static void server(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		char said[UPGRADE_SAID], first[32];
		unsigned status = answer(requests[i].text, said, sizeof said);

		if (status != requests[i].status)
			fail_msg("%u: %s", status, requests[i].text);
		snprintf(first, sizeof first, "HTTP/1.1 %u ",
			 status ? status : 101);
		assert_memory_equal(said, first, strlen(first));
		assert_true((strstr(said, "close\r\n") != NULL) == !!status);
		assert_true(strcmp(said + strlen(said) - 4, "\r\n\r\n") == 0);
		assert_int_equal(strstr(said, "Sec-WebSocket-Version: 13") !=
					 NULL,
				 status == 426);
	}
}

static void said(void **state)
{
	char text[UPGRADE_SAID];

	(void)state;
	assert_int_equal(answer(requests[0].text, text, sizeof text), 0);
	assert_string_equal(text,
			    "HTTP/1.1 101 Switching Protocols\r\n"
			    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
			    "Sec-WebSocket-Accept: " ACCEPT "\r\n"
			    "Sec-WebSocket-Protocol: nat\r\n\r\n");
	assert_true(upgrade_wants(&request, BYTES("nat")));
	assert_false(upgrade_wants(&request, BYTES("chat")));
}

static struct upgrade_ask ask_of(const char *host, uint16_t port)
{
	struct upgrade_ask ask = { .host = bytes_of(host),
				   .port = port,
				   .path = BYTES("/nat?x=1"),
				   .protocol = BYTES("nat") };

	memcpy(ask.nonce, "the sample nonce", sizeof ask.nonce);
	return ask;
}

static void asked(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
		const char *line;
	} rows[] = {
		{ "a.example", 0, "Host: a.example\r\n" },
		{ "a.example", 8080, "Host: a.example:8080\r\n" },
		{ "2001:db8::1", 0, "Host: [2001:db8::1]\r\n" },
		{ "2001:db8::1", 81, "Host: [2001:db8::1]:81\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[UPGRADE_SAID], reply[UPGRADE_SAID];
		struct fmt f = fmt_to(SPAN(text));
		struct upgrade_ask ask = ask_of(rows[i].host, rows[i].port);

		upgrade_ask(&f, &ask);
		fmt_text(&f);
		assert_non_null(strstr(text, rows[i].line));
		assert_non_null(strstr(text, "GET /nat?x=1 HTTP/1.1\r\n"));
		assert_non_null(strstr(text, "Sec-WebSocket-Key: " KEY "\r\n"));
		assert_int_equal(answer(text, reply, sizeof reply), 0);
		assert_int_equal(http1_response(&response, bytes_of(reply),
						BYTES("GET")),
				 0);
		assert_null(upgrade_heard(&response, &ask));
	}
}

#define SWITCH "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPTED "Sec-WebSocket-Accept: " ACCEPT "\r\n"

static const struct {
	const char *text;
	bool good;
} responses[] = {
	/* clang-format off */
	{ SWITCH UP ACCEPTED PROTOCOL END, true },
	{ "HTTP/1.1 101\r\nupgrade: WEBSOCKET\r\nconnection: upgrade\r\n" ACCEPTED PROTOCOL END, true },
	{ SWITCH UP ACCEPTED PROTOCOL "Server: x\r\n" END, true },
	{ "HTTP/1.1 200 OK\r\n" UP ACCEPTED PROTOCOL END, false },
	{ "HTTP/1.1 404 Not Found\r\n\r\n", false },
	{ SWITCH "Upgrade: websocket\r\n" ACCEPTED PROTOCOL END, false },
	{ SWITCH "Connection: Upgrade\r\n" ACCEPTED PROTOCOL END, false },
	{ SWITCH "Upgrade: other\r\nConnection: Upgrade\r\n" ACCEPTED PROTOCOL END, false },
	{ SWITCH UP PROTOCOL END, false },
	{ SWITCH UP ACCEPTED ACCEPTED PROTOCOL END, false },
	{ SWITCH UP "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" PROTOCOL END, false },
	{ SWITCH UP "Sec-WebSocket-Accept: " ACCEPT "=\r\n" PROTOCOL END, false },
	{ SWITCH UP ACCEPTED END, false },
	{ SWITCH UP ACCEPTED "Sec-WebSocket-Protocol: chat\r\n" END, false },
	{ SWITCH UP ACCEPTED PROTOCOL PROTOCOL END, false },
	{ SWITCH UP ACCEPTED PROTOCOL "Sec-WebSocket-Extensions: permessage-deflate\r\n" END, false },
	/* clang-format on */
};

static void client(void **state)
{
	struct upgrade_ask ask = ask_of("a", 0);

	(void)state;
	for (size_t i = 0; i < COUNT(responses); i++) {
		assert_int_equal(http1_response(&response,
						bytes_of(responses[i].text),
						BYTES("GET")),
				 0);
		if (!upgrade_heard(&response, &ask) != responses[i].good)
			fail_msg("%s", responses[i].text);
	}
}

static void refused(void **state)
{
	static const unsigned all[] = { 401, 403, 404, 405, 414, 417,
					426, 431, 501, 505, 400 };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		char text[UPGRADE_SAID];
		struct fmt f = fmt_to(SPAN(text));

		upgrade_refuse(&f, all[i]);
		fmt_text(&f);
		assert_int_equal(
			http1_response(&response, fmt_done(&f), BYTES("GET")),
			0);
		assert_int_equal(response.status, all[i]);
		assert_true(response.head.has_length && !response.head.length);
		assert_false(response.head.keeps);
	}
}

/* Where none is spoken of, whoever asks for some hears of none. */
static void no_protocol(void **state)
{
	static const char *const texts[] = {
		GET UP VERSION KEYED END, GET UP VERSION KEYED PROTOCOL END
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char text[UPGRADE_SAID];
		struct fmt f = fmt_to(SPAN(text));

		assert_int_equal(http1_request(&request, bytes_of(texts[i])),
				 0);
		assert_int_equal(upgrade_answer(&f, &request, BYTES("")), 0);
		assert_null(strstr(fmt_text(&f), "WebSocket-Protocol"));
		assert_int_equal(
			http1_response(&response, fmt_done(&f), BYTES("GET")),
			0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_protocol), cmocka_unit_test(server),
		cmocka_unit_test(said),        cmocka_unit_test(asked),
		cmocka_unit_test(client),      cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
