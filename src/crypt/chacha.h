/* chacha - the stream cipher ChaCha20 (RFC 8439 2.4). Constant time. */
#ifndef NAT_CRYPT_CHACHA_H
#define NAT_CRYPT_CHACHA_H

#include "base/span.h"

enum { CHACHA_KEY = 32, CHACHA_NONCE = 12, CHACHA_BLOCK = 64 };

/* XORs as many of the text's blocks as it takes at a time, counts them in
 * state[12] (2.3), and says how many bytes they were; the rest is done singly.
 * By what os/cpu's cpu_has_avx2 says is there; NULL: not on this kind. One of
 * chacha_x86.c and chacha_none.c is compiled.
 */
extern size_t (*const chacha_native)(uint32_t state[16], struct span text);

struct chacha {
	size_t (*wide)(uint32_t state[16], struct span text); /* or NULL */
	uint8_t key[CHACHA_KEY];
};

/* XORs text, wherever it begins in memory, with the stream of key and nonce
 * from its block counter on: at most (2^32 - counter) blocks of 64 bytes.
 */
void chacha_xor(const struct chacha *c, const uint8_t nonce[CHACHA_NONCE],
		uint32_t counter, struct span text);

#endif
