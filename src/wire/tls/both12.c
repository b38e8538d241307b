#include "wire/tls/both12.h"
#include "crypt/ct.h"
#include "wire/tls/msgs12.h"

static struct bytes digest_now(const struct tls *t, uint8_t *out)
{
	const struct hash_alg *alg = t->suite->hash;

	transcript_digest(&t->hs->script, alg, (struct bytes){ NULL, 0 }, out);
	return (struct bytes){ out, alg->size };
}

bool both12_points(const struct hello *h)
{
	struct bytes list = h->ext[HELLO_POINTS];

	return !list.p || bytes_have(list, 0);
}

/* ---- certificates ---- */

int both12_give_cert(struct tls *t, struct pack *body)
{
	msgs12_put_list(body, t->hs->me);
	return 0;
}

/* RFC 5246 7.4.2, 7.4.6: a server has one, a client may have. */
static int none_shown(struct tls *t)
{
	if (t->conf->role == TLS_CLIENT)
		return tls_fail(t, TLS_DECODE_ERROR,
				"the server has no certificate");
	if (t->conf->ask == TLS_ASK_ALWAYS)
		return tls_fail(t, TLS_HANDSHAKE_FAILURE,
				"the client has no certificate");
	return 0;
}

int both12_take_cert(struct tls *t, struct bytes body)
{
	struct tls_hs *hs = t->hs;
	struct auth_ask ask = {
		t->conf, { hs->name, hs->name_n }, t->now_ms, false
	};
	struct bytes list;
	struct auth_no bad;

	if (!msgs12_read_list(&list, body))
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	if (list.n == 0)
		return none_shown(t);
	bad = auth_judge(&hs->peer, &ask, list);
	memcpy(t->about.pin, hs->peer.pin, TLS_PIN);
	if (bad.alert)
		return tls_fail(t, (enum tls_alert)bad.alert, bad.why);
	return 0;
}

/* ---- signatures ---- */

struct bytes both12_params(const struct tls *t, const struct auth_scheme *s,
			   struct bytes params, uint8_t out[HASH_MOST])
{
	struct hash h;

	hash_init(&h, s->hash);
	hash_add(&h, (struct bytes){ t->hs->client_random, TLS_RANDOM });
	hash_add(&h, (struct bytes){ t->hs->server_random, TLS_RANDOM });
	hash_add(&h, params);
	hash_end(&h, out);
	return (struct bytes){ out, s->hash->size };
}

struct bytes both12_script(const struct tls *t, const struct auth_scheme *s,
			   uint8_t out[HASH_MOST])
{
	transcript_digest(&t->hs->script, s->hash, (struct bytes){ NULL, 0 },
			  out);
	return (struct bytes){ out, s->hash->size };
}

int both12_sign(struct tls *t, const struct auth_scheme *s, struct bytes digest,
		struct pack *body)
{
	uint8_t room[KEY_SIG_MOST];
	struct msgs12_signed by = { s->number, { NULL, 0 } };

	by.sig =
		auth_sign(s, t->hs->me->key, digest, SPAN(room), t->conf->fill);
	if (by.sig.n == 0)
		return tls_fail(t, TLS_INTERNAL_ERROR, "signing went wrong");
	msgs12_put_signed(body, &by);
	return 0;
}

int both12_verify(struct tls *t, const struct auth_scheme *s,
		  struct bytes digest, struct bytes sig)
{
	if (!auth_verify(s, &t->hs->peer, TLS_VERSION_12, digest, sig))
		return tls_fail(t, TLS_DECRYPT_ERROR,
				"the signature of the handshake is wrong");
	return 0;
}

/* ---- keys ---- */

int both12_agreed(struct tls *t)
{
	struct tls_hs *hs = t->hs;
	struct keys12 *k = &hs->v12.keys;
	struct bytes premaster = { hs->v12.premaster, SHARE_KEY };
	bool client = t->conf->role == TLS_CLIENT;
	uint8_t digest[HASH_MOST];

	k->alg = t->suite->hash;
	memcpy(k->client, hs->client_random, KEYS12_RANDOM);
	memcpy(k->server, hs->server_random, KEYS12_RANDOM);
	if (hs->v12.extended)
		keys12_extended(k, premaster, digest_now(t, digest));
	else
		keys12_plain(k, premaster);
	ct_wipe(hs->v12.premaster, sizeof hs->v12.premaster);
	ct_wipe(hs->share_key, sizeof hs->share_key);
	keys12_ways(k, t->suite, client ? &t->out : &t->in,
		    client ? &t->in : &t->out);
	return 0;
}

int both12_in(struct tls *t)
{
	t->in.on = true;
	return 0;
}

int both12_out(struct tls *t)
{
	t->out.on = true;
	return 0;
}

/* ---- Finished, RFC 5246 7.4.9 ---- */

int both12_give_finished(struct tls *t, struct pack *body)
{
	uint8_t digest[HASH_MOST];
	struct span said = pack_room(body, KEYS12_FINISHED);

	keys12_finished(&t->hs->v12.keys, t->conf->role, digest_now(t, digest),
			said.p);
	return 0;
}

int both12_take_finished(struct tls *t, struct bytes body)
{
	enum tls_role by =
		t->conf->role == TLS_CLIENT ? TLS_SERVER : TLS_CLIENT;
	uint8_t digest[HASH_MOST], want[KEYS12_FINISHED];

	if (body.n != sizeof want)
		return tls_fail(t, TLS_DECODE_ERROR, NULL);
	keys12_finished(&t->hs->v12.keys, by, digest_now(t, digest), want);
	if (!ct_equal(body, bytes_in(SPAN(want))))
		return tls_fail(t, TLS_DECRYPT_ERROR,
				"the handshake was tampered with");
	return 0;
}

/* What the exporter needs is kept where 1.3 has its traffic secrets. */
int both12_over(struct tls *t)
{
	const struct tls_hs *hs = t->hs;

	t->about.verified = hs->peer.verified;
	t->bound = hs->v12.extended;
	if (!t->bound)
		return 0;
	memcpy(t->exporter, hs->v12.keys.master, KEYS12_MASTER);
	memcpy(t->secret_in, hs->client_random, KEYS12_RANDOM);
	memcpy(t->secret_out, hs->server_random, KEYS12_RANDOM);
	return 0;
}

bool both12_export(const struct tls *t, const char *label, struct bytes context,
		   struct span out)
{
	struct keys12 k = { .alg = t->suite->hash };
	bool good;

	if (!t->bound)
		return false;
	memcpy(k.master, t->exporter, KEYS12_MASTER);
	memcpy(k.client, t->secret_in, KEYS12_RANDOM);
	memcpy(k.server, t->secret_out, KEYS12_RANDOM);
	good = keys12_export(&k, label, context, out);
	ct_wipe(&k, sizeof k);
	return good;
}
