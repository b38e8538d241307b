#include "crypt/rounds.h"
#include "crypt/ct.h"
#include "crypt/words.h"

/* FIPS 180-4 4.2.2: of the cube roots of the first 64 primes. */
const uint32_t rounds_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* FIPS 180-4 6.2.2, 1: the next 16 words of the schedule in place of the last. */
static void extend(uint32_t w[16])
{
	for (unsigned t = 0; t < 16; t++) {
		uint32_t a = w[(t + 1) % 16], b = w[(t + 14) % 16];

		w[t] += (rotr32(a, 7) ^ rotr32(a, 18) ^ a >> 3) +
			w[(t + 9) % 16] +
			(rotr32(b, 17) ^ rotr32(b, 19) ^ b >> 10);
	}
}

/* FIPS 180-4 6.2.2, 3. v is a..h, which stay in place: round t finds a at -t. */
static inline void mix(uint32_t v[8], unsigned t, uint32_t kw)
{
	uint32_t a = v[-t % 8], b = v[(1 - t) % 8], c = v[(2 - t) % 8];
	uint32_t e = v[(4 - t) % 8], f = v[(5 - t) % 8], g = v[(6 - t) % 8];
	uint32_t t1 = v[(7 - t) % 8] + kw + (g ^ (e & (f ^ g))) +
		      (rotr32(e, 6) ^ rotr32(e, 11) ^ rotr32(e, 25));

	v[(3 - t) % 8] += t1;
	v[(7 - t) % 8] = t1 + ((a & b) | (c & (a | b))) +
			 (rotr32(a, 2) ^ rotr32(a, 13) ^ rotr32(a, 22));
}

/* With t known where it is inlined, v lives in registers. */
static inline void mix_four(uint32_t v[8], unsigned t, const uint32_t *k,
			    const uint32_t *w)
{
	mix(v, t, k[0] + w[0]);
	mix(v, t + 1, k[1] + w[1]);
	mix(v, t + 2, k[2] + w[2]);
	mix(v, t + 3, k[3] + w[3]);
}

static void mix_block(uint32_t v[8], uint32_t w[16], const uint8_t *p)
{
	for (unsigned t = 0; t < 16; t++)
		w[t] = load32_be(p + 4 * (size_t)t);
	for (unsigned t = 0; t < 64; t += 8) {
		const uint32_t *k = rounds_k + t;

		if (t > 0 && t % 16 == 0)
			extend(w);
		mix_four(v, 0, k, w + t % 16);
		mix_four(v, 4, k + 4, w + t % 16 + 4);
	}
}

void rounds_portable(uint32_t h[8], const uint8_t *p, size_t n)
{
	uint32_t w[16], v[8];

	for (; n > 0; n--, p += ROUNDS_BLOCK) {
		memcpy(v, h, sizeof(v));
		mix_block(v, w, p);
		for (unsigned i = 0; i < 8; i++)
			h[i] += v[i];
	}
	ct_wipe(w, sizeof(w));
	ct_wipe(v, sizeof(v));
}
