/* By CRC32CX and CRC32CB of ARMv8: eight bytes at a time. */
#include "crypt/crc.h"
#include <arm_acle.h>

static uint32_t add(uint32_t sum, struct bytes b)
{
	uint64_t word;

	for (; b.n >= sizeof(word); b.n -= sizeof(word)) {
		memcpy(&word, b.p, sizeof(word));
		sum = __crc32cd(sum, word);
		b.p += sizeof(word);
	}
	for (; b.n > 0; b.n--)
		sum = __crc32cb(sum, *b.p++);
	return sum;
}

uint32_t (*const crc_native)(uint32_t sum, struct bytes b) = add;
