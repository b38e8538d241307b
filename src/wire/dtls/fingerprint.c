#include "wire/dtls/fingerprint.h"
#include "crypt/ct.h"

static const struct row {
	const char *name;
	const struct hash_alg *alg;
} rows[] = {
	{ "sha-256", &hash_sha256 },
	{ "sha-384", &hash_sha384 },
	{ "sha-512", &hash_sha512 },
};

static bool same_name(struct bytes a, const char *lower)
{
	for (size_t i = 0; i < a.n; i++)
		if (lower[i] == '\0' || (a.p[i] | 0x20) != (lower[i] | 0x20))
			return false;
	return lower[a.n] == '\0';
}

const struct hash_alg *fingerprint_alg(struct bytes name)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (same_name(name, rows[i].name))
			return rows[i].alg;
	return NULL;
}

void fingerprint_make(struct fingerprint *f, const struct hash_alg *alg,
		      struct bytes der)
{
	struct hash h;

	f->alg = alg;
	hash_init(&h, alg);
	hash_add(&h, der);
	hash_end(&h, f->digest);
}

bool fingerprint_fits(const struct fingerprint *list, size_t n,
		      struct bytes der)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		struct fingerprint f;

		fingerprint_make(&f, list[i].alg, der);
		any |= ct_equal((struct bytes){ f.digest, f.alg->size },
				(struct bytes){ list[i].digest, f.alg->size });
	}
	return any;
}
