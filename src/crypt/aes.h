/* aes - AES with keys of 128 and 256 bits (FIPS 197), only in counter mode and
 * without tables: bits of four blocks lie side by side in 64-bit words, and
 * the S-box is a circuit. Constant time; the same on every byte order.
 */
#ifndef NAT_CRYPT_AES_H
#define NAT_CRYPT_AES_H

#include "base/span.h"

enum { AES_BLOCK = 16, AES_ROUNDS_MOST = 14 };

struct aes {
	unsigned rounds;
	uint8_t key[AES_ROUNDS_MOST + 1][AES_BLOCK]; /* of each round */
};

/* A key of 16 or 32 bytes. */
void aes_init(struct aes *a, struct bytes key);

/* XORs text with the encryption of counter, counter + 1 and so on; counted is
 * in the last four bytes, big-endian, modulo 2^32 (NIST SP 800-38D 6.5). After
 * it counter is the first not used.
 */
void aes_ctr(const struct aes *a, uint8_t counter[AES_BLOCK], struct span text);

#endif
