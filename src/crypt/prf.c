#include "crypt/prf.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"

/* What the HMACs of one call have in common. */
struct series {
	struct hmac keyed;
	struct bytes label, seed;
};

/* HMAC(secret, a label seed). out may be a. */
static void next(const struct series *s, struct bytes a, uint8_t *out)
{
	struct hmac h = s->keyed;

	hmac_add(&h, a);
	hmac_add(&h, s->label);
	hmac_add(&h, s->seed);
	hmac_end(&h, out);
}

void prf(const struct hash_alg *alg, struct bytes secret, const char *label,
	 struct bytes seed, struct span out)
{
	struct series s = { .label = bytes_of(label), .seed = seed };
	uint8_t a[HASH_MOST], part[HASH_MOST];
	struct bytes last = { a, alg->size };

	hmac_init(&s.keyed, alg, secret);
	next(&s, (struct bytes){ NULL, 0 }, a);
	while (out.n > 0) {
		size_t n = min_size(out.n, alg->size);
		struct hmac h = s.keyed;

		next(&s, last, part);
		memcpy(out.p, part, n);
		out = (struct span){ out.p + n, out.n - n };
		hmac_add(&h, last);
		hmac_end(&h, a);
	}
	ct_wipe(&s, sizeof(s));
	ct_wipe(a, sizeof(a));
	ct_wipe(part, sizeof(part));
}
