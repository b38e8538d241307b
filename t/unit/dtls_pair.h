/* dtls_pair - two engines of DTLS in virtual time, and a road between them that
 * loses, doubles, delays and reorders datagrams by chance that repeats.
 *
 *	dpair_init(&p, seed);
 *	p.road.loss = 100;
 *	dpair_run(&p, 60000);
 *	assert_true(dpair_open(&p));
 */
#ifndef NAT_T_UNIT_DTLS_PAIR_H
#define NAT_T_UNIT_DTLS_PAIR_H

#include "wire/dtls/dtls.h"
#include "wire/dtls/handshake.h"
#include "wire/dtls/self.h"

enum {
	DPAIR_QUEUE = 64,
	DPAIR_MTU = 1500,
	DPAIR_HEARD = 64,    /* texts that are remembered */
	DPAIR_TURNS = 100000 /* more are a hang */
};

struct dpair_road {
	unsigned loss, twice; /* of a thousand */
	unsigned delay, more; /* ms; and up to so much more */
};

struct dpair_letter {
	int64_t when;
	uint8_t to;
	size_t n;
	uint8_t b[DPAIR_MTU];
};

struct dtls_pair {
	struct dtls ends[2]; /* by enum tls_role */
	struct dtls_handshake hs[2];
	struct tls_conf conf[2];
	struct dtls_ask ask[2];
	struct fingerprint known[2]; /* of whom each of them believes */
	size_t known_n[2];
	struct dpair_road road;
	int64_t now, opened[2], over[2]; /* ms; 0: not yet */
	uint64_t chance;
	struct dpair_letter queue[DPAIR_QUEUE];
	size_t queued;
	unsigned sent[2], lost; /* datagrams */
	uint64_t heard[2];      /* bit n: the text that says n */
	unsigned copies;        /* texts that came twice */
	/* Sees a datagram that is about to be heard; false: it is not. */
	bool (*meddle)(struct dtls_pair *p, struct dpair_letter *l);
	unsigned count; /* for meddle */
};

extern struct self dpair_self[2]; /* of P-256 */
extern struct tls_identity dpair_rsa;

/* Makes them, once; chance repeats. */
void dpair_setup(void);
void dpair_fill(struct span to);

/* Settings; begins with the first run. An identity may be changed. */
void dpair_init(struct dtls_pair *p, uint64_t seed);
void dpair_show(struct dtls_pair *p, enum tls_role who,
		const struct tls_identity *id);
void dpair_start(struct dtls_pair *p);

/* One thing that happens; false: nothing does until that time. */
bool dpair_step(struct dtls_pair *p, int64_t until);

/* From the start, until nothing is to be done or so many ms are over. */
void dpair_run(struct dtls_pair *p, int64_t ms);
void dpair_go_on(struct dtls_pair *p, int64_t ms);

/* One end says a text with that number, n < 64. */
void dpair_say(struct dtls_pair *p, enum tls_role from, unsigned n);

/* ends[to] hears that now, whatever it is; what it says goes on the road. */
void dpair_tell(struct dtls_pair *p, enum tls_role to, struct span datagram);

/* Both are open, without trouble, and their blocks are back. */
bool dpair_open(const struct dtls_pair *p);

#endif
