#include "unit.h"
#include "base/cur.h"
#include "wire/fastnat.h"
#include "wire/json.h"

#define PUBLISH \
	"{\"command\":\"publish\",\"service\":\"a\",\"protocol\":\"TCP\"," \
	"\"outPort\":0"

#define CNONCE "00112233445566778899aabbccddeeff"
#define SNONCE "ffeeddccbbaa99887766554433221100"
#define OUT_ID "c0ffee00c0ffee00c0ffee00c0ffee01"
/* What Python's hmac makes of the login in docs/protocol/fastnat.md. */
#define CLIENT_PROOF \
	"864b30fceccaa159f82fbd32e110046ba1f56a80fce59ccb65235354fee41b06"
#define CLIENT_BOUND \
	"ffcfed8944596dbd49c5a0f4a0d412f9af692e84511a833db430611e802fec52"
#define RELAY_BOUND \
	"9c2d02db50dd8e9e93b49feac22a8ce9d2f24d8292e4e9eb949c1e9594ae8646"
#define RELAY_PROOF \
	"b72126d00793d0294c26bd82e323d4bb596d79dc004fa5218bfdeff0208e5510"
#define SESSION_KEY \
	"a40ec526b2c2fb082496e36041c1137d59381982edabf42019b74b76f8db5151"
#define DATA_MAC \
	"9b88155bf27a90cf85c0a70f2b664121f17c6e7b8f97ce5c5145db21a019a8b0"
/* By Python's hmac. */
#define GROUP_MAC \
	"7623b8924471781cad91c11caf4ea9b423a83c9f59d98cdf1c09a4043902046b"
#define VISIT_MAC \
	"f4a459333887bf09dd599f7503ad923a3156be04e0fe46105042a75fe06a0ba4"
#define PARK_MAC \
	"47bfdeb71a263d734f39c6174b659e8218a381b5e89c92faa33df07f607541f1"
#define OPEN_PROOF \
	"ccac5a6c1f7dbe7341a565f450748029a742761fb7cf352fd359d8a72475ffb3"

static void assert_same(const struct fastnat *a, const struct fastnat *b)
{
	assert_int_equal(a->command, b->command);
	assert_int_equal(a->has, b->has);
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->int_port, b->int_port);
	assert_int_equal(a->out_port, b->out_port);
	assert_int_equal(a->version, b->version);
	assert_int_equal(a->heartbeat_ms, b->heartbeat_ms);
	assert_int_equal(a->flow, b->flow);
	assert_int_equal(a->idle_ms, b->idle_ms);
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->yes, b->yes);
	assert_int_equal(a->retry_ms, b->retry_ms);
	assert_bytes_equal(a->id, b->id);
	assert_bytes_equal(a->out_id, b->out_id);
	assert_bytes_equal(a->service, b->service);
	assert_bytes_equal(a->name, b->name);
	assert_bytes_equal(a->instance, b->instance);
	assert_bytes_equal(a->nonce, b->nonce);
	assert_bytes_equal(a->proof, b->proof);
	assert_bytes_equal(a->mac, b->mac);
	assert_bytes_equal(a->from, b->from);
	assert_bytes_equal(a->host, b->host);
	assert_bytes_equal(a->error, b->error);
}

/* Every message, byte-exact, both ways. */
static const struct {
	const char *text;
	struct fastnat m;
} messages[] = {
	{ "{\"outId\":\"12345678\"}",
	  { .command = FASTNAT_NONE,
	    .has = HAS_OUT_ID,
	    .out_id = BYTES("12345678") } },
	{ "{\"outId\":\"" OUT_ID "\",\"mac\":\"" DATA_MAC "\"}",
	  { .command = FASTNAT_NONE,
	    .has = HAS_OUT_ID | HAS_MAC,
	    .out_id = BYTES(OUT_ID),
	    .mac = BYTES(DATA_MAC) } },
	{ "{\"id\":\"4pWdikgU\",\"intPort\":42270,\"outPort\":56936,"
	  "\"command\":\"ready\",\"outId\":\"\",\"protocol\":\"TCP\"}",
	  { .command = FASTNAT_READY,
	    .has = HAS_ID | HAS_INT_PORT | HAS_OUT_PORT | HAS_OUT_ID |
		   HAS_PROTOCOL,
	    .id = BYTES("4pWdikgU"),
	    .int_port = 42270,
	    .out_port = 56936,
	    .protocol = FASTNAT_TCP } },
	{ "{\"id\":\"4pWdikgU\",\"intPort\":42270,\"outPort\":56936,"
	  "\"command\":\"start_proxy\",\"outId\":\"gQb95ALh\"}",
	  { .command = FASTNAT_START_PROXY,
	    .has = HAS_ID | HAS_INT_PORT | HAS_OUT_PORT | HAS_OUT_ID,
	    .id = BYTES("4pWdikgU"),
	    .int_port = 42270,
	    .out_port = 56936,
	    .out_id = BYTES("gQb95ALh") } },
	{ "{\"id\":\"4pWdikgU\",\"intPort\":8888,\"outPort\":6022,"
	  "\"command\":\"start_proxy\",\"outId\":\"" OUT_ID "\",\"protocol\""
	  ":\"TCP\",\"service\":\"ssh\",\"from\":\"203.0.113.5:4711\"}",
	  { .command = FASTNAT_START_PROXY,
	    .has = HAS_ID | HAS_INT_PORT | HAS_OUT_PORT | HAS_OUT_ID |
		   HAS_PROTOCOL | HAS_SERVICE | HAS_FROM,
	    .id = BYTES("4pWdikgU"),
	    .int_port = 8888,
	    .out_port = 6022,
	    .out_id = BYTES(OUT_ID),
	    .protocol = FASTNAT_TCP,
	    .service = BYTES("ssh"),
	    .from = BYTES("203.0.113.5:4711") } },
	{ "{\"command\":\"hello\",\"version\":2,\"name\":\"router1\","
	  "\"instance\":\"0f1e2d3c4b5a69788796a5b4c3d2e1f0\","
	  "\"nonce\":\"" CNONCE "\"}",
	  { .command = FASTNAT_HELLO,
	    .has = HAS_VERSION | HAS_NAME | HAS_INSTANCE | HAS_NONCE,
	    .version = 2,
	    .name = BYTES("router1"),
	    .instance = BYTES("0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
	    .nonce = BYTES(CNONCE) } },
	{ "{\"command\":\"challenge\",\"version\":2,\"nonce\":\"" SNONCE "\"}",
	  { .command = FASTNAT_CHALLENGE,
	    .has = HAS_VERSION | HAS_NONCE,
	    .version = 2,
	    .nonce = BYTES(SNONCE) } },
	{ "{\"command\":\"login\",\"proof\":\"" CLIENT_PROOF "\"}",
	  { .command = FASTNAT_LOGIN,
	    .has = HAS_PROOF,
	    .proof = BYTES(CLIENT_PROOF) } },
	{ "{\"command\":\"welcome\",\"id\":\"4pWdikgU\",\"intPort\":8888,"
	  "\"heartbeat\":20000,\"proof\":\"" RELAY_PROOF "\"}",
	  { .command = FASTNAT_WELCOME,
	    .has = HAS_ID | HAS_INT_PORT | HAS_HEARTBEAT | HAS_PROOF,
	    .id = BYTES("4pWdikgU"),
	    .int_port = 8888,
	    .heartbeat_ms = 20000,
	    .proof = BYTES(RELAY_PROOF) } },
	{ "{\"command\":\"publish\",\"service\":\"ssh\",\"protocol\":\"TCP\","
	  "\"outPort\":6022}",
	  { .command = FASTNAT_PUBLISH,
	    .has = HAS_SERVICE | HAS_PROTOCOL | HAS_OUT_PORT,
	    .service = BYTES("ssh"),
	    .protocol = FASTNAT_TCP,
	    .out_port = 6022 } },
	{ "{\"command\":\"publish\",\"service\":\"w.e-b_1\",\"protocol\":"
	  "\"HTTP\",\"outPort\":0,\"host\":\"blog.example\"}",
	  { .command = FASTNAT_PUBLISH,
	    .has = HAS_SERVICE | HAS_PROTOCOL | HAS_OUT_PORT | HAS_HOST,
	    .service = BYTES("w.e-b_1"),
	    .protocol = FASTNAT_HTTP,
	    .host = BYTES("blog.example") } },
	{ "{\"command\":\"publish\",\"service\":\"dns\",\"protocol\":\"UDP\","
	  "\"outPort\":53,\"idle\":30000}",
	  { .command = FASTNAT_PUBLISH,
	    .has = HAS_SERVICE | HAS_PROTOCOL | HAS_OUT_PORT | HAS_IDLE,
	    .service = BYTES("dns"),
	    .protocol = FASTNAT_UDP,
	    .out_port = 53,
	    .idle_ms = 30000 } },
	{ "{\"command\":\"publish\",\"service\":\"web\",\"protocol\":\"TCP\","
	  "\"outPort\":80,\"allow\":\"192.0.2.0/24 2001:db8::/32\","
	  "\"deny\":\"\",\"rate\":5,\"burst\":1000000}",
	  { .command = FASTNAT_PUBLISH,
	    .has = HAS_SERVICE | HAS_PROTOCOL | HAS_OUT_PORT | HAS_ALLOW |
		   HAS_DENY | HAS_RATE | HAS_BURST,
	    .service = BYTES("web"),
	    .protocol = FASTNAT_TCP,
	    .out_port = 80,
	    .rules = { .allow = BYTES("192.0.2.0/24 2001:db8::/32"),
		       .deny = BYTES(""),
		       .rate = 5,
		       .burst = 1000000 } } },
	{ "{\"intPort\":8888,\"command\":\"start_proxy\",\"outId\":\"" OUT_ID
	  "\",\"protocol\":\"UDP\",\"service\":\"dns\",\"from\":"
	  "\"192.0.2.1:5\",\"flow\":4294967295}",
	  { .command = FASTNAT_START_PROXY,
	    .has = HAS_INT_PORT | HAS_OUT_ID | HAS_PROTOCOL | HAS_SERVICE |
		   HAS_FROM | HAS_FLOW,
	    .int_port = 8888,
	    .out_id = BYTES(OUT_ID),
	    .protocol = FASTNAT_UDP,
	    .service = BYTES("dns"),
	    .from = BYTES("192.0.2.1:5"),
	    .flow = UINT32_MAX } },
	{ "{\"outId\":\"\",\"id\":\"4pWdikgU\",\"n\":7,\"mac\":\"" PARK_MAC
	  "\"}",
	  { .command = FASTNAT_NONE,
	    .has = HAS_OUT_ID | HAS_ID | HAS_N | HAS_MAC,
	    .out_id = BYTES(""),
	    .id = BYTES("4pWdikgU"),
	    .n = 7,
	    .mac = BYTES(PARK_MAC) } },
	{ "{\"outId\":\"" OUT_ID "\",\"ok\":1}",
	  { .command = FASTNAT_NONE,
	    .has = HAS_OUT_ID | HAS_OK,
	    .out_id = BYTES(OUT_ID),
	    .yes = 1 } },
	{ "{\"command\":\"visit\",\"id\":\"4pWdikgU\",\"n\":7,\"name\":"
	  "\"nas\",\"service\":\"ssh\",\"mac\":\"" VISIT_MAC "\"}",
	  { .command = FASTNAT_VISIT,
	    .has = HAS_ID | HAS_N | HAS_NAME | HAS_SERVICE | HAS_MAC,
	    .id = BYTES("4pWdikgU"),
	    .n = 7,
	    .name = BYTES("nas"),
	    .service = BYTES("ssh"),
	    .mac = BYTES(VISIT_MAC) } },
	{ "{\"command\":\"publish\",\"service\":\"ssh\",\"protocol\":\"TCP\","
	  "\"private\":1}",
	  { .command = FASTNAT_PUBLISH,
	    .has = HAS_SERVICE | HAS_PROTOCOL | HAS_PRIVATE,
	    .service = BYTES("ssh"),
	    .protocol = FASTNAT_TCP,
	    .yes = 1 } },
	{ "{\"command\":\"published\",\"service\":\"ssh\",\"outPort\":6022}",
	  { .command = FASTNAT_PUBLISHED,
	    .has = HAS_SERVICE | HAS_OUT_PORT,
	    .service = BYTES("ssh"),
	    .out_port = 6022 } },
	{ "{\"command\":\"refused\",\"service\":\"ssh\",\"error\":"
	  "\"port 6022 is taken\",\"retry\":5000}",
	  { .command = FASTNAT_REFUSED,
	    .has = HAS_SERVICE | HAS_ERROR | HAS_RETRY,
	    .service = BYTES("ssh"),
	    .error = BYTES("port 6022 is taken"),
	    .retry_ms = 5000 } },
	{ "{\"command\":\"unpublish\",\"service\":\"ssh\"}",
	  { .command = FASTNAT_UNPUBLISH,
	    .has = HAS_SERVICE,
	    .service = BYTES("ssh") } },
	{ "{\"command\":\"failed\",\"outId\":\"" OUT_ID "\",\"error\":"
	  "\"connection refused\"}",
	  { .command = FASTNAT_FAILED,
	    .has = HAS_OUT_ID | HAS_ERROR,
	    .out_id = BYTES(OUT_ID),
	    .error = BYTES("connection refused") } },
	{ "{\"command\":\"ping\"}", { .command = FASTNAT_PING } },
	{ "{\"command\":\"pong\"}", { .command = FASTNAT_PONG } },
	{ "{\"command\":\"error\",\"error\":\"\xc3\xa9\",\"retry\":0}",
	  { .command = FASTNAT_ERROR,
	    .has = HAS_ERROR | HAS_RETRY,
	    .error = BYTES("\xc3\xa9") } },
};

static void messages_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(messages[i].text));
		struct fastnat m;

		assert_int_equal(fastnat_parse(&m, in), 0);
		assert_same(&m, &messages[i].m);
		guard_free(&g);
	}
}

static void messages_print(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct bytes want = bytes_of(messages[i].text);

		each_split(room, want.n)
		{
			struct guard g;
			struct fmt f = fmt_to(guard_span(&g, room));

			fastnat_print(&f, &messages[i].m);
			assert_int_equal(f.full, room < want.n);
			if (room == want.n)
				assert_bytes_equal(fmt_done(&f), want);
			guard_free(&g);
		}
	}
}

static void messages_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct bytes whole = bytes_of(messages[i].text);

		for (size_t n = 1; n < whole.n; n++) {
			struct guard g;
			struct bytes in = guard_bytes(&g, bytes_head(whole, n));
			struct json_scan scan = { .at = 0 };
			struct fastnat m;

			assert_int_equal(json_scan(&scan, in, FASTNAT_OBJECT),
					 0);
			assert_int_equal(fastnat_parse(&m, in), -NAT_EPROTO);
			guard_free(&g);
		}
	}
}

/* One byte changed anywhere: refused, or understood and printed as it came. */
static void messages_mutated(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t i = unit_rand(&seed) % COUNT(messages);
		uint8_t text[400], printed[800];
		struct bytes in = { text, strlen(messages[i].text) };
		struct fmt f = fmt_to(SPAN(printed));
		struct fastnat m, again;

		memcpy(text, messages[i].text, in.n);
		text[unit_rand(&seed) % in.n] = (uint8_t)unit_rand(&seed);
		if (fastnat_parse(&m, in) < 0 || m.command == FASTNAT_UNKNOWN)
			continue;
		fastnat_print(&f, &m);
		assert_int_equal(fastnat_parse(&again, fmt_done(&f)), 0);
		assert_int_equal(again.command, m.command);
		assert_int_equal(again.has, m.has);
	}
}

static void sizes(void **state)
{
	(void)state;
	assert_int_equal(strlen(messages[0].text), 20);
	assert_int_equal(strlen(messages[3].text), 92);
}

/* What docs/protocol/fastnat.md shows is what we print. */
static void messages_documented(void **state)
{
	struct span doc = unit_file("docs/protocol/fastnat.md");
	struct cur c = cur_of(bytes_in(doc));
	unsigned n = 0;

	(void)state;
	while (cur_left(&c) > 0) {
		struct bytes line = cur_until(&c, '\n');
		uint8_t room[400];
		struct fmt f = fmt_to(SPAN(room));
		struct fastnat m;

		if (line.n > 2 && (*line.p == 'C' || *line.p == 'R'))
			line = bytes_tail(line, 2);
		if (line.n == 0 || *line.p != '{')
			continue;
		assert_int_equal(fastnat_parse(&m, line), 0);
		fastnat_print(&f, &m);
		assert_bytes_equal(fmt_done(&f), line);
		n++;
	}
	assert_int_equal(n, 12);
	free(doc.p);
}

/* ---- what is taken, what is not ---- */

#define HEX32 CNONCE
#define HEX64 DATA_MAC
#define NAME64 HEX64
#define START "\"command\":\"start_proxy\",\"intPort\":1"

static const struct {
	const char *text;
	int command; /* or -NAT_EPROTO */
	unsigned has;
} forms[] = {
	/* the original's freedom */
	{ "{" START ",\"outId\":\"a\"}", FASTNAT_START_PROXY,
	  HAS_INT_PORT | HAS_OUT_ID },
	{ "{\"outId\":\"a\",\"intPort\":\"42270\",\"command\":\"start_proxy\","
	  "\"x\":[{}],\"y\":null}",
	  FASTNAT_START_PROXY, HAS_INT_PORT | HAS_OUT_ID },
	{ " { \"outId\" : \"12345678\" , \"more\" : 1 } \r\n", FASTNAT_NONE,
	  HAS_OUT_ID },
	{ "{\"out\\u0049d\":\"a\"}", FASTNAT_NONE, HAS_OUT_ID },
	{ "{\"command\":\"p\\u0069ng\"}", FASTNAT_PING, 0 },
	{ "{\"command\":\"ready\",\"intPort\":1,\"outPort\":2}", FASTNAT_READY,
	  HAS_INT_PORT | HAS_OUT_PORT },
	/* commands to come */
	{ "{\"command\":\"later\",\"outId\":7,\"nonce\":\"short\"}",
	  FASTNAT_UNKNOWN, 0 },
	{ "{\"command\":\"\"}", FASTNAT_UNKNOWN, 0 },
	{ "{\"command\":\"?\"}", FASTNAT_UNKNOWN, 0 },
	{ "{\"command\":\"Ping\"}", FASTNAT_UNKNOWN, 0 },
	{ "{\"command\":\"ping\\u0000\"}", FASTNAT_UNKNOWN, 0 },
	{ "{\"command\":\"a name longer than any that is known\"}",
	  FASTNAT_UNKNOWN, 0 },
	{ "{\"command\":null,\"outId\":\"a\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":[\"ping\"]}", -NAT_EPROTO, 0 },
	/* members of other commands */
	{ "{\"command\":\"ping\",\"outId\":7,\"retry\":-1}", FASTNAT_PING, 0 },
	{ "{\"command\":\"error\",\"error\":\"\",\"versions\":[1,{}],"
	  "\"version\":\"x\"}",
	  FASTNAT_ERROR, HAS_ERROR },
	/* duplicates: the last counts */
	{ "{" START ",\"outId\":\"\",\"outId\":\"a\"}", FASTNAT_START_PROXY,
	  HAS_INT_PORT | HAS_OUT_ID },
	{ "{\"command\":5,\"command\":\"pong\"}", FASTNAT_PONG, 0 },
	{ "{\"command\":\"pong\",\"command\":5}", -NAT_EPROTO, 0 },
	{ "{" START ",\"outId\":\"a\",\"outId\":\"\"}", -NAT_EPROTO, 0 },
	{ "{" START ",\"outId\":\"a\",\"outId\":7}", -NAT_EPROTO, 0 },
	/* ports */
	{ "{" START "0000,\"outId\":\"a\",\"outPort\":65535}",
	  FASTNAT_START_PROXY, HAS_INT_PORT | HAS_OUT_PORT | HAS_OUT_ID },
	{ "{" START ",\"outId\":\"a\",\"outPort\":65536}", -NAT_EPROTO, 0 },
	{ "{" START ",\"outId\":\"a\",\"outPort\":-1}", -NAT_EPROTO, 0 },
	{ "{" START ",\"outId\":\"a\",\"outPort\":1e3}", -NAT_EPROTO, 0 },
	{ "{" START ",\"outId\":\"a\",\"intPort\":0}", -NAT_EPROTO, 0 },
	{ "{" START ",\"outId\":\"a\",\"intPort\":\"\"}", -NAT_EPROTO, 0 },
	{ "{" START "}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"start_proxy\",\"outId\":\"a\"}", -NAT_EPROTO, 0 },
	/* ids */
	{ "{\"outId\":\"" HEX32 "\"}", FASTNAT_NONE, HAS_OUT_ID },
	{ "{\"outId\":\"" HEX32 "a\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"a-b\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"a\\u0062\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"\xc3\xa9\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":12345678}", -NAT_EPROTO, 0 },
	{ "{\"outId\":null}", -NAT_EPROTO, 0 },
	{ "{}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"ready\",\"intPort\":1,\"outPort\":2,\"outId\":\"\","
	  "\"id\":\"\"}",
	  -NAT_EPROTO, 0 },
	/* hex */
	{ "{\"outId\":\"a\",\"mac\":\"" HEX32 "\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"a\",\"mac\":\"" HEX64 "0\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"login\",\"proof\":\"" HEX64 "\"}", FASTNAT_LOGIN,
	  HAS_PROOF },
	{ "{\"command\":\"login\",\"proof\":\"" HEX32
	  "00112233445566778899AABBCCDDEEFF\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"login\",\"proof\":\"" HEX32
	  "0011223344556677889gaabbccddeeff\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"challenge\",\"version\":2,\"nonce\":\"" HEX32 "\"}",
	  FASTNAT_CHALLENGE, HAS_VERSION | HAS_NONCE },
	{ "{\"command\":\"challenge\",\"version\":2,\"nonce\":\"" HEX64 "\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"challenge\",\"version\":2,\"nonce\":\"0011\"}",
	  -NAT_EPROTO, 0 },
	/* names */
	{ "{\"command\":\"unpublish\",\"service\":\"" NAME64 "\"}",
	  FASTNAT_UNPUBLISH, HAS_SERVICE },
	{ "{\"command\":\"unpublish\",\"service\":\"" NAME64 "a\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"unpublish\",\"service\":\"\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"unpublish\",\"service\":\"a b\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"unpublish\",\"service\":\"a\\/b\"}", -NAT_EPROTO, 0 },
	/* free text */
	{ "{\"command\":\"error\",\"error\":\"a\\n\\\"b\\\"\"}", FASTNAT_ERROR,
	  HAS_ERROR },
	{ "{\"command\":\"error\",\"error\":\"\x7f\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"error\",\"error\":\"\xc2\x9b\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"error\",\"error\":\"\xc2\xa0\"}", FASTNAT_ERROR,
	  HAS_ERROR },
	{ "{\"command\":\"error\",\"error\":\"\xff\"}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"error\",\"error\":7}", -NAT_EPROTO, 0 },
	/* numbers */
	{ "{\"command\":\"error\",\"error\":\"\",\"retry\":86400000}",
	  FASTNAT_ERROR, HAS_ERROR | HAS_RETRY },
	{ "{\"command\":\"error\",\"error\":\"\",\"retry\":86400001}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"welcome\",\"id\":\"a\",\"intPort\":1,\"heartbeat\":0,"
	  "\"proof\":\"" HEX64 "\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"challenge\",\"version\":4294967295,\"nonce\":\"" HEX32
	  "\"}",
	  FASTNAT_CHALLENGE, HAS_VERSION | HAS_NONCE },
	{ "{\"command\":\"challenge\",\"version\":4294967296,\"nonce\":\"" HEX32
	  "\"}",
	  -NAT_EPROTO, 0 },
	/* protocols */
	{ "{\"command\":\"publish\",\"service\":\"a\",\"protocol\":\"UDP\","
	  "\"outPort\":0}",
	  FASTNAT_PUBLISH, HAS_SERVICE | HAS_PROTOCOL | HAS_OUT_PORT },
	{ "{\"command\":\"publish\",\"service\":\"a\",\"protocol\":\"SCTP\","
	  "\"outPort\":0}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"publish\",\"service\":\"a\",\"protocol\":\"\","
	  "\"outPort\":0}",
	  -NAT_EPROTO, 0 },
	/* rules */
	{ PUBLISH ",\"allow\":\"10.0.0.0\\/8\"}", -NAT_EPROTO, 0 },
	{ PUBLISH ",\"deny\":\"example.net\"}", -NAT_EPROTO, 0 },
	{ PUBLISH ",\"deny\":[\"::1\"]}", -NAT_EPROTO, 0 },
	{ PUBLISH ",\"deny\":\"FE80::/10\"}", FASTNAT_PUBLISH,
	  HAS_SERVICE | HAS_PROTOCOL | HAS_OUT_PORT | HAS_DENY },
	{ PUBLISH ",\"rate\":0}", -NAT_EPROTO, 0 },
	{ PUBLISH ",\"rate\":1000001}", -NAT_EPROTO, 0 },
	{ PUBLISH ",\"burst\":0}", -NAT_EPROTO, 0 },
	{ "{\"command\":\"publish\",\"service\":\"a\",\"protocol\":\"TCP\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"publish\",\"service\":\"a\",\"protocol\":\"TCP\","
	  "\"private\":0}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"visit\",\"id\":\"a\",\"n\":0,\"name\":\"b\","
	  "\"service\":\"c\",\"mac\":\"" HEX64 "\"}",
	  -NAT_EPROTO, 0 },
	{ "{\"command\":\"visit\",\"id\":\"a\",\"n\":1,\"name\":\"*\","
	  "\"service\":\"c\",\"mac\":\"" HEX64 "\"}",
	  -NAT_EPROTO, 0 },
	/* no message at all */
	{ "", -NAT_EPROTO, 0 },
	{ "[]", -NAT_EPROTO, 0 },
	{ "null", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"a\"}{\"outId\":\"a\"}", -NAT_EPROTO, 0 },
	{ "{\"outId\":\"a\",\"x\":[[[[[[[]]]]]]]}", FASTNAT_NONE, HAS_OUT_ID },
	{ "{\"outId\":\"a\",\"x\":[[[[[[[[]]]]]]]]}", -NAT_EPROTO, 0 },
};

static void forms_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(forms[i].text));
		struct fastnat m = { .command = FASTNAT_PONG, .has = 12345 };
		int got = fastnat_parse(&m, in);

		if (got == 0)
			got = (int)m.command;
		else
			assert_true(m.has == 12345); /* as it was */
		if (got != forms[i].command)
			fail_msg("%s: %d", forms[i].text, got);
		if (got >= 0)
			assert_int_equal(m.has, forms[i].has);
		guard_free(&g);
	}
}

/* Renaming a member makes the message wrong, or is no matter, by this table. */
static const char *const may_lack[FASTNAT_UNKNOWN] = {
	[FASTNAT_NONE] = " mac id ok ",
	[FASTNAT_READY] = " id outId protocol ",
	[FASTNAT_START_PROXY] = " id outPort protocol service from flow ",
	[FASTNAT_PUBLISH] = " host idle allow deny rate burst ",
	[FASTNAT_ERROR] = " retry ",
};

static bool lacks_well(enum fastnat_command command, struct bytes key)
{
	char word[16] = " ";

	memcpy(word + 1, key.p, key.n);
	strcat(word, " ");
	return may_lack[command] && strstr(may_lack[command], word);
}

static void members_missing(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct bytes in = bytes_of(messages[i].text);
		struct json_member member = { .at = 0 };
		struct json whole;

		assert_int_equal(json_parse(&whole, in, JSON_DEPTH), 0);
		while (json_next(&whole, &member)) {
			uint8_t text[400];
			struct fastnat m;
			bool good;

			if (bytes_are(member.key, "command"))
				continue;
			memcpy(text, in.p, in.n);
			text[member.key.p - in.p] = '#';
			good = fastnat_parse(&m,
					     (struct bytes){ text, in.n }) == 0;
			assert_int_equal(good, lacks_well(messages[i].m.command,
							  member.key));
			n++;
		}
	}
	assert_int_equal(n, 78);
}

static void print_escapes(void **state)
{
	struct fastnat m = { .command = FASTNAT_ERROR,
			     .has = HAS_ERROR | HAS_VERSION,
			     .error = BYTES("say \"2\"\n\xff") };
	uint8_t room[200];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	fastnat_print(&f, &m);
	assert_bytes_equal(
		fmt_done(&f),
		BYTES("{\"command\":\"error\",\"error\":\"say \\\"2\\\"\\n"
		      "\xef\xbf\xbd\",\"versions\":[2]}"));
	assert_int_equal(fastnat_parse(&m, fmt_done(&f)), 0);
	assert_int_equal(m.has, HAS_ERROR);
	assert_bytes_equal(m.error, BYTES("say \\\"2\\\"\\n\xef\xbf\xbd"));
}

static void names(void **state)
{
	(void)state;
	assert_true(fastnat_is_name(BYTES("A-z_0.9")));
	assert_true(fastnat_is_name(BYTES(NAME64)));
	assert_false(fastnat_is_name(BYTES(NAME64 "a")));
	assert_false(fastnat_is_name(BYTES("")));
	for (int c = 0; c < 256; c++) {
		uint8_t byte = (uint8_t)c;
		bool want = c != 0 && strchr("abcdefghijklmnopqrstuvwxyz"
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789._-",
					     c) != NULL;

		assert_int_equal(fastnat_is_name((struct bytes){ &byte, 1 }),
				 want);
	}
	assert_string_equal(fastnat_protocol_name(FASTNAT_UDP), "UDP");
}

/* ---- login ---- */

static void login_vector(void **state)
{
	struct fastnat_login login = {
		.token = BYTES("0123456789abcdef0123456789abcdef"),
		.client_nonce = BYTES(CNONCE),
		.server_nonce = BYTES(SNONCE),
		.name = BYTES("router1"),
	};
	uint8_t mac[FASTNAT_MAC], key[FASTNAT_KEY], want[FASTNAT_KEY];
	uint8_t bond[FASTNAT_BOND];

	(void)state;
	fastnat_proof(mac, &login, FASTNAT_CLIENT);
	assert_memory_equal(mac, CLIENT_PROOF, FASTNAT_MAC);
	fastnat_proof(mac, &login, FASTNAT_RELAY);
	assert_memory_equal(mac, RELAY_PROOF, FASTNAT_MAC);
	fastnat_key(key, &login);
	assert_bytes_equal(unit_hex(SPAN(want), SESSION_KEY),
			   ((struct bytes){ key, sizeof key }));
	fastnat_data_mac(mac, key, BYTES(OUT_ID));
	assert_memory_equal(mac, DATA_MAC, FASTNAT_MAC);
	fastnat_park_mac(mac, key, BYTES("4pWdikgU"), 7);
	assert_memory_equal(mac, PARK_MAC, FASTNAT_MAC);
	fastnat_visit_mac(mac, key,
			  &(struct fastnat){ .id = BYTES("4pWdikgU"),
					     .n = 7,
					     .name = BYTES("nas"),
					     .service = BYTES("ssh") });
	assert_memory_equal(mac, VISIT_MAC, FASTNAT_MAC);
	fastnat_group_mac(mac, BYTES("among us"), BYTES("web"));
	assert_memory_equal(mac, GROUP_MAC, FASTNAT_MAC);
	for (int i = 0; i < FASTNAT_BOND; i++)
		bond[i] = (uint8_t)i;
	login.bond = bond;
	fastnat_proof(mac, &login, FASTNAT_CLIENT);
	assert_memory_equal(mac, CLIENT_BOUND, FASTNAT_MAC);
	fastnat_proof(mac, &login, FASTNAT_RELAY);
	assert_memory_equal(mac, RELAY_BOUND, FASTNAT_MAC);
	fastnat_key(key, &login);
	assert_memory_equal(key, want, FASTNAT_KEY);
	login.bond = NULL;
	login.token = (struct bytes){ NULL, 0 };
	fastnat_proof(mac, &login, FASTNAT_CLIENT);
	assert_memory_equal(mac, OPEN_PROOF, FASTNAT_MAC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_parse),
		cmocka_unit_test(messages_print),
		cmocka_unit_test(messages_prefixes),
		cmocka_unit_test(messages_mutated),
		cmocka_unit_test(sizes),
		cmocka_unit_test(messages_documented),
		cmocka_unit_test(forms_parse),
		cmocka_unit_test(members_missing),
		cmocka_unit_test(print_escapes),
		cmocka_unit_test(names),
		cmocka_unit_test(login_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
