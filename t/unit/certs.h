/* certs - certificates as a test wants them, written with our own DER, and keys
 * to sign them. Chance repeats.
 */
#ifndef NAT_T_UNIT_CERTS_H
#define NAT_T_UNIT_CERTS_H

#include "crypt/key.h"
#include "wire/x509.h"

enum { CERTS_ROOM = 2048, NOW = 1800000000 }; /* s, within DAYS */
#define DAYS "270101000000Z", "280101000000Z"

/* Extensions in hex, each a whole SEQUENCE. */
#define IS_CA "300f0603551d130101ff040530030101ff"
#define IS_CA_0 "30120603551d130101ff040830060101ff020100"
#define NO_CA "300c0603551d130101ff04023000"
#define CERT_SIGN "300e0603551d0f0101ff040403020106"
#define DIGITAL "300e0603551d0f0101ff040403020780"
#define FOR_SERVER "30130603551d25040c300a06082b06010505070301"
#define FOR_CLIENT "30130603551d25040c300a06082b06010505070302"
#define CONSTRAINED "300c0603551d1e0101ff04023000"
#define HARMLESS "30090603551d6304023000"
/* a.example, *.b.example, 192.0.2.1 */
#define NAMES \
	"30270603551d110420301e8209612e6578616d706c65820b2a2e622e6578" \
	"616d706c658704c0000201"
/* c.example */
#define OTHER_NAME "30140603551d11040d300b8209632e6578616d706c65"

struct wish {
	const char *subject, *issuer;
	const char *from, *until;
	const char *extensions; /* hex */
	struct key *key, *by;
};

struct made {
	uint8_t room[CERTS_ROOM];
	struct bytes der;
	struct x509 cert; /* lent by room */
};

/* 0, or what x509_parse says of it. */
int certs_make(struct made *m, const struct wish *w);

/* A key of RSA with 2048 bits, always the same. */
void certs_rsa(struct key *k);

void certs_fill(struct span to);

#endif
