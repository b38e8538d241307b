/* keys - what host and join prove to each other beside their certificates, so that
 * a signalling server in the middle cannot put itself there.
 *
 * Each side's description has a line (decision 0050)
 *
 *     a=nat-auth:HEX   HMAC-SHA256(secret, role 00 host's id 00 prints)
 *
 * role "join": prints is the SHA-256 of the join's certificate; role "host": that,
 * and the host's behind it. A file of secrets has one a line, ID:SECRET for the
 * join of that id alone; '#' begins a comment.
 */
#ifndef NAT_APP_P2P_KEYS_H
#define NAT_APP_P2P_KEYS_H

#include "app/p2p/p2p.h"
#include "base/fmt.h"
#include "base/log.h"
#include "crypt/hash.h"
#include "wire/dtls/self.h"
#include "wire/sdp.h"

enum { KEYS_TEXT = 16 * 1024, KEYS_PROOF = 2 * SHA256_SIZE, KEYS_PIN = 32 };

struct keys {       /* fields are private to keys.c but for n */
	uint32_t n; /* 0: nothing is to be proven */
	size_t size;
	uint8_t text[KEYS_TEXT];
};

/* Those of conf->secret and conf->secret_file. 0, or an error that has been said. */
MUST_USE int keys_load(struct keys *k, const struct p2p_conf *conf,
		       struct diag *d);
void keys_wipe(struct keys *k);

struct keys_of { /* what is proven; prints are of SHA256_SIZE */
	struct bytes host;
	const uint8_t *join_print, *host_print; /* host_print NULL: of a join */
};
/* The secret for the join of that id; empty: there is none. n: the n-th of them,
 * from 0 on.
 */
struct bytes keys_find(const struct keys *k, struct bytes join, uint32_t n);
struct bytes keys_prove(uint8_t room[KEYS_PROOF], struct bytes secret,
			const struct keys_of *of);

/* The one certificate that a description lets in; NULL: it is none, or of more. */
const uint8_t *keys_print(const struct sdp *s);

/* Who we are in every run: self becomes what dir has, or is kept there. Trouble is
 * said.
 */
void keys_keep_self(struct self *self, const char *dir, struct log *log);

/* NULL, or why it is no pin: base64 of the SHA-256 of a certificate. */
const char *keys_pin(uint8_t pin[KEYS_PIN], const char *text);
void keys_digest(uint8_t print[SHA256_SIZE], const struct self *self);
void keys_print_pin(struct fmt *f, const uint8_t print[SHA256_SIZE]);

#endif
