#include "wire/tls/suite.h"
#include "wire/tls/proto.h"

enum { EXPLICIT = 8 }; /* RFC 5288 3 */

/* clang-format off */
const struct tls_suite tls_suites[TLS_SUITES] = {
	{ 0x1301, TLS_VERSION_13, TLS_AUTH_ANY, 0,
	  &aead_aes128_gcm, &hash_sha256, "TLS_AES_128_GCM_SHA256" },
	{ 0x1302, TLS_VERSION_13, TLS_AUTH_ANY, 0,
	  &aead_aes256_gcm, &hash_sha384, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, TLS_VERSION_13, TLS_AUTH_ANY, 0,
	  &aead_chacha20_poly1305, &hash_sha256,
	  "TLS_CHACHA20_POLY1305_SHA256" },
	{ 0xc02b, TLS_VERSION_12, TLS_AUTH_ECDSA, EXPLICIT,
	  &aead_aes128_gcm, &hash_sha256,
	  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc02f, TLS_VERSION_12, TLS_AUTH_RSA, EXPLICIT,
	  &aead_aes128_gcm, &hash_sha256,
	  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc02c, TLS_VERSION_12, TLS_AUTH_ECDSA, EXPLICIT,
	  &aead_aes256_gcm, &hash_sha384,
	  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xc030, TLS_VERSION_12, TLS_AUTH_RSA, EXPLICIT,
	  &aead_aes256_gcm, &hash_sha384,
	  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xcca9, TLS_VERSION_12, TLS_AUTH_ECDSA, 0,
	  &aead_chacha20_poly1305, &hash_sha256,
	  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xcca8, TLS_VERSION_12, TLS_AUTH_RSA, 0,
	  &aead_chacha20_poly1305, &hash_sha256,
	  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
};
/* clang-format on */

const struct tls_suite *suite_find(uint16_t id, uint16_t version, uint32_t mask)
{
	for (size_t i = 0; i < TLS_SUITES; i++) {
		const struct tls_suite *s = &tls_suites[i];

		if (s->id == id && s->version == version &&
		    (mask == 0 || mask >> i & 1))
			return s;
	}
	return NULL;
}
