#include "wire/dtls/fingerprint.h"
#include "crypt/ct.h"
#include "wire/x509.h"

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
	f->of_key = false;
	hash_init(&h, alg);
	hash_add(&h, der);
	hash_end(&h, f->digest);
}

static bool fits(const struct fingerprint *it, struct bytes der)
{
	struct x509 cert;
	struct fingerprint f;

	if (it->of_key && x509_parse(&cert, der) < 0)
		return false;
	fingerprint_make(&f, it->alg, it->of_key ? cert.spki : der);
	return ct_equal((struct bytes){ f.digest, f.alg->size },
			(struct bytes){ it->digest, f.alg->size });
}

bool fingerprint_fits(const struct fingerprint *list, size_t n,
		      struct bytes der)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any |= fits(&list[i], der);
	return any;
}
