/* seals - places for connections of TLS and for their handshakes, of which only
 * so many go on at once: one step of one of them in a turn of the loop, so that
 * nobody else waits for a signature.
 *
 * Who comes when all places are taken waits. A handshake is over when nothing has
 * been heard of it for SEALS_PATIENCE, or sooner when others wait for its place.
 */
#ifndef NAT_NET_SEALS_H
#define NAT_NET_SEALS_H

#include "base/slot.h"
#include "net/net.h"
#include "wire/tls/hs.h"

enum {
	SEALS_SHAKES = 128,     /* at once, of a server; */
	SEALS_BROWSERS = 512,   /* of one where browsers come in crowds; */
	SEALS_CALLS = 32,       /* of a client */
	SEALS_PATIENCE = 10000, /* ms */
	SEALS_PRESSED = 500, /* a server's, while others wait: for strangers; of
			      * more places as many go in a second */
	SEALS_SPARE = 10000  /* their memory goes back after so long */
};

struct sealed;

/* What connections have in common: lent, and read when a handshake begins. */
struct sealed_kind {
	const struct tls_conf *conf;
	struct bytes name;           /* a client's: of whom it calls */
	struct tls_session *session; /* a client's, to resume by; or NULL */
};

struct shake {
	struct slot slot;
	struct list node; /* the one longest silent first */
	struct sealed *of;
	int64_t heard;
	struct tls_hs hs;
};

struct seals_counts {
	uint64_t done, resumed, failed, late;
};

struct seals { /* fields are private to seals.c, sealed.c but for counts */
	struct net *net;
	struct slots lines, shakes;
	struct list due, waiting, shaking;
	struct soon soon;
	struct timer late, spare;
	struct span room; /* of shakes */
	int64_t pressed;  /* patience while others wait */
	struct seals_counts counts;
};

/* lines is a table of struct sealed, and pressed is set already. */
MUST_USE int seals_start(struct seals *s, struct net *net, uint32_t shakes);
void seals_stop(struct seals *s);

/* For sealed.c: it has something to do; something was heard of it; it asks for a
 * place, and begins when it has one; neither waits nor is looked after any more;
 * gives the place back.
 */
void seals_due(struct sealed *x);
void seals_heard(struct sealed *x);
void seals_enter(struct sealed *x);
void seals_end(struct sealed *x);
void seals_leave(struct sealed *x);

/* Does a handshake go on by that? */
bool seals_use(const struct seals *s, const struct tls_conf *conf);

#endif
