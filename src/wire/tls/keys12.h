/* keys12 - the key schedule of TLS 1.2 (RFC 5246 8.1, 6.3, 7.4.9): the master
 * secret from what was agreed upon, and all else from that and the randoms. Of
 * records and datagrams alike.
 *
 *	keys12_extended(&k, premaster, digest);  RFC 7627, else keys12_plain
 *	keys12_ways(&k, suite, &client, &server);
 *	keys12_finished(&k, TLS_CLIENT, digest, verify);
 *
 * A digest is of k.alg, of the transcript so far.
 */
#ifndef NAT_WIRE_TLS_KEYS12_H
#define NAT_WIRE_TLS_KEYS12_H

#include "wire/tls/suite.h"
#include "wire/tls/tls.h"

enum { KEYS12_MASTER = 48, KEYS12_RANDOM = 32, KEYS12_FINISHED = 12 };

struct keys12 {                     /* ct_wipe it when done */
	const struct hash_alg *alg; /* the suite's */
	uint8_t client[KEYS12_RANDOM], server[KEYS12_RANDOM];
	uint8_t master[KEYS12_MASTER];
};

/* master, by the randoms alone; and bound to the handshake up to and with
 * ClientKeyExchange, which is the one to want.
 */
void keys12_plain(struct keys12 *k, struct bytes premaster);
void keys12_extended(struct keys12 *k, struct bytes premaster,
		     struct bytes digest);

/* What either side seals with, numbers from 0; on is left to whoever counts
 * ChangeCipherSpecs.
 */
void keys12_ways(const struct keys12 *k, const struct tls_suite *s,
		 struct tls_way *client, struct tls_way *server);

/* What that side's Finished says. */
void keys12_finished(const struct keys12 *k, enum tls_role by,
		     struct bytes digest, uint8_t out[KEYS12_FINISHED]);

/* RFC 5705 4; only for an extended master (RFC 7627 5.4). A context without p is
 * none, which is not the same as an empty one. False: it has more than
 * TLS_EXPORT_MOST bytes.
 */
MUST_USE bool keys12_export(const struct keys12 *k, const char *label,
			    struct bytes context, struct span out);

#endif
