#include "crypt/sha256.h"
#include "crypt/ct.h"

/* FIPS 180-4 4.2.2: of the cube roots of the first 64 primes. */
static const uint32_t k[64] = {
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

/* FIPS 180-4 5.3.3: of the square roots of the first 8. */
static const uint32_t start[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t turn(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t load(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void store(uint8_t *p, uint32_t x)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (24 - 8 * i));
}

/* FIPS 180-4 6.2.2, 1: word t of the schedule; w holds the last 16. */
static uint32_t extend(uint32_t w[16], unsigned t)
{
	uint32_t a = w[(t + 1) % 16], b = w[(t + 14) % 16];

	w[t % 16] += (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[(t + 9) % 16] +
		     (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
	return w[t % 16];
}

/* FIPS 180-4 6.2.2, 3. v is a..h. */
static void mix(uint32_t v[8], uint32_t kw)
{
	uint32_t a = v[0], b = v[1], c = v[2], e = v[4], f = v[5], g = v[6];
	uint32_t t1 = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
		      ((e & f) ^ (~e & g)) + kw;
	uint32_t t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
		      ((a & b) ^ (a & c) ^ (b & c));

	memmove(v + 1, v, 7 * sizeof(*v));
	v[4] += t1;
	v[0] = t1 + t2;
}

static void compress(uint32_t h[8], const uint8_t *block)
{
	uint32_t w[16], v[8];

	memcpy(v, h, sizeof(v));
	for (unsigned t = 0; t < 16; t++) {
		w[t] = load(block + 4 * (size_t)t);
		mix(v, k[t] + w[t]);
	}
	for (unsigned t = 16; t < 64; t++)
		mix(v, k[t] + extend(w, t));
	for (unsigned i = 0; i < 8; i++)
		h[i] += v[i];
	ct_wipe(w, sizeof(w));
	ct_wipe(v, sizeof(v));
}

void sha256_init(struct sha256 *s)
{
	*s = (struct sha256){ .n = 0 };
	memcpy(s->h, start, sizeof(start));
}

void sha256_add(struct sha256 *s, struct bytes b)
{
	while (b.n > 0) {
		size_t held = s->n % SHA256_BLOCK;
		size_t n = min_size(b.n, SHA256_BLOCK - held);

		if (n < SHA256_BLOCK)
			memcpy(s->block + held, b.p, n);
		if (held + n == SHA256_BLOCK)
			compress(s->h, held > 0 ? s->block : b.p);
		s->n += n;
		b = (struct bytes){ b.p + n, b.n - n };
	}
}

/* FIPS 180-4 5.1.1: a one bit, zeros, and the length in bits in eight bytes. */
void sha256_end(struct sha256 *s, uint8_t out[SHA256_SIZE])
{
	static const uint8_t pad[SHA256_BLOCK] = { 0x80 };
	size_t zeros = (SHA256_BLOCK + 55 - s->n % SHA256_BLOCK) % SHA256_BLOCK;
	uint8_t bits[8];

	store(bits, (uint32_t)(s->n >> 29));
	store(bits + 4, (uint32_t)(s->n << 3));
	sha256_add(s, (struct bytes){ pad, 1 + zeros });
	sha256_add(s, (struct bytes){ bits, sizeof(bits) });
	for (size_t i = 0; i < 8; i++)
		store(out + 4 * i, s->h[i]);
	ct_wipe(s, sizeof(*s));
}
