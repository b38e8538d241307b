#include "crypt/crc.h"

/* Polynomials, the highest power in the lowest bit. */
static const uint32_t iso_hdlc = 0xedb88320, castagnoli = 0x82f63b78;

static uint32_t (*native)(uint32_t sum, struct bytes b);

void crc32c_native(bool has)
{
	native = has ? crc_native : NULL;
}

static uint32_t add(uint32_t sum, struct bytes b, uint32_t polynomial)
{
	for (size_t i = 0; i < b.n; i++) {
		sum ^= b.p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (polynomial & (0 - (sum & 1)));
	}
	return sum;
}

uint32_t crc32(uint32_t crc, struct bytes b)
{
	return ~add(~crc, b, iso_hdlc);
}

uint32_t crc32c(uint32_t crc, struct bytes b)
{
	if (native)
		return ~native(~crc, b);
	return ~add(~crc, b, castagnoli);
}
