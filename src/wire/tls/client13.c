#include "crypt/ct.h"
#include "wire/tls/both13.h"
#include "wire/tls/start.h"

/*	EXTENSIONS -> REQUEST -> CERTIFICATE -> VERIFY -> FINISHED ->
 *	       \_____ a session is resumed ______________/
 *	SAY_CCS -> SAY_CERTIFICATE -> SAY_VERIFY -> SAY_FINISHED
 *	                \__ nobody to show ________/
 */
enum {
	EXTENSIONS = 1,
	REQUEST,
	CERTIFICATE,
	VERIFY,
	FINISHED,
	SAY_CCS,
	SAY_CERTIFICATE,
	SAY_VERIFY,
	SAY_FINISHED
};

/* ---- ServerHello, RFC 8446 4.1.3 and 4.1.4 ---- */

/* The suite, which a HelloRetryRequest before has fixed. */
static int take_suite(struct tls *t, const struct hello *h)
{
	const struct tls_suite *s = suite_find(hello_number(h->suites),
					       TLS_VERSION_13, t->conf->suites);

	if (!s || (t->suite && t->suite != s))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	t->suite = s;
	transcript_keep(&t->hs->script, s->hash);
	return 0;
}

static int take_cookie(struct tls *t, const struct hello *h)
{
	struct tls_hs13 *v = &t->hs->v13;
	struct bytes cookie = h->ext[HELLO_COOKIE];

	if (cookie.n > sizeof v->cookie)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"the server's cookie is too large");
	v->cookie_n = (uint16_t)cookie.n;
	if (cookie.n > 0)
		memcpy(v->cookie, cookie.p, cookie.n);
	return 0;
}

static int take_retry(struct tls *t, const struct hello *h)
{
	struct tls_hs *hs = t->hs;
	const struct share *was = hs->share;

	if (hs->v13.retried)
		return tls_fail(t, TLS_UNEXPECTED_MESSAGE, NULL);
	hs->v13.retried = true;
	hs->v13.retry = hello_has(h, HELLO_SHARES);
	if (hs->v13.retry)
		hs->share = share_of(hello_number(h->ext[HELLO_SHARES]),
				     t->conf->groups);
	if (!hs->share || (hs->v13.retry && hs->share == was) ||
	    (!hs->v13.retry && !hello_has(h, HELLO_COOKIE)))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	transcript_retry(&hs->script);
	return take_cookie(t, h);
}

static int take_psk(struct tls *t, const struct hello *h)
{
	struct tls_hs13 *v = &t->hs->v13;

	if (!hello_has(h, HELLO_PSK)) {
		ct_wipe(&t->hs->peer, sizeof t->hs->peer);
		return 0;
	}
	if (hello_number(h->ext[HELLO_PSK]) != 0 ||
	    v->offering->hash != t->suite->hash)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	v->resuming = true;
	both13_believe(t);
	return 0;
}

/* RFC 8446 4.2.8: one key, of the group that ours was of. */
static int take_share(struct tls *t, const struct hello *h)
{
	struct cur c = cur_of(h->ext[HELLO_SHARES]);
	uint16_t group = cur_u16(&c);
	struct bytes key = cur_bytes(&c, cur_u16(&c));

	if (!hello_has(h, HELLO_SHARES))
		return tls_fail(t, TLS_MISSING_EXTENSION, NULL);
	if (c.bad || cur_left(&c) > 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (group != t->hs->share->group)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	return both13_agree(t, key);
}

static int begin(struct tls *t, const struct hello *h)
{
	if (take_suite(t, h) < 0)
		return t->err;
	if (h->where == HELLO_RETRY)
		return take_retry(t, h);
	return take_psk(t, h) < 0 ? t->err : take_share(t, h);
}

static int begun(struct tls *t)
{
	struct tls_hs *hs = t->hs;

	if (hs->v13.retried && !t->about.group) {
		hs->machine = &tls_client;
		hs->state = hs->id_n ? START_CCS : START_HELLO;
		return 0;
	}
	both13_handshake(t);
	hs->state = EXTENSIONS;
	return 0;
}

/* ---- what the server says under the handshake's keys ---- */

static int take_extensions(struct tls *t, struct bytes body)
{
	struct hello h = { .where = HELLO_ENCRYPTED };
	struct cur c = cur_of(body);
	uint8_t alert =
		hello_read_extensions(&h, &c, HELLO_ENCRYPTED, t->hs->offered);

	return alert ? tls_fail(t, alert, NULL) : start_answered(t, &h);
}

static int behind_extensions(struct tls *t)
{
	if (t->hs->v13.resuming)
		t->hs->state = FINISHED;
	return 0;
}

/* RFC 8446 4.3.2. */
static int take_request(struct tls *t, struct bytes body)
{
	struct hello h = { .where = HELLO_REQUEST };
	struct cur c = cur_of(body);
	uint8_t context = cur_u8(&c), alert;
	int who;

	if (context > 0)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	alert = hello_read_extensions(&h, &c, HELLO_REQUEST, 0);
	if (alert)
		return tls_fail(t, alert, NULL);
	if (!hello_has(&h, HELLO_SCHEMES))
		return tls_fail(t, TLS_MISSING_EXTENSION, NULL);
	t->hs->asked = true;
	t->hs->schemes = auth_set(h.ext[HELLO_SCHEMES]);
	who = auth_choose(t->conf, (struct bytes){ NULL, 0 }, t->hs->schemes,
			  TLS_VERSION_13);
	t->hs->me = who < 0 ? NULL : &t->conf->ids[who];
	return 0;
}

static int take_certificate(struct tls *t, struct bytes body)
{
	if (both13_take_certificate(t, body) < 0)
		return t->err;
	if (t->hs->peer.spki_n == 0)
		return tls_fail(t, TLS_DECODE_ERROR,
				"the server shows no certificate");
	return 0;
}

static int behind_finished(struct tls *t)
{
	struct tls_hs *hs = t->hs;

	both13_data(t);
	both13_in(t);
	if (hs->v13.retried || !hs->id_n)
		hs->state = hs->asked ? SAY_CERTIFICATE : SAY_FINISHED;
	return 0;
}

/* ---- what we say ---- */

static int behind_ccs(struct tls *t)
{
	t->hs->state = t->hs->asked ? SAY_CERTIFICATE : SAY_FINISHED;
	return 0;
}

static int behind_certificate(struct tls *t)
{
	t->hs->state = t->hs->me ? SAY_VERIFY : SAY_FINISHED;
	return 0;
}

static int end(struct tls *t)
{
	both13_resumption(t);
	both13_out(t);
	return 0;
}

/* ---- the tables ---- */

/* clang-format off */
static const struct tls_take takes[] = {
	{ EXTENSIONS, TLS_ENCRYPTED_EXTENSIONS, REQUEST,
	  take_extensions, behind_extensions },
	{ REQUEST, TLS_CERTIFICATE_REQUEST, CERTIFICATE, take_request, NULL },
	{ REQUEST, TLS_CERTIFICATE, VERIFY, take_certificate, NULL },
	{ CERTIFICATE, TLS_CERTIFICATE, VERIFY, take_certificate, NULL },
	{ VERIFY, TLS_CERTIFICATE_VERIFY, FINISHED, both13_take_verify, NULL },
	{ FINISHED, TLS_FINISHED, SAY_CCS,
	  both13_take_finished, behind_finished },
};

static const struct tls_give gives[] = {
	{ SAY_CCS, HS_CCS, 0, NULL, behind_ccs },
	{ SAY_CERTIFICATE, TLS_CERTIFICATE, 0,
	  both13_give_certificate, behind_certificate },
	{ SAY_VERIFY, TLS_CERTIFICATE_VERIFY, SAY_FINISHED,
	  both13_give_verify, NULL },
	{ SAY_FINISHED, TLS_FINISHED, HS_OVER, both13_give_finished, end },
};
/* clang-format on */

const struct tls_machine tls_client13 = { begin, begun,        takes,
					  gives, COUNT(takes), COUNT(gives) };
