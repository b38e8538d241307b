#include "crypt/rsa_pad.h"
#include "crypt/ct.h"

/* ---- PKCS #1 v1.5 (RFC 8017 9.2) ---- */

/* DigestInfo of a SHA-2 digest of n bytes: all but the last byte of the object
 * identifier and the lengths are the same.
 */
enum { INFO = 19, INFO_ALL = 1, INFO_OID = 14, INFO_DIGEST = 18 };
static const uint8_t info[INFO] = { 0x30, 0,    0x30, 0x0d, 0x06, 0x09, 0x60,
				    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
				    0,    0x05, 0x00, 0x04, 0 };

/* 2.16.840.1.101.3.4.2.x; 0: none of those. */
static uint8_t last_of_oid(const struct hash_alg *alg)
{
	return alg == &hash_sha256   ? 1
	       : alg == &hash_sha384 ? 2
	       : alg == &hash_sha512 ? 3
				     : 0;
}

static bool fits(const struct rsa_text *text)
{
	return last_of_oid(text->alg) && text->digest.n == text->alg->size;
}

/* 00 01 ff... 00 DigestInfo digest, to.n bytes. */
static void pkcs1(struct span to, const struct rsa_text *text)
{
	size_t n = text->digest.n, at = to.n - n - INFO;

	memset(to.p, 0xff, to.n);
	to.p[0] = 0;
	to.p[1] = 1;
	to.p[at - 1] = 0;
	memcpy(to.p + at, info, INFO);
	to.p[at + INFO_ALL] = (uint8_t)(INFO - 2 + n);
	to.p[at + INFO_OID] = last_of_oid(text->alg);
	to.p[at + INFO_DIGEST] = (uint8_t)n;
	memcpy(to.p + at + INFO, text->digest.p, n);
}

bool rsa_sign_pkcs1(struct rsa_key *k, const struct rsa_text *text,
		    uint8_t *sig)
{
	struct span em = { sig, k->pub.bytes };

	if (!fits(text))
		return false;
	pkcs1(em, text);
	return rsa_private_op(k, sig, bytes_in(em));
}

bool rsa_verify_pkcs1(const struct rsa_public *pub, const struct rsa_text *text,
		      struct bytes sig)
{
	uint8_t got[RSA_BYTES], want[RSA_BYTES];

	if (!fits(text) || !rsa_public_op(pub, got, sig))
		return false;
	pkcs1((struct span){ want, pub->bytes }, text);
	return memcmp(got, want, pub->bytes) == 0;
}

/* ---- PSS (RFC 8017 9.1) ---- */

/* to ^= MGF1(seed) */
static void mask(struct span to, struct bytes seed, const struct hash_alg *alg)
{
	uint8_t block[HASH_MOST], count[4] = { 0 };
	struct hash h;

	for (size_t at = 0; at < to.n; at++) {
		size_t in = at % alg->size;

		if (in == 0) {
			count[3] = (uint8_t)(at / alg->size);
			hash_init(&h, alg);
			hash_add(&h, seed);
			hash_add(&h, bytes_in(SPAN(count)));
			hash_end(&h, block);
		}
		to.p[at] ^= block[in];
	}
}

/* H = hash of eight zeros, digest and salt. */
static void pss_hash(uint8_t *to, const struct rsa_text *text,
		     const uint8_t *salt)
{
	static const uint8_t zeros[8];
	struct hash h;

	hash_init(&h, text->alg);
	hash_add(&h, (struct bytes){ zeros, sizeof zeros });
	hash_add(&h, text->digest);
	hash_add(&h, (struct bytes){ salt, text->alg->size });
	hash_end(&h, to);
}

/* EM is one bit shorter than the modulus: maskedDB, H, bc. */
struct pss {
	struct span db, h;
	uint8_t *end, high; /* bits of db's first byte that are no part of EM */
};

static struct pss pss_of(uint8_t *block, const struct rsa_public *pub,
			 size_t size)
{
	/* One bit more than whole bytes: EM has a byte less. */
	size_t skip = pub->bits % 8 == 1, db = pub->bytes - skip - size - 1;

	return (struct pss){
		.db = { block + skip, db },
		.h = { block + skip + db, size },
		.end = block + pub->bytes - 1,
		.high = (uint8_t)(0xff00 >>
				  ((8 * pub->bytes - pub->bits + 1) % 8)),
	};
}

bool rsa_sign_pss(struct rsa_key *k, const struct rsa_text *text,
		  const uint8_t *salt, uint8_t *sig)
{
	size_t size = text->alg->size;
	struct pss em = pss_of(sig, &k->pub, size);

	if (!fits(text))
		return false;
	memset(sig, 0, k->pub.bytes);
	em.db.p[em.db.n - size - 1] = 1;
	memcpy(em.db.p + em.db.n - size, salt, size);
	pss_hash(em.h.p, text, salt);
	mask(em.db, bytes_in(em.h), text->alg);
	em.db.p[0] &= (uint8_t)~em.high;
	*em.end = 0xbc;
	return rsa_private_op(k, sig, (struct bytes){ sig, k->pub.bytes });
}

/* db is zeros, a one, and the salt. */
static bool pss_form(const struct pss *em, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i + size + 1 < em->db.n; i++)
		any |= em->db.p[i];
	return any == 0 && em->db.p[em->db.n - size - 1] == 1;
}

bool rsa_verify_pss(const struct rsa_public *pub, const struct rsa_text *text,
		    struct bytes sig)
{
	size_t size = text->alg->size;
	uint8_t block[RSA_BYTES], h[HASH_MOST];
	struct pss em = pss_of(block, pub, size);

	if (!fits(text) || !rsa_public_op(pub, block, sig) || *em.end != 0xbc ||
	    (em.db.p[0] & em.high) || (em.db.p != block && block[0] != 0))
		return false;
	mask(em.db, bytes_in(em.h), text->alg);
	em.db.p[0] &= (uint8_t)~em.high;
	if (!pss_form(&em, size))
		return false;
	pss_hash(h, text, em.db.p + em.db.n - size);
	return memcmp(h, em.h.p, size) == 0;
}
