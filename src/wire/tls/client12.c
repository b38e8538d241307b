#include "wire/tls/both12.h"
#include "wire/tls/msgs12.h"
#include "wire/tls/start.h"

/* The client of TLS 1.2 (RFC 5246 7.3), from ServerHello on.
 *
 *	CERT         <- Certificate
 *	EXCHANGE     <- ServerKeyExchange
 *	REQUEST      <- CertificateRequest, or ServerHelloDone at once
 *	DONE         <- ServerHelloDone
 *	SAY_CERT     -> Certificate               if it was asked for
 *	SAY_SHARE    -> ClientKeyExchange
 *	SAY_VERIFY   -> CertificateVerify         if there was one to show
 *	SAY_CCS      -> ChangeCipherSpec
 *	SAY_FINISH   -> Finished
 *	CCS          <- ChangeCipherSpec
 *	FINISHED     <- Finished
 */
enum {
	CERT = 1,
	EXCHANGE,
	REQUEST,
	DONE,
	SAY_CERT,
	SAY_SHARE,
	SAY_VERIFY,
	SAY_CCS,
	SAY_FINISH,
	CCS,
	FINISHED
};

/* ---- ServerHello ---- */

static int begin(struct tls *t, const struct hello *h)
{
	struct tls_hs *hs = t->hs;
	struct bytes id = { hs->id, hs->id_n };

	t->suite = suite_find(hello_number(h->suites), TLS_VERSION_12,
			      t->conf->suites);
	/* What we have called a session is none that a server could know. */
	if (!t->suite || (id.n > 0 && bytes_equal(h->id, id)) ||
	    !both12_points(h))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	if (!hello_has(h, HELLO_RENEGOTIATION) ||
	    h->ext[HELLO_RENEGOTIATION].n > 0)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"the server would renegotiate unsafely");
	hs->v12.extended = hello_has(h, HELLO_MASTER);
	return start_answered(t, h);
}

static int begun(struct tls *t)
{
	t->hs->state = CERT;
	return 0;
}

/* ---- hearing ---- */

/* The key must be of the kind that the suite names (RFC 8422 5.3). */
static bool fits_suite(const struct tls *t, const struct auth_scheme *s)
{
	return !s->curve == (t->suite->auth == TLS_AUTH_RSA);
}

static int take_exchange(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	const struct auth_scheme *s;
	struct msgs12_exchange e;
	uint8_t digest[HASH_MOST];

	if (!msgs12_read_exchange(&e, body))
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	s = auth_scheme_of(e.by.scheme, TLS_VERSION_12);
	hs->share = share_of(e.group, t->conf->groups);
	if (!s || !hs->share || !fits_suite(t, s))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	if (both12_verify(t, s, both12_params(t, s, e.params, digest),
			  e.by.sig) < 0)
		return t->err;
	share_make(hs->share, hs->share_key, hs->share_public, t->conf->fill);
	if (!share_agree(hs->share, hs->v12.premaster, hs->share_key, e.public))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	t->about.group = e.group;
	return 0;
}

static int take_request(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	int id;

	if (!msgs12_read_request(&hs->schemes, body))
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	hs->schemes &= BOTH12_SCHEMES;
	id = auth_choose(t->conf, (struct bytes){ NULL, 0 }, hs->schemes,
			 TLS_VERSION_12);
	hs->asked = true;
	hs->me = id < 0 ? NULL : &t->conf->ids[id];
	return 0;
}

static int take_done(struct tls *t, struct bytes body)
{
	if (body.n > 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	t->hs->state = t->hs->asked ? SAY_CERT : SAY_SHARE;
	return 0;
}

/* ---- saying ---- */

static int give_exchange(struct tls *t, struct pack *body)
{
	msgs12_put_public(body, t->hs->share, t->hs->share_public);
	return 0;
}

static int agreed(struct tls *t)
{
	t->hs->state = t->hs->me ? SAY_VERIFY : SAY_CCS;
	return both12_agreed(t);
}

static int give_verify(struct tls *t, struct pack *body)
{
	const struct auth_scheme *s =
		auth_scheme_for(t->hs->me->key, t->hs->schemes, TLS_VERSION_12);
	uint8_t digest[HASH_MOST];

	return both12_sign(t, s, both12_script(t, s, digest), body);
}

/* clang-format off */
static const struct tls_take takes[] = {
	{ CERT,     TLS_CERTIFICATE,         EXCHANGE, both12_take_cert,     NULL },
	{ EXCHANGE, TLS_SERVER_KEY_EXCHANGE, REQUEST,  take_exchange,        NULL },
	{ REQUEST,  TLS_CERTIFICATE_REQUEST, DONE,     take_request,         NULL },
	{ REQUEST,  TLS_SERVER_HELLO_DONE,   0,        take_done,            NULL },
	{ DONE,     TLS_SERVER_HELLO_DONE,   0,        take_done,            NULL },
	{ CCS,      HS_CCS,                  FINISHED, NULL,                 both12_in },
	{ FINISHED, TLS_FINISHED,            HS_OVER,  both12_take_finished, both12_over },
};

static const struct tls_give gives[] = {
	{ SAY_CERT,   TLS_CERTIFICATE,         SAY_SHARE,  both12_give_cert,     NULL },
	{ SAY_SHARE,  TLS_CLIENT_KEY_EXCHANGE, 0,          give_exchange,        agreed },
	{ SAY_VERIFY, TLS_CERTIFICATE_VERIFY,  SAY_CCS,    give_verify,          NULL },
	{ SAY_CCS,    HS_CCS,                  SAY_FINISH, NULL,                 both12_out },
	{ SAY_FINISH, TLS_FINISHED,            CCS,        both12_give_finished, NULL },
};
/* clang-format on */

const struct tls_machine tls_client12 = {
	.begin = begin,
	.begun = begun,
	.takes = takes,
	.gives = gives,
	.takes_n = COUNT(takes),
	.gives_n = COUNT(gives),
};
