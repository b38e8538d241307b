/* secure - TLS of a role: who it is, by files that are read again when they have
 * changed, whom it believes, and places for its connections.
 *
 * A role that wants none has NULL in place of a struct secure; so has every one
 * of a build without the part `tls` (secure_small.c).
 */
#ifndef NAT_NET_SECURE_H
#define NAT_NET_SECURE_H

#include "base/opt.h"
#include "net/tcp.h"
#include "wire/fastnat.h"

/* As settings say it: of a server by --tls-cert..., of a client by --cert... */
struct secure_conf {
	struct opt_list cert, key; /* FILEs, in pairs */
	struct opt_list pin;       /* a client's: what secure_pin_fault takes */
	struct opt_list listen;    /* a server's: ADDR for TLS alone */
	const char *transport;     /* a client's: tcp, tls, ws, wss */
	bool calls;      /* a client's: a relay's address asks for it */
	const char *dir; /* a server's own key and certificate */
	const char *ca;  /* file or directory; NULL: the system's, or nobody */
	bool only;       /* a server's: no plain connections */
	bool insecure;   /* a client's: believes anybody */
};

enum secure_side { SECURE_CLIENT, SECURE_SERVER };

/* Takes settings; says all that is wrong with them without looking at a file. */
void secure_fit(const struct secure_conf **to, const struct secure_conf *conf,
		enum secure_side side, struct diag *d);

/* How many of listen; none without TLS. */
uint32_t secure_listens(const struct secure_conf *conf);

/* Is TLS wanted at all? */
bool secure_wanted(const struct secure_conf *conf, enum secure_side side);

/* Where those are who are believed, as ca; NULL: there is nobody. */
const char *secure_ca(const struct secure_conf *conf);

struct secure;
struct secure_wish {
	enum secure_side side;
	uint32_t most; /* connections at once */
	bool browsers; /* come too, in crowds */
	bool told;     /* somebody else here says what clients are to add */
	const struct secure_conf *conf; /* lent until secure_reload */
};

/* *s stays NULL if none is wanted. On failure what is wrong has been said. */
MUST_USE int secure_start(struct secure **s, struct net *net,
			  const struct secure_wish *wish, struct diag *d);
/* All connections have been stopped. */
void secure_stop(struct secure *s);

/* Reads what conf names, beside what is in force; secure_reload goes on with it,
 * if all was well. Who is connected stays so.
 */
void secure_check(struct secure *s, const struct secure_conf *conf,
		  struct diag *d);
void secure_reload(struct secure *s, const struct secure_conf *conf);

/* Is there TLS? */
bool secure_runs(const struct secure *s);

/* A server's, as long as nothing has been taken from t: it speaks TLS from now on
 * if its first byte is TLS's. False: it is something else where only TLS is
 * spoken.
 */
MUST_USE bool secure_answer(struct secure *s, struct tcp *t, bool only);

/* A server's, likewise: t is a browser's, and its first byte is TLS's. HTTP/1.1 is
 * spoken there (ALPN), and nobody is asked for a certificate. False: there are too
 * many, or there is no TLS.
 */
MUST_USE bool secure_serve(struct secure *s, struct tcp *t);

/* A client's: t, which has just been started, calls host. False: there are too
 * many. Without TLS it is true and nothing happens.
 */
MUST_USE bool secure_call(struct secure *s, struct tcp *t, struct bytes host);

/* What only the two ends of t know (RFC 8446 7.5), in room; NULL if t is plain. */
const uint8_t *secure_bond(const struct tcp *t, uint8_t room[FASTNAT_BOND]);

/* What is wrong with t in words, if TLS knows better than its error. */
bool secure_explain(const struct secure *s, struct tcp *t, struct fmt *f);

/* What a client must be told to call this server: options, a space before each;
 * nothing without TLS.
 */
void secure_words(struct fmt *f, const struct secure *s);

/* What is said behind the address of a port: " for TLS", or nothing. */
void secure_port(struct fmt *f, bool only);

/* "tls 1.3", "tcp". */
const char *secure_name(const struct tcp *t);

struct secure_counts {
	uint64_t handshakes, resumed, failed, late;
};
/* False: no TLS. */
bool secure_count(const struct secure *s, struct secure_counts *c);

#endif
