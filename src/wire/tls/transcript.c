#include "wire/tls/transcript.h"
#include "wire/tls/proto.h"
#include <assert.h>

void transcript_start(struct transcript *t)
{
	hash_init(&t->running[0], &hash_sha256);
	hash_init(&t->running[1], &hash_sha384);
	t->alg = NULL;
}

void transcript_add(struct transcript *t, struct bytes message)
{
	hash_add(&t->running[0], message);
	if (!t->alg)
		hash_add(&t->running[1], message);
}

void transcript_keep(struct transcript *t, const struct hash_alg *alg)
{
	if (!t->alg && alg == &hash_sha384)
		t->running[0] = t->running[1];
	t->alg = alg;
	assert(t->running[0].alg == alg);
}

void transcript_digest(const struct transcript *t, const struct hash_alg *alg,
		       struct bytes more, uint8_t out[SHA384_SIZE])
{
	struct hash h = t->running[alg != t->running[0].alg];

	hash_add(&h, more);
	hash_end(&h, out);
}

void transcript_retry(struct transcript *t)
{
	uint8_t message[4 + SHA384_SIZE] = { TLS_MESSAGE_HASH, 0, 0,
					     t->alg->size };

	hash_end(&t->running[0], message + 4);
	hash_init(&t->running[0], t->alg);
	hash_add(&t->running[0],
		 (struct bytes){ message, 4 + (size_t)t->alg->size });
}
