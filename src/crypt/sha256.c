#include "crypt/sha256.h"
#include "crypt/hash.h"
#include "crypt/rounds.h"

static void (*rounds)(uint32_t h[8], const uint8_t *p,
		      size_t n) = rounds_portable;

void sha256_native(bool has)
{
	rounds = has && rounds_native ? rounds_native : rounds_portable;
}

static void blocks(union hash_words *h, const uint8_t *p, size_t n)
{
	rounds(h->w, p, n);
}

/* FIPS 180-4 5.3.3: of the square roots of the first 8 primes. */
const struct hash_alg hash_sha256 = {
	.name = "SHA-256",
	.size = SHA256_SIZE,
	.block = ROUNDS_BLOCK,
	.word = 4,
	.start = { .w = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } },
	.blocks = blocks,
};
