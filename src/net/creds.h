/* creds - certificates, keys and pins as a struct secure_conf names them, read
 * from files into memory of fixed size, and the struct tls_conf that they make: of
 * relays and clients between them, and of a server for browsers.
 */
#ifndef NAT_NET_CREDS_H
#define NAT_NET_CREDS_H

#include "net/secure.h"
#include "os/file.h"
#include "wire/tls/tls.h"

enum {
	CREDS_PAIRS = OPT_LIST_MAX + 1, /* one more in --tls-dir */
	CREDS_TRUSTED = 512,
	CREDS_DER = 1 << 20,
	CREDS_TEXT = 1 << 20, /* most of a file */
	CREDS_PATH = 1024,
	CREDS_FILES = 2 * CREDS_PAIRS + 1
};

struct creds_paths { /* of --tls-dir */
	char cert[CREDS_PATH], key[CREDS_PATH];
};

struct creds { /* a mapping of its own: what is not needed costs nothing */
	struct tls_conf tls, web;
	struct tls_identity ids[CREDS_PAIRS];
	uint8_t pins[OPT_LIST_MAX][TLS_PIN];
	struct key keys[CREDS_PAIRS + 1]; /* the last one stays empty */
	struct x509 chains[CREDS_PAIRS][TLS_CHAIN];
	struct x509 trusted[CREDS_TRUSTED];
	uint8_t der[CREDS_DER];
};

struct creds_ask {
	const struct secure_conf *conf;
	enum secure_side side;
	struct span text; /* CREDS_TEXT of room */
};

/* Where in conf->dir they are. */
void creds_own(struct creds_paths *p, const struct secure_conf *conf);

/* Which files, up to CREDS_FILES; how many. paths is filled in, and lent. */
size_t creds_files(const char *files[CREDS_FILES], struct creds_paths *paths,
		   const struct secure_conf *conf);

/* Reads them all. 0, or an error with what is wrong said. */
MUST_USE int creds_load(struct creds *c, const struct creds_ask *ask,
			struct diag *d);

/* Wipes the keys and gives the memory back; tls and web stay good enough for those
 * whose handshake is over.
 */
void creds_forget(struct creds *c);

/* Key and certificate in conf->dir, made if there are none: made says so. The pin
 * of the key in base64, to *f.
 */
MUST_USE int creds_make(const struct secure_conf *conf, bool *made,
			struct fmt *pin, struct diag *d);

/* NULL, or why it is no --pin; else *pin has it. */
const char *creds_pin(uint8_t pin[TLS_PIN], const char *text);

#endif
