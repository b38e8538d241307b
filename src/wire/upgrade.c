#include "wire/upgrade.h"
#include "base/base64.h"
#include "base/cur.h"
#include "crypt/hash.h"

enum { KEY = 24, ACCEPT = 28 }; /* base64 of 16 bytes; of SHA-1 */

/* ---- fields ---- */

static const struct http1_field *field(const struct http1_head *h,
				       const char *name)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (http1_same(h->v[i].name, bytes_of(name)))
			return &h->v[i];
	return NULL;
}

static struct bytes trim(struct bytes b)
{
	while (b.n > 0 && (*b.p == ' ' || *b.p == '\t'))
		b = (struct bytes){ b.p + 1, b.n - 1 };
	while (b.n > 0 && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t'))
		b.n--;
	return b;
}

/* Does a list, which may be parted over fields, have that word? */
static bool has_word(const struct http1_head *h, const char *name,
		     struct bytes word)
{
	for (uint32_t i = 0; i < h->n; i++) {
		struct cur c = cur_of(h->v[i].value);

		if (!http1_same(h->v[i].name, bytes_of(name)))
			continue;
		while (cur_left(&c))
			if (http1_same(trim(cur_until(&c, ',')), word))
				return true;
	}
	return false;
}

static bool is_websocket(const struct http1_head *h)
{
	return h->upgrades && has_word(h, "upgrade", BYTES("websocket"));
}

/* The one field of that name; NULL: there is none, or more than one. */
static const struct http1_field *only(const struct http1_head *h,
				      const char *name)
{
	const struct http1_field *f = field(h, name);

	for (uint32_t i = 0; f && i < h->n; i++)
		if (&h->v[i] != f && http1_same(h->v[i].name, f->name))
			return NULL;
	return f;
}

/* ---- what proves that the server has read the key (RFC 6455 4.2.2) ---- */

static struct bytes put_accept(uint8_t text[ACCEPT], struct bytes key)
{
	struct fmt f = fmt_to((struct span){ text, ACCEPT });
	uint8_t digest[SHA1_SIZE];
	struct hash h;

	hash_init(&h, &hash_sha1);
	hash_add(&h, key);
	hash_add(&h, BYTES("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
	hash_end(&h, digest);
	base64_put(&f, (struct bytes){ digest, sizeof digest }, 0);
	return fmt_done(&f);
}

static struct bytes put_key(uint8_t text[KEY], const uint8_t *nonce)
{
	struct fmt f = fmt_to((struct span){ text, KEY });

	base64_put(&f, (struct bytes){ nonce, UPGRADE_NONCE }, 0);
	return fmt_done(&f);
}

static bool is_key(struct bytes text)
{
	uint8_t raw[UPGRADE_NONCE];

	return text.n == KEY && base64_get(SPAN(raw), text) == UPGRADE_NONCE;
}

/* ---- the client ---- */

/* RFC 9110 7.2: brackets around IPv6. */
static void put_host(struct fmt *f, const struct upgrade_ask *ask)
{
	bool v6 = bytes_have(ask->host, ':');

	fmt_put(f, v6 ? "[" : "");
	fmt_bytes(f, ask->host);
	fmt_put(f, v6 ? "]" : "");
	if (ask->port)
		fmt_put(f, ":%u", (unsigned)ask->port);
}

void upgrade_ask(struct fmt *f, const struct upgrade_ask *ask)
{
	uint8_t key[KEY];

	fmt_put(f, "GET ");
	fmt_bytes(f, ask->path);
	fmt_put(f, " HTTP/1.1\r\nHost: ");
	put_host(f, ask);
	fmt_put(f, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
	fmt_bytes(f, put_key(key, ask->nonce));
	if (ask->protocol.n)
		fmt_put(f, "\r\nSec-WebSocket-Protocol: ");
	fmt_bytes(f, ask->protocol);
	if (ask->bearer.n)
		fmt_put(f, "\r\nAuthorization: Bearer ");
	fmt_bytes(f, ask->bearer);
	fmt_put(f, "\r\n\r\n");
}

static bool accepts(const struct http1_head *h, const struct upgrade_ask *ask)
{
	const struct http1_field *said = only(h, "sec-websocket-accept");
	uint8_t key[KEY], accept[ACCEPT];

	return said &&
	       bytes_equal(said->value,
			   put_accept(accept, put_key(key, ask->nonce)));
}

const char *upgrade_heard(const struct http1_response *r,
			  const struct upgrade_ask *ask)
{
	const struct http1_head *h = &r->head;
	const struct http1_field *protocol = only(h, "sec-websocket-protocol");

	if (r->status != 101)
		return "does not answer as a relay at this path does";
	if (!has_word(h, "upgrade", BYTES("websocket")) ||
	    !has_word(h, "connection", BYTES("upgrade")) || !accepts(h, ask))
		return "is no WebSocket";
	if (field(h, "sec-websocket-extensions"))
		return "uses an extension of WebSocket nobody asked for";
	if (ask->protocol.n &&
	    (!protocol || !bytes_equal(protocol->value, ask->protocol)))
		return "is a WebSocket of something else";
	return NULL;
}

/* ---- the server ---- */

bool upgrade_wants(const struct http1_request *r, struct bytes protocol)
{
	return is_websocket(&r->head) &&
	       has_word(&r->head, "sec-websocket-protocol", protocol);
}

/* RFC 6455 4.2.1. Some other version: ours is told. */
static unsigned judge(const struct http1_request *r, struct bytes protocol)
{
	const struct http1_head *h = &r->head;
	const struct http1_field *key = only(h, "sec-websocket-key"),
				 *version = only(h, "sec-websocket-version");

	if (!bytes_are(r->method, "GET"))
		return 405;
	if (!is_websocket(h))
		return 426;
	if (h->body != BODY_NONE || !version || !key || !is_key(key->value))
		return 400;
	if (!bytes_are(version->value, "13"))
		return 426;
	return protocol.n == 0 || upgrade_wants(r, protocol) ? 0 : 400;
}

static const struct {
	unsigned status;
	const char *text, *more;
} refusals[] = {
	{ 401, "Unauthorized", "WWW-Authenticate: Bearer\r\n" },
	{ 403, "Forbidden", "" },
	{ 404, "Not Found", "" },
	{ 405, "Method Not Allowed", "Allow: GET\r\n" },
	{ 414, "URI Too Long", "" },
	{ 417, "Expectation Failed", "" },
	{ 426, "Upgrade Required",
	  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" },
	{ 431, "Request Header Fields Too Large", "" },
	{ 501, "Not Implemented", "" },
	{ 505, "HTTP Version Not Supported", "" },
	{ 400, "Bad Request", "" }, /* all others */
};

void upgrade_refuse(struct fmt *f, unsigned status)
{
	size_t i = 0;

	while (i < COUNT(refusals) - 1 && refusals[i].status != status)
		i++;
	fmt_put(f, "HTTP/1.1 %u %s\r\n%s", refusals[i].status, refusals[i].text,
		refusals[i].more);
	fmt_put(f, "Content-Length: 0\r\nConnection: %sclose\r\n\r\n",
		status == 426 ? "Upgrade, " : "");
}

unsigned upgrade_answer(struct fmt *f, const struct http1_request *r,
			struct bytes protocol)
{
	unsigned why = judge(r, protocol);
	uint8_t accept[ACCEPT];

	if (why) {
		upgrade_refuse(f, why);
		return why;
	}
	fmt_put(f, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Accept: ");
	fmt_bytes(f, put_accept(accept,
				only(&r->head, "sec-websocket-key")->value));
	if (protocol.n)
		fmt_put(f, "\r\nSec-WebSocket-Protocol: ");
	fmt_bytes(f, protocol);
	fmt_put(f, "\r\n\r\n");
	return 0;
}
