#include "wire/tls/both13.h"
#include "crypt/ct.h"

/* ---- certificates ---- */

int both13_give_certificate(struct tls *t, struct pack *body)
{
	const struct tls_identity *me = t->hs->me;
	size_t mark;

	pack_u8(body, 0);
	mark = pack_open(body, 3);
	for (size_t i = 0; me && i < me->n; i++) {
		pack_vector(body, me->chain[i].der, 3);
		pack_u16(body, 0);
	}
	pack_close(body, mark, 3);
	return 0;
}

int both13_take_certificate(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	struct auth_ask ask = { .conf = t->conf,
				.name = { hs->name, hs->name_n },
				.now_ms = t->now_ms,
				.extended = true };
	struct cur c = cur_of(body);
	uint8_t context = cur_u8(&c);
	struct bytes list = cur_bytes(&c, cur_u24(&c));
	struct auth_no no;

	if (c.bad || context > 0 || cur_left(&c) > 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	no = auth_judge(&hs->peer, &ask, list);
	memcpy(t->about.pin, hs->peer.pin, TLS_PIN);
	return no.alert ? tls_fail(t, no.alert, no.why) : 0;
}

/* ---- CertificateVerify ---- */

static struct bytes signed_of(const struct tls *t, const struct auth_scheme *s,
			      enum tls_role role, uint8_t digest[HASH_MOST])
{
	uint8_t script[SHA384_SIZE];

	hs_digest(t, script);
	auth_digest(s, role, (struct bytes){ script, t->suite->hash->size },
		    digest);
	return (struct bytes){ digest, s->hash->size };
}

int both13_give_verify(struct tls *t, struct pack *body)
{
	struct key *key = t->hs->me->key;
	const struct auth_scheme *s =
		auth_scheme_for(key, t->hs->schemes, TLS_VERSION_13);
	uint8_t digest[HASH_MOST], room[KEY_SIG_MOST];
	struct bytes sig;

	sig = auth_sign(s, key, signed_of(t, s, t->conf->role, digest),
			SPAN(room), t->conf->fill);
	if (sig.n == 0)
		return tls_fail(t, TLS_INTERNAL_ERROR, "signing went wrong");
	pack_u16(body, s->number);
	pack_vector(body, sig, 2);
	return 0;
}

void both13_believe(struct tls *t)
{
	memcpy(t->about.pin, t->hs->peer.pin, TLS_PIN);
	t->about.verified = t->hs->peer.verified;
}

int both13_take_verify(struct tls *t, struct bytes body)
{
	enum tls_role other =
		t->conf->role == TLS_CLIENT ? TLS_SERVER : TLS_CLIENT;
	struct cur c = cur_of(body);
	const struct auth_scheme *s =
		auth_scheme_of(cur_u16(&c), TLS_VERSION_13);
	struct bytes sig = cur_bytes(&c, cur_u16(&c));
	uint8_t digest[HASH_MOST];

	if (c.bad || cur_left(&c) > 0)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (!s)
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	if (!auth_verify(s, &t->hs->peer, TLS_VERSION_13,
			 signed_of(t, s, other, digest), sig))
		return tls_fail(t, TLS_DECRYPT_ERROR,
				"the signature of the handshake is wrong");
	both13_believe(t);
	return 0;
}

/* ---- Finished ---- */

static void finished_of(const struct tls *t, enum tls_role role, uint8_t *out)
{
	const struct tls_hs13 *v = &t->hs->v13;
	uint8_t script[SHA384_SIZE];

	hs_digest(t, script);
	keys13_finished(t->suite->hash,
			role == TLS_CLIENT ? v->client : v->server, script,
			out);
}

int both13_give_finished(struct tls *t, struct pack *body)
{
	uint8_t proof[SHA384_SIZE];

	finished_of(t, t->conf->role, proof);
	pack_bytes(body, (struct bytes){ proof, t->suite->hash->size });
	return 0;
}

int both13_take_finished(struct tls *t, struct bytes body)
{
	enum tls_role other =
		t->conf->role == TLS_CLIENT ? TLS_SERVER : TLS_CLIENT;
	uint8_t proof[SHA384_SIZE];

	finished_of(t, other, proof);
	if (body.n != t->suite->hash->size)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (!ct_equal(body, (struct bytes){ proof, body.n }))
		return tls_fail(t, TLS_DECRYPT_ERROR, NULL);
	return 0;
}

/* ---- keys ---- */

int both13_agree(struct tls *t, struct bytes share)
{
	struct tls_hs *hs = t->hs;

	if (!share_agree(hs->share, hs->v13.shared, hs->share_key, share))
		return tls_fail(t, TLS_ILLEGAL_PARAMETER, NULL);
	t->about.group = hs->share->group;
	ct_wipe(hs->share_key, sizeof hs->share_key);
	return 0;
}

void both13_handshake(struct tls *t)
{
	struct tls_hs13 *v = &t->hs->v13;
	const struct hash_alg *alg = t->suite->hash;
	bool client = t->conf->role == TLS_CLIENT;
	uint8_t script[SHA384_SIZE];

	hs_digest(t, script);
	keys13_start(&v->keys, alg,
		     (struct bytes){ v->psk, v->resuming ? alg->size : 0 });
	keys13_mix(&v->keys, bytes_in(SPAN(v->shared)));
	keys13_derive(&v->keys, "c hs traffic", script, v->client);
	keys13_derive(&v->keys, "s hs traffic", script, v->server);
	keys13_way(t->suite, client ? v->client : v->server, &t->out);
	keys13_way(t->suite, client ? v->server : v->client, &t->in);
	hs_turned(t);
}

void both13_data(struct tls *t)
{
	struct keys13 *k = &t->hs->v13.keys;
	bool client = t->conf->role == TLS_CLIENT;
	uint8_t script[SHA384_SIZE];

	hs_digest(t, script);
	keys13_mix(k, (struct bytes){ NULL, 0 });
	keys13_derive(k, "c ap traffic", script,
		      client ? t->secret_out : t->secret_in);
	keys13_derive(k, "s ap traffic", script,
		      client ? t->secret_in : t->secret_out);
	keys13_derive(k, "exp master", script, t->exporter);
}

void both13_in(struct tls *t)
{
	keys13_way(t->suite, t->secret_in, &t->in);
	t->heard.data = true;
	hs_turned(t);
}

void both13_out(struct tls *t)
{
	keys13_way(t->suite, t->secret_out, &t->out);
}

void both13_resumption(struct tls *t)
{
	uint8_t script[SHA384_SIZE];

	hs_digest(t, script);
	keys13_derive(&t->hs->v13.keys, "res master", script, t->resumption);
	t->about.resumed = t->hs->v13.resuming;
}
