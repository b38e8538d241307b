/* msgs12 - the handshake messages that TLS 1.2 has for itself, with ECDHE alone
 * (RFC 5246 7.4, RFC 8422 5): their bodies, read and written.
 *
 * Reading: false when a body is broken; what was read is lent by it.
 */
#ifndef NAT_WIRE_TLS_MSGS12_H
#define NAT_WIRE_TLS_MSGS12_H

#include "wire/tls/auth.h"
#include "wire/tls/pack.h"
#include "wire/tls/share.h"

/* CertificateVerify, and the end of ServerKeyExchange. */
struct msgs12_signed {
	uint16_t scheme;
	struct bytes sig;
};

struct msgs12_exchange { /* ServerKeyExchange */
	uint16_t group;
	struct bytes public;
	struct bytes params; /* what is signed, behind both randoms */
	struct msgs12_signed by;
};

/* Certificate: the certificate_list. */
bool msgs12_read_list(struct bytes *list, struct bytes body);
bool msgs12_read_exchange(struct msgs12_exchange *e, struct bytes body);
/* CertificateRequest: a set of auth.h, of keys that are wanted. */
bool msgs12_read_request(uint32_t *schemes, struct bytes body);
/* ClientKeyExchange. */
bool msgs12_read_public(struct bytes *public, struct bytes body);
bool msgs12_read_signed(struct msgs12_signed *s, struct bytes body);

/* An identity's whole chain; NULL: nothing to show. */
void msgs12_put_list(struct pack *p, const struct tls_identity *id);
/* A ServerKeyExchange is params, then what is put by msgs12_put_signed. */
void msgs12_put_params(struct pack *p, const struct share *s,
		       const uint8_t *public);
void msgs12_put_signed(struct pack *p, const struct msgs12_signed *s);
void msgs12_put_request(struct pack *p, uint32_t schemes);
void msgs12_put_public(struct pack *p, const struct share *s,
		       const uint8_t *public);

#endif
