#include "crypt/crc.h"

/* What four bits add, by polynomials whose highest power is the lowest bit:
 * edb88320, and Castagnoli's 82f63b78.
 */
static const uint32_t iso_hdlc[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};
static const uint32_t castagnoli[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t (*native)(uint32_t sum, struct bytes b);

void crc32c_native(bool has)
{
	native = has ? crc_native : NULL;
}

static uint32_t add(uint32_t sum, struct bytes b, const uint32_t steps[16])
{
	for (size_t i = 0; i < b.n; i++) {
		sum ^= b.p[i];
		sum = sum >> 4 ^ steps[sum & 15];
		sum = sum >> 4 ^ steps[sum & 15];
	}
	return sum;
}

static size_t (*folds)(uint8_t rest[CRC_REST], uint32_t sum, struct bytes b);

void crc32_native(bool has, bool wide)
{
	folds = has ? crc_fold : NULL;
	if (has && wide && crc_fold_wide)
		folds = crc_fold_wide;
}

uint32_t crc32(uint32_t crc, struct bytes b)
{
	uint8_t rest[CRC_REST];
	size_t n = folds ? folds(rest, ~crc, b) : 0;

	if (n > 0)
		crc = ~add(0, (struct bytes){ rest, sizeof rest }, iso_hdlc);
	b.p = n > 0 ? b.p + n : b.p;
	b.n -= n;
	return ~add(~crc, b, iso_hdlc);
}

uint32_t crc32c(uint32_t crc, struct bytes b)
{
	if (native)
		return ~native(~crc, b);
	return ~add(~crc, b, castagnoli);
}
