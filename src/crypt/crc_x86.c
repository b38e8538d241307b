/* By CRC32 of SSE4.2 (Intel's SDM, volume 2): eight bytes at a time. */
#include "crypt/crc.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("sse4.2")))

NATIVE static uint32_t add(uint32_t sum, struct bytes b)
{
	uint64_t wide = sum, word;

	for (; b.n >= sizeof(word); b.n -= sizeof(word)) {
		memcpy(&word, b.p, sizeof(word));
		wide = _mm_crc32_u64(wide, word);
		b.p += sizeof(word);
	}
	sum = (uint32_t)wide;
	for (; b.n > 0; b.n--)
		sum = _mm_crc32_u8(sum, *b.p++);
	return sum;
}

uint32_t (*const crc_native)(uint32_t sum, struct bytes b) = add;
