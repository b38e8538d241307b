/* tlscat - a connection, and what was asked for on the command line. */
#ifndef NAT_T_TLS_TLSCAT_H
#define NAT_T_TLS_TLSCAT_H

#include "wire/tls/hs.h"
#include <stdio.h>

enum { CAT_IDS = 4, CAT_ALPN = 4, CAT_PINS = 4 };

struct cat_udp { /* t/dtls/dtlscat */
	uint64_t mtu, rtt, loss;
	const char *peer;
	bool verify;
};

struct cat_set {
	struct tls_conf conf;
	const char *at, *name, *text, *session;
	uint64_t send, want, rekey;
	int64_t now;
	uint32_t times;
	bool echo, http, show, pieces, cut, full;

	/* What conf points to. */
	struct key keys[CAT_IDS];
	struct tls_identity ids[CAT_IDS];
	const char *alpn[CAT_ALPN];
	uint8_t pins[CAT_PINS][TLS_PIN];
	struct tls_tickets tickets;
	struct cat_udp udp;
};

struct cat {
	const struct cat_set *set;
	struct tls t;
	int fd;
	bool gone, finished;
	uint64_t chance, left, sent, got, want;
	struct hash sum_in, sum_out;
	size_t in_n, out_n, queued_n;
	struct tls_hs hs;
	uint8_t in[1 << 16], out[1 << 17], queued[1 << 17];
};

/* ---- settings ---- */

/* Ends the program, with words, when they are wrong. */
void cat_settings(struct cat_set *set, int argc, char **argv);
void cat_session_load(const struct cat_set *set, struct tls_session *s);
void cat_session_store(const struct cat_set *set, const struct tls_session *s);

/* Sockets that do not block; the program ends when it does not work. */
int cat_listen(const struct cat_set *set);
int cat_accept(int listener);
int cat_connect(const struct cat_set *set);

/* ---- what is printed ---- */

void cat_tell(const struct cat *c);
void cat_tell_end(struct cat *c);

#endif
