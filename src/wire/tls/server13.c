#include "wire/tls/both13.h"
#include "wire/tls/post.h"
#include "wire/tls/session.h"
#include "wire/tls/start.h"

/*	SAY_RETRY -> SAY_RETRY_CCS -> ClientHello again (start.c)
 *	SAY_HELLO -> SAY_CCS -> SAY_EXTENSIONS -> SAY_REQUEST ->
 *	SAY_CERTIFICATE -> SAY_VERIFY -> SAY_FINISHED ->
 *	CERTIFICATE -> VERIFY -> FINISHED
 */
enum {
	SAY_RETRY = 1,
	SAY_RETRY_CCS,
	SAY_HELLO,
	SAY_CCS,
	SAY_EXTENSIONS,
	SAY_REQUEST,
	SAY_CERTIFICATE,
	SAY_VERIFY,
	SAY_FINISHED,
	CERTIFICATE,
	VERIFY,
	FINISHED
};

enum { EARLY_MOST = 65536 }; /* bytes of 0-RTT that are passed over */

/* ---- ClientHello ---- */

/* The client's order counts: it knows its processor, and ours is seldom weak. */
static int choose_suite(struct tls *t, const struct hello *h)
{
	struct cur c = cur_of(h->suites);
	const struct tls_suite *s = NULL;

	while (!s && cur_left(&c) > 0)
		s = suite_find(cur_u16(&c), TLS_VERSION_13, t->conf->suites);
	if (!s)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"no cipher suite in common");
	if (t->suite && t->suite != s)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	t->suite = s;
	transcript_keep(&t->hs->script, s->hash);
	return 0;
}

/* A group of ours for which a key came; else one to ask for. */
static int choose_share(struct tls *t, const struct hello *h, struct bytes *key)
{
	struct tls_hs *hs = t->hs;
	const struct share *asked = hs->share;

	*key = (struct bytes){ NULL, 0 };
	hs->share = NULL;
	for (size_t i = 0; i < SHARES && !key->p; i++) {
		const struct share *s =
			share_of(shares[i].group, t->conf->groups);

		if (!s || !hello_lists(h->ext[HELLO_GROUPS], s->group))
			continue;
		if (!hello_share(h->ext[HELLO_SHARES], s->group, key))
			return tls_fail(t, TLS_DECODE_ERROR, NULL);
		if (key->p || !hs->share)
			hs->share = s;
	}
	if (!hs->share)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"no group for keys in common");
	hs->v13.retry = !key->p;
	if (hs->v13.retried && (hs->v13.retry || hs->share != asked))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	return 0;
}

/* Who we are; not needed when a session is resumed. */
static int choose_identity(struct tls *t)
{
	struct tls_hs *hs = t->hs;
	int who = auth_choose(t->conf, (struct bytes){ hs->name, hs->name_n },
			      hs->schemes, TLS_VERSION_13);

	if (who < 0)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"no certificate that the client can verify");
	hs->me = &t->conf->ids[who];
	t->about.identity = (uint8_t)who;
	return 0;
}

static bool is_whole(const struct hello *h)
{
	return hello_has(h, HELLO_GROUPS) && hello_has(h, HELLO_SHARES) &&
	       hello_has(h, HELLO_SCHEMES);
}

static int begin(struct tls *t, const struct hello *h)
{
	struct tls_hs13 *v = &t->hs->v13;
	struct bytes key, modes = h->ext[HELLO_PSK_MODES];

	if (!is_whole(h))
		return tls_fail(t, TLS_MISSING_EXTENSION, NULL);
	if (h->compressions.n != 1 || (v->retried && hello_has(h, HELLO_EARLY)))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	if (choose_suite(t, h) < 0 || choose_share(t, h, &key) < 0)
		return t->err;
	v->early = hello_has(h, HELLO_EARLY) ? EARLY_MOST : 0;
	if (v->retry)
		return 0;
	v->ticket = t->conf->tickets && bytes_have(modes, TLS_PSK_DHE);
	if (session_find(t, h, t->suite) < 0)
		return t->err;
	if (!v->resuming && choose_identity(t) < 0)
		return t->err;
	share_make(t->hs->share, t->hs->share_key, t->hs->share_public,
		   t->conf->fill);
	return both13_agree(t, key);
}

static int begun(struct tls *t)
{
	struct tls_hs *hs = t->hs;

	hs->state = hs->v13.retry ? SAY_RETRY : SAY_HELLO;
	if (hs->v13.retry)
		transcript_retry(&hs->script);
	else if (hs->v13.resuming)
		both13_believe(t);
	return 0;
}

/* ---- ServerHello, and the one that wants another ClientHello ---- */

static int write_hello(struct tls *t, struct pack *body, struct hello *h)
{
	static const uint8_t version[2] = { TLS_VERSION_13 >> 8,
					    TLS_VERSION_13 & 0xff };
	uint8_t suite[2] = { (uint8_t)(t->suite->id >> 8),
			     (uint8_t)t->suite->id };

	h->id = (struct bytes){ t->hs->id, t->hs->id_n };
	h->suites = bytes_in(SPAN(suite));
	h->ext[HELLO_VERSIONS] = (struct bytes){ version, sizeof version };
	hello_write(body, h);
	return 0;
}

static int give_retry(struct tls *t, struct pack *body)
{
	uint16_t id = t->hs->share->group;
	uint8_t group[2] = { (uint8_t)(id >> 8), (uint8_t)id };
	struct hello h = { .where = HELLO_RETRY, .random = hello_retry_random };

	h.ext[HELLO_SHARES] = bytes_in(SPAN(group));
	return write_hello(t, body, &h);
}

static int back(struct tls *t)
{
	t->hs->machine = &tls_server;
	t->hs->state = START_HELLO;
	return 0;
}

static int behind_retry(struct tls *t)
{
	t->hs->v13.retried = true;
	return t->hs->id_n ? 0 : back(t);
}

static int give_hello(struct tls *t, struct pack *body)
{
	struct tls_hs *hs = t->hs;
	uint8_t room[4 + SHARE_PUBLIC];
	uint8_t psk[2] = { (uint8_t)(hs->v13.psk_id >> 8),
			   (uint8_t)hs->v13.psk_id };
	struct pack share = pack_to(SPAN(room));
	struct hello h = { .where = HELLO_SERVER13,
			   .random = hs->server_random };

	pack_u16(&share, hs->share->group);
	pack_vector(&share,
		    (struct bytes){ hs->share_public, hs->share->public_n }, 2);
	h.ext[HELLO_SHARES] = pack_done(&share);
	if (hs->v13.resuming)
		h.ext[HELLO_PSK] = bytes_in(SPAN(psk));
	return write_hello(t, body, &h);
}

static int behind_hello(struct tls *t)
{
	both13_handshake(t);
	if (t->hs->v13.retried || !t->hs->id_n)
		t->hs->state = SAY_EXTENSIONS;
	return 0;
}

/* ---- what we say under the handshake's keys ---- */

static int give_extensions(struct tls *t, struct pack *body)
{
	struct hello h = { .where = HELLO_ENCRYPTED };
	struct start_answers a;

	start_answer(t, &h, &a);
	hello_write_extensions(body, &h);
	return 0;
}

static int behind_extensions(struct tls *t)
{
	struct tls_hs *hs = t->hs;

	hs->asked = t->conf->ask != TLS_ASK_NONE && !hs->v13.resuming;
	if (hs->v13.resuming)
		hs->state = SAY_FINISHED;
	else
		hs->state = hs->asked ? SAY_REQUEST : SAY_CERTIFICATE;
	return 0;
}

static int give_request(struct tls *t, struct pack *body)
{
	uint8_t room[2 * AUTH_SCHEMES];
	struct pack p = pack_to(SPAN(room));
	struct hello h = { .where = HELLO_REQUEST };

	(void)t;
	for (size_t i = 0; i < AUTH_SCHEMES; i++)
		pack_u16(&p, auth_schemes[i].number);
	h.ext[HELLO_SCHEMES] = pack_done(&p);
	pack_u8(body, 0);
	hello_write_extensions(body, &h);
	return 0;
}

static int behind_finished(struct tls *t)
{
	both13_data(t);
	both13_out(t);
	if (!t->hs->asked)
		t->hs->state = FINISHED;
	return 0;
}

/* ---- what the client says under them ---- */

static int take_certificate(struct tls *t, struct bytes body)
{
	if (both13_take_certificate(t, body) < 0)
		return t->err;
	if (t->hs->peer.spki_n == 0 && t->conf->ask == TLS_ASK_ALWAYS)
		return tls_fail(t, TLS_CERTIFICATE_REQUIRED,
				"the client shows no certificate");
	return 0;
}

static int behind_certificate(struct tls *t)
{
	if (t->hs->peer.spki_n == 0)
		t->hs->state = FINISHED;
	return 0;
}

static int end(struct tls *t)
{
	both13_in(t);
	both13_resumption(t);
	if (t->hs->v13.ticket)
		t->to_say |= SAY_TICKET;
	return 0;
}

/* ---- the tables ---- */

/* clang-format off */
static const struct tls_give gives[] = {
	{ SAY_RETRY, TLS_SERVER_HELLO, SAY_RETRY_CCS, give_retry, behind_retry },
	{ SAY_RETRY_CCS, HS_CCS, 0, NULL, back },
	{ SAY_HELLO, TLS_SERVER_HELLO, SAY_CCS, give_hello, behind_hello },
	{ SAY_CCS, HS_CCS, SAY_EXTENSIONS, NULL, NULL },
	{ SAY_EXTENSIONS, TLS_ENCRYPTED_EXTENSIONS, 0,
	  give_extensions, behind_extensions },
	{ SAY_REQUEST, TLS_CERTIFICATE_REQUEST, SAY_CERTIFICATE,
	  give_request, NULL },
	{ SAY_CERTIFICATE, TLS_CERTIFICATE, SAY_VERIFY,
	  both13_give_certificate, NULL },
	{ SAY_VERIFY, TLS_CERTIFICATE_VERIFY, SAY_FINISHED,
	  both13_give_verify, NULL },
	{ SAY_FINISHED, TLS_FINISHED, CERTIFICATE,
	  both13_give_finished, behind_finished },
};

static const struct tls_take takes[] = {
	{ CERTIFICATE, TLS_CERTIFICATE, VERIFY,
	  take_certificate, behind_certificate },
	{ VERIFY, TLS_CERTIFICATE_VERIFY, FINISHED, both13_take_verify, NULL },
	{ FINISHED, TLS_FINISHED, HS_OVER, both13_take_finished, end },
};
/* clang-format on */

const struct tls_machine tls_server13 = { begin, begun,        takes,
					  gives, COUNT(takes), COUNT(gives) };
