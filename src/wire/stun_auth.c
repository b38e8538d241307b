#include "wire/stun_auth.h"
#include "base/cur.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"

enum {
	SHA1 = 0x0008,
	SHA256 = 0x001c,
	ATTR_HEAD = 4,
	COOKIE = 9,   /* bytes that a telling nonce begins with, */
	FEATURES = 4, /* and digits behind them */
	CAN_CHOOSE = 1 << 23,
	CAN_HIDE = 1 << 22
};

/* ---- keys and integrities ---- */

static size_t digest(uint8_t *to, const struct hash_alg *alg,
		     const struct bytes *parts, size_t n)
{
	struct hash h;

	hash_init(&h, alg);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			hash_add(&h, BYTES(":"));
		hash_add(&h, parts[i]);
	}
	hash_end(&h, to);
	return alg->size;
}

size_t stun_key(uint8_t key[STUN_KEY], enum stun_algorithm algorithm,
		const struct stun_user *user, struct bytes realm)
{
	const struct bytes parts[] = { user->name, realm, user->password };

	return digest(key, algorithm == STUN_MD5 ? &hash_md5 : &hash_sha256,
		      parts, COUNT(parts));
}

/* Of before, when the message ends size bytes behind the attribute's head. */
static void make(uint8_t *to, struct bytes before, struct bytes key,
		 bool strong, size_t size)
{
	size_t n = before.n + ATTR_HEAD + size - STUN_HEAD;
	const uint8_t length[] = { (uint8_t)(n >> 8), (uint8_t)n };
	struct hmac h;

	hmac_init(&h, strong ? &hash_sha256 : &hash_sha1, key);
	hmac_add(&h, (struct bytes){ before.p, 2 });
	hmac_add(&h, (struct bytes){ length, sizeof length });
	hmac_add(&h, (struct bytes){ before.p + 4, before.n - 4 });
	hmac_end(&h, to);
}

void stun_print_signed(struct fmt *f, const struct stun *m, struct bytes key,
		       bool strong)
{
	uint8_t attr[ATTR_HEAD + SHA256_SIZE] = { 0 };
	uint8_t size = strong ? SHA256_SIZE : SHA1_SIZE;
	struct stun plain = *m;

	plain.fingerprint = false;
	stun_print(f, &plain);
	if (f->full)
		return;
	attr[1] = strong ? SHA256 : SHA1;
	attr[3] = size;
	make(attr + ATTR_HEAD, fmt_done(f), key, strong, size);
	fmt_bytes(f, (struct bytes){ attr, ATTR_HEAD + (size_t)size });
	if (f->full)
		return;
	f->to.p[2] = (uint8_t)((f->n - STUN_HEAD) >> 8);
	f->to.p[3] = (uint8_t)(f->n - STUN_HEAD);
	if (m->fingerprint)
		stun_seal(f);
}

bool stun_is_signed(const struct stun *m, struct bytes pkt, struct bytes key,
		    bool strong)
{
	struct bytes is = strong ? m->sha256 : m->sha1;
	uint8_t should[SHA256_SIZE];
	struct bytes before = pkt;

	if (is.n == 0 || is.n % 4)
		return false;
	before.n = (size_t)(is.p - pkt.p) - ATTR_HEAD;
	make(should, before, key, strong, is.n);
	return ct_equal(is, (struct bytes){ should, is.n });
}

/* ---- what a server wants ---- */

static int digit(uint8_t c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (int i = 0; i < 64; i++)
		if (digits[i] == (char)c)
			return i;
	return -1;
}

/* Bits of RFC 8489 18.1, the first the highest of 24. */
static uint32_t features(struct bytes nonce)
{
	uint32_t bits = 0;

	if (nonce.n < COOKIE + FEATURES ||
	    memcmp(nonce.p, "obMatJos2", COOKIE) != 0)
		return 0;
	for (size_t i = COOKIE; i < COOKIE + FEATURES; i++) {
		int n = digit(nonce.p[i]);

		if (n < 0)
			return 0;
		bits = bits << 6 | (uint32_t)n;
	}
	return bits;
}

/* The first that we know, too; 0: none. */
static uint8_t choose(struct bytes algorithms)
{
	struct cur c = cur_of(algorithms);

	while (cur_left(&c) > 0) {
		unsigned code = cur_u16(&c), n = cur_u16(&c);

		cur_bytes(&c, n);
		cur_bytes(&c, -n & 3);
		if (!c.bad && n == 0 &&
		    (code == STUN_MD5 || code == STUN_SHA256))
			return (uint8_t)code;
	}
	return 0;
}

static bool keep(uint8_t *to, uint8_t *n, size_t most, struct bytes b)
{
	if (b.n > most)
		return false;
	*n = (uint8_t)b.n;
	if (b.n)
		memcpy(to, b.p, b.n);
	return true;
}

int stun_challenged(struct stun_challenge *c, const struct stun *m)
{
	struct stun_challenge new = { .rounds = (uint8_t)(c->rounds + 1) };
	uint32_t can = features(m->nonce);

	if ((m->error != STUN_UNAUTHENTICATED &&
	     m->error != STUN_STALE_NONCE) ||
	    m->nonce.n == 0 || m->realm.n == 0)
		return -NAT_EPROTO;
	if (new.rounds > STUN_ROUNDS ||
	    (c->rounds > 0 && m->error == STUN_UNAUTHENTICATED))
		return -NAT_EAUTH;
	new.strong = m->algorithms.n > 0;
	new.hides = can &CAN_HIDE;
	new.algorithm = new.strong ? choose(m->algorithms) : STUN_MD5;
	if ((can & CAN_CHOOSE && !new.strong) || !new.algorithm ||
	    !keep(new.realm, &new.realm_n, STUN_NAME, m->realm) ||
	    !keep(new.nonce, &new.nonce_n, STUN_NAME, m->nonce) ||
	    !keep(new.algorithms, &new.algorithms_n, sizeof new.algorithms,
		  m->algorithms))
		return -NAT_EPROTO;
	*c = new;
	return 0;
}

/* ---- doing so ---- */

struct key {
	size_t n;
	uint8_t p[STUN_KEY];
};

static struct key key_of(const struct stun_user *user,
			 const struct stun_challenge *c)
{
	struct key k;

	k.n = stun_key(k.p, (enum stun_algorithm)c->algorithm, user,
		       (struct bytes){ c->realm, c->realm_n });
	return k;
}

void stun_print_as(struct fmt *f, const struct stun *m,
		   const struct stun_user *user, const struct stun_challenge *c)
{
	const uint8_t chosen[] = { 0, c->algorithm, 0, 0 };
	const struct bytes realm = { c->realm, c->realm_n };
	const struct bytes who[] = { user->name, realm };
	uint8_t hidden[SHA256_SIZE];
	struct stun all = *m;
	struct key key;

	if (c->nonce_n == 0) {
		stun_print(f, m);
		return;
	}
	all.realm = realm;
	all.nonce = (struct bytes){ c->nonce, c->nonce_n };
	all.algorithms = (struct bytes){ c->algorithms, c->algorithms_n };
	if (c->strong)
		all.algorithm = (struct bytes){ chosen, sizeof chosen };
	if (c->hides)
		all.userhash =
			(struct bytes){ hidden, digest(hidden, &hash_sha256,
						       who, COUNT(who)) };
	else
		all.username = user->name;
	key = key_of(user, c);
	stun_print_signed(f, &all, (struct bytes){ key.p, key.n }, c->strong);
	ct_wipe(&key, sizeof key);
}

bool stun_is_theirs(const struct stun *m, struct bytes pkt,
		    const struct stun_user *user,
		    const struct stun_challenge *c)
{
	struct key key;
	bool good;

	if (c->nonce_n == 0)
		return true;
	key = key_of(user, c);
	good = stun_is_signed(m, pkt, (struct bytes){ key.p, key.n },
			      c->strong);
	ct_wipe(&key, sizeof key);
	return good;
}
