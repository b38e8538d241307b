/* start - the beginning of a handshake, before there is a version: ClientHello
 * written and taken, the version chosen, downgrades noticed (RFC 8446 4.1, 4.2.1,
 * 4.1.3); and what both versions answer alike: name, ALPN, record size limit.
 */
#ifndef NAT_WIRE_TLS_START_H
#define NAT_WIRE_TLS_START_H

#include "wire/tls/hello.h"
#include "wire/tls/hs.h"

/* States of tls_client and tls_server; those of the others are their own. */
enum { START_HELLO = 1, START_CCS, START_ANSWER };

bool start_speaks(const struct tls_conf *conf, enum tls_version version);

/* What a client's hello of either version lists; lent by w. */
struct start_wishes {
	uint8_t suites[2 * TLS_SUITES], groups[2 * SHARES];
	uint8_t schemes[2 * AUTH_SCHEMES];
};
void start_wish(const struct tls_conf *conf, struct hello *h,
		struct start_wishes *w);

/* What a server answers in ServerHello of 1.2, EncryptedExtensions of 1.3. */
struct start_answers {
	uint8_t alpn[1 + 255], record[2];
};

/* A server's, put into h; lent by a. */
void start_answer(struct tls *t, struct hello *h, struct start_answers *a);

/* A client hears them: 0, or tls_fail. */
int start_answered(struct tls *t, const struct hello *h);

#endif
