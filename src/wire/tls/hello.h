/* hello - ClientHello, ServerHello, HelloRetryRequest and the extensions in them
 * and in EncryptedExtensions and CertificateRequest (RFC 8446 4.1, 4.2, 4.3; RFC
 * 5246 7.4.1), of both versions.
 *
 * A struct hello is such a message, read or to be written: slices. Each extension
 * that is known has its place in ext, which holds what stands inside its vector;
 * p NULL: it is not there. A table says how each is wrapped and where it may
 * stand, and nothing is in there by two ways. What is unknown is ignored where
 * somebody asks, and refused where somebody answers.
 */
#ifndef NAT_WIRE_TLS_HELLO_H
#define NAT_WIRE_TLS_HELLO_H

#include "base/cur.h"
#include "wire/tls/pack.h"

enum hello_ext {             /* inside: */
		 HELLO_NAME, /* 00, name in a vector of 2; of a server nothing */
		 HELLO_GROUPS,
		 HELLO_POINTS,
		 HELLO_SCHEMES,
		 HELLO_ALPN, /* names in vectors of 1 */
		 HELLO_MASTER,
		 HELLO_RECORD, /* two bytes */
		 HELLO_EARLY,
		 HELLO_VERSIONS, /* of a server one */
		 HELLO_COOKIE,
		 HELLO_PSK_MODES,
		 HELLO_AUTHORITIES,
		 HELLO_SCHEMES_CERT,
		 HELLO_SHARES, /* group, key in a vector of 2; to retry: group */
		 HELLO_RENEGOTIATION,
		 HELLO_SRTP, /* profiles in a vector of 2; key identifier: 1 */
		 HELLO_PSK,  /* identities, binders: two vectors; which one */
		 HELLO_EXTENSIONS
};

enum hello_where { /* where extensions stand, as bits */
		   HELLO_CLIENT = 1,
		   HELLO_SERVER12 = 2,
		   HELLO_SERVER13 = 4,
		   HELLO_RETRY = 8,
		   HELLO_ENCRYPTED = 16,
		   HELLO_REQUEST = 32
};

struct hello {
	uint8_t where;         /* enum hello_where */
	uint16_t version;      /* legacy_version; written as 0: TLS 1.2's */
	const uint8_t *random; /* TLS_RANDOM bytes */
	struct bytes id;       /* legacy_session_id */
	struct bytes cookie; /* a client's in datagrams, RFC 6347 4.2.1; p NULL:
				* there is no such field */
	struct bytes suites; /* of a server one */
	struct bytes compressions;
	struct bytes ext[HELLO_EXTENSIONS];
};

/* What a server's random is when it wants another hello (RFC 8446 4.1.3). */
extern const uint8_t hello_retry_random[32];

static inline bool hello_has(const struct hello *h, enum hello_ext ext)
{
	return h->ext[ext].p != NULL;
}

/* All that are in it: bit n for enum hello_ext. */
uint32_t hello_set(const struct hello *h);

/* The body of a message: 0, or the alert. offered: hello_set of what is
 * answered. Which message of a server's it is, where says behind it.
 */
uint8_t hello_read_client(struct hello *h, struct bytes body);
uint8_t hello_read_server(struct hello *h, struct bytes body, uint32_t offered);
/* A client's with a cookie in it. */
uint8_t hello_read_datagram(struct hello *h, struct bytes body);

/* Extensions alone, with the length before them, at the end of c. offered 0: they
 * answer nothing.
 */
uint8_t hello_read_extensions(struct hello *h, struct cur *c, uint8_t where,
			      uint32_t offered);

/* Writes the body; h->where says of which. */
void hello_write(struct pack *p, const struct hello *h);
void hello_write_extensions(struct pack *p, const struct hello *h);

/* ---- what stands inside ---- */

/* Whether a list of numbers of two bytes has this one. */
bool hello_lists(struct bytes numbers, uint16_t number);
/* Two bytes as a number. */
uint16_t hello_number(struct bytes two);
/* The key of that group among shares; p NULL: none. False: they are broken. */
bool hello_share(struct bytes shares, uint16_t group, struct bytes *key);
/* The name asked for, in ext[HELLO_NAME]; nothing: none. False: it is broken. */
bool hello_name(const struct hello *h, struct bytes *name);

#endif
