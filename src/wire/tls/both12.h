/* both12 - what client and server of TLS 1.2 do alike, as rows of their tables
 * (hs.h): certificates, keys, ChangeCipherSpec, Finished, exporter.
 *
 * As soon as there is a master secret t->in and t->out have their keys; each is
 * switched on by the one ChangeCipherSpec that its table has a row for.
 */
#ifndef NAT_WIRE_TLS_BOTH12_H
#define NAT_WIRE_TLS_BOTH12_H

#include "wire/tls/hello.h"
#include "wire/tls/hs.h"

/* Whether one who names formats of points can do without compression (RFC 8422
 * 5.1.2).
 */
bool both12_points(const struct hello *h);

/* ---- rows ---- */

int both12_give_cert(struct tls *t, struct pack *body);
int both12_take_cert(struct tls *t, struct bytes body);
int both12_give_finished(struct tls *t, struct pack *body);
int both12_take_finished(struct tls *t, struct bytes body);

/* Behind ClientKeyExchange: keys from hs->v12.premaster. */
int both12_agreed(struct tls *t);
/* Behind a ChangeCipherSpec, heard or said. */
int both12_in(struct tls *t);
int both12_out(struct tls *t);
/* Behind the last Finished. */
int both12_over(struct tls *t);

/* ---- signatures ---- */

/* What a ServerKeyExchange signs: both randoms, and these parameters. */
struct bytes both12_params(const struct tls *t, const struct auth_scheme *s,
			   struct bytes params, uint8_t out[HASH_MOST]);
/* What a CertificateVerify signs: the transcript. */
struct bytes both12_script(const struct tls *t, const struct auth_scheme *s,
			   uint8_t out[HASH_MOST]);

/* Hashes that a transcript is kept in: a CertificateVerify can use them. */
enum { BOTH12_SCHEMES = AUTH_ALL & ~AUTH_SHA512 };

/* Signs, and puts scheme and signature. */
int both12_sign(struct tls *t, const struct auth_scheme *s, struct bytes digest,
		struct pack *body);
/* Whether the peer has signed; s NULL: by a scheme that is not ours. */
int both12_verify(struct tls *t, const struct auth_scheme *s,
		  struct bytes digest, struct bytes sig);

/* ---- for tls.c ---- */

bool both12_export(const struct tls *t, const char *label, struct bytes context,
		   struct span out);

#endif
