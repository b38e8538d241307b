/* x509 - X.509 v3 certificates as strangers send them (RFC 5280), read in DER and
 * checked for nothing but their form; x509_path decides whom to believe.
 *
 * Everything is a slice of the DER. Refused as broken: what is not DER, versions
 * and extensions that do not go together, an extension that stands twice, times
 * in other forms than RFC 5280 4.1.2.5's.
 */
#ifndef NAT_WIRE_X509_H
#define NAT_WIRE_X509_H

#include "base/err.h"
#include "crypt/spki.h"

enum x509_usage { /* the bits of keyUsage that are looked at */
		  X509_SIGNS = 1,
		  X509_SIGNS_CERTS = 2
};

enum x509_purpose { /* of extKeyUsage */
		    X509_SERVER = 1,
		    X509_CLIENT = 2
};

enum { X509_ANY_LENGTH = 255 };

struct x509 {
	struct bytes der, body;       /* all of it; what is signed */
	struct bytes issuer, subject; /* Names, whole */
	struct bytes spki;
	struct bytes alg, sig; /* what the AlgorithmIdentifier holds */
	struct bytes names;    /* what subjectAltName holds */
	int64_t from, until;   /* seconds since 1970, both included */
	uint8_t usage;         /* enum x509_usage; all when it is not said */
	uint8_t purposes;      /* enum x509_purpose; all when it is not said */
	uint8_t path;          /* CAs that may come below, or X509_ANY_LENGTH */
	bool ca;
	bool strange;  /* a critical extension that is unknown here */
	uint16_t seen; /* extensions, for x509.c */
};

/* 0, or -NAT_EPROTO. Lent by der. */
MUST_USE int x509_parse(struct x509 *c, struct bytes der);

/* Whether the certificate is for this host: a name, compared without regard to
 * case, where * stands for one whole label in front of two; or 4 or 16 bytes of
 * an address. The common name says nothing (RFC 9525).
 */
bool x509_names_host(const struct x509 *c, struct bytes name);
bool x509_names_address(const struct x509 *c, struct bytes address);

#endif
