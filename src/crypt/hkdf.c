#include "crypt/hkdf.h"
#include "crypt/ct.h"
#include "crypt/hmac.h"

void hkdf_extract(const struct hash_alg *alg, struct bytes salt,
		  struct bytes secret, uint8_t *key)
{
	hmac_of(alg, salt, secret, key);
}

bool hkdf_expand(const struct hash_alg *alg, struct bytes key,
		 struct bytes info, struct span out)
{
	uint8_t t[HASH_MOST];
	struct hmac keyed;

	if (out.n > (size_t)255 * alg->size)
		return false;
	hmac_init(&keyed, alg, key);
	for (uint8_t i = 1; out.n > 0; i++) {
		size_t n = min_size(out.n, alg->size);
		struct hmac h = keyed;

		if (i > 1)
			hmac_add(&h, (struct bytes){ t, alg->size });
		hmac_add(&h, info);
		hmac_add(&h, (struct bytes){ &i, 1 });
		hmac_end(&h, t);
		memcpy(out.p, t, n);
		out = (struct span){ out.p + n, out.n - n };
	}
	ct_wipe(&keyed, sizeof(keyed));
	ct_wipe(t, sizeof(t));
	return true;
}
