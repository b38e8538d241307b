/* x509_path - whether a certificate is to be believed: a path of signatures to
 * one that is (RFC 5280 6), validity, constraints, usage, names.
 *
 * What the other side sends beside its own certificate may stand in any order,
 * and some of it be of no use. Every search ends: depth and signatures are
 * limited. Names are compared by their bytes. Not done: revocation, policies,
 * name constraints, which are refused where they are critical.
 */
#ifndef NAT_WIRE_X509_PATH_H
#define NAT_WIRE_X509_PATH_H

#include "wire/x509.h"

enum {
	X509_DEPTH = 8,      /* certificates of a path */
	X509_SIGNATURES = 24 /* checked in one search */
};

/* Why not, in words and as the alert of TLS that says so (RFC 8446 6.2). */
/* clang-format off */
#define X509_VERDICTS(X) \
	X(GOOD,      "good",                                          0) \
	X(BROKEN,    "the certificate is broken",                    42) \
	X(UNKNOWN,   "nobody who is trusted has signed it",          48) \
	X(EXPIRED,   "the certificate has expired",                  45) \
	X(NOT_YET,   "the certificate is not valid yet",             45) \
	X(STRANGE,   "a critical extension is not understood",       43) \
	X(NOT_A_CA,  "it is signed by one who may not sign others",  42) \
	X(USAGE,     "the certificate is not for this use",          43) \
	X(SIGNATURE, "a signature is wrong",                         42) \
	X(NAME,      "the certificate is for another name",          42)
/* clang-format on */

enum x509_verdict {
#define X(name, text, alert) X509_##name,
	X509_VERDICTS(X)
#undef X
};

const char *x509_text(enum x509_verdict v);
uint8_t x509_alert(enum x509_verdict v);

struct x509_ask {
	const struct x509 *trusted;
	size_t trusted_n;
	int64_t now;               /* seconds since 1970 */
	enum x509_purpose purpose; /* what it shall be good for */
	struct bytes name;         /* a host's, or nothing */
	struct bytes address;      /* 4 or 16 bytes of one, or nothing */
};

/* sent[0] is who it is about. A certificate that is itself among the trusted
 * needs no signature, and need not be a CA's. With neither name nor address any
 * name is good.
 */
enum x509_verdict x509_path(const struct x509_ask *ask, const struct x509 *sent,
			    size_t n);

#endif
