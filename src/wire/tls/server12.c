#include "wire/tls/both12.h"
#include "wire/tls/msgs12.h"
#include "wire/tls/start.h"

/* The server of TLS 1.2 (RFC 5246 7.3), from ClientHello on.
 *
 *	SAY_HELLO    -> ServerHello
 *	SAY_CERT     -> Certificate
 *	SAY_SHARE    -> ServerKeyExchange
 *	SAY_REQUEST  -> CertificateRequest        if conf->ask says so
 *	SAY_DONE     -> ServerHelloDone
 *	CERT         <- Certificate               if it was asked for
 *	EXCHANGE     <- ClientKeyExchange
 *	VERIFY       <- CertificateVerify         if there was one to show
 *	CCS          <- ChangeCipherSpec
 *	FINISHED     <- Finished
 *	SAY_CCS      -> ChangeCipherSpec
 *	SAY_FINISH   -> Finished
 */
enum {
	SAY_HELLO = 1,
	SAY_CERT,
	SAY_SHARE,
	SAY_REQUEST,
	SAY_DONE,
	CERT,
	EXCHANGE,
	VERIFY,
	CCS,
	FINISHED,
	SAY_CCS,
	SAY_FINISH
};

/* ---- ClientHello ---- */

/* The schemes that go with one suite or another which both sides have. */
static uint32_t schemes_of(const struct tls *t, struct bytes suites)
{
	struct cur c = cur_of(suites);
	uint32_t set = 0;

	while (cur_left(&c) > 0) {
		const struct tls_suite *s = suite_find(
			cur_u16(&c), TLS_VERSION_12, t->conf->suites);

		if (s)
			set |= s->auth == TLS_AUTH_RSA ? (uint32_t)AUTH_RSA
						       : (uint32_t)AUTH_ECDSA;
	}
	return set;
}

/* The best of ours that the client has too and that goes with the key. */
static const struct tls_suite *choose_among(const struct tls *t, bool rsa,
					    struct bytes suites, bool chacha)
{
	for (size_t i = 0; i < TLS_SUITES; i++) {
		const struct tls_suite *s = &tls_suites[i];

		if (s->auth == (rsa ? TLS_AUTH_RSA : TLS_AUTH_ECDSA) &&
		    chacha == (s->aead == &aead_chacha20_poly1305) &&
		    suite_find(s->id, TLS_VERSION_12, t->conf->suites) &&
		    hello_lists(suites, s->id))
			return s;
	}
	return NULL;
}

static const struct tls_suite *choose_suite(const struct tls *t, bool rsa,
					    struct bytes suites)
{
	bool chacha = t->conf->no_aes;
	const struct tls_suite *s = choose_among(t, rsa, suites, chacha);

	return s ? s : choose_among(t, rsa, suites, !chacha);
}

/* RFC 8422 4: of one who names no groups any will do. */
static const struct share *choose_group(const struct tls *t,
					struct bytes groups)
{
	for (size_t i = 0; i < SHARES; i++) {
		uint16_t group = shares[i].group;

		if (share_of(group, t->conf->groups) &&
		    (groups.p ? hello_lists(groups, group) : group == TLS_P256))
			return &shares[i];
	}
	return NULL;
}

enum { SRTP_PROFILE = 1 }; /* AES128_CM_HMAC_SHA1_80, which everybody has */

static bool has_profile(struct bytes srtp)
{
	struct cur c = cur_of(srtp);

	return hello_lists(cur_bytes(&c, cur_u16(&c)), SRTP_PROFILE);
}

/* What is there, where two say the same (RFC 5746 3.6), and what can be answered. */
static uint32_t offered_by(const struct tls_hs *hs, const struct hello *h)
{
	uint32_t set = hello_set(h) | (uint32_t)hello_lists(h->suites, TLS_SCSV)
					      << HELLO_RENEGOTIATION;

	if (!hs->v12.version || !has_profile(h->ext[HELLO_SRTP]))
		set &= ~((uint32_t)1 << HELLO_SRTP);
	return set;
}

/* Whom to show decides which suites there are. */
static int choose(struct tls *t, const struct hello *h)
{
	struct tls_hs *hs = t->hs;
	int who;

	hs->schemes &= schemes_of(t, h->suites);
	who = auth_choose(t->conf, (struct bytes){ hs->name, hs->name_n },
			  hs->schemes, TLS_VERSION_12);
	if (who < 0)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"no certificate and cipher for the client");
	hs->me = &t->conf->ids[who];
	t->about.identity = (uint8_t)who;
	t->suite = choose_suite(t, hs->me->key->rsa, h->suites);
	hs->share = choose_group(t, h->ext[HELLO_GROUPS]);
	if (!t->suite || !hs->share)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"no group for keys in common");
	t->about.group = hs->share->group;
	return 0;
}

static int begin(struct tls *t, const struct hello *h)
{
	struct tls_hs *hs = t->hs;

	if (!both12_points(h))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	if (h->ext[HELLO_RENEGOTIATION].n > 0)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"the client would renegotiate");
	if (choose(t, h) < 0)
		return t->err;
	share_make(hs->share, hs->share_key, hs->share_public, t->conf->fill);
	hs->v12.extended = hello_has(h, HELLO_MASTER);
	hs->offered = offered_by(hs, h);
	return 0;
}

static int begun(struct tls *t)
{
	t->hs->state = SAY_HELLO;
	return 0;
}

/* ---- saying ---- */

/* What is answered to one who has it too. */
static const struct {
	enum hello_ext ext;
	struct bytes inside;
} answers[] = {
	{ HELLO_POINTS, { (const uint8_t *)"", 1 } },
	{ HELLO_MASTER, { (const uint8_t *)"", 0 } },
	{ HELLO_RENEGOTIATION, { (const uint8_t *)"", 0 } },
	{ HELLO_SRTP, { (const uint8_t *)"\0\2\0\1", 5 } }, /* in datagrams */
};

/* No session id: there is nothing to come back to. */
static int give_hello(struct tls *t, struct pack *body)
{
	const uint8_t suite[] = { (uint8_t)(t->suite->id >> 8),
				  (uint8_t)t->suite->id };
	struct hello h = { .where = HELLO_SERVER12,
			   .version = t->hs->v12.version,
			   .random = t->hs->server_random,
			   .suites = { suite, sizeof suite } };
	struct start_answers room;

	for (size_t i = 0; i < COUNT(answers); i++)
		if (t->hs->offered >> answers[i].ext & 1)
			h.ext[answers[i].ext] = answers[i].inside;
	start_answer(t, &h, &room);
	hello_write(body, &h);
	return 0;
}

static int give_exchange(struct tls *t, struct pack *body)
{
	struct tls_hs *hs = t->hs;
	const struct auth_scheme *s =
		auth_scheme_for(hs->me->key, hs->schemes, TLS_VERSION_12);
	struct bytes params = { body->room.p + body->n, body->n };
	uint8_t digest[HASH_MOST];

	msgs12_put_params(body, hs->share, hs->share_public);
	params.n = body->n - params.n;
	return both12_sign(t, s, both12_params(t, s, params, digest), body);
}

static int exchanged(struct tls *t)
{
	t->hs->state = t->conf->ask ? SAY_REQUEST : SAY_DONE;
	return 0;
}

static int give_request(struct tls *t, struct pack *body)
{
	(void)t;
	msgs12_put_request(body, BOTH12_SCHEMES);
	return 0;
}

static int give_done(struct tls *t, struct pack *body)
{
	(void)t;
	(void)body;
	return 0;
}

static int done(struct tls *t)
{
	t->hs->state = t->conf->ask ? CERT : EXCHANGE;
	return 0;
}

/* ---- hearing ---- */

static int take_exchange(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	struct bytes public;

	if (!msgs12_read_public(&public, body))
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (!share_agree(hs->share, hs->v12.premaster, hs->share_key, public))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	return 0;
}

static int agreed(struct tls *t)
{
	t->hs->state = t->hs->peer.spki_n ? VERIFY : CCS;
	return both12_agreed(t);
}

static int take_verify(struct tls *t, struct bytes body)
{
	const struct auth_scheme *s;
	struct msgs12_signed by;
	uint8_t digest[HASH_MOST];

	if (!msgs12_read_signed(&by, body))
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	s = auth_scheme_of(by.scheme, TLS_VERSION_12);
	if (!s || s->hash == &hash_sha512)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	return both12_verify(t, s, both12_script(t, s, digest), by.sig);
}

/* clang-format off */
static const struct tls_take takes[] = {
	{ CERT,     TLS_CERTIFICATE,         EXCHANGE, both12_take_cert,     NULL },
	{ EXCHANGE, TLS_CLIENT_KEY_EXCHANGE, 0,        take_exchange,        agreed },
	{ VERIFY,   TLS_CERTIFICATE_VERIFY,  CCS,      take_verify,          NULL },
	{ CCS,      HS_CCS,                  FINISHED, NULL,                 both12_in },
	{ FINISHED, TLS_FINISHED,            SAY_CCS,  both12_take_finished, NULL },
};

static const struct tls_give gives[] = {
	{ SAY_HELLO,   TLS_SERVER_HELLO,        SAY_CERT,   give_hello,           NULL },
	{ SAY_CERT,    TLS_CERTIFICATE,         SAY_SHARE,  both12_give_cert,     NULL },
	{ SAY_SHARE,   TLS_SERVER_KEY_EXCHANGE, 0,          give_exchange,        exchanged },
	{ SAY_REQUEST, TLS_CERTIFICATE_REQUEST, SAY_DONE,   give_request,         NULL },
	{ SAY_DONE,    TLS_SERVER_HELLO_DONE,   0,          give_done,            done },
	{ SAY_CCS,     HS_CCS,                  SAY_FINISH, NULL,                 both12_out },
	{ SAY_FINISH,  TLS_FINISHED,            HS_OVER,    both12_give_finished, both12_over },
};
/* clang-format on */

const struct tls_machine tls_server12 = {
	.begin = begin,
	.begun = begun,
	.takes = takes,
	.gives = gives,
	.takes_n = COUNT(takes),
	.gives_n = COUNT(gives),
};
