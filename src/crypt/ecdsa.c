#include "crypt/ecdsa.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"

enum { SIZE = 32, N = LIMBS(256) };

/* ---- nonces, RFC 6979 3.2 ---- */

struct drawn {
	uint8_t k[SIZE], v[SIZE];
};

static void next_v(struct drawn *d)
{
	hmac_of(&hash_sha256, bytes_in(SPAN(d->k)), bytes_in(SPAN(d->v)), d->v);
}

/* K = HMAC(K, V step seeds); V = HMAC(K, V). */
static void stir(struct drawn *d, uint8_t step, const struct bytes *seeds,
		 size_t n)
{
	struct hmac h;

	hmac_init(&h, &hash_sha256, bytes_in(SPAN(d->k)));
	hmac_add(&h, bytes_in(SPAN(d->v)));
	hmac_add(&h, (struct bytes){ &step, 1 });
	for (size_t i = 0; i < n; i++)
		hmac_add(&h, seeds[i]);
	hmac_end(&h, d->k);
	next_v(d);
}

/* b..d; digest is below the order. */
static void start(struct drawn *d, const struct bytes seeds[3])
{
	memset(d->v, 1, sizeof d->v);
	memset(d->k, 0, sizeof d->k);
	stir(d, 0, seeds, 3);
	stir(d, 1, seeds, 3);
}

/* h: the next scalar, into k. */
static void draw(struct drawn *d, limb k[N])
{
	for (next_v(d); !ec_scalar(k, bytes_in(SPAN(d->v)), &ec_p256);) {
		stir(d, 0, NULL, 0);
		next_v(d);
	}
}

/* ---- signing ---- */

/* Any c->bytes bytes, less the order if they reach it. */
static void load_reduced(limb *r, struct bytes b, const struct ec_curve *c)
{
	limb t[EC_LIMBS];

	big_load(t, c->order->n, b);
	mont_settle(r, t, 0, c->order);
	ct_wipe(t, sizeof t);
}

/* s = (z + r d) / k; z and d are plain, r and s too. False: one is zero. */
static bool finish(uint8_t sig[ECDSA_P256_SIZE], limb *k, const limb *z,
		   const limb *d)
{
	const struct mont *n = ec_p256.order;
	struct ec_point p;
	limb r[N], s[N], t[N], bad;

	ec_p256.mul_base(&p, k, &ec_p256);
	ec_store_x(sig, &p, &ec_p256);
	load_reduced(r, (struct bytes){ sig, SIZE }, &ec_p256);
	mont_in(s, r, n);
	mont_mul(s, s, d, n);
	mont_add(s, s, z, n);
	mont_in(k, k, n);
	mont_invert(t, k, n);
	mont_mul(s, s, t, n);
	big_store((struct span){ sig, SIZE }, r, N);
	big_store((struct span){ sig + SIZE, SIZE }, s, N);
	bad = big_none(r, N) | big_none(s, N);
	ct_wipe(&p, sizeof p);
	ct_wipe(t, sizeof t);
	return !bad;
}

bool ecdsa_sign(uint8_t sig[ECDSA_P256_SIZE], struct bytes key,
		struct bytes digest, struct bytes hedge)
{
	limb d[N], k[N], z[N];
	uint8_t reduced[SIZE];
	struct bytes seeds[] = { key, bytes_in(SPAN(reduced)), hedge };
	struct drawn nonces;

	if (digest.n != SIZE || !ec_scalar(d, key, &ec_p256))
		return false;
	load_reduced(z, digest, &ec_p256);
	big_store(SPAN(reduced), z, N);
	start(&nonces, seeds);
	do
		draw(&nonces, k);
	while (!finish(sig, k, z, d));
	ct_wipe(&nonces, sizeof nonces);
	ct_wipe(d, sizeof d);
	ct_wipe(k, sizeof k);
	return true;
}

/* ---- verifying: nothing is secret ---- */

/* u1 = z / s and u2 = r / s. */
static void shares(limb *u1, limb *u2, const limb *s, const struct mont *n)
{
	limb w[EC_LIMBS];

	mont_in(w, s, n);
	mont_invert(w, w, n);
	mont_mul(u1, u1, w, n);
	mont_mul(u2, u2, w, n);
}

bool ecdsa_verify(struct bytes sig, struct bytes digest, struct bytes point,
		  const struct ec_curve *c)
{
	limb r[EC_LIMBS], s[EC_LIMBS], u1[EC_LIMBS], u2[EC_LIMBS];
	uint8_t x[EC_BYTES];
	struct ec_point q, g;

	if (sig.n != 2 * c->bytes || !ec_load(&q, point, c) ||
	    !ec_scalar(r, (struct bytes){ sig.p, c->bytes }, c) ||
	    !ec_scalar(s, (struct bytes){ sig.p + c->bytes, c->bytes }, c))
		return false;
	digest.n = min_size(digest.n, c->bytes);
	load_reduced(u1, digest, c);
	big_copy(u2, r, c->order->n);
	shares(u1, u2, s, c->order);
	c->mul_base(&g, u1, c);
	ec_mul(&q, u2, &q, c);
	ec_add(&q, &q, &g, c);
	if (!ec_store_x(x, &q, c))
		return false;
	load_reduced(u1, (struct bytes){ x, c->bytes }, c);
	return big_equal(u1, r, c->order->n);
}
