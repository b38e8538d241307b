#include "wire/tls/auth.h"
#include "base/addr.h"
#include "crypt/ct.h"

enum { V12 = 0x0303, V13 = 0x0304 };
enum {
	BAD_CERTIFICATE = 42,
	UNSUPPORTED_CERTIFICATE = 43,
	UNKNOWN_CA = 48,
	DECODE_ERROR = 50,
	UNSUPPORTED_EXTENSION = 110
};

/* ---- schemes ---- */

/* clang-format off */
const struct auth_scheme auth_schemes[AUTH_SCHEMES] = {
	{ 0x0403, V13, true,  false, &hash_sha256, &ec_p256 },
	{ 0x0503, V13, false, false, &hash_sha384, &ec_p384 },
	{ 0x0804, V13, true,  true,  &hash_sha256, NULL },
	{ 0x0805, V13, true,  true,  &hash_sha384, NULL },
	{ 0x0806, V13, true,  true,  &hash_sha512, NULL },
	{ 0x0401, V12, true,  false, &hash_sha256, NULL },
	{ 0x0501, V12, true,  false, &hash_sha384, NULL },
	{ 0x0601, V12, true,  false, &hash_sha512, NULL },
};
/* clang-format on */

uint32_t auth_set(struct bytes numbers)
{
	struct cur c = cur_of(numbers);
	uint32_t set = 0;

	while (cur_left(&c) > 0) {
		uint16_t number = cur_u16(&c);

		for (size_t i = 0; i < AUTH_SCHEMES; i++)
			if (auth_schemes[i].number == number)
				set |= (uint32_t)1 << i;
	}
	return set;
}

const struct auth_scheme *auth_scheme_of(uint16_t number, uint16_t version)
{
	for (size_t i = 0; i < AUTH_SCHEMES; i++)
		if (auth_schemes[i].number == number &&
		    version <= auth_schemes[i].most)
			return &auth_schemes[i];
	return NULL;
}

const struct auth_scheme *auth_scheme_for(const struct key *k, uint32_t set,
					  uint16_t version)
{
	for (size_t i = 0; i < AUTH_SCHEMES; i++) {
		const struct auth_scheme *s = &auth_schemes[i];

		if (set >> i & 1 && s->ours && version <= s->most &&
		    k->rsa == !s->curve)
			return s;
	}
	return NULL;
}

/* ---- our side ---- */

int auth_choose(const struct tls_conf *conf, struct bytes name, uint32_t set,
		uint16_t version)
{
	int any = -1;

	for (size_t i = 0; i < conf->ids_n; i++) {
		const struct tls_identity *id = &conf->ids[i];

		if (!auth_scheme_for(id->key, set, version))
			continue;
		if (name.n == 0 || x509_names_host(&id->chain[0], name))
			return (int)i;
		if (any < 0)
			any = (int)i;
	}
	return any;
}

struct bytes auth_sign(const struct auth_scheme *s, struct key *k,
		       struct bytes digest, struct span room,
		       void (*fill)(struct span to))
{
	struct rsa_text t = { s->hash, digest };
	uint8_t salt[HASH_MOST];
	struct bytes sig = { room.p, 0 };

	if (!s->pss)
		return key_sign_digest(k, &t, room, fill);
	fill((struct span){ salt, s->hash->size });
	if (room.n >= k->r.pub.bytes && rsa_sign_pss(&k->r, &t, salt, room.p))
		sig.n = k->r.pub.bytes;
	return sig;
}

/* ---- the other side ---- */

static struct auth_no no(uint8_t alert, const char *why)
{
	return (struct auth_no){ alert, why };
}

static const struct auth_no nothing = { 0, NULL };

/* Certificates one after another, each behind its length. */
static struct auth_no read_list(struct x509 *certs, size_t *n,
				const struct auth_ask *ask, struct bytes list)
{
	struct cur c = cur_of(list);

	for (*n = 0; cur_left(&c) > 0;) {
		struct bytes der = cur_bytes(&c, cur_u24(&c));
		size_t extensions = ask->extended ? cur_u16(&c) : 0;

		cur_bytes(&c, extensions);
		if (c.bad || der.n == 0)
			return no(DECODE_ERROR, "a list of certificates that "
						"is none");
		if (extensions > 0)
			return no(UNSUPPORTED_EXTENSION,
				  "a certificate came with something that "
				  "nobody had asked for");
		if (*n < TLS_CHAIN && x509_parse(&certs[*n], der) == 0)
			++*n;
		else if (*n == 0)
			return no(BAD_CERTIFICATE, x509_text(X509_BROKEN));
	}
	return nothing;
}

static struct auth_no learn_key(struct auth_peer *peer, struct bytes der)
{
	struct rsa_public pub;
	struct spki key;
	struct hash h;

	if (!spki_parse(&key, der) || der.n > sizeof peer->spki ||
	    (!key.curve && !rsa_public_init(&pub, key.n, key.e)))
		return no(UNSUPPORTED_CERTIFICATE,
			  "the certificate's key is of no kind that is known");
	memcpy(peer->spki, der.p, der.n);
	peer->spki_n = (uint16_t)der.n;
	hash_init(&h, &hash_sha256);
	hash_add(&h, der);
	hash_end(&h, peer->pin);
	return nothing;
}

/* All are compared, so that time does not say which is right. */
static bool is_pinned(const struct auth_peer *peer, const struct tls_conf *conf)
{
	bool any = false;

	for (size_t i = 0; i < conf->pins_n; i++)
		any |= ct_equal((struct bytes){ peer->pin, TLS_PIN },
				(struct bytes){ conf->pins[i], TLS_PIN });
	return any;
}

static enum x509_verdict find_path(const struct auth_ask *ask,
				   const struct x509 *certs, size_t n)
{
	const struct tls_conf *conf = ask->conf;
	struct addr a;
	struct x509_ask path = { .trusted = conf->trusted,
				 .trusted_n = conf->trusted_n,
				 .now = ask->now_ms / 1000,
				 .purpose = X509_CLIENT };

	if (conf->role == TLS_CLIENT) {
		path.purpose = X509_SERVER;
		path.name = ask->name;
		if (addr_parse_ip(&a, ask->name) == 0) {
			path.address =
				(struct bytes){ a.ip,
						a.family == ADDR_IP4 ? 4 : 16 };
			path.name.n = 0;
		}
	}
	return x509_path(&path, certs, n);
}

struct auth_no auth_judge(struct auth_peer *peer, const struct auth_ask *ask,
			  struct bytes list)
{
	const struct tls_conf *conf = ask->conf;
	struct x509 certs[TLS_CHAIN];
	enum x509_verdict v = X509_UNKNOWN;
	struct auth_no bad;
	size_t n;

	*peer = (struct auth_peer){ .spki_n = 0 };
	bad = read_list(certs, &n, ask, list);
	if (!bad.alert && n > 0)
		bad = learn_key(peer, certs[0].spki);
	if (bad.alert || n == 0)
		return bad;
	peer->verified = is_pinned(peer, conf);
	if (!peer->verified && conf->trusted_n > 0) {
		v = find_path(ask, certs, n);
		peer->verified = v == X509_GOOD;
	}
	if (peer->verified || conf->insecure)
		return nothing;
	if (conf->trusted_n == 0 && conf->pins_n > 0)
		return no(BAD_CERTIFICATE, "its key is not one of the pinned");
	return no(x509_alert(v), x509_text(v));
}

bool auth_verify(const struct auth_scheme *s, const struct auth_peer *peer,
		 uint16_t version, struct bytes digest, struct bytes sig)
{
	struct bytes der = { peer->spki, peer->spki_n };
	struct rsa_text t = { s->hash, digest };
	struct rsa_public pub;
	struct spki key;

	if (!spki_parse(&key, der) || !key.curve != !s->curve)
		return false;
	/* In 1.2 the number names the hash, and any curve is good. */
	if (version > V12 && key.curve != s->curve)
		return false;
	if (s->pss)
		return rsa_public_init(&pub, key.n, key.e) &&
		       rsa_verify_pss(&pub, &t, sig);
	return spki_verify_digest(&key, &t, sig);
}

void auth_digest(const struct auth_scheme *s, enum tls_role role,
		 struct bytes transcript, uint8_t *digest)
{
	static const char *const by[] = { "TLS 1.3, client CertificateVerify",
					  "TLS 1.3, server CertificateVerify" };
	uint8_t spaces[64];
	struct hash h;

	memset(spaces, ' ', sizeof spaces);
	hash_init(&h, s->hash);
	hash_add(&h, bytes_in(SPAN(spaces)));
	hash_add(&h, bytes_of(by[role]));
	hash_add(&h, (struct bytes){ (const uint8_t *)"", 1 });
	hash_add(&h, transcript);
	hash_end(&h, digest);
}
