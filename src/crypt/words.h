/* words - integers in memory of a stated byte order, at any address, on any
 * machine; and rotations. Compilers make one instruction of each.
 */
#ifndef NAT_CRYPT_WORDS_H
#define NAT_CRYPT_WORDS_H

#include <stdint.h>

static inline uint32_t load32_be(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t load32_le(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t load64_be(const uint8_t *p)
{
	return (uint64_t)load32_be(p) << 32 | load32_be(p + 4);
}

static inline uint64_t load64_le(const uint8_t *p)
{
	return (uint64_t)load32_le(p + 4) << 32 | load32_le(p);
}

static inline void store32_be(uint8_t *p, uint32_t x)
{
	p[0] = (uint8_t)(x >> 24);
	p[1] = (uint8_t)(x >> 16);
	p[2] = (uint8_t)(x >> 8);
	p[3] = (uint8_t)x;
}

static inline void store32_le(uint8_t *p, uint32_t x)
{
	p[0] = (uint8_t)x;
	p[1] = (uint8_t)(x >> 8);
	p[2] = (uint8_t)(x >> 16);
	p[3] = (uint8_t)(x >> 24);
}

static inline void store64_be(uint8_t *p, uint64_t x)
{
	store32_be(p, (uint32_t)(x >> 32));
	store32_be(p + 4, (uint32_t)x);
}

static inline void store64_le(uint8_t *p, uint64_t x)
{
	store32_le(p, (uint32_t)x);
	store32_le(p + 4, (uint32_t)(x >> 32));
}

/* n is 1 to 31. */
static inline uint32_t rotl32(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static inline uint32_t rotr32(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

/* n is 1 to 63. */
static inline uint64_t rotr64(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

#endif
