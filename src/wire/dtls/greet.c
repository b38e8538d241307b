#include "crypt/ct.h"
#include "wire/dtls/handshake.h"
#include "wire/tls/start.h"

/* The beginning of a handshake in datagrams (RFC 6347 4.2.1), by the rows of hs.h.
 *
 *	client                          server
 *	HELLO    -> ClientHello         HELLO    <- ClientHello
 *	ANSWER   <- HelloVerifyRequest  VERIFY   -> HelloVerifyRequest
 *	ANSWER   <- ServerHello
 *
 * Versions count downwards, and a hello that knows DTLS 1.3 says so as one of TLS
 * does, in supported_versions (RFC 9147 5.3).
 */
enum { HELLO = 1, ANSWER, VERIFY };
enum { HELLO_VERIFY_REQUEST = 3, COOKIE_OURS = 32, OLDEST = 0xfe00 };

static struct dtls_handshake *of(struct tls *t)
{
	return container_of(t, struct dtls_handshake, tls);
}

/* ---- client ---- */

static int give_hello(struct tls *t, struct pack *p)
{
	struct dtls_handshake *d = of(t);
	struct start_wishes w;
	struct hello h = { .where = HELLO_CLIENT,
			   .version = EPOCH_DTLS12,
			   .random = t->hs->client_random,
			   .cookie = { d->cookie, d->cookie_n } };

	if (d->cookie_n == 0)
		t->conf->fill(SPAN(t->hs->client_random));
	start_wish(t->conf, &h, &w);
	/* Two profiles: pion ends who has none in common, media or not. */
	h.ext[HELLO_SRTP] = BYTES("\0\4\0\7\0\1\0");
	t->hs->offered = hello_set(&h);
	hello_write(p, &h);
	return 0;
}

/* Any version of a server that is not decided yet is good. */
static int take_verify(struct tls *t, struct bytes body)
{
	struct dtls_handshake *d = of(t);
	struct cur c = cur_of(body);
	struct bytes cookie;

	cur_u16(&c);
	cookie = cur_bytes(&c, cur_u8(&c));
	if (c.bad || cur_left(&c) > 0 || cookie.n == 0 || d->cookie_n > 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	d->cookie_n = (uint8_t)cookie.n;
	memcpy(d->cookie, cookie.p, cookie.n);
	return 0;
}

/* What was said until now is in no transcript (RFC 6347 4.2.6). */
static int forget(struct tls *t)
{
	transcript_start(&t->hs->script);
	return 0;
}

/* Who says nothing about renegotiation is believed: neither side can do it. */
static int take_answer(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	struct hello h;
	uint8_t alert = hello_read_server(&h, body, hs->offered);

	if (alert)
		return tls_fail(t, alert, NULL);
	if (h.version != EPOCH_DTLS12)
		return tls_fail(t, TLS_PROTOCOL_VERSION, NULL);
	if (!hello_has(&h, HELLO_RENEGOTIATION))
		h.ext[HELLO_RENEGOTIATION] = BYTES("");
	t->about.version = TLS_VERSION_12;
	memcpy(hs->server_random, h.random, TLS_RANDOM);
	hs->machine = &tls_client12;
	return hs->machine->begin(t, &h);
}

static int begun(struct tls *t)
{
	return t->hs->machine->begun(t);
}

/* ---- server ---- */

static bool speaks_12(const struct hello *h)
{
	struct bytes said = h->ext[HELLO_VERSIONS];

	return said.p ? hello_lists(said, EPOCH_DTLS12)
		      : h->version <= EPOCH_DTLS12 && h->version >= OLDEST;
}

static bool knows_cookie(struct dtls_handshake *d, struct bytes cookie)
{
	return d->cookie_n > 0 &&
	       ct_equal(cookie, (struct bytes){ d->cookie, d->cookie_n });
}

static int ask_back(struct tls *t)
{
	struct dtls_handshake *d = of(t);

	d->cookie_n = COOKIE_OURS;
	t->conf->fill((struct span){ d->cookie, COOKIE_OURS });
	t->hs->state = VERIFY;
	return 0;
}

static int take_hello(struct tls *t, struct bytes body)
{
	struct dtls_handshake *d = of(t);
	struct tls_hs *hs = t->hs;
	struct hello h;
	uint8_t alert = hello_read_datagram(&h, body);

	if (alert)
		return tls_fail(t, alert, NULL);
	if (!speaks_12(&h))
		return tls_fail(t, TLS_PROTOCOL_VERSION, NULL);
	if (d->verify && !knows_cookie(d, h.cookie))
		return ask_back(t);
	t->about.version = TLS_VERSION_12;
	memcpy(hs->client_random, h.random, TLS_RANDOM);
	t->conf->fill(SPAN(hs->server_random));
	hs->schemes = auth_set(h.ext[HELLO_SCHEMES]);
	hs->machine = &tls_server12;
	return hs->machine->begin(t, &h);
}

static int taken(struct tls *t)
{
	return t->hs->state == VERIFY ? 0 : begun(t);
}

/* It says 1.0 whatever will be spoken (RFC 6347 4.2.1). */
static int give_verify(struct tls *t, struct pack *p)
{
	struct dtls_handshake *d = of(t);

	pack_u16(p, EPOCH_DTLS10);
	pack_vector(p, (struct bytes){ d->cookie, d->cookie_n }, 1);
	return 0;
}

/* ---- the tables ---- */

static const struct tls_give client_gives[] = {
	{ HELLO, TLS_CLIENT_HELLO, ANSWER, give_hello, NULL },
};

static const struct tls_take client_takes[] = {
	{ ANSWER, HELLO_VERIFY_REQUEST, HELLO, take_verify, forget },
	{ ANSWER, TLS_SERVER_HELLO, 0, take_answer, begun },
};

static const struct tls_give server_gives[] = {
	{ VERIFY, HELLO_VERIFY_REQUEST, HELLO, give_verify, forget },
};

static const struct tls_take server_takes[] = {
	{ HELLO, TLS_CLIENT_HELLO, 0, take_hello, taken },
};

const struct tls_machine greet_client = {
	.takes = client_takes,
	.gives = client_gives,
	.takes_n = COUNT(client_takes),
	.gives_n = COUNT(client_gives),
};

const struct tls_machine greet_server = {
	.takes = server_takes,
	.gives = server_gives,
	.takes_n = COUNT(server_takes),
	.gives_n = COUNT(server_gives),
};
