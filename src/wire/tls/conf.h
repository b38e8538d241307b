/* conf - what is set for TLS: who we are, whom to believe, which versions and
 * ciphers; and what is kept from one connection to the next.
 */
#ifndef NAT_WIRE_TLS_CONF_H
#define NAT_WIRE_TLS_CONF_H

#include "crypt/key.h"
#include "wire/x509_path.h"

enum {
	TLS_CHAIN = 8, /* certificates that are looked at */
	TLS_SECRET = 48,
	TLS_PIN = 32, /* SHA-256 of a public key */
	TLS_TICKET_MOST = 1024
};

enum tls_role { TLS_CLIENT, TLS_SERVER };
enum tls_ask {
	TLS_ASK_NONE,
	TLS_ASK_IF_ANY,
	TLS_ASK_ALWAYS
}; /* certificates */

/* A certificate, its key, and the chain behind it. */
struct tls_identity {
	struct key *key;          /* lent; used to sign */
	const struct x509 *chain; /* [0] is its own */
	size_t n;
};

/* What a client keeps to resume by (RFC 8446 2.2); about is its own affair. */
struct tls_session {
	uint8_t secret[TLS_SECRET]; /* the PSK */
	uint8_t ticket[TLS_TICKET_MOST];
	uint16_t ticket_n; /* 0: there is none */
	uint16_t suite;
	uint32_t age_add, lifetime; /* s */
	int64_t since;              /* ms, t->now_ms of when it came */
	uint8_t name[TLS_PIN];      /* SHA-256 of whom it is for */
	uint8_t pin[TLS_PIN];       /* as in struct tls_about */
	bool verified;
};

/* Keys under which a server hands its sessions out, and takes them back: the
 * first seals, both open. tls_tickets_turn makes a new first one.
 */
struct tls_tickets {
	struct {
		uint8_t name[8], key[32];
	} keys[2];
};

/* What both sides of a kind of connections have in common; lent until the last
 * engine that was started with it has ended.
 */
struct tls_conf {
	enum tls_role role;
	uint16_t least, most;    /* versions: 0x0303, 0x0304; 0: any of both */
	uint32_t suites, groups; /* bits of suite.h and share.h; 0: all */
	uint16_t record; /* most plaintext we want, 64 and more; 0: 16384 */
	const char *const *alpn; /* ours, the best first; NULL: none */
	size_t alpn_n;

	/* Who we are. A server takes the first whose certificate has the name asked
	 * for, else the first; among them one that the client can verify.
	 */
	const struct tls_identity *ids;
	size_t ids_n;

	/* Whom to believe. A chain to one of trusted that has the name, or a pin;
	 * insecure: anybody. A server asks for certificates as ask says, and
	 * then the same holds without a name.
	 */
	const struct x509 *trusted;
	size_t trusted_n;
	const uint8_t (*pins)[TLS_PIN];
	size_t pins_n;
	bool insecure;
	bool no_aes; /* this machine has no instructions for AES: prefer ChaCha20 */
	enum tls_ask ask;

	struct tls_tickets *tickets;  /* a server's; NULL: it gives none */
	void (*fill)(struct span to); /* chance */
};

/* A new key to seal tickets by; the one before still opens. */
void tls_tickets_turn(struct tls_tickets *k, void (*fill)(struct span to));

#endif
